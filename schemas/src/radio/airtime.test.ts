import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fskAirtimeUs,
  type LoraFrame,
  loraAirtimeUs,
  lorawanFrame,
  lrFhssAirtimeUs,
  symbolUs,
} from './airtime.ts';

const lora = (spreadingFactor: number, bandwidthHz: number) =>
  ({ kind: 'lora', spreadingFactor, bandwidthHz }) as const;

const uplinkUs = (sf: number, bandwidthHz: number, bytes: number) =>
  loraAirtimeUs(lorawanFrame(lora(sf, bandwidthHz), bytes, 'up'));

const BANDWIDTHS = [7_800, 10_400, 15_600, 20_800, 31_250, 41_700, 62_500, 125_000, 250_000, 500_000];

/** AN1200.13 with fractions of integers, term by term, as a second way to the same number. */
const byTheNote = (frame: LoraFrame): bigint => {
  const sf = BigInt(frame.rate.spreadingFactor);
  const divisor = BigInt(
    [64, 48, 32, 24, 16, 12, 8, 4, 2, 1][BANDWIDTHS.indexOf(frame.rate.bandwidthHz)] ?? 0,
  );
  const symbol = (2n ** sf * divisor * 1_000_000n) / 500_000n;
  const de = symbol >= 16_384n ? 1n : 0n;
  const top =
    8n * BigInt(frame.payloadBytes) -
    4n * sf +
    (sf >= 7n ? 8n : 0n) +
    (frame.crc ? 16n : 0n) +
    (frame.explicitHeader ? 20n : 0n);
  const bottom = 4n * (sf - 2n * de);
  const blocks = top > 0n ? (top + bottom - 1n) / bottom : 0n;
  const payload = 8n + blocks * BigInt(frame.codingRate + 4);
  const preambleQuarters = 4n * BigInt(frame.preambleSymbols) + (sf >= 7n ? 17n : 25n);
  return (preambleQuarters * symbol) / 4n + payload * symbol;
};

describe('the airtime of LoRa', () => {
  // AN1200.13; 13 bytes at SF12 also in brocaar/lorawan airtime_test.go (MIT).
  it.each([
    [13, [1_155_072, 577_536, 288_768, 164_864, 82_432, 46_336]],
    [23, [1_482_752, 823_296, 370_688, 205_824, 113_152, 61_696]],
    [51, [2_465_792, 1_314_816, 616_448, 328_704, 184_832, 102_656]],
  ])('of %d bytes at SF12 to SF7 and 125 kHz is %j µs', (bytes, expected) => {
    expect([12, 11, 10, 9, 8, 7].map((sf) => uplinkUs(sf, 125_000, bytes))).toEqual(expected);
  });

  it.each([
    [9, 125_000, 222, 1_106_944],
    [8, 125_000, 222, 614_912],
    [7, 125_000, 222, 348_416],
    [7, 250_000, 23, 30_848],
    [8, 500_000, 23, 28_288],
    [12, 250_000, 23, 741_376],
    [6, 125_000, 23, 34_432],
    [5, 125_000, 23, 18_496],
    // Low data rate optimise follows the symbol, not the spreading factor.
    [12, 500_000, 23, 329_728],
    [11, 250_000, 23, 370_688],
    // A beacon of Helium's: 52 bytes.
    [12, 125_000, 52, 2_465_792],
  ])('at SF%d, %d Hz, %d bytes is %d µs', (sf, bandwidthHz, bytes, expected) => {
    expect(uplinkUs(sf, bandwidthHz, bytes)).toBe(expected);
  });

  it('of a downlink has no CRC', () => {
    expect(loraAirtimeUs(lorawanFrame(lora(12, 125_000), 12, 'down'))).toBe(991_232);
  });

  it('is a whole number of microseconds and equal to the note at every spreading factor and bandwidth', () => {
    const frames = fc.record({
      rate: fc
        .tuple(fc.integer({ min: 5, max: 12 }), fc.constantFrom(...BANDWIDTHS))
        .map(([sf, bandwidthHz]) => lora(sf, bandwidthHz)),
      codingRate: fc.integer({ min: 1, max: 4 }),
      payloadBytes: fc.integer({ min: 0, max: 255 }),
      preambleSymbols: fc.integer({ min: 6, max: 65_535 }),
      crc: fc.boolean(),
      explicitHeader: fc.boolean(),
    });
    fc.assert(
      fc.property(frames, (frame) => {
        const us = loraAirtimeUs(frame);
        expect(Number.isSafeInteger(us)).toBe(true);
        expect(BigInt(us ?? -1)).toBe(byTheNote(frame));
      }),
      { numRuns: 500 },
    );
  });

  it('never falls with more bytes, and every bandwidth of the chips has a symbol', () => {
    for (const sf of [5, 6, 7, 8, 9, 10, 11, 12]) {
      for (const bandwidthHz of BANDWIDTHS) {
        const all = Array.from({ length: 256 }, (_, bytes) => uplinkUs(sf, bandwidthHz, bytes) ?? Number.NaN);
        expect(all.every((us, i) => i === 0 || us >= (all[i - 1] ?? Number.NaN))).toBe(true);
      }
    }
    expect(symbolUs(lora(12, 125_000))).toBe(32_768);
    expect(symbolUs(lora(7, 7_812))).toBe(16_384);
  });

  it('is undefined for what no chip sends', () => {
    const good = lorawanFrame(lora(7, 125_000), 10, 'up');
    const bad: readonly LoraFrame[] = [
      { ...good, rate: lora(4, 125_000) },
      { ...good, rate: lora(13, 125_000) },
      { ...good, rate: lora(7.5, 125_000) },
      { ...good, rate: lora(7, 100_000) },
      { ...good, rate: lora(7, Number.NaN) },
      { ...good, codingRate: 5 },
      { ...good, payloadBytes: 256 },
      { ...good, payloadBytes: -1 },
      { ...good, preambleSymbols: 5 },
    ];
    expect(bad.map(loraAirtimeUs)).toEqual(bad.map(() => undefined));
  });
});

