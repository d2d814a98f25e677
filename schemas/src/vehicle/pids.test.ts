import { describe, expect, it } from 'vitest';
import { rawRange } from './fields.ts';
import {
  type Field,
  PIDS,
  pidByNumber,
  pidLength,
  pidLengths,
  pidsOfSignal,
  SIGNALS,
  signalById,
} from './index.ts';
import { bytesAt, parseBits } from './pid.ts';
import { mantissaOfRaw, rawOfMantissa, roundedQuotient } from './scaling.ts';

const fields = PIDS.flatMap((pid) =>
  pid.fields.map((field) => ({ pid, field, at: `${pid.pid.toString(16)} signal ${field.signal}` })),
);

const decimalsOf = ({ signal }: Field): number => signalById(signal)?.decimals ?? Number.NaN;

/** Ends of the raw numbers that are values. */
const legalEnds = (field: Field): readonly [number, number] => {
  let { min, max } = rawRange(field);
  while (field.nulls.includes(min)) min += 1;
  while (field.nulls.includes(max)) max -= 1;
  return [min, max];
};

const overlap = (a: Field, b: Field): boolean =>
  a.bitOffset < b.bitOffset + b.bitLength && b.bitOffset < a.bitOffset + a.bitLength;

/** Two conditions of which at most one can hold. */
const exclusive = (a: Field, b: Field): boolean => {
  if (a.when === undefined || b.when === undefined) return false;
  const both = a.when.mask & b.when.mask;
  return (a.when.equals & both) !== (b.when.equals & both);
};

