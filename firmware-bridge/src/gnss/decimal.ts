/** Digits behind the point that are kept; receivers send five or six, RTK ones eight. */
const DECIMALS_MAX = 12;
const DECIMAL = /^(-?)(\d{1,9})(?:\.(\d{0,12}))?$/;

/**
 * A decimal text as a whole number of 10^−decimals, rounded half away from zero, without floating point in between:
 * anyone gets the same number from the same text. Undefined for what is no decimal or does not fit.
 */
export const scaledDecimal = (text: string, decimals: number): number | undefined => {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', behind = ''] = match;
  const digits = BigInt(whole + behind.padEnd(DECIMALS_MAX, '0'));
  const unit = 10n ** BigInt(DECIMALS_MAX - decimals);
  const scaled = Number((digits + unit / 2n) / unit);
  if (!Number.isSafeInteger(scaled)) return undefined;
  return sign === '-' && scaled !== 0 ? -scaled : scaled;
};
