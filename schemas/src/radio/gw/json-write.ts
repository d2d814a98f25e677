import { asciiText } from '../../words/index.ts';
import type { FieldType, MessageType } from './field.ts';
import { asInt32, asUint32, enumNumber, inRange, isEmpty, type Looked, sortedEntries } from './given.ts';
import { durationText, timestampText } from './moment.ts';

/** Digits that tell any two 32-bit floats apart. */
const FLOAT_DIGITS_MAX = 9;

/** The shortest decimal that is the same 32-bit float. */
const shortestFloat = (value: number): number => {
  const float = Math.fround(value);
  for (let digits = 1; digits < FLOAT_DIGITS_MAX; digits += 1) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return Number(float.toPrecision(FLOAT_DIGITS_MAX));
};

const realJson = (value: number): number | string => {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
};

const mapJson = (value: unknown): unknown =>
  Object.fromEntries(sortedEntries(value as ReadonlyMap<string | number, string | number>));

const enumJson = (names: readonly string[], value: unknown): string | number => {
  const number = enumNumber(names, value);
  return names[number] ?? number;
};

const fieldJson = (type: FieldType, value: unknown): unknown => {
  switch (type.kind) {
    case 'uint32':
      return asUint32(value);
    case 'int32':
      return asInt32(value);
    case 'bool':
    case 'string':
      return value;
    case 'enum':
      return enumJson(type.names, value);
    case 'float':
      return realJson(Number.isFinite(value) ? shortestFloat(value as number) : (value as number));
    case 'double':
      return realJson(value as number);
    case 'bytes':
      return btoa(asciiText(value as Uint8Array));
    case 'timestamp':
      return timestampText(inRange('timestamp', value));
    case 'duration':
      return durationText(inRange('duration', value));
    case 'message':
      return jsonOf(type.message, value as Looked);
    case 'messages':
      return (value as readonly Looked[]).map((each) => jsonOf(type.message, each));
    case 'numbers':
      return (value as readonly number[]).map(asUint32);
    case 'map':
      return mapJson(value);
  }
};

const jsonOf = ({ fields }: MessageType, value: Looked): Looked => {
  const json: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    const held = value[name];
    if (held !== undefined && !isEmpty(type, held)) json[name] = fieldJson(type, held);
  }
  return json;
};

/** protojson (protobuf.dev/programming-guides/json), without the fields that hold what an absent one would. */
export const writeJson = (message: MessageType, value: Looked): string =>
  JSON.stringify(jsonOf(message, value));
