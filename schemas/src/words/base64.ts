const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Both alphabets of RFC 4648 §4 and §5 at once: Semtech's own first sample mixes them. 255 is no digit. */
const DIGITS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  const digit = ALPHABET.indexOf(letter === '-' ? '+' : letter === '_' ? '/' : letter);
  return digit < 0 ? 255 : digit;
});

const digitAt = (text: string, at: number): number => DIGITS[text.charCodeAt(at)] ?? 255;

/** With padding, without, or with half of it; undefined where any other letter stands in it. */
export const fromBase64 = (text: string): Uint8Array | undefined => {
  let digits = text.length;
  while (digits > text.length - 2 && digits > 0 && text[digits - 1] === '=') digits -= 1;
  if (digits % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < digits; i += 1) {
    const digit = digitAt(text, i);
    if (digit === 255) return undefined;
    held = ((held << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  return bytes;
};

/** With padding, in the alphabet of RFC 4648 §4. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const digit = (shift: number): string => ALPHABET.charAt((word >> shift) & 63);
    text += digit(18) + digit(12) + (b === undefined ? '=' : digit(6)) + (c === undefined ? '=' : digit(0));
  }
  return text;
};
