import { decodeCbor, encodeCbor, type Head, type KeyKind } from '@outpost/schemas/evidence';
import {
  type Authentication,
  type Epoch,
  type EpochReason,
  fail,
  fault,
  type MonoNs,
  monoNs,
  type Origin,
  ok,
  type Result,
  type StreamId,
  type WallNs,
  wallNs,
} from '@outpost/schemas/words';
import type { Entry, Offset } from '../journal/contract.ts';
import { type Reward, rewardCbor, rewardOf } from './reward.ts';

/** What a journal entry is. Numbers are for ever: old journals are read by new programs. */
export const KIND = {
  opened: 1,
  readingLive: 2,
  readingSimulated: 3,
  readingReplayed: 4,
  attestation: 5,
  keyRecord: 6,
  settlement: 7,
  quarantined: 8,
  event: 9,
  /** Heads that came with imported keys: chains go on from where another box left them. */
  heads: 10,
  /** What a device's dialogue wants to know again after a restart. */
  kept: 11,
  /** Readings that are about to be sent to a network that must not get them twice; see `live-entry.ts`. */
  intents: 12,
  /** The end of readings' way to a network that follows readings. */
  readingsSettled: 13,
} as const;

const READING_KIND: Readonly<Record<Origin, number>> = {
  live: KIND.readingLive,
  simulated: KIND.readingSimulated,
  replayed: KIND.readingReplayed,
};

export const readingKind = (origin: Origin): number => READING_KIND[origin];

/** Undefined where the entry is no reading. */
export const originOfKind = (kind: number): Origin | undefined =>
  kind === KIND.readingLive
    ? 'live'
    : kind === KIND.readingSimulated
      ? 'simulated'
      : kind === KIND.readingReplayed
        ? 'replayed'
        : undefined;

/** A stream's epoch begins: what is constant over it, and the number that its entries carry until the next one. */
export interface Opened {
  readonly stream: StreamId;
  readonly epoch: Epoch;
  readonly reason: EpochReason;
  readonly parent: Head | undefined;
  readonly gatewayKey: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly keyKind: KeyKind;
  readonly authenticated: Authentication;
  readonly software: string;
}

/** A signed batch, with the part of the journal that its leaves stand in. */
export interface Attested {
  readonly from: Offset;
  readonly to: Offset;
  readonly bytes: Uint8Array;
}

export type SettlementKind = 'settled' | 'refused' | 'expired' | 'unknown';

/** The end of an attestation's way to one network. */
export interface Settlement {
  readonly network: string;
  readonly stream: StreamId;
  /** SHA-256 of the attestation's bytes. */
  readonly attestation: Uint8Array;
  readonly kind: SettlementKind;
  readonly code: string;
  readonly words: string;
  readonly receipt: Uint8Array | undefined;
  readonly reward?: Reward | undefined;
  readonly wall: WallNs;
}

/** An item that could not be believed, with its bytes; never evidence. */
export interface Aside {
  readonly device: string;
  readonly mono: MonoNs;
  readonly code: string;
  readonly words: string;
  readonly raw: Uint8Array;
}

/** Something that happened to the box or a device, for the people who look. */
export interface Happening {
  readonly device: string;
  readonly what: string;
  readonly words: string;
  readonly wall: WallNs;
}

/** What a device's dialogue asked to be kept, for its next connection. Its own text; nobody else reads it. */
export interface KeptText {
  readonly device: string;
  readonly text: string;
  readonly wall: WallNs;
}

const REASONS: readonly EpochReason[] = ['started', 'restored', 'imported', 'tail-lost', 'interrupted'];
const AUTHENTICATED: readonly Authentication[] = ['none', 'wired', 'password', 'mtls', 'signature'];
const SETTLEMENTS: readonly SettlementKind[] = ['settled', 'refused', 'expired', 'unknown'];

const headCbor = (head: Head | undefined) =>
  head === undefined ? null : [head.epoch, head.counter, head.hash];

export const openedEntry = (stream: number, opened: Opened): Entry => ({
  kind: KIND.opened,
  stream,
  bytes: encodeCbor([
    opened.stream,
    opened.epoch,
    REASONS.indexOf(opened.reason),
    headCbor(opened.parent),
    opened.gatewayKey,
    opened.deviceKey,
    opened.keyKind,
    AUTHENTICATED.indexOf(opened.authenticated),
    opened.software,
  ]),
});

export const attestedEntry = (stream: number, attested: Attested): Entry => ({
  kind: KIND.attestation,
  stream,
  bytes: encodeCbor([attested.from, attested.to, attested.bytes]),
});

export const settlementEntry = (settlement: Settlement): Entry => ({
  kind: KIND.settlement,
  stream: 0,
  bytes: encodeCbor([
    settlement.network,
    settlement.stream,
    settlement.attestation,
    SETTLEMENTS.indexOf(settlement.kind),
    settlement.code,
    settlement.words,
    settlement.receipt ?? null,
    settlement.wall,
    ...(settlement.reward === undefined ? [] : [rewardCbor(settlement.reward)]),
  ]),
});

