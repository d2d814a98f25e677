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
  'wltc-3a': { durationS: 1800, km: 23.19, maxKmh: 131.3, maxMps2: 1.67, minMps2: -1.5, secondsAtRest: 235 },
  udds: { durationS: 1369, km: 11.99, maxKmh: 91.2, maxMps2: 1.48, minMps2: -1.48, secondsAtRest: 259 },
  hwfet: { durationS: 765, km: 16.51, maxKmh: 96.4, maxMps2: 1.43, minMps2: -1.48, secondsAtRest: 6 },
  us06: { durationS: 600, km: 12.89, maxKmh: 129.2, maxMps2: 3.76, minMps2: -3.08, secondsAtRest: 45 },
  'ftp-75': { durationS: 2474, km: 17.77, maxKmh: 91.2, maxMps2: 1.48, minMps2: -1.48, secondsAtRest: 958 },
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

  it.each([
    ['wltc', [11_140.3, 17_121.2, 25_782.2, 29_714.9]],
    ['wltc-3a', [11_140.3, 16_995.7, 25_646, 29_714.9]],
  ] as const)('%s adds up, phase by phase, to the checksums of UN GTR 15', (name, checksums) => {
    const { speedsMps } = cycleOf(name);
    const ends = [0, 590, 1023, 1478, 1801];
    for (const [i, checksum] of checksums.entries()) {
      const phase = speedsMps.subarray(ends[i], ends[i + 1]);
      expect(phase.reduce((sum, speed) => sum + speed * 3.6, 0)).toBeCloseTo(checksum, 6);
    }
  });

  it('makes FTP-75 of the UDDS, ten minutes with the engine off, and its first 505 s', () => {
    const [ftp, udds] = [cycleOf('ftp-75'), cycleOf('udds')];
    expect(ftp.soak).toEqual({ fromS: 1369, toS: 1969 });
    expect(ftp.speedsMps.subarray(0, 1370)).toEqual(udds.speedsMps);
    expect(ftp.speedsMps.subarray(1969)).toEqual(udds.speedsMps.subarray(0, 506));
    expect(ftp.speedsMps.subarray(1369, 1970).every((speed) => speed === 0)).toBe(true);
  });

  it('knows its own names and no others', () => {
    expect(isCycleName('wltc')).toBe(true);
    expect(isCycleName('nedc')).toBe(false);
  });
});
