import type { Field } from './pid.ts';

/** The raw number of a field, most significant bit first. The field must lie within the bytes. */
export const readField = (bytes: Uint8Array, { bitOffset, bitLength, signed }: Field): number => {
  const end = bitOffset + bitLength;
  const last = (end - 1) >> 3;
  let raw = 0;
  // At most 32 bits that begin anywhere in a byte: 40 bits, well within a safe integer.
  for (let at = bitOffset >> 3; at <= last; at += 1) raw = raw * 256 + (bytes[at] ?? 0);
  raw = Math.floor(raw / 2 ** ((last + 1) * 8 - end)) % 2 ** bitLength;
  return signed && raw >= 2 ** (bitLength - 1) ? raw - 2 ** bitLength : raw;
};

/** Puts a raw number at its place, which must still be zero; bits outside the field are left alone. */
export const writeField = (bytes: Uint8Array, { bitOffset, bitLength, signed }: Field, raw: number): void => {
  let rest = signed && raw < 0 ? raw + 2 ** bitLength : raw;
  for (let at = bitOffset + bitLength - 1; at >= bitOffset; at -= 1) {
    if (rest % 2 === 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
    rest = Math.floor(rest / 2);
  }
};

/** Whether the bytes are long enough for the field and byte A says that it is there. */
export const isThere = (bytes: Uint8Array, { bitOffset, bitLength, when }: Field): boolean =>
  bitOffset + bitLength <= bytes.length * 8 &&
  (when === undefined || ((bytes[0] ?? 0) & when.mask) === when.equals);

/** Smallest and largest raw number of the field's width. */
export const rawRange = ({ bitLength, signed }: Field): { readonly min: number; readonly max: number } =>
  signed
    ? { min: -(2 ** (bitLength - 1)), max: 2 ** (bitLength - 1) - 1 }
    : { min: 0, max: 2 ** bitLength - 1 };
