import { describe, expect, it } from 'vitest';
import { plainWorld } from '../radio/testing.ts';
import {
  honestDay,
  judgeClones,
  judgeHonest,
  judgeLies,
  newRate,
  newRates,
} from '../soak/radio-detection.ts';
import type { RadioLie } from './radio-cheats.ts';

// Small counts of what `npm run soak -- radio-detection` does in full.
const day = honestDay(plainWorld({ hotspots: 6, devices: 30, seed: 11 }), 3_600, () => undefined);

describe('the judge of receptions', () => {
  it('leaves honest receptions alone', () => {
    const honest = newRate();
    judgeHonest(day, honest);
    expect(honest.judged).toBeGreaterThan(1_500);
    expect(honest.flagged / honest.judged).toBeLessThan(0.005);
  });

  it.each([
    'teleport',
    'teleport-near',
    'snr-impossible',
    'replay',
    'clock-jump',
  ] as const satisfies readonly RadioLie[])('finds what a liar makes of them: %s', (name) => {
    const rates = newRates();
    judgeLies(day, name, rates);
    expect(rates.lies.judged).toBeGreaterThan(10);
    expect(rates.lies.flagged / rates.lies.judged).toBeGreaterThanOrEqual(0.99);
    expect(rates.others.flagged / rates.others.judged).toBeLessThan(0.005);
  });

  it('finds most of what is 20 dB too loud even in so short a day', () => {
    const rates = newRates();
    judgeLies(day, 'rssi+20', rates);
    expect(rates.lies.flagged / rates.lies.judged).toBeGreaterThan(0.9);
  });

  it('finds a second box under one EUI, and not the first', () => {
    const rates = newRates();
    judgeClones(day, rates);
    expect(rates.lies.judged).toBeGreaterThan(100);
    expect(rates.lies.flagged / rates.lies.judged).toBeGreaterThanOrEqual(0.97);
    expect(rates.others.flagged / rates.others.judged).toBeLessThan(0.005);
  });
});
