/** A tagged item; the only tag that evidence uses is 18, COSE_Sign1. */
export interface CborTag {
  readonly tag: number;
  readonly value: CborValue;
}

/**
 * What evidence may be made of: integers from −2^64 to 2^64 − 1, byte and text strings, arrays, maps with
 * integer keys, true, false, null and tags. No floating point, so a number has exactly one encoding.
 */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<number, CborValue>
  | CborTag;

export const MAJOR = { uint: 0, nint: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const TWO_32 = 0x1_0000_0000;
const UTF8 = new TextEncoder();

/** Bytes under construction. `bytes` may be replaced by a longer copy whenever something is written. */
export interface Sink {
  bytes: Uint8Array;
  at: number;
}

export const sinkOf = (capacityBytes: number): Sink => ({ bytes: new Uint8Array(capacityBytes), at: 0 });

/** Exactly what was written; the sink is not to be used afterwards. */
export const written = (sink: Sink): Uint8Array =>
  sink.at === sink.bytes.length ? sink.bytes : sink.bytes.slice(0, sink.at);

const reserve = (sink: Sink, count: number): void => {
  if (sink.at + count <= sink.bytes.length) return;
  const longer = new Uint8Array(Math.max(2 * sink.bytes.length, sink.at + count));
  longer.set(sink.bytes);
  sink.bytes = longer;
};

const writeUint32 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
};

/** Bytes of an item's head with this argument, a safe integer ≥ 0. */
export const headBytes = (value: number): number => {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x1_0000) return 3;
  return value < TWO_32 ? 5 : 9;
};

/** An item's first byte and argument, in the shortest form (RFC 8949 §4.2.1). `value` is a safe integer ≥ 0. */
export const writeHead = (sink: Sink, major: number, value: number): void => {
  const count = headBytes(value);
  reserve(sink, count);
  const { bytes, at } = sink;
  const first = major << 5;
  sink.at = at + count;
  if (count === 1) {
    bytes[at] = first | value;
  } else if (count === 2) {
    bytes[at] = first | 24;
    bytes[at + 1] = value;
  } else if (count === 3) {
    bytes[at] = first | 25;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value;
  } else if (count === 5) {
    bytes[at] = first | 26;
    writeUint32(bytes, at + 1, value);
  } else {
    bytes[at] = first | 27;
    writeUint32(bytes, at + 1, Math.floor(value / TWO_32));
    writeUint32(bytes, at + 5, value % TWO_32);
  }
};

/** Bytes of a safe integer. */
export const intBytes = (value: number): number => headBytes(value < 0 ? -1 - value : value);

/** A safe integer. */
export const writeInt = (sink: Sink, value: number): void => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`CBOR: ${value} is no safe integer`);
  if (value < 0) writeHead(sink, MAJOR.nint, -1 - value);
  else writeHead(sink, MAJOR.uint, value);
};

/** An integer from −2^64 to 2^64 − 1. */
export const writeBigInt = (sink: Sink, value: bigint): void => {
  const negative = value < 0n;
  const argument = negative ? -1n - value : value;
  if (argument >> 64n !== 0n) throw new RangeError(`CBOR: ${value} needs more than 64 bits`);
  const high = Number(argument >> 32n);
  const low = Number(argument & 0xffff_ffffn);
  const major = negative ? MAJOR.nint : MAJOR.uint;
  if (high < 0x20_0000) {
    writeHead(sink, major, high * TWO_32 + low);
    return;
  }
  reserve(sink, 9);
  sink.bytes[sink.at] = (major << 5) | 27;
  writeUint32(sink.bytes, sink.at + 1, high);
  writeUint32(sink.bytes, sink.at + 5, low);
  sink.at += 9;
};

export const writeBytes = (sink: Sink, value: Uint8Array): void => {
  writeHead(sink, MAJOR.bytes, value.length);
  reserve(sink, value.length);
  sink.bytes.set(value, sink.at);
  sink.at += value.length;
};

/** UTF-8; a lone surrogate becomes U+FFFD, as in every encoder of the platform. */
export const writeText = (sink: Sink, value: string): void => {
  const encoded = UTF8.encode(value);
  writeHead(sink, MAJOR.text, encoded.length);
  reserve(sink, encoded.length);
  sink.bytes.set(encoded, sink.at);
  sink.at += encoded.length;
};

const writeSimple = (sink: Sink, byte: number): void => {
  reserve(sink, 1);
  sink.bytes[sink.at] = byte;
  sink.at += 1;
};

export const writeNull = (sink: Sink): void => writeSimple(sink, NULL);

/** The order of the encoded keys' bytes (RFC 8949 §4.2.1), which is 0, 1, 2 … and then −1, −2 … */
const encodedOrder = (a: number, b: number): number => (a < 0 === b < 0 ? Math.abs(a) - Math.abs(b) : b - a);

const writeMap = (sink: Sink, map: ReadonlyMap<number, CborValue>): void => {
  writeHead(sink, MAJOR.map, map.size);
  for (const key of [...map.keys()].sort(encodedOrder)) {
    writeInt(sink, key);
    writeValue(sink, map.get(key) ?? null);
  }
};

const isBytes = (value: object): value is Uint8Array => value instanceof Uint8Array;
const isMap = (value: object): value is ReadonlyMap<number, CborValue> => value instanceof Map;
const isArray = (value: object): value is readonly CborValue[] => Array.isArray(value);

const writeObject = (
  sink: Sink,
  value: Exclude<CborValue, number | bigint | string | boolean | null>,
): void => {
  if (isBytes(value)) {
    writeBytes(sink, value);
  } else if (isArray(value)) {
    writeHead(sink, MAJOR.array, value.length);
    for (const item of value) writeValue(sink, item);
  } else if (isMap(value)) {
    writeMap(sink, value);
  } else {
    writeHead(sink, MAJOR.tag, value.tag);
    writeValue(sink, value.value);
  }
};

export const writeValue = (sink: Sink, value: CborValue): void => {
  if (typeof value === 'number') writeInt(sink, value);
  else if (typeof value === 'bigint') writeBigInt(sink, value);
  else if (typeof value === 'string') writeText(sink, value);
  else if (typeof value === 'boolean') writeSimple(sink, value ? TRUE : FALSE);
  else if (value === null) writeSimple(sink, NULL);
  else writeObject(sink, value);
};

/**
 * Core deterministic encoding (RFC 8949 §4.2.1). Throws a RangeError for what evidence cannot hold: a number
 * that is no safe integer, a bigint of more than 64 bits.
 */
export const encodeCbor = (value: CborValue): Uint8Array => {
  const sink = sinkOf(256);
  writeValue(sink, value);
  return written(sink);
};
