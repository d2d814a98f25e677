import { concatBytes } from '@outpost/schemas/words';

/** What a field holds; a schema is a message within the message. */
export type FieldKind =
  | 'varint'
  | 'fixed32'
  | { readonly numberMax: number }
  | { readonly bytesMax: number }
  | MessageSchema;

/**
 * The fields of a message that are known. Others may be there too, because firmware grows. `ordered`: by ascending
 * number, as firmware writes them; what is not in order is no message.
 */
export interface MessageSchema {
  readonly fields: ReadonlyMap<number, FieldKind>;
  readonly ordered: boolean;
  /** At least one of these has to be there; any will do where it is empty. */
  readonly oneOf: readonly number[];
}

/** A message of which nothing is known. */
export const ANY_MESSAGE: MessageSchema = { fields: new Map(), ordered: false, oneOf: [] };

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** No message read here has a field beyond. */
const FIELD_MAX = 1_023;
const VARINT_MAX_BYTES = 10;
const DEPTH_MAX = 4;

/** Where a value that is no message stands: from its first byte to behind its last. */
export type Leaf = readonly [from: number, to: number];

/** `more`: so far it could be one, and its end is not there yet. */
export type Scan =
  | { readonly kind: 'whole'; readonly leaves: readonly Leaf[] }
  | { readonly kind: 'more' }
  | { readonly kind: 'broken' };

const MORE: Scan = { kind: 'more' };
const BROKEN: Scan = { kind: 'broken' };

interface Varint {
  readonly value: number;
  readonly next: number;
}

/** Values above 2^53 lose their lowest digits: only what is small is looked at. */
const readVarint = (bytes: Uint8Array, at: number, end: number): Varint | Scan => {
  let value = 0;
  for (let length = 0; length < VARINT_MAX_BYTES; length += 1) {
    if (at + length >= end) return BROKEN;
    const byte = bytes[at + length];
    if (byte === undefined) return MORE;
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) return { value, next: at + length + 1 };
  }
  return BROKEN;
};

const wireOf = (kind: FieldKind | undefined): number | undefined => {
  if (kind === undefined) return undefined;
  if (kind === 'varint' || (typeof kind === 'object' && 'numberMax' in kind)) return VARINT;
  return kind === 'fixed32' ? FIXED32 : LENGTH;
};

/** Where a value ends and, for one with a length, where it begins. */
const spanOf = (wire: number, bytes: Uint8Array, at: number, end: number): Varint | Scan => {
  switch (wire) {
    case VARINT:
      return readVarint(bytes, at, end);
    case FIXED64:
      return { value: 0, next: at + 8 };
    case FIXED32:
      return { value: 0, next: at + 4 };
    case LENGTH:
      return readVarint(bytes, at, end);
    default:
      return BROKEN;
  }
};

const scanValue = (
  kind: FieldKind | undefined,
  span: Varint,
  bytes: Uint8Array,
  end: number,
  depth: number,
): Scan => {
  const { value: length, next } = span;
  if (length > end - next) return BROKEN;
  if (typeof kind === 'object' && 'fields' in kind) {
    return depth > DEPTH_MAX ? BROKEN : scanMessage(kind, bytes, next, next + length, depth + 1);
  }
  if (typeof kind === 'object' && 'bytesMax' in kind && length > kind.bytesMax) return BROKEN;
  return next + length > bytes.length ? MORE : { kind: 'whole', leaves: [[next, next + length]] };
};

/**
 * Whether the bytes from `from` to `end`, as far as they are there, are such a message. Says `broken` at the first
 * byte that no such message can have at that place.
 */
export const scanMessage = (
  schema: MessageSchema,
  bytes: Uint8Array,
  from: number,
  end: number,
  depth = 0,
): Scan => {
  let at = from;
  let before = 0;
  const leaves: Leaf[] = [];
  let hasOne = schema.oneOf.length === 0;
  while (at < end) {
    const tag = readVarint(bytes, at, end);
    if ('kind' in tag) return tag;
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    const kind = schema.fields.get(number);
    if (number === 0 || number > FIELD_MAX || (schema.ordered && number < before)) return BROKEN;
    if (kind !== undefined && wireOf(kind) !== wire) return BROKEN;
    const span = spanOf(wire, bytes, tag.next, end);
    if ('kind' in span) return span;
    if (typeof kind === 'object' && 'numberMax' in kind && span.value > kind.numberMax) return BROKEN;
    at = span.next;
    if (wire === LENGTH) {
      const value = scanValue(kind, span, bytes, end, depth);
      if (value.kind !== 'whole') return value;
      leaves.push(...value.leaves);
      at = span.next + span.value;
    } else leaves.push([tag.next, at]);
    if (at > end) return BROKEN;
    if (at > bytes.length) return MORE;
    before = number;
    hasOne ||= schema.oneOf.includes(number);
  }
  return hasOne ? { kind: 'whole', leaves } : BROKEN;
};

/** One field of a message that was found whole: its number if it is one, its bytes if it has a length. */
export interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** The fields of a whole message, in their order; those of 64 bits without their value. */
export const fieldsOf = (bytes: Uint8Array): readonly Field[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at, bytes.length);
    if ('kind' in tag) break;
    const wire = tag.value % 8;
    const span = spanOf(wire, bytes, tag.next, bytes.length);
    if ('kind' in span) break;
    const isLong = wire === LENGTH;
    at = isLong ? span.next + span.value : span.next;
    if (at > bytes.length) break;
    fields.push({
      number: Math.floor(tag.value / 8),
      value: wire === FIXED32 ? view.getUint32(tag.next, true) : isLong ? 0 : span.value,
      bytes: bytes.slice(isLong ? span.next : tag.next, at),
    });
  }
  return fields;
};

const varint = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
};

const NOTHING = new Uint8Array(0);

/** Zero is what is not written. Negative numbers take ten bytes. */
export const writeVarint = (number: number, value: number): Uint8Array =>
  value === 0 ? NOTHING : concatBytes(varint(number * 8 + VARINT), varint(value));

export const writeFixed32 = (number: number, value: number): Uint8Array => {
  if (value === 0) return NOTHING;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return concatBytes(varint(number * 8 + FIXED32), bytes);
};

/** Also where it is empty: that it is there says something. */
export const writeBytes = (number: number, bytes: Uint8Array): Uint8Array =>
  concatBytes(varint(number * 8 + LENGTH), varint(bytes.length), bytes);

/** The bits of a float of 32 bits, and the number in them. */
export const floatBits = (value: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return view.getUint32(0, true);
};

export const floatOf = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits, true);
  return view.getFloat32(0, true);
};

/** A whole number of 32 bits that was written as one of 64: −95 is 2^64 − 95, of which readVarint keeps the size. */
export const signed32 = (field: Field): number => Number(BigInt.asIntN(32, lowBits(field.bytes)));

const lowBits = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
