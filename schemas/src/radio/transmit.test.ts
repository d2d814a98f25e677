import { describe, expect, it } from 'vitest';
import { monoNs, type Result } from '../words/index.ts';
import { EMPTY_LEDGER } from './duty-ledger.ts';
import type { Rate } from './rate.ts';
import { regionNamed } from './region/index.ts';
import { type Permission, permit, type Transmission } from './transmit.ts';

const SF7: Rate = { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 };

const wish = (over: Partial<Transmission>): Transmission => ({
  frequencyHz: 868_100_000,
  rate: SF7,
  eirpDbm: 14,
  airtimeUs: 46_336,
  start: monoNs(0n),
  ...over,
});

const asked = (region: string, over: Partial<Transmission> = {}): Result<Permission> =>
  permit(regionNamed(region), wish(over), EMPTY_LEDGER, monoNs(0n));

const verdict = (result: Result<Permission>): string =>
  result.ok ? result.value.band.name : result.fault.code;

describe('a permission to transmit', () => {
  it('is never given where no region is set', () => {
    expect(permit(undefined, wish({}), EMPTY_LEDGER, monoNs(0n))).toMatchObject({
      fault: {
        kind: 'refused',
        code: 'radio.no-region',
        words: 'Nothing is sent because no region is set; set the region of this country first.',
      },
    });
    expect(verdict(asked('EU869'))).toBe('radio.no-region');
  });

  // The cases of chirpstack-concentratord regulation/tracker.rs (MIT), inside the edges of their bands.
  it.each([
    [863_100_000, 14, 3_600_000, 'K'],
    [863_100_000, 14, 3_600_001, 'radio.duty-cycle'],
    [868_100_000, 14, 36_000_000, 'M'],
    [868_100_000, 14, 36_000_001, 'radio.duty-cycle'],
    [865_100_000, 14, 36_000_000, 'L'],
    [920_000_000, 14, 1_000, 'radio.frequency'],
    [863_100_000, 17, 3_600, 'radio.power'],
    [863_100_000, 10, 3_600_000, 'K'],
    [869_525_000, 29, 360_000_000, 'P'],
    [869_525_000, 29.5, 1_000, 'radio.power'],
    [869_850_000, 9, 3_600_000_000, 'Q-low'],
    [869_850_000, 9.5, 36_000_000, 'Q'],
    [868_650_000, 14, 1_000, 'radio.frequency'],
    // 12.5 kHz of the emission would stand below the band.
    [863_050_000, 14, 1_000, 'radio.frequency'],
  ])('of EU868 at %d Hz with %d dBm for %d µs is %s', (frequencyHz, eirpDbm, airtimeUs, expected) => {
    expect(verdict(asked('EU868', { frequencyHz, eirpDbm, airtimeUs }))).toBe(expected);
  });

  it('keeps the dwell time of narrow channels', () => {
    const wide: Rate = { kind: 'lora', spreadingFactor: 12, bandwidthHz: 500_000 };
    const at = { frequencyHz: 923_300_000, eirpDbm: 20 };
    expect(verdict(asked('US915', { ...at, airtimeUs: 400_000 }))).toBe('all');
    expect(verdict(asked('US915', { ...at, airtimeUs: 400_001 }))).toBe('radio.dwell');
    expect(verdict(asked('US915', { ...at, rate: wide, airtimeUs: 700_000 }))).toBe('all');
    expect(verdict(asked('AS923-1', { frequencyHz: 923_200_000, airtimeUs: 400_001 }))).toBe('radio.dwell');
    expect(verdict(asked('IN865', { frequencyHz: 865_062_500, airtimeUs: 2_000_000 }))).toBe('all');
  });

  it('fills the ledger, hour by hour', () => {
    const region = regionNamed('EU868');
    let ledger = EMPTY_LEDGER;
    let sent = 0;
    for (let minute = 0; minute < 180; minute += 1) {
      const start = monoNs(BigInt(minute) * 60_000_000_000n);
      const result = permit(region, wish({ start, airtimeUs: 2_465_792 }), ledger, start);
      if (!result.ok) continue;
      ({ ledger } = result.value);
      sent += 1;
    }
    // 14 beacons of 2.465792 s fit into 36 s of each hour.
    expect(sent).toBe(3 * 14);
    expect(ledger.emissions.length).toBeLessThanOrEqual(2 * 14);
  });
});
