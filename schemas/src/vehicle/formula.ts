import { type Fault, fail, fault, ok, type Result } from '../words/fault.ts';

/** An exact fraction in lowest terms; the denominator is positive. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Where a number stands in a run of bytes and what it means: value = raw × factor + offset, exactly.
 *
 * Bits are numbered as in DBC files: bit n is bit n mod 8 (0 is the least significant) of byte n ÷ 8, so
 * bit 0 is the least significant bit of the first byte.
 */
export interface Formula {
  /** Of a `big` endian number its most significant bit, of a `little` endian one its least significant. */
  readonly startBit: number;
  /** 1 to 64. */
  readonly bitLength: number;
  readonly order: 'big' | 'little';
  /** Two's complement. */
  readonly signed: boolean;
  readonly factor: Ratio;
  readonly offset: Ratio;
}

/** The last bit of the longest ISO-TP message, 4095 bytes. */
export const FORMULA_BIT_MAX = 4_095 * 8 - 1;
/** Characters of a formula. */
export const FORMULA_LENGTH_MAX = 96;
/** Digits of one decimal number, and the largest power of ten in it either way. */
export const DECIMAL_DIGITS_MAX = 18;

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

const commonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? magnitude(a) : commonDivisor(b, a % b));

/** The fraction in lowest terms. The denominator must not be 0. */
export const ratio = (numerator: bigint, denominator = 1n): Ratio => {
  if (denominator === 0n) throw new RangeError('a fraction over 0');
  const divisor = commonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
};

export const multiplyRatios = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.numerator, a.denominator * b.denominator);

export const addRatios = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/** Reads `-40`, `0.5`, `.25`, `1E-05` exactly; undefined where it is no such number or has too many digits. */
export const parseDecimal = (text: string): Ratio | undefined => {
  const [, sign = '', whole = '', part = '', power = '0'] = DECIMAL.exec(text) ?? [];
  const digits = whole + part;
  const exponent = Number(power) - part.length;
  if (digits === '' || digits.length > DECIMAL_DIGITS_MAX) return undefined;
  if (Math.abs(Number(power)) > DECIMAL_DIGITS_MAX) return undefined;
  const size = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return exponent < 0 ? ratio(size, 10n ** BigInt(-exponent)) : ratio(size * 10n ** BigInt(exponent));
};

