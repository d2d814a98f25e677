import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../words/index.ts';
import { decodePid, encodePid, PIDS, type Pid, type Quantity } from './index.ts';

const decoded = (pid: number, bytes: Uint8Array): readonly Quantity[] => {
  const result = decodePid(pid, bytes);
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

/** Every bit of a PID's longest reply belongs to a field, and no field can be absent or hold “no value”. */
const saysEverything = ({ lengths, fields }: Pid): boolean =>
  lengths.length === 1 &&
  fields.every(({ when, nulls }) => when === undefined && nulls.length === 0) &&
  fields.reduce((bits, { bitLength }) => bits + bitLength, 0) === 8 * (lengths[0] ?? 0);

describe('encodePid', () => {
  it('gives back all bytes of every PID of one or two bytes in which every bit means something', () => {
    const whole = PIDS.filter((row) => saysEverything(row) && (row.lengths[0] ?? 9) <= 2);
    expect(whole.length).toBeGreaterThan(50);
    for (const { pid, lengths } of whole) {
      const step = lengths[0] === 1 ? 1 : 13;
      for (let raw = 0; raw < 256 ** (lengths[0] ?? 0); raw += step) {
        const bytes = lengths[0] === 1 ? Uint8Array.of(raw) : Uint8Array.of(raw >> 8, raw & 0xff);
        if (toHex(encodePid(pid, decoded(pid, bytes))) !== toHex(bytes))
          expect.fail(`${pid}: ${toHex(bytes)}`);
      }
    }
  });

  it('gives back the values of any bytes of any PID, and sets no bit that was not set', () => {
    const replies = fc
      .constantFrom(...PIDS.flatMap(({ pid, lengths }) => lengths.map((length) => ({ pid, length }))))
      .chain(({ pid, length }) =>
        fc.tuple(fc.constant(pid), fc.uint8Array({ minLength: length, maxLength: length })),
      );
    fc.assert(
      fc.property(replies, ([pid, bytes]) => {
        const values = decoded(pid, bytes);
        const again = encodePid(pid, values);
        expect(decoded(pid, again)).toEqual(values);
        again.forEach((byte, at) => {
          expect(byte & ~(bytes[at] ?? 0)).toBe(0);
        });
      }),
      { numRuns: 3_000, seed: 1979 },
    );
  });

  it('saturates at the ends, and short of a number that means no value', () => {
    expect([...encodePid(0x0d, [{ signal: 1, mantissa: 300 }])]).toEqual([255]);
    expect([...encodePid(0x05, [{ signal: 5, mantissa: -60 }])]).toEqual([0]);
    expect([
      ...encodePid(0x14, [
        { signal: 128, mantissa: 450 },
        { signal: 129, mantissa: 9_922 },
      ]),
    ]).toEqual([90, 0xfe]);
    expect([...encodePid(0x32, [{ signal: 69, mantissa: -900_000 }])]).toEqual([0x80, 0]);
  });

  it('takes a value between two steps to the nearer one', () => {
    expect([...encodePid(0x0c, [{ signal: 2, mantissa: 172_612 }])]).toEqual([0x1a, 0xf8]);
    expect([...encodePid(0x0c, [{ signal: 2, mantissa: 172_613 }])]).toEqual([0x1a, 0xf9]);
  });

  it('says that a field without a value is unsupported, missing or no value', () => {
    expect(toHex(encodePid(0x66, [{ signal: 106, mantissa: 10_000 }]))).toBe('0200000140');
    expect(toHex(encodePid(0x66, []))).toBe('0000000000');
    expect(toHex(encodePid(0x06, [{ signal: 11, mantissa: 0 }]))).toBe('80');
    expect(
      toHex(
        encodePid(0x06, [
          { signal: 11, mantissa: 0 },
          { signal: 56, mantissa: 0 },
        ]),
      ),
    ).toBe('8080');
    expect(toHex(encodePid(0x14, [{ signal: 128, mantissa: 450 }]))).toBe('5aff');
  });

  it('chooses the scale that the signal has', () => {
    expect(toHex(encodePid(0x6b, [{ signal: 262, mantissa: 80 }]))).toBe('0178000000');
    expect(toHex(encodePid(0x6b, [{ signal: 266, mantissa: 440 }]))).toBe('1078000000');
  });

  it('refuses as a bug what the bytes cannot say', () => {
    const bad: readonly (readonly [number, readonly Quantity[]])[] = [
      [0xff, []],
      [0x0c, [{ signal: 1, mantissa: 50 }]],
      [0x0c, []],
      [0x0c, [{ signal: 2, mantissa: 0.5 }]],
      [0x0c, [{ signal: 2, mantissa: Number.NaN }]],
      [0x06, [{ signal: 56, mantissa: 0 }]],
      [
        0x6b,
        [
          { signal: 262, mantissa: 80 },
          { signal: 266, mantissa: 440 },
        ],
      ],
      [0x81, [{ signal: 400, mantissa: 1 }]],
      [0x03, [{ signal: 37, mantissa: 2 }]],
    ];
    for (const [pid, values] of bad) expect(() => encodePid(pid, values), String(pid)).toThrow(RangeError);
  });

  it('reads back what it wrote for a whole reply of run times', () => {
    const hex = `1f${'00000e10'.repeat(9)}ffffffff`;
    const bytes = fromHex(hex) ?? new Uint8Array();
    expect(decoded(0x82, bytes).map(({ signal }) => signal)).toEqual([
      410, 411, 412, 413, 414, 415, 416, 417, 418, 419,
    ]);
    expect(toHex(encodePid(0x82, decoded(0x82, bytes)))).toBe(hex);
  });
});
