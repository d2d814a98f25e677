import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../words/index.ts';
import { PIDS, pidLengths, splitPids } from './index.ts';

const split = (hex: string, ...requested: readonly number[]): string => {
  const result = splitPids(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(), requested);
  if (!result.ok) return result.fault.code;
  return result.value.map(({ pid, bytes }) => `${pid.toString(16)}=${toHex(bytes)}`).join(' ');
};

describe('a reply to several PIDs', () => {
  it('is taken apart in the order it came', () => {
    expect(split('04 80 05 7B 0B 65 0C 1A F8 0D 32 11 33', 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x11)).toBe(
      '4=80 5=7b b=65 c=1af8 d=32 11=33',
    );
    expect(split('0D 32 0C 1A F8', 0x0c, 0x0d)).toBe('d=32 c=1af8');
  });

  it('may answer a part of the request', () => {
    expect(split('0D 32', 0x0c, 0x0d, 0x05)).toBe('d=32');
  });

  it('may hold a bitmap', () => {
    expect(split('00 BE 3F A8 13 0D 32', 0x00, 0x0d)).toBe('0=be3fa813 d=32');
  });

  it('is not believed where a PID is unasked, unknown or repeated, or bytes are missing or left', () => {
    expect(split('0D 32 0C 1A F8', 0x0d)).toBe('j1979.multi-pid');
    expect(split('FF 32', 0xff)).toBe('j1979.multi-pid');
    expect(split('0D 32 0D 32', 0x0d, 0x0c)).toBe('j1979.multi-pid');
    expect(split('0D 32 0C 1A', 0x0c, 0x0d)).toBe('j1979.multi-pid');
    expect(split('0D 32 00', 0x0c, 0x0d)).toBe('j1979.multi-pid');
    expect(split('', 0x0d)).toBe('j1979.multi-pid');
    expect(split('0D 32', 1, 2, 3, 4, 5, 6, 0x0d)).toBe('j1979.multi-pid');
  });

  it('is cut by what follows where a PID has two lengths', () => {
    expect(split('06 80 0D 32', 0x06, 0x0d)).toBe('6=80 d=32');
    expect(split('06 80 7F 0D 32', 0x06, 0x0d)).toBe('6=807f d=32');
  });

  it('is not believed where it can be cut in two ways', () => {
    expect(split('06 80 07 80', 0x06, 0x07)).toBe('6=80 7=80');
    // Either 06 has two bytes and 07 one, or the other way round: nothing tells them apart.
    expect(split('06 07 07 07 07', 0x06, 0x07)).toBe('j1979.multi-pid');
  });

  it('comes back from any requested PIDs of fixed length in any order', () => {
    const fixed = PIDS.map(({ pid }) => pid).filter((pid) => pidLengths(pid).length === 1);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...fixed), { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat(255)),
        (pids, noise) => {
          const parts = pids.map((pid) => {
            const length = pidLengths(pid)[0] ?? 0;
            return { pid, bytes: Uint8Array.from({ length }, () => noise.next().value) };
          });
          const reply = concatBytes(...parts.map(({ pid, bytes }) => Uint8Array.of(pid, ...bytes)));
          const result = splitPids(reply, pids.toReversed());
          expect(result).toEqual({ ok: true, value: parts });
        },
      ),
      { numRuns: 500, seed: 1979 },
    );
  });

  it('never throws, and gives only bytes of the reply', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.nat(255), { maxLength: 8 }),
        (reply, requested) => {
          const result = splitPids(reply, requested);
          if (!result.ok) return;
          const joined = concatBytes(...result.value.map(({ pid, bytes }) => Uint8Array.of(pid, ...bytes)));
          expect(toHex(joined)).toBe(toHex(reply));
        },
      ),
      { numRuns: 2_000, seed: 1979 },
    );
  });
});
