import type { CborValue, Sink } from './cbor.ts';
import { writeInt, writeNull } from './cbor.ts';

/** Whole numbers that a body may leave open: null in the leaf, undefined in the body. */

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const writeOptional = (sink: Sink, value: number | undefined): void => {
  if (value === undefined) writeNull(sink);
  else writeInt(sink, value);
};

export const isInteger = (value: unknown, { min, max }: Range): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;

export const fitsOptional = (value: number | undefined, range: Range): boolean =>
  value === undefined || isInteger(value, range);

/** `false` where the item is neither null nor a whole number within the range. */
export const optionalFrom = (item: CborValue | undefined, range: Range): number | undefined | false => {
  if (item === null) return undefined;
  return isInteger(item, range) ? item : false;
};
