import { fail, fault, ok, type Result } from '../words/index.ts';

const LETTERS = 'PCBU';

/** `P0104` for 0x0104, `B0003` for 0x8003 (SAE J2012, two-byte form). */
export const dtcText = (code: number): string => {
  const digits = (code & 0x3fff).toString(16).toUpperCase().padStart(4, '0');
  return `${LETTERS.charAt((code >> 14) & 3)}${digits}`;
};

/** 0x0104 for `P0104`; undefined where the text is no trouble code. */
export const dtcCode = (text: string): number | undefined => {
  if (!/^[PCBU][0-3][0-9A-F]{3}$/.test(text)) return undefined;
  const letter = LETTERS.indexOf(text.charAt(0));
  return (letter << 14) | (Number(text.charAt(1)) << 12) | Number.parseInt(text.slice(2), 16);
};

/**
 * On CAN a count stands before the codes; on the older buses codes fill frames of three, padded with 0000.
 */
export type DtcLayout = 'can' | 'legacy';

/** Codes per frame on the older buses. */
const LEGACY_CODES = 3;

/**
 * The codes in a reply to service 03, 07 or 0A: the bytes after `43`, `47` or `4A`, for the older buses all
 * frames joined. 0000 is padding, and zeros may follow the announced codes. An empty list is a statement too.
 * Faults are `malformed`, code `j1979.dtc-length`.
 */
export const decodeDtcs = (bytes: Uint8Array, layout: DtcLayout): Result<readonly string[]> => {
  const [count] = bytes;
  const codes = layout === 'can' ? bytes.subarray(1, 1 + 2 * (count ?? 0)) : bytes;
  const padding = bytes.subarray(1 + codes.length);
  const isWhole = layout === 'can' ? codes.length === 2 * (count ?? -1) : codes.length % 2 === 0;
  if (!isWhole || padding.some((byte) => byte !== 0)) {
    const words = `${bytes.length} bytes cannot hold the list of trouble codes that they announce`;
    return fail(fault('malformed', 'j1979.dtc-length', 'trouble codes', words));
  }
  const texts: string[] = [];
  for (let at = 0; at < codes.length; at += 2) {
    const code = ((codes[at] ?? 0) << 8) | (codes[at + 1] ?? 0);
    if (code !== 0) texts.push(dtcText(code));
  }
  return ok(texts);
};

/**
 * The bytes after `43`, `47` or `4A` for a list of codes. Throws a RangeError for a text that is no trouble
 * code and for more than the 255 that the count byte can say.
 */
export const encodeDtcs = (texts: readonly string[], layout: DtcLayout): Uint8Array => {
  if (texts.length > 255) throw new RangeError(`${texts.length} trouble codes do not fit into one reply`);
  const padded = Math.max(1, Math.ceil(texts.length / LEGACY_CODES)) * LEGACY_CODES;
  const from = layout === 'can' ? 1 : 0;
  const bytes = new Uint8Array(from + 2 * (layout === 'can' ? texts.length : padded));
  if (layout === 'can') bytes[0] = texts.length;
  texts.forEach((text, index) => {
    const code = dtcCode(text);
    if (code === undefined || code === 0) throw new RangeError(`${text} is no trouble code`);
    bytes[from + 2 * index] = code >> 8;
    bytes[from + 2 * index + 1] = code & 0xff;
  });
  return bytes;
};
