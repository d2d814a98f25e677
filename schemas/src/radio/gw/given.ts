import type { FieldType } from './field.ts';
import { durationOf, timestampOf } from './moment.ts';

/** What is written, as the table lets one look at it. */
export type Looked = Readonly<Record<string, unknown>>;

/** Throws for a number that the field cannot hold: whoever made it is wrong. */
const fitting = (value: number, min: number, max: number): number => {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${value} is no whole number from ${min} to ${max}.`);
};

const UINT32_MAX = 0xff_ff_ff_ff;
const INT32_MIN = -0x80_00_00_00;
const INT32_MAX = 0x7f_ff_ff_ff;

export const asUint32 = (value: unknown): number => fitting(value as number, 0, UINT32_MAX);
export const asInt32 = (value: unknown): number => fitting(value as number, INT32_MIN, INT32_MAX);

/** The number of a name, which the table must have; numbers stand for themselves. */
export const enumNumber = (names: readonly string[], value: unknown): number => {
  const number = typeof value === 'number' ? value : names.indexOf(value as string);
  if (typeof value !== 'number' && number < 0) throw new RangeError(`"${String(value)}" has no number here.`);
  return asInt32(number);
};

/** The moment, where it is in range: whoever made another one is wrong. */
export const inRange = (kind: 'timestamp' | 'duration', value: unknown): bigint => {
  const checked = kind === 'timestamp' ? timestampOf(value as bigint) : durationOf(value as bigint);
  if (checked === undefined) throw new RangeError(`${String(value)} ns is out of the range of a ${kind}.`);
  return checked;
};

/** Keys in the order of their texts, so that one message has one form. */
export const sortedEntries = (
  map: ReadonlyMap<string | number, string | number>,
): readonly (readonly [string | number, string | number])[] =>
  [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));

/** Whether it is what an absent field would hold; a message that is there is never that. */
export const isEmpty = (type: FieldType, value: unknown): boolean => {
  switch (type.kind) {
    case 'uint32':
    case 'int32':
    case 'float':
    case 'double':
      return value === 0;
    case 'bool':
      return value === false;
    case 'string':
      return value === '';
    case 'enum':
      return enumNumber(type.names, value) === 0;
    case 'bytes':
      return (value as Uint8Array).length === 0;
    case 'messages':
    case 'numbers':
      return (value as readonly unknown[]).length === 0;
    case 'map':
      return (value as ReadonlyMap<unknown, unknown>).size === 0;
    case 'timestamp':
    case 'duration':
    case 'message':
      return false;
  }
};
