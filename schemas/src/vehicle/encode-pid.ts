import type { Field, Pid } from './pid.ts';
import { pidByNumber } from './pids.ts';
import { rawOfMantissa, rawRange } from './scaling.ts';
import { type Quantity, signalById } from './signals.ts';

/** Puts a raw number at its place; bits outside the field are left alone. */
const writeField = (bytes: Uint8Array, { bitOffset, bitLength, signed }: Field, raw: number): void => {
  let rest = signed && raw < 0 ? raw + 2 ** bitLength : raw;
  for (let at = bitOffset + bitLength - 1; at >= bitOffset; at -= 1) {
    if (rest % 2 === 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
    rest = Math.floor(rest / 2);
  }
};

/** The nearest raw number that the field can carry and that does not mean “no value”, as a sensor saturates. */
const legalRaw = (field: Field, mantissa: number): number => {
  const { min, max } = rawRange(field);
  const decimals = signalById(field.signal)?.decimals ?? 0;
  const nearest = Math.min(max, Math.max(min, rawOfMantissa(field, decimals, mantissa)));
  if (!field.nulls.includes(nearest)) return nearest;
  for (let step = 1; step <= max - min; step += 1) {
    if (nearest - step >= min && !field.nulls.includes(nearest - step)) return nearest - step;
    if (nearest + step <= max && !field.nulls.includes(nearest + step)) return nearest + step;
  }
  throw new RangeError(`signal ${field.signal}: every raw number means “no value”`);
};

const neededLength = (row: Pid, given: ReadonlyMap<number, number>): number => {
  const ends = row.fields.filter((field) => given.has(field.signal)).map((f) => f.bitOffset + f.bitLength);
  const length = row.lengths.find((bytes) => ends.every((end) => end <= bytes * 8));
  if (length === undefined) throw new RangeError(`PID ${row.pid}: no length holds all of its fields`);
  return length;
};

/**
 * Data bytes of a PID that carry the values: the exact inverse of `decodePid` on every value a raw number gives; any
 * other value goes to the nearest raw number, saturating at the ends of the field. A field without a value is said
 * to be unsupported, left out where it is optional, or sent as its “no value” number. Throws a RangeError for what
 * only a bug can ask: an unknown PID, a signal that is not in it, a field without a value that cannot say so.
 */
export const encodePid = (pid: number, values: readonly Quantity[]): Uint8Array => {
  const row = pidByNumber(pid);
  if (row === undefined) throw new RangeError(`PID ${pid}: not in the table`);
  const given = new Map(values.map(({ signal, mantissa }) => [signal, mantissa]));
  const bytes = new Uint8Array(neededLength(row, given));
  for (const field of row.fields) {
    const mantissa = given.get(field.signal);
    given.delete(field.signal);
    if (mantissa !== undefined) {
      writeField(bytes, field, legalRaw(field, mantissa));
      if (field.when !== undefined) bytes[0] = (bytes[0] ?? 0) | field.when.equals;
    } else if (field.when === undefined && field.bitOffset + field.bitLength <= bytes.length * 8) {
      const [none] = field.nulls;
      if (none === undefined) throw new RangeError(`PID ${pid}: signal ${field.signal} needs a value`);
      writeField(bytes, field, none);
    }
  }
  if (given.size > 0)
    throw new RangeError(`PID ${pid} does not carry signal ${[...given.keys()].join(', ')}`);
  return bytes;
};
