import { formatFormula, mantissaOf, parseFormula, readRaw, signalByName } from '@outpost/schemas/vehicle';
import type { ProfileRequest } from '@outpost/schemas/vehicle/profiles';
import { asciiBytes, asciiText, type Body, concatBytes } from '@outpost/schemas/words';

/**
 * Begins the line that the raw bytes of a reading end with where only the owner's own profile says what they mean:
 * formula over the answer's payload from its service byte on, signal, and for a code `raw=value`. No line of a dongle
 * begins with it. Without it the bytes would mean nothing to whoever verifies them.
 */
const MEANING_MARK = '=';
const CR = '\r';

/** What a payload says by such a line, without its mark; undefined where it says nothing. */
export const bodyByMeaning = (ecu: number, payload: Uint8Array, line: string): Body | undefined => {
  const [, formulaText = '', name = '', code, value] =
    /^(\S+ \(\S+\)) ([A-Za-z0-9.]+)(?: (\d+)=(-?\d+))?$/.exec(line) ?? [];
  const formula = parseFormula(formulaText);
  const row = signalByName(name);
  if (!formula.ok || row === undefined) return undefined;
  const raw = readRaw(payload, formula.value);
  if (raw === undefined || (code !== undefined && BigInt(code) !== raw)) return undefined;
  const mantissa = Number(value ?? mantissaOf(formula.value, row.decimals, raw));
  const fits = mantissa >= row.minMantissa && mantissa <= row.maxMantissa;
  return fits ? { kind: 'number', signal: row.id, mantissa, ecu } : undefined;
};

/** The line by which a payload says this body, as its bytes after those of the answer; undefined where none does. */
export const meaningOf = (
  { signals }: ProfileRequest,
  payload: Uint8Array,
  body: Body,
): Uint8Array | undefined => {
  if (body.kind !== 'number' || body.ecu === undefined) return undefined;
  for (const { signal, formula, map } of signals) {
    const raw = readRaw(payload, formula);
    const value = raw === undefined ? undefined : map?.get(raw);
    const code = value === undefined ? '' : ` ${raw}=${value}`;
    const line = `${formatFormula(formula)} ${signal.name}${code}`;
    const said = bodyByMeaning(body.ecu, payload, line);
    if (said?.kind === 'number' && said.signal === body.signal && said.mantissa === body.mantissa) {
      return asciiBytes(`${CR}${MEANING_MARK}${line}`);
    }
  }
  return undefined;
};

/** Takes such a line off the end of a reading's raw bytes. */
export const splitMeaning = (
  raw: Uint8Array,
): { readonly raw: Uint8Array; readonly meaning: string | undefined } => {
  const text = asciiText(raw);
  const at = text.lastIndexOf(`${CR}${MEANING_MARK}`);
  return at < 0 ? { raw, meaning: undefined } : { raw: raw.subarray(0, at), meaning: text.slice(at + 2) };
};

/** The raw bytes of an answer with the line that says what they mean. */
export const withMeaning = (raw: Uint8Array, meaning: Uint8Array | undefined): Uint8Array =>
  meaning === undefined ? raw : concatBytes(raw, meaning);
