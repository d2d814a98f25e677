import { decode, type Token, Tokenizer } from 'cborg';
import { equalBytes, fail, fault, ok, type Result } from '../words/index.ts';
import { type CborTag, type CborValue, encodeCbor, MAJOR } from './cbor.ts';
import { readPlainCbor } from './cbor-plain.ts';

export interface CborLimits {
  /** Bytes of one item. */
  readonly sizeMaxBytes: number;
  /** Levels: arrays, maps and tags within each other, and the innermost item. */
  readonly depthMax: number;
}

/** No item of evidence is longer than 16 MiB or nested deeper than 16. */
export const CBOR_LIMITS: CborLimits = { sizeMaxBytes: 16 * 1024 * 1024, depthMax: 16 };

export const COSE_SIGN1_TAG = 18;

/** Where an item ends; or that more bytes are needed to tell; or what is wrong with it. */
export type Extent =
  | { readonly kind: 'whole'; readonly end: number }
  | { readonly kind: 'partial' }
  | { readonly kind: 'broken'; readonly words: string };

interface Head {
  readonly major: number;
  readonly value: number;
  readonly next: number;
}

const PARTIAL: Extent = { kind: 'partial' };
const broken = (words: string): Extent => ({ kind: 'broken', words });

const argument = (bytes: Uint8Array, at: number, width: number): number => {
  let value = 0;
  for (let i = 0; i < width; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
};

const readHead = (bytes: Uint8Array, at: number): Head | Extent => {
  const first = bytes[at];
  if (first === undefined) return PARTIAL;
  const major = first >> 5;
  const low = first & 0x1f;
  if (major === MAJOR.simple) {
    if (low < 20 || low > 22) return broken('holds a floating-point number or an unknown simple value');
    return { major, value: 0, next: at + 1 };
  }
  if (low < 24) return { major, value: low, next: at + 1 };
  if (low > 27) return broken('has an indefinite or reserved length');
  const width = 1 << (low - 24);
  if (at + 1 + width > bytes.length) return PARTIAL;
  return { major, value: argument(bytes, at + 1, width), next: at + 1 + width };
};

/**
 * Finds the end of the item that starts at `start`, without building it: at most `limits.depthMax` levels and
 * `limits.sizeMaxBytes` bytes, definite lengths, no floating point. Meant for streams; whether the encoding is
 * the deterministic one is `decodeCbor`'s to say.
 */
export const itemExtent = (bytes: Uint8Array, start: number, limits: CborLimits = CBOR_LIMITS): Extent => {
  const open: number[] = [1];
  let at = start;
  while (open.length > 0) {
    const head = readHead(bytes, at);
    if ('kind' in head) return head;
    open[open.length - 1] = (open[open.length - 1] ?? 0) - 1;
    at = head.next;
    if (head.major === MAJOR.bytes || head.major === MAJOR.text) at += head.value;
    const left = limits.sizeMaxBytes - (at - start);
    const members = head.major === MAJOR.map ? 2 * head.value : head.major === MAJOR.array ? head.value : 0;
    if (left < members) return broken(`is longer than ${limits.sizeMaxBytes} bytes`);
    if (head.major === MAJOR.tag) open.push(1);
    else if (members > 0) open.push(members);
    if (open.length > limits.depthMax) return broken(`is nested deeper than ${limits.depthMax} levels`);
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
  }
  return at > bytes.length ? PARTIAL : { kind: 'whole', end: at };
};

const DECODE_OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: true,
  allowInfinity: false,
  allowNaN: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
  tags: {
    [COSE_SIGN1_TAG]: (content: () => unknown): CborTag => ({
      tag: COSE_SIGN1_TAG,
      value: content() as CborValue,
    }),
  },
};

const BYTE_ORDER_MARK = '\ufeff';
const BYTE_ORDER_MARK_BYTES = [0xef, 0xbb, 0xbf] as const;

/** The library takes a byte order mark at the start of a text for a sign of its encoding and drops it. */
const restoreMark = (token: Token): Token => {
  const text: unknown = token.value;
  if (typeof text !== 'string') return token;
  const marked = BYTE_ORDER_MARK_BYTES.every((byte, index) => token.byteValue?.[index] === byte);
  if (marked) token.value = BYTE_ORDER_MARK + text;
  return token;
};

const tokens = (bytes: Uint8Array) => {
  const inner = new Tokenizer(bytes, DECODE_OPTIONS);
  return { done: () => inner.done(), pos: () => inner.pos(), next: () => restoreMark(inner.next()) };
};

const refuse = (words: string): Result<never> =>
  fail(fault('malformed', 'cbor.not-deterministic', 'evidence', `The item ${words}.`));

/** Reads any item by the library, and the encoding by encoding it again. Never throws; faults are `malformed`. */
export const decodeByLibrary = (bytes: Uint8Array, limits: CborLimits = CBOR_LIMITS): Result<CborValue> => {
  const extent = itemExtent(bytes, 0, limits);
  if (extent.kind === 'broken') return refuse(extent.words);
  if (extent.kind === 'partial') return refuse('ends too early');
  if (extent.end !== bytes.length) return refuse('is followed by other bytes');
  try {
    const value = decode(bytes, { ...DECODE_OPTIONS, tokenizer: tokens(bytes) }) as CborValue;
    // Negative arguments, key order, UTF-8 and shortest forms are all settled by this one comparison.
    return equalBytes(encodeCbor(value), bytes) ? ok(value) : refuse('is not in deterministic encoding');
  } catch (error) {
    return refuse(`cannot be read (${error instanceof Error ? error.message : 'unknown reason'})`);
  }
};

/**
 * Reads one item that fills `bytes` exactly and is in the deterministic encoding: what it decodes to encodes to
 * the same bytes again, so no two byte strings mean the same. Never throws; faults are `malformed`.
 */
export const decodeCbor = (bytes: Uint8Array, limits: CborLimits = CBOR_LIMITS): Result<CborValue> => {
  const plain =
    limits === CBOR_LIMITS && bytes.length <= limits.sizeMaxBytes ? readPlainCbor(bytes) : undefined;
  return plain === undefined ? decodeByLibrary(bytes, limits) : ok(plain);
};