export const asideEntry = (aside: Aside): Entry => ({
  kind: KIND.quarantined,
  stream: 0,
  bytes: encodeCbor([aside.device, aside.mono, aside.code, aside.words, aside.raw]),
});

export const happeningEntry = (happening: Happening): Entry => ({
  kind: KIND.event,
  stream: 0,
  bytes: encodeCbor([happening.device, happening.what, happening.words, happening.wall]),
});

export const keptTextEntry = ({ device, text, wall }: KeptText): Entry => ({
  kind: KIND.kept,
  stream: 0,
  bytes: encodeCbor([device, text, wall]),
});

/** @param bytes as `encodeChains` makes them. */
export const headsEntry = (bytes: Uint8Array): Entry => ({ kind: KIND.heads, stream: 0, bytes });

export const keyRecordEntry = (bytes: Uint8Array): Entry => ({ kind: KIND.keyRecord, stream: 0, bytes });

/** Reads the fields of one of our own entries; a mismatch is a damaged or foreign journal, not a Bug. */
const fields = <T>(bytes: Uint8Array, what: string, read: (at: readonly unknown[]) => T): Result<T> => {
  const decoded = decodeCbor(bytes);
  const bad = (words: string) => fail(fault('malformed', `journal.${what}`, 'journal', words));
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value)) return bad(`an entry of kind ${what} is no array.`);
  try {
    return ok(read(decoded.value));
  } catch (error) {
    return bad(
      `an entry of kind ${what} does not read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
};

const bytesAt = (at: readonly unknown[], index: number): Uint8Array => {
  const value = at[index];
  if (!(value instanceof Uint8Array)) throw new TypeError(`field ${index} is no byte string`);
  return value;
};
const textAt = (at: readonly unknown[], index: number): string => {
  const value = at[index];
  if (typeof value !== 'string') throw new TypeError(`field ${index} is no text`);
  return value;
};
const intAt = (at: readonly unknown[], index: number): bigint => {
  const value = at[index];
  if (typeof value !== 'bigint' && typeof value !== 'number')
    throw new TypeError(`field ${index} is no integer`);
  return BigInt(value);
};
const oneOf = <T>(of: readonly T[], at: readonly unknown[], index: number): T => {
  const value = of[Number(intAt(at, index))];
  if (value === undefined) throw new RangeError(`field ${index} is none of ${of.join(', ')}`);
  return value;
};
const headAt = (at: readonly unknown[], index: number): Head | undefined => {
  const value = at[index];
  if (value === null) return undefined;
  if (!Array.isArray(value)) throw new TypeError(`field ${index} is no head`);
  return { epoch: bytesAt(value, 0) as Epoch, counter: Number(intAt(value, 1)), hash: bytesAt(value, 2) };
};

export const readOpened = (bytes: Uint8Array): Result<Opened> =>
  fields(bytes, 'opened', (at) => ({
    stream: textAt(at, 0) as StreamId,
    epoch: bytesAt(at, 1) as Epoch,
    reason: oneOf(REASONS, at, 2),
    parent: headAt(at, 3),
    gatewayKey: bytesAt(at, 4),
    deviceKey: bytesAt(at, 5),
    keyKind: textAt(at, 6) as KeyKind,
    authenticated: oneOf(AUTHENTICATED, at, 7),
    software: textAt(at, 8),
  }));

export const readAttested = (bytes: Uint8Array): Result<Attested> =>
  fields(bytes, 'attestation', (at) => ({
    from: intAt(at, 0) as Offset,
    to: intAt(at, 1) as Offset,
    bytes: bytesAt(at, 2),
  }));

export const readSettlement = (bytes: Uint8Array): Result<Settlement> =>
  fields(bytes, 'settlement', (at) => ({
    network: textAt(at, 0),
    stream: textAt(at, 1) as StreamId,
    attestation: bytesAt(at, 2),
    kind: oneOf(SETTLEMENTS, at, 3),
    code: textAt(at, 4),
    words: textAt(at, 5),
    receipt: at[6] === null ? undefined : bytesAt(at, 6),
    wall: wallNs(intAt(at, 7)),
    reward: rewardOf(at[8]),
  }));

export const readAside = (bytes: Uint8Array): Result<Aside> =>
  fields(bytes, 'quarantined', (at) => ({
    device: textAt(at, 0),
    mono: monoNs(intAt(at, 1)),
    code: textAt(at, 2),
    words: textAt(at, 3),
    raw: bytesAt(at, 4),
  }));

export const readHappening = (bytes: Uint8Array): Result<Happening> =>
  fields(bytes, 'event', (at) => ({
    device: textAt(at, 0),
    what: textAt(at, 1),
    words: textAt(at, 2),
    wall: wallNs(intAt(at, 3)),
  }));

export const readKeptText = (bytes: Uint8Array): Result<KeptText> =>
  fields(bytes, 'kept', (at) => ({ device: textAt(at, 0), text: textAt(at, 1), wall: wallNs(intAt(at, 2)) }));
