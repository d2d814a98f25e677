import { type Fault, fault } from '../../words/fault.ts';
import { mantissaOf, readRaw } from '../formula.ts';
import type { Quantity } from '../signals.ts';
import { hexOfBytes, type ProfileRequest, type ProfileSignal } from './profile.ts';

/** What one answer says: values, and what was wrong with those that are not among them. */
export interface ProfileAnswer {
  /** In the order of the profile; a signal that means “no value” is not here. */
  readonly quantities: readonly Quantity[];
  /**
   * `malformed`: `profile.other-answer`, `profile.other-length` and `profile.short-answer` for the whole answer,
   * `profile.implausible` and `profile.unknown-code` for one signal, whose siblings are not touched.
   */
  readonly faults: readonly Fault[];
}

const isNull = ({ nulls }: ProfileSignal, raw: bigint): boolean =>
  nulls.some(([first, last]) => raw >= first && raw <= last);

const decimalText = (mantissa: bigint, decimals: number): string => {
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(decimals + 1, '0');
  const sign = mantissa < 0n ? '-' : '';
  return decimals === 0
    ? `${sign}${digits}`
    : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** Mantissa of one signal; nothing where it means “no value”; a fault where it cannot be believed. */
const mantissaOfRaw = (each: ProfileSignal, raw: bigint, where: string): bigint | Fault | undefined => {
  if (isNull(each, raw)) return undefined;
  const { signal, formula, min, max, map } = each;
  if (map !== undefined) {
    return (
      map.get(raw) ??
      fault('malformed', 'profile.unknown-code', where, `${raw} is no code of ${signal.name}.`)
    );
  }
  const mantissa = mantissaOf(formula, signal.decimals, raw);
  if (mantissa >= min && mantissa <= max) return mantissa;
  const [value, least, most] = [mantissa, min, max].map((each) => decimalText(each, signal.decimals));
  const words = `${signal.name} would be ${value} ${signal.unit}, which is not within ${least} to ${most}.`;
  return fault('malformed', 'profile.implausible', where, words);
};

/**
 * Values of the answer to one request of a profile: the whole ISO-TP message from its service byte (62, 61,
 * 41) on. Nothing is clamped: a raw number that means “no value” gives nothing, one outside what is believed
 * gives a fault. Of a signal that stands in the answer twice the first value counts.
 */
export const decodeProfileAnswer = (request: ProfileRequest, answer: Uint8Array): ProfileAnswer => {
  const where = `${request.name} ${hexOfBytes(request.request)}`;
  const whole = (code: string, words: string): ProfileAnswer => ({
    quantities: [],
    faults: [fault('malformed', code, where, words)],
  });
  if (request.echo.some((byte, index) => answer[index] !== byte)) {
    const start = hexOfBytes(answer.subarray(0, request.echo.length));
    return whole('profile.other-answer', `the answer begins with ${start}, not ${hexOfBytes(request.echo)}.`);
  }
  if (answer.length < request.answerBytesMin) {
    const words = `the answer has ${answer.length} bytes; the profile needs ${request.answerBytesMin}.`;
    return whole('profile.short-answer', words);
  }
  if (request.answerBytes.length > 0 && !request.answerBytes.includes(answer.length)) {
    const words = `the answer has ${answer.length} bytes, not ${request.answerBytes.join(' or ')}: another model year?`;
    return whole('profile.other-length', words);
  }
  const quantities: Quantity[] = [];
  const faults: Fault[] = [];
  const seen = new Set<number>();
  for (const each of request.signals) {
    const raw = readRaw(answer, each.formula);
    const value = raw === undefined ? undefined : mantissaOfRaw(each, raw, where);
    if (value === undefined || seen.has(each.signal.id)) continue;
    if (typeof value === 'bigint') {
      seen.add(each.signal.id);
      // Within the table's limits, which are safe integers.
      quantities.push({ signal: each.signal.id, mantissa: Number(value) });
    } else faults.push(value);
  }
  return { quantities, faults };
};