/** A decimal, or two with a slash between them (`100/255`) where no decimal is exact. */
export const parseRatio = (text: string): Ratio | undefined => {
  const [upper = '', lower, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  const numerator = parseDecimal(upper);
  const denominator = lower === undefined ? ratio(1n) : parseDecimal(lower);
  if (numerator === undefined || denominator === undefined || denominator.numerator === 0n) return undefined;
  return ratio(numerator.numerator * denominator.denominator, numerator.denominator * denominator.numerator);
};

const powerIn = (rest: bigint, base: bigint): number =>
  rest % base === 0n ? 1 + powerIn(rest / base, base) : 0;

/** The shortest writing that `parseRatio` reads back as the same fraction. */
export const formatRatio = ({ numerator, denominator }: Ratio): string => {
  const twos = powerIn(denominator, 2n);
  const fives = powerIn(denominator, 5n);
  const places = Math.max(twos, fives);
  if (denominator !== 2n ** BigInt(twos) * 5n ** BigInt(fives) || places > DECIMAL_DIGITS_MAX - 1) {
    return `${numerator}/${denominator}`;
  }
  const scaled = magnitude((numerator * 10n ** BigInt(places)) / denominator).toString();
  if (scaled.length > DECIMAL_DIGITS_MAX) return `${numerator}/${denominator}`;
  const digits = scaled.padStart(places + 1, '0');
  const sign = numerator < 0n ? '-' : '';
  return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

const FORMULA = /^(\d{1,5})\|(\d{1,2})@([01])([+-]) ?\(([^,()]{1,40}),([^,()]{1,40})\)$/;

const malformed = (text: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('malformed', 'formula.invalid', `formula "${text.slice(0, FORMULA_LENGTH_MAX)}"`, words));

/**
 * Reads DBC's compact writing `31|8@0+ (1,-40)`: start bit, length, `@0` for big endian or `@1` for little
 * endian, `+` unsigned or `-` signed, factor and offset. Factor and offset are decimals or fractions of
 * them. Faults are `malformed`: `formula.invalid`.
 */
export const parseFormula = (text: string): Result<Formula> => {
  const match = text.length > FORMULA_LENGTH_MAX ? null : FORMULA.exec(text.trim());
  if (match === null) {
    return malformed(text, 'must read like 31|8@0+ (1,-40): bit|length@order sign (factor,offset).');
  }
  const [, start, length, order, sign, factorText = '', offsetText = ''] = match;
  const factor = parseRatio(factorText.trim());
  const offset = parseRatio(offsetText.trim());
  if (factor === undefined || factor.numerator === 0n) {
    return malformed(text, `the factor "${factorText}" must be a number other than 0.`);
  }
  if (offset === undefined) return malformed(text, `the offset "${offsetText}" must be a number.`);
  const formula: Formula = {
    startBit: Number(start),
    bitLength: Number(length),
    order: order === '0' ? 'big' : 'little',
    signed: sign === '-',
    factor,
    offset,
  };
  if (formula.bitLength < 1 || formula.bitLength > 64) {
    return malformed(text, 'the length must be 1 to 64 bits.');
  }
  if (formula.startBit > FORMULA_BIT_MAX || formulaBytes(formula) * 8 - 1 > FORMULA_BIT_MAX) {
    return malformed(text, `the last bit must be at most ${FORMULA_BIT_MAX}.`);
  }
  return ok(formula);
};

/** The compact writing; `parseFormula` reads it back as the same formula. */
export const formatFormula = ({ startBit, bitLength, order, signed, factor, offset }: Formula): string =>
  `${startBit}|${bitLength}@${order === 'big' ? 0 : 1}${signed ? '-' : '+'} ` +
  `(${formatRatio(factor)},${formatRatio(offset)})`;

/** Bits from the top bit of byte 0 down to the most significant bit of a big endian number. */
const fromTop = (startBit: number): number => (startBit >> 3) * 8 + 7 - (startBit & 7);

/** Bytes that a message must have for the number to be in it. */
export const formulaBytes = ({ startBit, bitLength, order }: Formula): number =>
  Math.ceil((order === 'big' ? fromTop(startBit) + bitLength : startBit + bitLength) / 8);

/** The bits of the number in the order of its weights, the least significant first, each by its DBC number. */
export const formulaBits = ({ startBit, bitLength, order }: Formula): readonly number[] =>
  Array.from({ length: bitLength }, (_, index) => {
    if (order === 'little') return startBit + index;
    const place = fromTop(startBit) + bitLength - 1 - index;
    return (place >> 3) * 8 + 7 - (place & 7);
  });

/** The raw number; undefined where the bytes end before it does. */
export const readRaw = (bytes: Uint8Array, formula: Formula): bigint | undefined => {
  const length = formulaBytes(formula);
  if (bytes.length < length) return undefined;
  const { startBit, bitLength, order, signed } = formula;
  const first = startBit >> 3;
  const window = Array.from(bytes.subarray(first, length));
  const word = (order === 'big' ? window : window.reverse()).reduce(
    (sum, byte) => (sum << 8n) | BigInt(byte),
    0n,
  );
  const below = order === 'big' ? length * 8 - fromTop(startBit) - bitLength : startBit & 7;
  const raw = word >> BigInt(below);
  return signed ? BigInt.asIntN(bitLength, raw) : BigInt.asUintN(bitLength, raw);
};

/** Puts a raw number at its place; bits outside the number are left alone. Throws where it does not fit. */
export const writeRaw = (bytes: Uint8Array, formula: Formula, raw: bigint): void => {
  const { min, max } = rawLimits(formula);
  if (raw < min || raw > max) throw new RangeError(`${raw} is not within ${min} to ${max}`);
  if (bytes.length < formulaBytes(formula)) throw new RangeError('the bytes end before the number does');
  for (const [weight, bit] of formulaBits(formula).entries()) {
    const mask = 1 << (bit & 7);
    const before = bytes[bit >> 3] ?? 0;
    bytes[bit >> 3] = (raw >> BigInt(weight)) & 1n ? before | mask : before & ~mask;
  }
};

/** Smallest and largest raw number that the bits can carry. */
export const rawLimits = ({ bitLength, signed }: Formula): { readonly min: bigint; readonly max: bigint } =>
  signed
    ? { min: -(1n << BigInt(bitLength - 1)), max: (1n << BigInt(bitLength - 1)) - 1n }
    : { min: 0n, max: (1n << BigInt(bitLength)) - 1n };

/** Nearest integer to a fraction, half away from zero. */
export const roundRatio = ({ numerator, denominator }: Ratio): bigint => {
  const size = magnitude(numerator);
  const nearest = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -nearest : nearest;
};

/** The value of a raw number as a mantissa: (raw × factor + offset) × 10^decimals, half away from zero. */
export const mantissaOf = ({ factor, offset }: Formula, decimals: number, raw: bigint): bigint =>
  roundRatio(
    multiplyRatios(addRatios(multiplyRatios(ratio(raw), factor), offset), ratio(10n ** BigInt(decimals))),
  );

/**
 * The raw number whose value is nearest to a mantissa, not limited to what the bits can carry: the exact
 * inverse of `mantissaOf` where `tellsApart` holds.
 */
export const rawOf = ({ factor, offset }: Formula, decimals: number, mantissa: bigint): bigint => {
  const value = ratio(mantissa, 10n ** BigInt(decimals));
  const above = addRatios(value, ratio(-offset.numerator, offset.denominator));
  return roundRatio(multiplyRatios(above, ratio(factor.denominator, factor.numerator)));
};

/** Whether neighbouring raw numbers have different mantissas: the step is at least 10^−decimals. */
export const tellsApart = ({ factor }: Formula, decimals: number): boolean =>
  magnitude(factor.numerator) * 10n ** BigInt(decimals) >= factor.denominator;
