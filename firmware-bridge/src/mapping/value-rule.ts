import {
  addRatios,
  multiplyRatios,
  parseDecimal,
  type Ratio,
  ratio,
  roundRatio,
  type Signal,
} from '@outpost/schemas/vehicle';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { atPointer } from './json-pointer.ts';
import { type Conversion, conversionTo } from './units.ts';

/** What stands where in a payload, and what it means. */
export interface ValueRule {
  /** RFC 6901; empty means the whole. */
  readonly pointer: string;
  readonly signal: Signal;
  /** What the device counts in; `iso` and `iso-utc` for moments. */
  readonly unit: string;
  /** What the device's number means in that unit: number × factor + offset. */
  readonly scale?: Conversion;
  /** What words mean, in the unit: `ON` is 1. Other words mean nothing. */
  readonly words?: ReadonlyMap<string, number>;
}

/** Moments as text: with their zone, or in UTC without saying so. */
export const MOMENT_UNITS = ['iso', 'iso-utc'] as const;

/** The device's own moment, in milliseconds. */
export const CLOCK = 'Device.Clock';
/** 2020-01-01: a clock before it was never set, and says nothing. */
const CLOCK_SET_MS = 1_577_836_800_000;

/** Longest text that becomes a reading. */
const TEXT_MAX_BYTES = 1_024;

/** What firmwares write where they have no value. */
const NOTHING: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  '',
  'nan',
  'NaN',
  'null',
  'unknown',
  'unavailable',
]);

const wrong = ({ pointer, signal }: ValueRule, words: string): Result<never> =>
  fail(
    fault('malformed', 'mapping.value', pointer === '' ? 'payload' : pointer, `${words} (${signal.name}).`),
  );

/** A JSON number in 15 digits, which is what a double is sure of; below 10^-15 it is nothing. */
const ratioOfNumber = (value: number): Ratio | undefined =>
  Math.abs(value) < 1e-15 ? ratio(0n) : parseDecimal(value.toExponential(14));

const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

const momentOf = (text: string, unit: string): Ratio | undefined => {
  const [all, zone] = ISO.exec(text) ?? [];
  if (all === undefined || (zone === undefined) === (unit === 'iso')) return undefined;
  const ms = Date.parse(`${all.replace(' ', 'T')}${zone === undefined ? 'Z' : ''}`);
  return Number.isNaN(ms) ? undefined : ratio(BigInt(ms), 1_000n);
};

/** In the unit of the rule; undefined where it is no number. */
const numberOf = (rule: ValueRule, value: unknown): Ratio | undefined => {
  const word = typeof value === 'object' ? undefined : rule.words?.get(String(value));
  if (word !== undefined) return ratioOfNumber(word);
  if (typeof value === 'number') return ratioOfNumber(value);
  if (typeof value === 'boolean') return rule.signal.unit === 'flag' ? ratio(value ? 1n : 0n) : undefined;
  if (typeof value !== 'string') return undefined;
  return rule.unit.startsWith('iso') ? momentOf(value.trim(), rule.unit) : parseDecimal(value.trim());
};

const convert = (value: Ratio, { factor, offset }: Conversion): Ratio =>
  addRatios(multiplyRatios(value, factor), offset);

const inUnitOfSignal = ({ signal, unit, scale }: ValueRule, value: Ratio): Ratio | undefined => {
  const conversion = conversionTo(signal.unit, unit.startsWith('iso') ? 's' : unit);
  return conversion && convert(scale === undefined ? value : convert(value, scale), conversion);
};

const textBody = (rule: ValueRule, value: unknown): Result<Body> => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return new TextEncoder().encode(text).length > TEXT_MAX_BYTES
    ? wrong(rule, `a text of more than ${TEXT_MAX_BYTES} B`)
    : ok({ kind: 'text', signal: rule.signal.id, text, ecu: 0 });
};

/** Below this a product of doubles is off by less than `SURE_OF`. */
const SURE_BELOW = 2 ** 40;
const SURE_OF = 2e-3;

/**
 * The mantissa of a plain number in the signal's own unit, without fractions: the nearest whole number is the nearest
 * whichever of the decimals within 15 digits was meant, unless it stands almost halfway. Undefined where that, or
 * anything else, needs the exact way.
 */
const plainMantissa = ({ signal, unit, scale, words }: ValueRule, value: unknown): number | undefined => {
  if (typeof value !== 'number' || unit !== signal.unit || scale !== undefined || words !== undefined)
    return undefined;
  const scaled = Math.abs(value) * 10 ** signal.decimals;
  if (!(scaled < SURE_BELOW) || Math.abs((scaled % 1) - 0.5) < SURE_OF) return undefined;
  const mantissa = Math.round(scaled);
  return value < 0 && mantissa > 0 ? -mantissa : mantissa;
};

const exactMantissa = (rule: ValueRule, value: unknown): number | undefined => {
  const number = numberOf(rule, value);
  const converted = number && inUnitOfSignal(rule, number);
  return (
    converted && Number(roundRatio(multiplyRatios(converted, ratio(10n ** BigInt(rule.signal.decimals)))))
  );
};

/**
 * What a value at hand means by a rule; undefined where the device says that it has none. Exact: nearest mantissa,
 * half away from zero. Faults are `malformed`: no number, or one that the signal cannot have.
 */
export const bodyOfValue = (rule: ValueRule, value: unknown): Result<Body | undefined> => {
  if (NOTHING.has(value)) return ok(undefined);
  const { signal } = rule;
  if (signal.unit === 'text') return textBody(rule, value);
  const mantissa = plainMantissa(rule, value) ?? exactMantissa(rule, value);
  if (mantissa === undefined) return wrong(rule, `no number in ${rule.unit}`);
  if (mantissa < signal.minMantissa || mantissa > signal.maxMantissa) {
    return wrong(rule, `a value outside ${signal.min} to ${signal.max} ${signal.unit}`);
  }
  if (signal.name === CLOCK && mantissa < CLOCK_SET_MS) return ok(undefined);
  return ok({ kind: 'number', signal: signal.id, mantissa, ecu: 0 });
};

/** The same for what stands at the rule's place in a document. */
export const bodyOf = (rule: ValueRule, document: unknown): Result<Body | undefined> =>
  bodyOfValue(rule, atPointer(document, rule.pointer));