describe('the table of service 01', () => {
  it('carries at least 180 signals, in ascending PIDs without repeats', () => {
    expect(new Set(fields.map(({ field }) => field.signal)).size).toBeGreaterThanOrEqual(180);
    const numbers = PIDS.map(({ pid }) => pid);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(numbers.filter((pid) => pid < 1 || pid > 255 || pid % 32 === 0)).toEqual([]);
  });

  it('carries every signal below 440 but the adapter’s own two and a current with a sign', () => {
    const live = SIGNALS.filter(({ id }) => id < 440);
    const homeless = live.filter(({ id }) => pidsOfSignal(id).length === 0).map(({ name }) => name);
    expect(homeless.sort()).toEqual([
      'Vehicle.IsIgnitionOn',
      'Vehicle.LowVoltageBattery.CurrentVoltage',
      // Only makers' own parameters say which way is positive.
      'Vehicle.Powertrain.TractionBattery.CurrentCurrent',
    ]);
  });

  it('carries a signal twice only where two PIDs give the lambda of one sensor', () => {
    const twice = SIGNALS.filter(({ id }) => pidsOfSignal(id).length > 1).map(({ name }) => name);
    expect(twice).toHaveLength(8);
    for (const name of twice) expect(name).toMatch(/^Vehicle\.OBD\.O2WR\.Sensor[1-8]\.Lambda$/);
  });

  it('names a known signal in every field, once a PID', () => {
    for (const { at, field } of fields) expect(signalById(field.signal), at).toBeDefined();
    for (const { pid, fields: own } of PIDS) {
      expect(new Set(own.map(({ signal }) => signal)).size, pid.toString(16)).toBe(own.length);
    }
  });

  it('keeps every field within the longest reply, and every length above 0', () => {
    for (const { at, pid, field } of fields) {
      expect(field.bitLength >= 1 && field.bitLength <= 32, at).toBe(true);
      expect(field.bitOffset + field.bitLength, at).toBeLessThanOrEqual(8 * (pid.lengths.at(-1) ?? 0));
    }
    for (const { lengths } of PIDS) {
      expect(lengths).toEqual([...new Set(lengths)].toSorted((a, b) => a - b));
      expect(lengths[0]).toBeGreaterThan(0);
    }
  });

  it('never lays two fields over each other, unless byte A can only mean one of them', () => {
    for (const { pid, fields: own } of PIDS) {
      own.forEach((a, index) => {
        for (const b of own.slice(index + 1)) {
          if (overlap(a, b))
            expect(exclusive(a, b), `${pid.toString(16)}: ${a.signal}, ${b.signal}`).toBe(true);
        }
      });
    }
  });

  it('never lays a field over the support bits of its PID', () => {
    for (const { at, pid, field } of fields) {
      const mask = pid.fields.reduce((bits, { when }) => bits | (when?.mask ?? 0), 0);
      for (let bit = field.bitOffset; bit < Math.min(8, field.bitOffset + field.bitLength); bit += 1) {
        expect(mask & (0x80 >> bit), at).toBe(0);
      }
    }
  });

  it('numbers support bits as the fields stand, each for one field, but for the PIDs known to differ', () => {
    const lowest = (mask: number): number => Math.log2(mask & -mask);
    /** By byte, and within a byte from its lowest bit up. */
    const order = ({ bitOffset, bitLength, when }: Field): number =>
      64 * (bitOffset >> 3) + 8 * (7 - ((bitOffset + bitLength - 1) & 7)) + lowest(when?.equals ?? 1);
    for (const { pid, fields: own } of PIDS) {
      const bits = own
        .filter(({ when }) => when !== undefined)
        .toSorted((a, b) => order(a) - order(b))
        .map(({ when }) => lowest(when?.mask ?? 0));
      // Control states stand last in 70 and 71; the second charging state of 9A came with a later edition.
      if (![0x70, 0x71, 0x9a].includes(pid)) {
        expect(bits, pid.toString(16)).toEqual(bits.toSorted((a, b) => a - b));
      }
      const equals = own.flatMap(({ when }) => (when === undefined ? [] : [when.equals]));
      // Run times come in pairs; the states of 8F and 94 share the bit of what they are the state of.
      if (![0x81, 0x82, 0x89, 0x8a, 0x8f, 0x94].includes(pid)) {
        expect(new Set(equals).size, pid.toString(16)).toBe(equals.length);
      }
      for (const value of equals) expect(Number.isInteger(Math.log2(value)), pid.toString(16)).toBe(true);
    }
  });

  it('has integer formulas whose ends are the declared range, to half a step', () => {
    for (const { at, field } of fields) {
      const { mul, div, add } = field;
      expect([mul, div, add].every(Number.isSafeInteger) && mul > 0 && div > 0, at).toBe(true);
      const row = signalById(field.signal);
      const [low, high] = legalEnds(field).map((raw) => (raw * mul) / div + add);
      expect(Math.abs((low ?? Number.NaN) - (row?.min ?? Number.NaN)), at).toBeLessThanOrEqual(mul / div / 2);
      expect(Math.abs((high ?? Number.NaN) - (row?.max ?? Number.NaN)), at).toBeLessThanOrEqual(
        mul / div / 2,
      );
    }
  });

  it('declares its ends to the mantissa', () => {
    for (const { at, field } of fields) {
      const [low, high] = legalEnds(field).map((raw) => mantissaOfRaw(field, decimalsOf(field), raw));
      const row = signalById(field.signal);
      expect([low, high], at).toEqual([row?.minMantissa, row?.maxMantissa]);
    }
  });

  it('has decimals enough: no step is smaller than the last digit', () => {
    for (const { at, field } of fields) {
      expect((field.mul / field.div) * 10 ** decimalsOf(field), at).toBeGreaterThanOrEqual(1);
    }
  });

  it('never leaves the safe integers on the way to a mantissa or back', () => {
    for (const { at, field } of fields) {
      const { min, max } = rawRange(field);
      const { mul, div, add } = field;
      const one = 10 ** decimalsOf(field);
      for (const raw of [min, max]) {
        expect(Number.isSafeInteger((raw * mul + add * div) * one), at).toBe(true);
        expect(
          Number.isSafeInteger((mantissaOfRaw(field, decimalsOf(field), raw) - add * one) * div),
          at,
        ).toBe(true);
      }
    }
  });
});

