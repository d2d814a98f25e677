import {
  decodeLeaf,
  type EvidenceItem,
  type Leaf,
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
import { readTopic } from '../gw/readings/topic.ts';

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

const PUSH_DATA = 0;
const PUSH_DATA_HEAD_BYTES = 12;
const BRACE = 0x7b;

/**
 * The gateway of a PUSH_DATA of the Semtech UDP protocol (PROTOCOL.md §4): version, token, 0, EUI, then JSON. Statistics
 * of forwarders hold a place, and whose it is stands in front of it.
 */
const pushDataGateway = (raw: Uint8Array): string | undefined => {
  const [version, , , id] = raw;
  const isPushData = (version === 1 || version === 2) && id === PUSH_DATA;
  return isPushData && raw[PUSH_DATA_HEAD_BYTES] === BRACE
    ? toHex(raw.subarray(4, PUSH_DATA_HEAD_BYTES))
    : undefined;
};

const TOPIC_MAX_BYTES = 256;

/**
 * The gateway of an MQTT message of ChirpStack's: length of the topic (u16), topic, payload, as the box keeps messages;
 * undefined where the bytes are something else.
 */
const topicGateway = (raw: Uint8Array): string | undefined => {
  const length = ((raw[0] ?? 0) << 8) | (raw[1] ?? 0);
  if (length === 0 || length > TOPIC_MAX_BYTES || raw.length < 2 + length) return undefined;
  const topic = readTopic(new TextDecoder().decode(raw.subarray(2, 2 + length)));
  return topic.ok ? topic.value.gateway : undefined;
};

const signedOf = (batch: Batch, { body, sequence, mono, raw }: Leaf): SignedPlaceOrFrame | undefined => {
  const { deviceKey, gatewayKey, stream, epoch, origin, anchor } = batch;
  const { trust } = anchor;
  const at = { deviceKey, gatewayKey, stream, epoch, origin, sequence, wall: wallAt(anchor, mono), trust };
  if (body.kind === 'reception')
    return topicGateway(raw) === undefined ? { ...at, body } : { ...at, body, queued: true };
  const radio = pushDataGateway(raw) ?? topicGateway(raw);
  return body.kind === 'position' ? { ...at, body, radio } : undefined;
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
