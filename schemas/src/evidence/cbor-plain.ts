import { type CborValue, MAJOR } from './cbor.ts';

/** Levels of arrays within each other; deeper ones are left to the library. */
const DEPTH_MAX = 8;
const TWO_32 = 0x1_0000_0000;
const ASCII_MAX = 0x7f;
const FALSE = 20;
const TRUE = 21;
const NULL = 22;

/** Byte strings as copies of their own, or as views of what is read, which must then stay as it is. */
export type Bytes = 'copies' | 'views';

interface Cursor {
  readonly bytes: Uint8Array;
  readonly kind: Bytes;
  at: number;
}

/** An argument in its shortest form (RFC 8949 §4.2.1), and past it; undefined for any other. */
const readArgument = (cursor: Cursor, low: number): number | bigint | undefined => {
  const { bytes, at } = cursor;
  if (low < 24) {
    cursor.at = at + 1;
    return low;
  }
  const width = 1 << (low - 24);
  if (low > 27 || at + 1 + width > bytes.length) return undefined;
  cursor.at = at + 1 + width;
  let value = 0;
  const half = width === 8 ? at + 5 : at + 1 + width;
  for (let i = at + 1; i < half; i += 1) value = value * 256 + (bytes[i] ?? 0);
  if (width === 1) return value < 24 ? undefined : value;
  if (width === 2) return value < 0x100 ? undefined : value;
  if (width === 4) return value < 0x1_0000 ? undefined : value;
  if (value === 0) return undefined;
  let rest = 0;
  for (let i = half; i < at + 9; i += 1) rest = rest * 256 + (bytes[i] ?? 0);
  const whole = value * TWO_32 + rest;
  return Number.isSafeInteger(whole) ? whole : (BigInt(value) << 32n) | BigInt(rest);
};

const readAscii = ({ bytes, at }: Cursor, end: number): string | undefined => {
  let text = '';
  for (let i = at; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte > ASCII_MAX) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
};

const readItem = (cursor: Cursor, depth: number): CborValue | undefined => {
  const { bytes } = cursor;
  const first = bytes[cursor.at];
  if (first === undefined) return undefined;
  const major = first >> 5;
  if (major === MAJOR.simple) {
    cursor.at += 1;
    const low = first & 0x1f;
    if (low === NULL) return null;
    return low === FALSE || low === TRUE ? low === TRUE : undefined;
  }
  const argument = readArgument(cursor, first & 0x1f);
  if (argument === undefined || major === MAJOR.uint) return argument;
  if (typeof argument === 'bigint' || argument === Number.MAX_SAFE_INTEGER) return undefined;
  if (major === MAJOR.nint) return -1 - argument;
  if (major === MAJOR.array) return readArray(cursor, argument, depth);
  const end = cursor.at + argument;
  if ((major !== MAJOR.bytes && major !== MAJOR.text) || end > bytes.length) return undefined;
  const start = cursor.at;
  const value =
    major === MAJOR.text
      ? readAscii(cursor, end)
      : cursor.kind === 'views'
        ? bytes.subarray(start, end)
        : bytes.slice(start, end);
  cursor.at = end;
  return value;
};

const readArray = (cursor: Cursor, count: number, depth: number): readonly CborValue[] | undefined => {
  if (depth >= DEPTH_MAX || count > cursor.bytes.length - cursor.at) return undefined;
  const items: CborValue[] = [];
  for (let i = 0; i < count; i += 1) {
    const item = readItem(cursor, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
};

/**
 * What most items of evidence are: arrays of integers, byte strings, ASCII and simple values, in deterministic encoding.
 * Undefined for everything else, broken or not, which the library then judges; what is accepted here it accepts too, with
 * the same value. Ten times as fast, because each reading is read by every follower of the journal.
 */
export const readPlainCbor = (bytes: Uint8Array, kind: Bytes = 'copies'): CborValue | undefined => {
  const cursor = { bytes, kind, at: 0 };
  const value = readItem(cursor, 0);
  return cursor.at === bytes.length ? value : undefined;
};
