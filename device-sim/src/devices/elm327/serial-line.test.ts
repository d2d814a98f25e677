import { asciiBytes, asciiText } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heardAtBaud } from './serial-line.ts';

const RATES = [9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 500_000];

describe('a serial line', () => {
  it('carries every byte where both ends have the same rate, give or take two percent', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 50 }),
        fc.double({ min: 0.98, max: 1.02, noNaN: true }),
        (bytes, off) => {
          const exactly = heardAtBaud(bytes, 38_400, 38_400 * off);
          expect(exactly).toEqual(bytes);
        },
      ),
    );
  });

  it('carries other bytes, or none, at another rate, and not many more than the difference explains', () => {
    const sent = asciiBytes('ELM327 v1.5\r\r>');
    for (const rate of RATES.filter((one) => one !== 38_400)) {
      const heard = heardAtBaud(sent, 38_400, rate);
      expect(asciiText(heard)).not.toContain('ELM327');
      expect(heard.length).toBeLessThanOrEqual(Math.ceil(sent.length * Math.max(1, rate / 38_400)));
      expect(heard.length).toBeGreaterThan(0);
    }
  });

  it('never hangs, whatever the bytes and the rates', () => {
    const rate = fc.constantFrom(...RATES);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), rate, rate, (bytes, from, to) => {
        expect(heardAtBaud(bytes, from, to).length).toBeLessThanOrEqual(30 * 60);
      }),
    );
  });

  it('is read too slowly as one byte of zeros, too fast as several', () => {
    // 0x00 is nine bits of low: a receiver half as fast sees its start bit and three bits of them, then high.
    expect(heardAtBaud(Uint8Array.of(0x00), 38_400, 19_200)).toEqual(Uint8Array.of(0xf8));
    expect(heardAtBaud(Uint8Array.of(0x00), 9_600, 38_400).length).toBe(1);
    expect(heardAtBaud(Uint8Array.of(0x55), 9_600, 38_400).length).toBeGreaterThan(1);
  });
});
