import {
  decodeLeaf,
  type EvidenceItem,
  type Leaf,
  rawGateway,
  readAttestation,
  readLeafReceipt,
  type Statement,
} from '../../evidence/index.ts';
import {
  type Origin,
  type PositionBody,
  type ReceptionBody,
  type StreamId,
  type TimeTrust,
  toHex,
  type WallNs,
  wallAt,
} from '../../words/index.ts';

/** The leaf that says so, and who signed it. */
export interface LeafPlace {
  /** Public key of whoever signed, 64 digits of hex. */
  readonly deviceKey: string;
  /** Public key of the box that the device reports to. */
  readonly gatewayKey: string;
  readonly stream: StreamId;
  /** 32 digits of hex. */
  readonly epoch: string;
  readonly sequence: number;
  readonly origin: Origin;
}

interface Signed<B> extends LeafPlace {
  readonly body: B;
  /** When the box had the bytes, by its own clock, and how far that is to be believed. */
  readonly wall: WallNs;
  readonly trust: TimeTrust;
}

export interface SignedReception extends Signed<ReceptionBody> {
  /** It came through a broker, which may have held it for any time. */
  readonly queued?: true;
}

export interface SignedPosition extends Signed<PositionBody> {
  /** EUI of the gateway that says so of itself, 16 digits; undefined where it is the box's own receiver. */
  readonly radio: string | undefined;
}

export type SignedPlaceOrFrame = SignedReception | SignedPosition;

export const isReception = (signed: SignedPlaceOrFrame): signed is SignedReception =>
  signed.body.kind === 'reception';

type Batch = Omit<LeafPlace, 'sequence'> & Pick<Statement, 'anchor'>;

const batchOf = ({ deviceKey, gatewayKey, stream, epoch, origin, anchor }: Statement): Batch => ({
  deviceKey: toHex(deviceKey),
  gatewayKey: toHex(gatewayKey),
  stream,
  epoch: toHex(epoch),
  origin,
  anchor,
});

const signedOf = (batch: Batch, { body, sequence, mono, raw }: Leaf): SignedPlaceOrFrame | undefined => {
  const { deviceKey, gatewayKey, stream, epoch, origin, anchor } = batch;
  const { trust } = anchor;
  const at = { deviceKey, gatewayKey, stream, epoch, origin, sequence, wall: wallAt(anchor, mono), trust };
  if (body.kind !== 'reception' && body.kind !== 'position') return undefined;
  const of = rawGateway(raw);
  if (body.kind === 'position') return { ...at, body, radio: of?.eui };
  return of?.isQueued === true ? { ...at, body, queued: true } : { ...at, body };
};

/** Gives those leaves that are receptions or places; leaves of one statement come one after the other. */
export type LeafTaker = (statement: Statement, leaf: Leaf) => SignedPlaceOrFrame | undefined;

/** For `VerifyOptions.see`, so that evidence which is being verified is decoded once. */
export const leafTaker = (): LeafTaker => {
  let last: { readonly statement: Statement; readonly batch: Batch } | undefined;
  return (statement, leaf) => {
    if (leaf.body.kind !== 'reception' && leaf.body.kind !== 'position') return undefined;
    if (last?.statement !== statement) last = { statement, batch: batchOf(statement) };
    return signedOf(last.batch, leaf);
  };
};

/** Takes the items of one evidence file in their order; gives those that are receptions or places. */
export type ReceptionTaker = (item: EvidenceItem) => SignedPlaceOrFrame | undefined;

/**
 * Checks no signature: what it gives is worth what `openVerification` finds of the same items. What cannot be read is
 * left out here, because it is a failure there.
 */
export const receptionTaker = (): ReceptionTaker => {
  const take = leafTaker();
  let statement: Statement | undefined;
  return (item) => {
    if (item.kind === 'leaf') {
      const leaf = statement === undefined ? undefined : decodeLeaf(item.bytes);
      return statement === undefined || leaf?.ok !== true ? undefined : take(statement, leaf.value);
    }
    statement = undefined;
    if (item.kind === 'attestation') {
      const read = readAttestation(item.bytes);
      statement = read.ok ? read.value.statement : undefined;
      return undefined;
    }
    if (item.kind !== 'proof') return undefined;
    const [receipt, leaf] = [readLeafReceipt(item.receipt), decodeLeaf(item.leaf)];
    return receipt.ok && leaf.ok ? take(receipt.value.statement, leaf.value) : undefined;
  };
};
