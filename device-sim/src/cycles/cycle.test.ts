import { describe, expect, it } from 'vitest';
import { CYCLE_NAMES, type CycleName, cycleOf, isCycleName, speedAt } from './cycle.ts';

interface Published {
  readonly durationS: number;
  readonly km: number;
  readonly maxKmh: number;
  readonly maxMps2: number;
  readonly minMps2: number;
  readonly secondsAtRest: number;
}

/** As published with the regulations; acceleration as the difference of neighbouring seconds. */
const PUBLISHED: Readonly<Record<CycleName, Published>> = {
  wltc: { durationS: 1800, km: 23.27, maxKmh: 131.3, maxMps2: 1.67, minMps2: -1.5, secondsAtRest: 235 },
  udds: { durationS: 1369, km: 11.99, maxKmh: 91.2, maxMps2: 1.48, minMps2: -1.48, secondsAtRest: 259 },
  hwfet: { durationS: 765, km: 16.51, maxKmh: 96.4, maxMps2: 1.43, minMps2: -1.48, secondsAtRest: 6 },
  us06: { durationS: 600, km: 12.89, maxKmh: 129.2, maxMps2: 3.76, minMps2: -3.08, secondsAtRest: 45 },
};

describe('driving cycles', () => {
  it.each(CYCLE_NAMES)('%s has the published duration, distance, speed and accelerations', (name) => {
    const cycle = cycleOf(name);
    const speeds = [...cycle.speedsMps];
    const slopes = speeds.slice(1).map((speed, s) => speed - speeds[s]!);
    expect(cycle.durationS).toBe(PUBLISHED[name].durationS);
    expect(cycle.distanceM / 1000).toBeCloseTo(PUBLISHED[name].km, 2);
    expect(Math.max(...speeds) * 3.6).toBeCloseTo(PUBLISHED[name].maxKmh, 1);
    expect(Math.max(...slopes)).toBeCloseTo(PUBLISHED[name].maxMps2, 2);
    expect(Math.min(...slopes)).toBeCloseTo(PUBLISHED[name].minMps2, 2);
    expect(speeds.filter((speed) => speed === 0)).toHaveLength(PUBLISHED[name].secondsAtRest);
  });

  it.each(CYCLE_NAMES)('%s starts and ends at rest, so that it can be played in a loop', (name) => {
    const cycle = cycleOf(name);
    expect(cycle.speedsMps.at(0)).toBe(0);
    expect(cycle.speedsMps.at(-1)).toBe(0);
    expect(speedAt(cycle, -5)).toBe(0);
    expect(speedAt(cycle, cycle.durationS + 5)).toBe(0);
  });

  it.each(CYCLE_NAMES)('%s rounded between the seconds keeps its distance and its bounds', (name) => {
    const cycle = cycleOf(name);
    const speeds = Array.from({ length: cycle.durationS * 10 + 1 }, (_, tick) => speedAt(cycle, tick / 10));
    expect(Math.min(...speeds)).toBe(0);
    expect(Math.max(...speeds)).toBeLessThanOrEqual(Math.max(...cycle.speedsMps) + 1e-9);
    const distanceM = speeds.reduce((sum, speed) => sum + speed * 0.1, 0);
    expect(Math.abs(distanceM / cycle.distanceM - 1)).toBeLessThan(1e-4);
  });

  it('knows its own names and no others', () => {
    expect(isCycleName('wltc')).toBe(true);
    expect(isCycleName('nedc')).toBe(false);
  });
});
