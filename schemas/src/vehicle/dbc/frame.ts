import { fail, fault, ok, type Result } from '../../words/index.ts';
import { addRatios, multiplyRatios, type Ratio, ratio, rawLimits, readRaw, writeRaw } from '../formula.ts';
import type { DbcMessage, DbcSignal } from './database.ts';

/** What one signal says in one frame. */
export interface SignalValue {
  readonly signal: DbcSignal;
  readonly raw: bigint;
  /** raw × factor + offset, exactly. */
  readonly value: Ratio;
  /** The meaning that the file gives to exactly this raw number. */
  readonly label: string | undefined;
  /** False outside the stated limits: many makers say “not available” that way. */
  readonly withinLimits: boolean;
}

const isBelow = (a: Ratio, b: Ratio): boolean => a.numerator * b.denominator < b.numerator * a.denominator;

export const signalValue = (signal: DbcSignal, raw: bigint): SignalValue => {
  const { formula, limits, labels } = signal;
  const value = addRatios(multiplyRatios(ratio(raw), formula.factor), formula.offset);
  const withinLimits =
    (limits.min === undefined || !isBelow(value, limits.min)) &&
    (limits.max === undefined || !isBelow(limits.max, value));
  return { signal, raw, value, label: labels.get(raw), withinLimits };
};

/** Whether a frame carries a signal; `raws` are those of the frame's signals by name. */
const isThere = (message: DbcMessage, signal: DbcSignal, raws: ReadonlyMap<string, bigint>): boolean => {
  const { multiplexed } = signal;
  if (multiplexed === undefined) return true;
  const selected = raws.get(multiplexed.by);
  const by = message.signals.find(({ name }) => name === multiplexed.by);
  return (
    selected !== undefined &&
    by !== undefined &&
    isThere(message, by, raws) &&
    multiplexed.ranges.some(({ from, to }) => selected >= from && selected <= to)
  );
};

/**
 * What the signals of a message say in the data of one frame, in the order of the file, without those that the
 * multiplexor says are not there and those with a flaw. The fault is `malformed`, `dbc.length`: a frame of another length is another message.
 */
export const decodeFrame = (message: DbcMessage, bytes: Uint8Array): Result<readonly SignalValue[]> => {
  if (bytes.length !== message.bytes) {
    const words = `${bytes.length} bytes came where the DBC file says ${message.bytes}.`;
    return fail(fault('malformed', 'dbc.length', message.name, words));
  }
  const raws = new Map<string, bigint>();
  for (const { name, formula, flaw } of message.signals) {
    const raw = flaw === undefined ? readRaw(bytes, formula) : undefined;
    if (raw !== undefined) raws.set(name, raw);
  }
  const values: SignalValue[] = [];
  for (const signal of message.signals) {
    const raw = raws.get(signal.name);
    if (raw !== undefined && isThere(message, signal, raws)) values.push(signalValue(signal, raw));
  }
  return ok(values);
};

/**
 * The data of a frame with these raw numbers; every other bit is 0. Only the signals that are there according to the
 * multiplexors' own numbers are written. Throws a RangeError for an unknown name and a number that does not fit.
 */
export const encodeFrame = (message: DbcMessage, raws: ReadonlyMap<string, bigint>): Uint8Array => {
  const known = new Set(message.signals.map(({ name }) => name));
  for (const name of raws.keys()) {
    if (!known.has(name)) throw new RangeError(`message ${message.name} has no signal ${name}`);
  }
  const bytes = new Uint8Array(message.bytes);
  for (const signal of message.signals) {
    const raw = raws.get(signal.name);
    if (raw === undefined || signal.flaw !== undefined || !isThere(message, signal, raws)) continue;
    const { min, max } = rawLimits(signal.formula);
    if (raw < min || raw > max) throw new RangeError(`${signal.name}: ${raw} is not within ${min} to ${max}`);
    writeRaw(bytes, signal.formula, raw);
  }
  return bytes;
};
