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
  /** The field is there only where (byte A & mask) = equals; a field that is not there decodes to nothing, never to 0. */
  readonly when?: { readonly mask: number; readonly equals: number };
  /** Where sources disagree, or a trap: what was chosen and why. */
  readonly note?: string;
}

/** One parameter of SAE J1979 service 01 (and 02). */
export interface Pid {
  readonly pid: number;
  readonly title: string;
  /** Data bytes after the PID, ascending: more than one length where trailing bytes are optional. */
  readonly lengths: readonly number[];
  readonly fields: readonly Field[];
}

type Extras = Partial<Pick<Field, 'signed' | 'nulls' | 'when' | 'note'>>;

interface Bits {
  readonly bitOffset: number;
  readonly bitLength: number;
}

/**
 * Reads the standard's own way to name bits: `A`, `AB` (two bytes), `AE` (bytes A to E), `A7` (one bit, 7 = most
 * significant), `A6-0` (bits 6 down to 0).
 */
export const parseBits = (place: string): Bits => {
  const match = /^([A-Z]|a[a-z])([A-Z]|a[a-z])?(?:([0-7])(?:-([0-7]))?)?$/.exec(place);
  if (match === null) throw new RangeError(`${place}: not a place in a PID`);
  const [, first = '', last = first, high, low = high] = match;
  const from = byteIndex(first);
  const to = byteIndex(last);
  if (high === undefined) return { bitOffset: from * 8, bitLength: (to - from + 1) * 8 };
  return { bitOffset: from * 8 + 7 - Number(high), bitLength: Number(high) - Number(low) + 1 };
};

/** A to Z are bytes 0 to 25, then aa, ab, … as spreadsheets count. */
const byteIndex = (letter: string): number =>
  letter.length === 1 ? letter.charCodeAt(0) - 65 : 26 + letter.charCodeAt(1) - 97;

/** A field: place, signal, and value = raw × mul ÷ div + add. */
export const field = (
  place: string,
  signal: number,
  mul = 1,
  div = 1,
  add = 0,
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
  field(place, signal, 100, 255, 0, extras);

/** −100 to 99.2 % in one byte, 0 at 128. */
export const trim = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, 100, 128, -100, extras);

/** −40 to 215 °C in one byte. */
export const celsius = (place: string, signal: number, extras?: Extras): Field =>
  field(place, signal, 1, 1, -40, extras);

/** The support bit of a field in byte A, 0 = least significant. */
export const bit = (
  index: number,
): { readonly when: { readonly mask: number; readonly equals: number } } => ({
  when: { mask: 1 << index, equals: 1 << index },
});

export const pid = (
  number: number,
  title: string,
  lengths: number | readonly number[],
  ...fields: Field[]
): Pid => ({
  pid: number,
  title,
  lengths: typeof lengths === 'number' ? [lengths] : lengths,
  fields,
});
