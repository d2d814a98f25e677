import type {
  Authentication,
  ClockAnchor,
  Epoch,
  EpochReason,
  MonoNs,
  Origin,
  StreamId,
} from '../words/index.ts';
import { anchorFrom } from './body.ts';
import type { CborValue } from './cbor.ts';
import {
  AUTHENTICATION,
  EPOCH_REASON,
  FORMAT_VERSION,
  KEY_KIND,
  type KeyKind,
  ORIGIN,
  TRUST,
} from './codes.ts';
import { HASH_BYTES } from './hash.ts';
import {
  asMono,
  EPOCH_BYTES,
  isBytes,
  isList,
  isStreamId,
  isText,
  isUint,
  KEY_BYTES,
  membersOf,
} from './shape.ts';
import { TREE_LEAVES_MAX } from './tree.ts';

export const SOFTWARE_MAX_BYTES = 64;

/** One attestation of a chain: which epoch, which counter, and the SHA-256 of its bytes. */
export interface Head {
  readonly epoch: Epoch;
  readonly counter: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/** Everything that an attestation says beside the root of its leaves. */
export interface Statement {
  /** The key that signs, 32 bytes. */
  readonly deviceKey: Uint8Array;
  /** The key of the box that the device reports to, 32 bytes. */
  readonly gatewayKey: Uint8Array;
  readonly keyKind: KeyKind;
  readonly stream: StreamId;
  readonly epoch: Epoch;
  readonly epochReason: EpochReason;
  /** From 0 within (stream, epoch), without holes. */
  readonly counter: number;
  /**
   * SHA-256 of the attestation before this one in the same epoch, 32 bytes. With counter 0: the head of the
   * chain when this epoch was opened, or null for the first epoch of a stream.
   */
  readonly previous: Uint8Array | Head | null;
  /** Leaves, 1 to 65,536. */
  readonly size: number;
  /** Sequence of the first leaf; the others follow without holes. */
  readonly firstSequence: number;
  /** The earliest and the latest time among the leaves. */
  readonly firstMono: MonoNs;
  readonly lastMono: MonoNs;
  /** In force for every leaf: wall = anchor.wall + (mono − anchor.mono). */
  readonly anchor: ClockAnchor;
  readonly origin: Origin;
  readonly authenticated: Authentication;
  /** Name and version of what signed, 1 to 64 bytes. */
  readonly software: string;
}

const KEYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

const head = (value: Head): CborValue => [value.epoch, value.counter, value.hash];

/** The statement as a CBOR map; the device key is not in it, it is the `kid`. */
export const statementMap = (statement: Statement): ReadonlyMap<number, CborValue> => {
  const { previous, anchor } = statement;
  const members: CborValue[] = [
    FORMAT_VERSION,
    statement.gatewayKey,
    KEY_KIND.codeOf(statement.keyKind),
    statement.stream,
    statement.epoch,
    EPOCH_REASON.codeOf(statement.epochReason),
    statement.counter,
    previous === null || previous instanceof Uint8Array ? previous : head(previous),
    statement.size,
    statement.firstSequence,
    statement.firstMono,
    statement.lastMono,
    [anchor.wall, anchor.mono, TRUST.codeOf(anchor.trust)],
    ORIGIN.codeOf(statement.origin),
    AUTHENTICATION.codeOf(statement.authenticated),
    statement.software,
  ];
  return new Map(KEYS.map((key, index) => [key, members[index] ?? null]));
};

/** [epoch, counter, hash], or undefined. */
export const headFrom = (value: CborValue | undefined): Head | undefined => {
  if (!isList(value) || value.length !== 3) return undefined;
  const [epoch, counter, hash] = value;
  if (!isBytes(epoch, EPOCH_BYTES) || !isUint(counter) || !isBytes(hash, HASH_BYTES)) return undefined;
  return { epoch: epoch as Epoch, counter, hash };
};

export const headList = head;

const previousFrom = (counter: number, value: CborValue | undefined): Statement['previous'] | undefined => {
  if (counter > 0) return isBytes(value, HASH_BYTES) ? value : undefined;
  return value === null ? null : headFrom(value);
};

const placeFrom = (members: readonly CborValue[]) => {
  const [, , , stream, epoch, reason, counter, previousValue] = members;
  const epochReason = EPOCH_REASON.nameOf(reason);
  if (!isStreamId(stream) || !isBytes(epoch, EPOCH_BYTES) || epochReason === undefined) return undefined;
  if (!isUint(counter)) return undefined;
  const previous = previousFrom(counter, previousValue);
  return previous === undefined
    ? undefined
    : { stream, epoch: epoch as Epoch, epochReason, counter, previous };
};

const extentFrom = (members: readonly CborValue[]) => {
  const [size, firstSequence] = members.slice(8, 10);
  const [firstMono, lastMono] = [asMono(members[10]), asMono(members[11])];
  if (!isUint(size, TREE_LEAVES_MAX) || size < 1 || !isUint(firstSequence)) return undefined;
  if (firstMono === undefined || lastMono === undefined || firstMono > lastMono) return undefined;
  if (!Number.isSafeInteger(firstSequence + size)) return undefined;
  return { size, firstSequence, firstMono, lastMono };
};

/** The statement of a version-1 attestation signed by `deviceKey`; undefined where the map says anything else. */
export const statementFrom = (deviceKey: Uint8Array, value: CborValue | undefined): Statement | undefined => {
  const members = membersOf(value, KEYS);
  if (members === undefined || members[0] !== FORMAT_VERSION) return undefined;
  const [gatewayKey, software] = [members[1], members[15]];
  const keyKind = KEY_KIND.nameOf(members[2]);
  const place = placeFrom(members);
  const extent = extentFrom(members);
  const anchor = isList(members[12]) ? anchorFrom(members[12]) : undefined;
  const origin = ORIGIN.nameOf(members[13]);
  const authenticated = AUTHENTICATION.nameOf(members[14]);
  if (!isBytes(gatewayKey, KEY_BYTES) || keyKind === undefined || anchor === undefined) return undefined;
  if (place === undefined || extent === undefined || origin === undefined) return undefined;
  if (authenticated === undefined || !isText(software, SOFTWARE_MAX_BYTES) || software === '')
    return undefined;
  return { deviceKey, gatewayKey, keyKind, ...place, ...extent, anchor, origin, authenticated, software };
};
