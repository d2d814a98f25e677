import type { Field } from './pid.ts';

/**
 * Nearest integer to numerator ÷ denominator, half away from zero. Both safe integers, denominator positive.
 */
export const roundedQuotient = (numerator: number, denominator: number): number => {
  const size = Math.abs(numerator);
  const remainder = size % denominator;
  const magnitude = (size - remainder) / denominator + (remainder >= denominator - remainder ? 1 : 0);
  // Never −0, which is another value to strict comparisons and to some encoders.
  return numerator < 0 && magnitude !== 0 ? -magnitude : magnitude;
};

/** Mantissa of a raw number: (raw × mul ÷ div + add) × 10^decimals, rounded half away from zero. */
export const mantissaOfRaw = ({ mul, div, add }: Field, decimals: number, raw: number): number =>
  roundedQuotient((raw * mul + add * div) * 10 ** decimals, div);

/**
 * The raw number whose value is nearest to a mantissa; the exact inverse for every mantissa a raw number
 * gave.
 */
export const rawOfMantissa = ({ mul, div, add }: Field, decimals: number, mantissa: number): number => {
  const one = 10 ** decimals;
  return roundedQuotient((mantissa - add * one) * div, mul * one);
};
