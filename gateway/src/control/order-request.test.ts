import { describe, expect, it } from 'vitest';
import { readOrderRequest } from './order-request.ts';

const EUI = '0016c001f0000001';
const item = {
  phy: '60ff',
  frequencyHz: 869_525_000,
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 9, bandwidthHz: 125_000 },
};

const wordsFor = (value: unknown): string => {
  const read = readOrderRequest(value);
  return read.ok ? 'fine' : read.fault.words;
};

describe('an order as JSON', () => {
  it('names a gateway in either case, an output, or nothing', () => {
    expect(readOrderRequest({ kind: 'approve', gateway: EUI.toUpperCase() })).toEqual({
      ok: true,
      value: { device: undefined, wish: { kind: 'approve', gateway: EUI } },
    });
    expect(readOrderRequest({ device: 'board', kind: 'output', output: 'd9', value: 0.5 })).toMatchObject({
      value: { device: 'board', wish: { kind: 'output', output: 'd9', value: 0.5 } },
    });
    expect(readOrderRequest({ device: 'board', kind: 'restart' })).toMatchObject({
      value: { wish: { kind: 'restart' } },
    });
  });

  it('says of a downlink what matters, and the rest is as LoRaWAN has it', () => {
    const read = readOrderRequest({ kind: 'downlink', gateway: EUI, items: [item] });
    expect(read).toEqual({
      ok: true,
      value: {
        device: undefined,
        wish: {
          kind: 'downlink',
          gateway: EUI,
          items: [
            {
              phy: Uint8Array.of(0x60, 0xff),
              at: { kind: 'immediately' },
              frequencyHz: 869_525_000,
              powerDbm: 14,
              modulation: { kind: 'lora', spreadingFactor: 9, bandwidthHz: 125_000, codingRate: '4/5' },
              invertPolarity: true,
              preambleSymbols: undefined,
              noCrc: true,
            },
          ],
        },
      },
    });
  });

  it('times a downlink by a counter or by GPS, and can be FSK', () => {
    const fsk = { kind: 'fsk', bitsPerSecond: 50_000, deviationHz: 25_000 };
    const items = [
      { ...item, at: { kind: 'count', tmst: 4_294_967_295 }, preambleSymbols: 8, noCrc: false },
      { ...item, at: { kind: 'gps', tmms: 1_400_000_000_000 }, modulation: fsk, invertPolarity: false },
    ];
    const read = readOrderRequest({ kind: 'beacon', gateway: EUI, items });
    expect(read).toMatchObject({
      value: {
        wish: {
          kind: 'beacon',
          items: [
            { at: { kind: 'count', tmst: 4_294_967_295 }, preambleSymbols: 8, noCrc: false },
            { at: { kind: 'gps', tmms: 1_400_000_000_000 }, modulation: fsk, invertPolarity: false },
          ],
        },
      },
    });
  });

  it.each([
    [[], 'an order is no object.'],
    [{ kind: 'dance' }, '"kind" is one of approve, forbid, downlink, beacon, output, restart.'],
    [{ kind: 'approve' }, '"gateway" must be a text of 1 to 64 characters.'],
    [{ kind: 'approve', gateway: '0016' }, '"gateway" must be an EUI of 16 hex digits.'],
    [
      { kind: 'approve', gateway: EUI, force: true },
      'an order "approve" has no field "force" (it has device, kind, gateway).',
    ],
    [{ kind: 'output', output: 'd9', value: Number.NaN }, /"value" must be a number/],
    [{ kind: 'output', output: '', value: 1 }, /"output" must be a text/],
    [{ kind: 'restart', device: 7 }, /"device" must be a text/],
    [{ kind: 'downlink', gateway: EUI, items: [] }, '"items" must be a list of 1 to 8.'],
    [{ kind: 'downlink', gateway: EUI, items: ['x'] }, 'an item is no object.'],
    [{ kind: 'downlink', gateway: EUI, items: [{ ...item, phy: '6' }] }, /"phy" must be 1 to 255 bytes/],
    [
      { kind: 'downlink', gateway: EUI, items: [{ ...item, powerDbm: 60 }] },
      '"powerDbm" must be a number from -20 to 36.',
    ],
    [
      { kind: 'downlink', gateway: EUI, items: [{ ...item, frequencyHz: 868.1 }] },
      '"frequencyHz" must be a whole number.',
    ],
    [{ kind: 'downlink', gateway: EUI, items: [{ ...item, at: 'soon' }] }, '"at" is no object.'],
    [
      { kind: 'downlink', gateway: EUI, items: [{ ...item, modulation: { kind: 'am' } }] },
      'a downlink is modulated by "lora" or by "fsk".',
    ],
    [{ kind: 'downlink', gateway: EUI, items: [{ ...item, noCrc: 1 }] }, '"noCrc" must be true or false.'],
  ])('%j is refused with words for who wrote it', (value, words) => {
    expect(wordsFor(value)).toMatch(words);
  });
});