describe('the airtime of the other modulations', () => {
  it('of FSK counts preamble, sync word, length and CRC, and rounds up', () => {
    const fsk = { kind: 'fsk', bitsPerSecond: 50_000 } as const;
    expect(fskAirtimeUs(fsk, 0)).toBe(1_760);
    expect(fskAirtimeUs(fsk, 242)).toBe(40_480);
    expect(fskAirtimeUs({ kind: 'fsk', bitsPerSecond: 30_000 }, 1)).toBe(3_200);
    expect(fskAirtimeUs({ kind: 'fsk', bitsPerSecond: 70_000 }, 1)).toBe(1_372);
    expect(fskAirtimeUs(fsk, 256)).toBeUndefined();
    expect(fskAirtimeUs({ kind: 'fsk', bitsPerSecond: 0 }, 1)).toBeUndefined();
  });

  it('of LR-FHSS has headers of 233.472 ms and fragments of 102.4 ms', () => {
    const at = (codingRate: '1/3' | '2/3' | '5/6') =>
      ({ kind: 'lr-fhss', codingRate, widthHz: 137_000 }) as const;
    // 10 bytes: 102 bits; at 1/3 306 coded bits in 7 fragments, at 2/3 153 in 4.
    expect(lrFhssAirtimeUs(at('1/3'), 10)).toBe(3 * 233_472 + (306 + 14) * 2_048);
    expect(lrFhssAirtimeUs(at('2/3'), 10)).toBe(2 * 233_472 + (153 + 8) * 2_048);
    // 46 bytes at 5/6: 390 bits become 468 (and a rounding bit): 10 fragments.
    expect(lrFhssAirtimeUs(at('5/6'), 46)).toBe(233_472 + (468 + 20) * 2_048);
    expect(lrFhssAirtimeUs(at('1/3'), 0, 4)).toBe(4 * 233_472 + (66 + 4) * 2_048);
    expect(lrFhssAirtimeUs(at('1/3'), 300)).toBeUndefined();
  });
});
