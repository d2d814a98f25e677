import {
  type Hash,
  leafHashes,
  readKeyRecord,
  receiptForLeaf,
  type Statement,
  sha256,
} from '@outpost/schemas/evidence';
import { asciiBytes, concatBytes, equalBytes, toHex } from '@outpost/schemas/words';
import type { Delivery } from '../contract.ts';
import { base64Url } from './base64-url.ts';
import { type ClaimKind, claimText, FORMS, ODOMETER, TYRES } from './claims.ts';
import { type Header, headerMark, type SignedEvent, timeText } from './codec.ts';
import type { Binding } from './identity.ts';
import { erc191Digest } from './signatures.ts';
import type { Parties, ReadDelivery, ReadLeaf, SignText } from './status.ts';
import { weekOf } from './week.ts';

/** What is known of a stream, so that what does not change is not stated every minute. Lost at a restart: then some
 * statements are made once more. */
export interface Stated {
  odometerDay: bigint | undefined;
  vin: string | undefined;
  health: string | undefined;
}

export const newStated = (): Stated => ({ odometerDay: undefined, vin: undefined, health: undefined });

export interface AttestParts {
  readonly kinds: ReadonlySet<ClaimKind>;
  readonly parties: Parties;
  readonly binding: Binding | undefined;
  readonly keyRecords: readonly Uint8Array[];
  readonly sign: SignText;
  readonly hash?: Hash;
}

/** Lists of codes and pressures of one statement of health; what is beyond waits for the next batch. */
const WITNESSES_MAX = 32;
const DAY_NS = 86_400_000_000_000n;

interface Chosen {
  readonly kind: ClaimKind;
  readonly witnesses: readonly ReadLeaf[];
}

const lastOf = (leaves: readonly ReadLeaf[], fits: (leaf: ReadLeaf) => boolean): readonly ReadLeaf[] => {
  const found = leaves.findLast(fits);
  return found === undefined ? [] : [found];
};

const chooseOdometer = (
  leaves: readonly ReadLeaf[],
  stated: Stated,
  atTripEnd: boolean,
): readonly ReadLeaf[] => {
  const found = lastOf(leaves, ({ leaf: { body } }) => body.kind === 'number' && body.signal === ODOMETER);
  const day = (found[0]?.wall ?? 0n) / DAY_NS;
  if (found.length === 0 || (day === stated.odometerDay && !atTripEnd)) return [];
  stated.odometerDay = day;
  return found;
};

const chooseVin = (leaves: readonly ReadLeaf[], stated: Stated): readonly ReadLeaf[] => {
  const found = lastOf(leaves, ({ leaf: { body } }) => body.kind === 'identity' && body.of === 'vin');
  const [only] = found;
  if (only?.leaf.body.kind !== 'identity') return [];
  const said = `${only.leaf.body.text} ${weekOf(only.wall).number}`;
  if (said === stated.vin) return [];
  stated.vin = said;
  return found;
};

const chooseHealth = (leaves: readonly ReadLeaf[], stated: Stated): readonly ReadLeaf[] => {
  const lists = leaves.filter(({ leaf: { body } }) => body.kind === 'codes' && body.status === 'stored');
  const last = lists.at(-1);
  if (last === undefined) return [];
  const codes = lists.map(({ leaf: { body } }) =>
    body.kind === 'codes' ? `${body.ecu}:${body.codes.join()}` : '',
  );
  const said = `${[...new Set(codes)].sort().join(' ')} ${last.wall / DAY_NS}`;
  if (said === stated.health) return [];
  stated.health = said;
  const isTyre = ({ leaf: { body } }: ReadLeaf): boolean => body.kind === 'number' && TYRES.has(body.signal);
  const tyres = [...TYRES.keys()].flatMap((signal) =>
    lastOf(
      leaves,
      (each) => isTyre(each) && each.leaf.body.kind === 'number' && each.leaf.body.signal === signal,
    ),
  );
  return [...lists.slice(-(WITNESSES_MAX - TYRES.size)), ...tyres].toSorted((a, b) => a.index - b.index);
};

