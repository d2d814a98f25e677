/** 17 characters, digits and capital letters without I, O and Q (ISO 3779). */
const VIN = /^[A-HJ-NPR-Z0-9]{17}$/;

export const isVin = (text: string): boolean => VIN.test(text);

/** Position of the check digit, from 0. */
const CHECK_AT = 8;

const WEIGHTS: readonly number[] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** A to Z in the transliteration of 49 CFR 565.15; a blank is a letter no VIN has. */
const LETTER_VALUES = '12345678 12345 7 923456789';

const characterValue = (character: string): number => {
  const letter = character.charCodeAt(0) - 65;
  return letter < 0 ? Number(character) : Number(LETTER_VALUES.charAt(letter));
};

/** The check digit that position 9 should hold (49 CFR 565.15); undefined where the text is no VIN. */
export const vinCheckDigit = (vin: string): string | undefined => {
  if (!isVin(vin)) return undefined;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * characterValue(vin.charAt(at)), 0);
  return sum % 11 === 10 ? 'X' : String(sum % 11);
};

/**
 * Whether position 9 agrees. The digit is compulsory only for North America (first character 1 to 5) and
 * China (L); elsewhere the position is free, so a mismatch there says nothing and is `not-applicable`.
 */
export type VinCheck = 'valid' | 'invalid' | 'not-applicable';

export const checkVin = (vin: string): VinCheck => {
  const expected = vinCheckDigit(vin);
  if (expected === undefined) return 'invalid';
  if (vin.charAt(CHECK_AT) === expected) return 'valid';
  return /^[1-5L]/.test(vin) ? 'invalid' : 'not-applicable';
};
