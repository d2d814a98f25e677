import { asciiBytes, fail, fault, ok, type Result } from '../../words/index.ts';
import { type Draft, draftOf } from './binary-read.ts';
import type { FieldType, Message, MessageType, NamedField } from './field.ts';
import { parseDuration, parseTimestamp } from './moment.ts';

/** What a value of JSON could not be taken for; distinct from every value that a field may hold. */
const NOT_IT = Symbol('not it');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Numbers may come as texts too. */
const numberOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)
    ? Number(value)
    : Number.NaN;
};

const whole = (value: unknown, min: number, max: number): unknown => {
  const number = numberOf(value);
  // Adding 0 makes a negative zero the zero that it is here.
  return Number.isInteger(number) && number >= min && number <= max ? number + 0 : NOT_IT;
};

const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

const real = (value: unknown, round: (value: number) => number): unknown => {
  const special = SPECIAL.get(value);
  if (special !== undefined) return special;
  const number = round(numberOf(value));
  return Number.isFinite(number) ? number : NOT_IT;
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Both alphabets, with padding or without. */
const base64 = (value: unknown): unknown => {
  if (typeof value !== 'string') return NOT_IT;
  const text = value.replaceAll('-', '+').replaceAll('_', '/');
  const bare = text.replace(/=+$/, '');
  return BASE64.test(text) && bare.length % 4 !== 1 ? asciiBytes(atob(bare)) : NOT_IT;
};

const enumOf = (names: readonly string[], value: unknown): unknown => {
  if (typeof value === 'string') return names.includes(value) ? value : NOT_IT;
  const number = whole(value, -0x80_00_00_00, 0x7f_ff_ff_ff);
  return typeof number === 'number' ? (names[number] ?? number) : NOT_IT;
};

const listOf = (value: unknown, item: (value: unknown) => unknown): unknown => {
  if (!Array.isArray(value)) return NOT_IT;
  const list = value.map(item);
  return list.includes(NOT_IT) ? NOT_IT : list;
};

const uint32 = (value: unknown): unknown => whole(value, 0, 0xff_ff_ff_ff);
const string = (value: unknown): unknown => (typeof value === 'string' ? value : NOT_IT);

const mapOf = (type: Extract<FieldType, { kind: 'map' }>, value: unknown): unknown => {
  if (!isObject(value)) return NOT_IT;
  const part = { uint32, string };
  const entries = Object.entries(value).map(
    ([key, held]) => [part[type.key](key), part[type.value](held)] as const,
  );
  return entries.some((entry) => entry.includes(NOT_IT)) ? NOT_IT : new Map(entries);
};

const text = (value: unknown, parse: (text: string) => bigint | undefined): unknown =>
  typeof value === 'string' ? (parse(value) ?? NOT_IT) : NOT_IT;

const fieldValue = (type: FieldType, value: unknown): unknown => {
  switch (type.kind) {
    case 'uint32':
      return uint32(value);
    case 'int32':
      return whole(value, -0x80_00_00_00, 0x7f_ff_ff_ff);
    case 'bool':
      return typeof value === 'boolean' ? value : NOT_IT;
    case 'enum':
      return enumOf(type.names, value);
    case 'float':
      return real(value, Math.fround);
    case 'double':
      return real(value, (number) => number);
    case 'string':
      return string(value);
    case 'bytes':
      return base64(value);
    case 'timestamp':
      return text(value, parseTimestamp);
    case 'duration':
      return text(value, parseDuration);
    case 'message':
      return messageOf(type.message, value);
    case 'messages':
      return listOf(value, (each) => messageOf(type.message, each));
    case 'numbers':
      return listOf(value, uint32);
    case 'map':
      return mapOf(type, value);
  }
};

const hasSibling = ({ fields }: MessageType, draft: Draft, field: NamedField): boolean =>
  field.oneof !== undefined &&
  fields.some(({ oneof, name }) => oneof === field.oneof && name !== field.name && draft[name] !== undefined);

/** Names that the table does not have are passed over; `null` is the same as absent. */
const messageOf = (message: MessageType, value: unknown): unknown => {
  if (!isObject(value)) return NOT_IT;
  const draft = draftOf(message);
  for (const [name, held] of Object.entries(value)) {
    const field = message.byName.get(name);
    if (field === undefined || held === null) continue;
    const read = fieldValue(field.type, held);
    if (read === NOT_IT || hasSibling(message, draft, field)) return NOT_IT;
    draft[field.name] = read;
  }
  return draft;
};

const malformed = (where: string, words: string): Result<never> =>
  fail(fault('malformed', 'gw.json', where, words));

/** protojson (protobuf.dev/programming-guides/json). A fault is `malformed`. */
export const readJson = <Value>(message: Message<Value>, payload: Uint8Array): Result<Value> => {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return malformed(message.name, 'is no JSON.');
  }
  const value = messageOf(message, json);
  if (value === NOT_IT) return malformed(message.name, 'has a field that its schema does not allow.');
  return ok(value as Value);
};
