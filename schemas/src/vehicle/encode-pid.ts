import { isThere, rawRange, readField, writeField } from './fields.ts';
import type { Field, Pid } from './pid.ts';
import { pidByNumber } from './pids.ts';
import { rawOfMantissa } from './scaling.ts';
import { type Quantity, signalById } from './signals.ts';

/**
 * The nearest raw number that the field can carry and that does not mean “no value”, as a sensor saturates.
 */
const legalRaw = (field: Field, decimals: number, mantissa: number): number => {
  const { min, max } = rawRange(field);
  const nearest = Math.min(max, Math.max(min, rawOfMantissa(field, decimals, mantissa)));
  if (!field.nulls.includes(nearest)) return nearest;
  for (let step = 1; step <= max - min; step += 1) {
    if (nearest - step >= min && !field.nulls.includes(nearest - step)) return nearest - step;
    if (nearest + step <= max && !field.nulls.includes(nearest + step)) return nearest + step;
  }
  throw new RangeError(`signal ${field.signal}: every raw number means “no value”`);
};

const shortestLength = ({ pid, lengths, fields }: Pid, given: ReadonlyMap<number, number>): number => {
  const wanted = fields.filter((field) => given.has(field.signal));
  const length = lengths.find((bytes) => wanted.every((f) => f.bitOffset + f.bitLength <= bytes * 8));
  if (length === undefined) throw new RangeError(`PID ${pid}: no length holds all of its fields`);
  return length;
};

const writeValue = (bytes: Uint8Array, field: Field, mantissa: number): void => {
  if (!Number.isSafeInteger(mantissa)) {
    throw new RangeError(`signal ${field.signal}: ${mantissa} is no mantissa`);
  }
  writeField(bytes, field, legalRaw(field, signalById(field.signal)?.decimals ?? 0, mantissa));
  if (field.when !== undefined) bytes[0] = (bytes[0] ?? 0) | field.when.equals;
};

/**
 * Data bytes of a PID that carry the values: the exact inverse of `decodePid` on every value that a raw
 * number gives; any other value goes to the nearest raw number and saturates at the ends of the field. A
 * field without a value is said to be unsupported, left out where it is optional, or sent as its “no value”
 * number. Throws a RangeError for what only a bug can ask: an unknown PID, a signal that is not in it, a
 * mantissa that is no safe integer, or a set of values that the bytes cannot say (one of two fields that
 * share a support bit, both scales of one byte).
 */
export const encodePid = (pid: number, values: readonly Quantity[]): Uint8Array => {
  const row = pidByNumber(pid);
  if (row === undefined) throw new RangeError(`PID ${pid}: not in the table`);
  const given = new Map(values.map(({ signal, mantissa }) => [signal, mantissa]));
  const bytes = new Uint8Array(shortestLength(row, given));
  for (const field of row.fields) {
    const mantissa = given.get(field.signal);
    const [none] = field.nulls;
    if (mantissa !== undefined) writeValue(bytes, field, mantissa);
    else if (none !== undefined && isThere(bytes, field)) writeField(bytes, field, none);
  }
  const unknown = [...given.keys()].filter((id) => row.fields.every((field) => field.signal !== id));
  if (unknown.length > 0) throw new RangeError(`PID ${pid} does not carry signal ${unknown.join(', ')}`);
  for (const field of row.fields) {
    const said = isThere(bytes, field) && !field.nulls.includes(readField(bytes, field));
    if (said !== given.has(field.signal)) {
      throw new RangeError(
        `PID ${pid} cannot be sent with signal ${field.signal} ${said ? 'absent' : 'given'}`,
      );
    }
  }
  return bytes;
};
