const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Characters of a text that is read at all; the work grows with the square of it. */
export const BASE58_MAX_CHARACTERS = 128;

/** Base58 with Bitcoin's alphabet; each leading zero byte is a `1`. */
export const toBase58 = (bytes: Uint8Array): string => {
  let rest = 0n;
  for (const byte of bytes) rest = rest * 256n + BigInt(byte);
  let text = '';
  for (; rest > 0n; rest /= 58n) text = ALPHABET.charAt(Number(rest % 58n)) + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + text;
};

/** Undefined where a character is not of the alphabet, or the text is too long to be an address. */
export const fromBase58 = (text: string): Uint8Array | undefined => {
  if (text.length > BASE58_MAX_CHARACTERS) return undefined;
  let rest = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return undefined;
    rest = rest * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; rest > 0n; rest /= 256n) bytes.unshift(Number(rest % 256n));
  const ones = /^1*/.exec(text)?.[0].length ?? 0;
  return Uint8Array.from([...Array.from({ length: ones }, () => 0), ...bytes]);
};