describe('encode after decode of one field', () => {
  it('gives back every raw number of up to 16 bits, and mantissas rise with it', () => {
    const seen = new Set<string>();
    for (const { at, field } of fields) {
      const { bitLength, signed, mul, div, add } = field;
      const shape = JSON.stringify([bitLength, signed, mul, div, add, decimalsOf(field)]);
      if (bitLength > 16 || seen.has(shape)) continue;
      seen.add(shape);
      const { min, max } = rawRange(field);
      let before = Number.NEGATIVE_INFINITY;
      for (let raw = min; raw <= max; raw += 1) {
        const mantissa = mantissaOfRaw(field, decimalsOf(field), raw);
        if (rawOfMantissa(field, decimalsOf(field), mantissa) !== raw) expect.fail(`${at}: ${raw}`);
        if (mantissa <= before) expect.fail(`${at}: ${raw} does not rise`);
        before = mantissa;
      }
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  it('gives back raw numbers of 32 bits: both ends, all powers of two, and a walk between', () => {
    const wide = fields.filter(({ field }) => field.bitLength > 16);
    expect(wide.length).toBeGreaterThan(40);
    for (const { at, field } of wide) {
      const { max } = rawRange(field);
      const samples = [0, 1, max - 1, max];
      for (let power = 1; power <= max; power *= 2) samples.push(power, power - 1);
      for (let raw = 0; raw <= max; raw += 1_000_003) samples.push(raw);
      for (const raw of samples) {
        const mantissa = mantissaOfRaw(field, decimalsOf(field), raw);
        if (rawOfMantissa(field, decimalsOf(field), mantissa) !== raw) expect.fail(`${at}: ${raw}`);
      }
    }
  });
});

describe('the parts the tables are written with', () => {
  it('rounds halves away from zero and never to minus zero', () => {
    expect([5, -5, 7, -7, 0, 6].map((n) => roundedQuotient(n, 2))).toEqual([3, -3, 4, -4, 0, 3]);
    expect([1, 2, -1, -2].map((n) => roundedQuotient(n, 3))).toEqual([0, 1, 0, -1]);
    expect(roundedQuotient(Number.MAX_SAFE_INTEGER, 2)).toBe(2 ** 52);
  });

  it('reads the standard’s names of bytes and bits', () => {
    expect(parseBits('A')).toEqual({ bitOffset: 0, bitLength: 8 });
    expect(parseBits('A7')).toEqual({ bitOffset: 0, bitLength: 1 });
    expect(parseBits('B0')).toEqual({ bitOffset: 15, bitLength: 1 });
    expect(parseBits('A6-0')).toEqual({ bitOffset: 1, bitLength: 7 });
    expect(parseBits('B-C')).toEqual({ bitOffset: 8, bitLength: 16 });
    expect(parseBits(bytesAt(37, 4))).toEqual({ bitOffset: 296, bitLength: 32 });
    expect(parseBits(bytesAt(25, 2))).toEqual({ bitOffset: 200, bitLength: 16 });
    for (const wrong of ['', 'a', 'A8', 'B-', 'AB']) expect(() => parseBits(wrong)).toThrow(RangeError);
  });

  it('knows how many bytes a PID has, and when it cannot know', () => {
    expect(pidLength(0x0c)).toBe(2);
    expect(pidLength(0x7f)).toBe(13);
    expect([0x00, 0x20, 0xc0].map(pidLength)).toEqual([4, 4, 4]);
    expect(pidLengths(0x06)).toEqual([1, 2]);
    expect(pidLength(0x06)).toBeUndefined();
    expect(pidLengths(0xff)).toEqual([]);
    expect(pidLength(0xff)).toBeUndefined();
    expect(pidByNumber(0x0d)?.title).toBe('Vehicle speed');
  });
});
