import { fail, fault, ok, type Result } from '../../words/index.ts';
import { type Cursor, cursorOf, lengthDelimited, misread, skipField, varint } from './cursor.ts';
import type { FieldType, Message, MessageType, NamedField } from './field.ts';
import { durationOf, timestampOf } from './moment.ts';

/** While a message is read its fields change. */
export type Draft = Record<string, unknown>;

/** Wire types of protobuf; groups (3, 4) are not in any message that is read here. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

const wireTypeOf = ({ kind }: FieldType): number => {
  switch (kind) {
    case 'uint32':
    case 'int32':
    case 'bool':
    case 'enum':
      return VARINT;
    case 'float':
      return FIXED32;
    case 'double':
      return FIXED64;
    case 'string':
    case 'bytes':
    case 'message':
    case 'timestamp':
    case 'duration':
    case 'messages':
    case 'numbers':
    case 'map':
      return DELIMITED;
  }
};

const text = (cursor: Cursor): string => {
  const whole = lengthDelimited(cursor);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(whole);
  } catch {
    misread(cursor, 'holds a text that is no UTF-8');
    return '';
  }
};

/** Seconds and nanoseconds, the two fields that Timestamp and Duration have in common. */
const nanoseconds = (cursor: Cursor, kind: 'timestamp' | 'duration'): bigint | undefined => {
  const inner = cursorOf(lengthDelimited(cursor));
  let total = 0n;
  let seconds = 0n;
  let nanos = 0n;
  while (inner.at < inner.end) {
    const tag = varint(inner);
    if (tag === 0x08) {
      varint(inner);
      seconds = BigInt.asIntN(64, (BigInt(inner.high) << 32n) | BigInt(inner.low));
    } else if (tag === 0x10) {
      nanos = BigInt(varint(inner) | 0);
    } else skipField(inner, tag);
  }
  total = seconds * 1_000_000_000n + nanos;
  const value = kind === 'timestamp' ? timestampOf(total) : durationOf(total);
  if (inner.why !== undefined) misread(cursor, inner.why);
  else if (value === undefined) misread(cursor, `holds a ${kind} out of range`);
  return value;
};

const numbersOf = (cursor: Cursor, before: readonly number[]): readonly number[] => {
  const packed = cursorOf(lengthDelimited(cursor));
  const all = [...before];
  while (packed.at < packed.end) all.push(varint(packed));
  if (packed.why !== undefined) misread(cursor, packed.why);
  return all;
};

const entryInto = (
  cursor: Cursor,
  { key: keyKind, value: valueKind }: Extract<FieldType, { kind: 'map' }>,
  map: Map<unknown, unknown>,
): void => {
  const entry = cursorOf(lengthDelimited(cursor));
  const read = (kind: 'string' | 'uint32'): string | number =>
    kind === 'string' ? text(entry) : varint(entry);
  const tagOf = (number: number, kind: 'string' | 'uint32'): number =>
    (number << 3) | (kind === 'string' ? DELIMITED : VARINT);
  let key: string | number = keyKind === 'string' ? '' : 0;
  let value: string | number = valueKind === 'string' ? '' : 0;
  while (entry.at < entry.end) {
    const tag = varint(entry);
    if (tag === tagOf(1, keyKind)) key = read(keyKind);
    else if (tag === tagOf(2, valueKind)) value = read(valueKind);
    else skipField(entry, tag);
  }
  if (entry.why !== undefined) misread(cursor, entry.why);
  else map.set(key, value);
};

const nested = (cursor: Cursor, message: MessageType, draft: Draft): Draft => {
  const inner = cursorOf(lengthDelimited(cursor));
  readInto(inner, message, draft);
  if (inner.why !== undefined) misread(cursor, inner.why);
  return draft;
};

/** What the field holds after this occurrence of it; `before`: what it held. */
const fieldValue = (cursor: Cursor, type: FieldType, before: unknown): unknown => {
  switch (type.kind) {
    case 'uint32':
      return varint(cursor);
    case 'int32':
      return varint(cursor) | 0;
    case 'bool':
      return (varint(cursor) | cursor.high) !== 0;
    case 'enum': {
      const number = varint(cursor) | 0;
      return type.names[number] ?? number;
    }
    case 'float':
      return fixed(cursor, 4);
    case 'double':
      return fixed(cursor, 8);
    case 'string':
      return text(cursor);
    case 'bytes':
      return lengthDelimited(cursor).slice();
    case 'timestamp':
    case 'duration':
      return nanoseconds(cursor, type.kind);
    case 'message':
      return nested(cursor, type.message, (before as Draft | undefined) ?? draftOf(type.message));
    case 'messages':
      return [...(before as readonly unknown[]), nested(cursor, type.message, draftOf(type.message))];
    case 'numbers':
      return numbersOf(cursor, before as readonly number[]);
    case 'map':
      entryInto(cursor, type, before as Map<unknown, unknown>);
      return before;
  }
};

const fixed = (cursor: Cursor, size: 4 | 8): number => {
  if (cursor.at + size > cursor.end) {
    misread(cursor, 'ends within a number');
    return 0;
  }
  const view = new DataView(cursor.bytes.buffer, cursor.bytes.byteOffset + cursor.at, size);
  cursor.at += size;
  return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
};

export const draftOf = ({ fields }: MessageType): Draft => {
  const draft: Draft = {};
  for (const field of fields) draft[field.name] = field.empty();
  return draft;
};

/** Of a oneof the last one counts. */
export const clearSiblings = (draft: Draft, { fields }: MessageType, field: NamedField): void => {
  for (const other of fields) {
    if (other.oneof === field.oneof && other !== field) draft[other.name] = undefined;
  }
};

const readInto = (cursor: Cursor, message: MessageType, draft: Draft): void => {
  while (cursor.at < cursor.end) {
    const tag = varint(cursor);
    if (cursor.high !== 0 || tag >>> 3 === 0) misread(cursor, 'holds a field with no possible number');
    const field = message.byNumber.get(tag >>> 3);
    const wire = tag & 7;
    if (field !== undefined && wire === wireTypeOf(field.type)) {
      draft[field.name] = fieldValue(cursor, field.type, draft[field.name]);
      if (field.oneof !== undefined) clearSiblings(draft, message, field);
    } else if (field?.type.kind === 'numbers' && wire === VARINT) {
      draft[field.name] = [...(draft[field.name] as readonly number[]), varint(cursor)];
    } else skipField(cursor, tag);
  }
};

/** Fields that the table does not have are passed over. A fault is `malformed`. */
export const readBinary = <Value>(message: Message<Value>, payload: Uint8Array): Result<Value> => {
  const cursor = cursorOf(payload);
  const draft = draftOf(message);
  readInto(cursor, message, draft);
  if (cursor.why === undefined) return ok(draft as Value);
  return fail(fault('malformed', 'gw.protobuf', message.name, `${cursor.why}.`));
};
