/** Where in a PID's data bytes one signal stands and how its raw number becomes a value. */
export interface Field {
  readonly signal: number;
  /** From the top bit of byte A (0) on, most significant first. */
  readonly bitOffset: number;
  /** 1 to 32. */
  readonly bitLength: number;
  /** Two's complement. */
  readonly signed: boolean;
  /** value = raw × mul ÷ div + add, in the signal's unit, exactly; all integers. */
  readonly mul: number;
  readonly div: number;
  readonly add: number;
  /** Raw numbers that mean “no value”. */
  readonly nulls: readonly number[];
  /**
   * The field is there only where (byte A & mask) = equals; one that is not there decodes to nothing, never
   * to 0.
   */
  readonly when?: When;
  /** Where sources disagree, or a trap: what was chosen and why. */
  readonly note?: string;
}

export interface When {
  readonly mask: number;
  readonly equals: number;
}

/** One parameter of SAE J1979 service 01 (and 02). */
export interface Pid {
  readonly pid: number;
  readonly title: string;
  /** Data bytes after the PID, ascending: more than one length where trailing bytes are optional. */
  readonly lengths: readonly number[];
  readonly fields: readonly Field[];
  readonly note?: string;
}

type Extras = Partial<Pick<Field, 'signed' | 'nulls' | 'when' | 'note'>>;

/** A to Z are bytes 0 to 25, then Aa, Ab, … */
const byteIndex = (letters: string): number =>
  letters.length === 1 ? letters.charCodeAt(0) - 65 : 26 + letters.charCodeAt(1) - 97;

const PLACE = /^([A-Z]|A[a-z])(?:-([A-Z]|A[a-z]))?(?:([0-7])(?:-([0-7]))?)?$/;

/**
 * Reads the standard's own way to name bits: `B` a byte, `B-C` bytes B to C, `A7` one bit (7 is the most
 * significant), `A6-0` bits 6 down to 0.
 */
export const parseBits = (place: string): { readonly bitOffset: number; readonly bitLength: number } => {
  const match = PLACE.exec(place);
  if (match === null) throw new RangeError(`${place}: not a place in a PID`);
  const [, first = '', last = first, high, low = high] = match;
  const from = byteIndex(first);
  if (high === undefined) return { bitOffset: from * 8, bitLength: (byteIndex(last) - from + 1) * 8 };
  return { bitOffset: from * 8 + 7 - Number(high), bitLength: Number(high) - Number(low) + 1 };
};

/** A field: place, signal, and value = raw × mul ÷ div + add. */
export const field = (
  place: string,
  signal: number,
  [mul, div, add]: readonly [mul: number, div: number, add: number] = [1, 1, 0],
  { signed = false, nulls = [], when, note }: Extras = {},
): Field => ({
  signal,
  ...parseBits(place),
  signed,
  mul,
  div,
  add,
  nulls,
  ...(when === undefined ? {} : { when }),
  ...(note === undefined ? {} : { note }),
});

/** 0 to 100 % in one byte. */
export const percent = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, [100, 255, 0], extras);

/** −100 to 99.2 % in one byte, 0 at 128. */
export const trim = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, [100, 128, -100], extras);

/** −125 to 130 % in one byte. */
export const torque = (place: string, signal: number): Field => field(place, signal, [1, 1, -125]);

/** −40 to 215 °C in one byte. */
export const celsius = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, [1, 1, -40], extras);

/** −40 to 6513.5 °C in two bytes. */
export const celsiusWide = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, [1, 10, -40], extras);

/** A number as it stands. */
export const plain = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, [1, 1, 0], extras);

/** There where the support bit in byte A is set; 0 is the least significant. */
export const bit = (index: number): { readonly when: When } => ({
  when: { mask: 1 << index, equals: 1 << index },
});

/** There where one bit in byte A is set and another is clear: two scales of one byte. Both set is neither. */
export const bitNot = (set: number, clear: number): { readonly when: When } => ({
  when: { mask: (1 << set) | (1 << clear), equals: 1 << set },
});

export const pid = (
  number: number,
  title: string,
  lengths: number | readonly number[],
  fields: readonly Field[],
  note?: string,
): Pid => ({
  pid: number,
  title,
  lengths: typeof lengths === 'number' ? [lengths] : lengths,
  fields,
  ...(note === undefined ? {} : { note }),
});

/** The standard's name for `count` bytes from byte `first` (0 is A) on, for rows that are written by rule. */
export const bytesAt = (first: number, count: number): string =>
  count === 1 ? byteName(first) : `${byteName(first)}-${byteName(first + count - 1)}`;

const byteName = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : `A${String.fromCharCode(97 + index - 26)}`;
