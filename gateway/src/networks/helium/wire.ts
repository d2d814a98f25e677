import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** The scalars of proto3 that Helium's messages use; `uint64` is a bigint because nanoseconds pass 2^53. */
export type Scalar = 'bytes' | 'uint64' | 'uint32' | 'int32' | 'sint32' | 'float' | 'bool';

export interface Field {
  readonly number: number;
  readonly type: Scalar;
}

interface ScalarTypes {
  readonly bytes: Uint8Array;
  readonly uint64: bigint;
  readonly uint32: number;
  readonly int32: number;
  readonly sint32: number;
  readonly float: number;
  readonly bool: boolean;
}

/** A message's fields by name; they stand in ascending order of their numbers, as they do on the wire. */
export type Layout = Readonly<Record<string, Field>>;

/** What a message of a layout holds: every field, since proto3 does not tell a zero from nothing. */
export type Message<L extends Layout> = { readonly [K in keyof L]: ScalarTypes[L[K]['type']] };

export type Value = Uint8Array | bigint | number | boolean;

/** A message that is longer is not read. */
export const MESSAGE_MAX_BYTES = 65_536;

const NOTHING: Readonly<Record<Scalar, Value>> = {
  bytes: new Uint8Array(0),
  uint64: 0n,
  uint32: 0,
  int32: 0,
  sint32: 0,
  float: 0,
  bool: false,
};

const WIRE: Readonly<Record<Scalar, WireType>> = {
  bytes: WireType.LengthDelimited,
  uint64: WireType.Varint,
  uint32: WireType.Varint,
  int32: WireType.Varint,
  sint32: WireType.Varint,
  float: WireType.Bit32,
  bool: WireType.Varint,
};

/** proto3 leaves out what is zero. A float of −0 too: implementations differ, and left out it is 0 to all of them. */
const isNothing = (value: Value): boolean =>
  typeof value === 'object' ? value.length === 0 : value === 0 || value === 0n || value === false;

const read = (reader: BinaryReader, type: Scalar): Value => {
  if (type === 'bytes') return Uint8Array.from(reader.bytes());
  if (type === 'uint64') return BigInt(reader.uint64());
  return reader[type]();
};

/** What a field takes besides its content: a tag of at most 5 bytes, and a number or length of at most 10. */
export const FIELD_MAX_BYTES = 15;
const LOW_32 = 0xffff_ffffn;

/** Puts a number from 0 to 2^32 − 1 as a varint, and gives back where it ends. */
export const putVarint = (into: Uint8Array, from: number, value: number): number => {
  let at = from;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) into[at++] = (rest & 0x7f) | 0x80;
  into[at++] = rest;
  return at;
};

const putLong = (into: Uint8Array, from: number, value: bigint): number => {
  if (value <= LOW_32) return putVarint(into, from, Number(value));
  let at = from;
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) into[at++] = Number(rest & 0x7fn) | 0x80;
  into[at++] = Number(rest);
  return at;
};

const putFloat = (into: Uint8Array, at: number, value: number): number => {
  new DataView(into.buffer, into.byteOffset).setFloat32(at, value, true);
  return at + 4;
};

const putBytes = (into: Uint8Array, from: number, value: Uint8Array): number => {
  const at = putVarint(into, from, value.length);
  into.set(value, at);
  return at + value.length;
};

/** Where the value ends; a negative `int32` takes the ten bytes of its 64 bits. */
const put = (into: Uint8Array, at: number, type: Scalar, value: Value): number => {
  if (type === 'bytes') return putBytes(into, at, value as Uint8Array);
  if (type === 'uint64') return putLong(into, at, value as bigint);
  const number = Number(value);
  if (type === 'float') return putFloat(into, at, number);
  if (type === 'sint32') return putVarint(into, at, ((number << 1) ^ (number >> 31)) >>> 0);
  return type === 'int32' && number < 0
    ? putLong(into, at, BigInt.asUintN(64, BigInt(number)))
    : putVarint(into, at, number);
};

/** One field at a place, nothing where it is zero; gives back where it ends. */
export const putField = (into: Uint8Array, at: number, { number, type }: Field, value: Value): number =>
  isNothing(value) ? at : put(into, putVarint(into, at, number * 8 + WIRE[type]), type, value);

/**
 * The canonical encoding: ascending field numbers, zeros left out. What a verifier gets when it decodes a message and
 * encodes it again, so also what has to be signed.
 */
export const encode = <L extends Layout>(layout: L, message: Message<L>): Uint8Array => {
  let bytesMax = 0;
  for (const name in layout) {
    const value = message[name] as Value;
    bytesMax += FIELD_MAX_BYTES + (typeof value === 'object' ? value.length : 0);
  }
  const into = new Uint8Array(bytesMax);
  let at = 0;
  for (const name in layout) {
    const field = layout[name];
    if (field !== undefined) at = putField(into, at, field, message[name] as Value);
  }
  return into.slice(0, at);
};

/** The whole message; unknown fields are passed over, the last of a repeated one counts. Bent bytes are `malformed`. */
export const decode = <L extends Layout>(layout: L, bytes: Uint8Array): Result<Message<L>> => {
  const bent = (words: string): Result<never> =>
    fail(fault('malformed', 'helium.wire', 'helium network', words));
  if (bytes.length > MESSAGE_MAX_BYTES) return bent(`A message has more than ${MESSAGE_MAX_BYTES} bytes.`);
  const names = new Map(Object.entries(layout).map(([name, field]) => [field.number, { name, ...field }]));
  const found: Record<string, Value> = Object.fromEntries(
    Object.entries(layout).map(([name, { type }]) => [name, NOTHING[type]]),
  );
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      const field = names.get(number);
      if (field === undefined) reader.skip(wire, number);
      else if (wire === WIRE[field.type]) found[field.name] = read(reader, field.type);
      else return bent(`Field ${number} of a message does not have the type that the protocol gives it.`);
    }
    if (reader.pos !== reader.len) return bent('A message ends inside a field.');
  } catch {
    // The reader throws for whatever it cannot read: a cut varint, a length past the end.
    return bent('A message cannot be read to its end.');
  }
  return ok(found as Message<L>);
};

/** A field of bytes by itself, whatever its length. */
export const encodeBytes = (number: number, bytes: Uint8Array): Uint8Array => {
  const field = new Uint8Array(FIELD_MAX_BYTES + bytes.length);
  const at = putVarint(field, 0, number * 8 + WireType.LengthDelimited);
  return field.slice(0, putBytes(field, at, bytes));
};

/** An envelope around one message: one field, whose number says which message it is. */
export const encodeChoice = encodeBytes;