/** What this batch gives reason to state. */
const choose = (
  leaves: readonly ReadLeaf[],
  kinds: ReadonlySet<ClaimKind>,
  stated: Stated,
): readonly Chosen[] => {
  const trips = leaves.filter(({ leaf: { body } }) => body.kind === 'trip');
  const all: readonly Chosen[] = [
    ...trips.map((trip): Chosen => ({ kind: 'trip', witnesses: [trip] })),
    {
      kind: 'odometer',
      witnesses: kinds.has('odometer') ? chooseOdometer(leaves, stated, trips.length > 0) : [],
    },
    { kind: 'vin', witnesses: kinds.has('vin') ? chooseVin(leaves, stated) : [] },
    { kind: 'health', witnesses: kinds.has('health') ? chooseHealth(leaves, stated) : [] },
  ];
  return all.filter(({ kind, witnesses }) => kinds.has(kind) && witnesses.length > 0);
};

/** The gateway's record that vouches for the key of the readings. */
const endorsementOf = (records: readonly Uint8Array[], { deviceKey, gatewayKey }: Statement) =>
  records.findLast((bytes) => {
    const read = readKeyRecord(bytes);
    if (!read.ok || read.value.content.kind !== 'endorsement') return false;
    const { content } = read.value;
    return equalBytes(content.deviceKey, deviceKey) && equalBytes(content.gatewayKey, gatewayKey);
  });

const evidenceText = (
  delivery: Delivery,
  hashes: readonly Uint8Array[],
  witnesses: readonly ReadLeaf[],
  statement: Statement,
  { binding, keyRecords, hash = sha256 }: AttestParts,
): string => {
  const readings = witnesses.map(({ index }) => {
    const receipt = receiptForLeaf(delivery.attestation, hashes, index, hash);
    if (!receipt.ok)
      throw new Error(`leaf ${index} is not under its own attestation: ${receipt.fault.words}`);
    return {
      leaf: base64Url(delivery.leaves[index] ?? new Uint8Array(0)),
      receipt: base64Url(receipt.value),
    };
  });
  const endorsement = endorsementOf(keyRecords, statement);
  return JSON.stringify({
    format: 'outpost/1',
    readings,
    ...(endorsement === undefined ? {} : { endorsement: base64Url(endorsement) }),
    ...(binding === undefined ? {} : { identity: binding }),
  });
};

/** The id follows from what is stated, so that the same statement is the same event. */
const idOf = (kind: ClaimKind, leaves: readonly Uint8Array[]): string =>
  toHex(sha256(concatBytes(asciiBytes(`dimo ${kind} 1\n`), ...leaves)));

export interface Made {
  readonly kind: ClaimKind;
  readonly event: SignedEvent;
}

/** Every statement that a batch gives reason for, signed, with the readings it rests on and their proofs. */
export const attestationsOf = (
  delivery: Delivery,
  { statement, leaves }: ReadDelivery,
  stated: Stated,
  parts: AttestParts,
): readonly Made[] => {
  const { kinds, parties, sign, hash = sha256 } = parts;
  const chosen = choose(leaves, kinds, stated);
  if (chosen.length === 0) return [];
  const hashes = leafHashes(delivery.leaves, hash);
  return chosen.flatMap(({ kind, witnesses }) => {
    const said = witnesses.map(({ leaf: { body }, wall }) => ({ body, wall }));
    const claim = claimText(kind, said, parties, statement);
    const last = witnesses.at(-1);
    if (claim === undefined || last === undefined) return [];
    const header: Header = {
      type: 'dimo.attestation',
      ...parties,
      id: idOf(
        kind,
        witnesses.map(({ index }) => delivery.leaves[index] ?? new Uint8Array(0)),
      ),
      time: timeText(last.wall),
      ...FORMS[kind],
    };
    const evidence = evidenceText(delivery, hashes, witnesses, statement, parts);
    const data = `{${claim},"evidence":${evidence},"header":"${headerMark(header)}"}`;
    return [{ kind, event: { header, data, signature: sign(erc191Digest(asciiBytes(data))) } }];
  });
};

/** Takes back what was stated: a tombstone names the event and says why, in at most 512 bytes. */
export const tombstone = (
  voided: { readonly id: string; readonly reason: string; readonly time: string },
  parties: Parties,
  sign: SignText,
): SignedEvent => {
  const { id, reason, time } = voided;
  const header: Header = {
    type: 'dimo.tombstone',
    ...parties,
    id: toHex(sha256(asciiBytes(`dimo tombstone 1\n${id}`))),
    time,
    dataversion: 'tombstone/v1.0',
  };
  const data = `${JSON.stringify({ voidsId: id, reason }).slice(0, -1)},"header":"${headerMark(header)}"}`;
  return { header, data, signature: sign(erc191Digest(new TextEncoder().encode(data))) };
};
