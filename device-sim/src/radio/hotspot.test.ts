import { distanceM } from '@outpost/schemas/privacy';
import { wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { bootOf, clockOf, counterOf, toldPlace } from './hotspot.ts';
import { placeOf } from './motion.ts';
import { plainHotspot } from './testing.ts';

const START = wallNs(1_790_000_000_000_000_000n);
const minutes = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => 1e9 + i * 60e6);

const errorUs = (hotspot: ReturnType<typeof plainHotspot>, nowUs: number): number =>
  Math.abs(Number(clockOf(hotspot, START, nowUs).wall - START) / 1_000 - nowUs);

describe('a hotspot’s clock', () => {
  it('is as good as it says', () => {
    for (const nowUs of minutes(500)) {
      const gnss = plainHotspot();
      expect(clockOf(gnss, START, nowUs).trust).toBe('gnss');
      expect(errorUs(gnss, nowUs)).toBeLessThan(1_000);
      const ntp = plainHotspot({ knowledge: 'ntp' });
      expect(clockOf(ntp, START, nowUs).trust).toBe('ntp');
      expect(errorUs(ntp, nowUs)).toBeLessThan(500_000);
    }
    expect(clockOf(plainHotspot({ knowledge: 'none' }), START, 1e9).trust).toBe('none');
  });

  it('loses its satellites for minutes, as often as its site makes it', () => {
    const site = plainHotspot({ gnssLostShare: 0.4 });
    const lost = minutes(4_000).filter((nowUs) => clockOf(site, START, nowUs).trust === 'ntp').length;
    expect(lost / 4_000).toBeGreaterThan(0.3);
    expect(lost / 4_000).toBeLessThan(0.5);
  });

  it('begins anew with each start: counter at 0, and a time that nobody vouches for', () => {
    const boots = plainHotspot({ bootEveryS: 3_600 });
    const boot = bootOf(boots, 1e11);
    expect(boot).toBeLessThanOrEqual(1e11);
    expect(counterOf(boots, boot + 5e6)).toBe(5_000_000);
    expect(counterOf(boots, boot - 1)).toBeGreaterThan(60_000_000);
    expect(clockOf(boots, START, boot + 30e6).trust).toBe('none');
    expect(clockOf(boots, START, boot + 70e6).trust).toBe('ntp');
  });
});

describe('a hotspot’s place', () => {
  it('is told as it was at the last status', () => {
    const car = plainHotspot({ motion: { radiusM: 4_000, legS: 400 } });
    const [atStatus, later] = [300e6, 329e6];
    expect(toldPlace(car, later)).toEqual(toldPlace(car, atStatus));
    const told = toldPlace(car, later);
    if (told === undefined) throw new Error('it sees satellites');
    expect(distanceM(told, placeOf(car, atStatus))).toBeLessThan(1);
    expect(distanceM(told, placeOf(car, later))).toBeGreaterThan(20);
  });

  it('is its owner’s word without satellites, and nobody’s where it drives', () => {
    const fixed = plainHotspot({ knowledge: 'ntp', placeErrorM: 20 });
    const told = toldPlace(fixed, 1e9);
    if (told === undefined) throw new Error('its owner says');
    expect(distanceM(told, fixed.home)).toBeLessThan(120);
    expect(toldPlace(fixed, 9e9)).toEqual(told);
    const car = plainHotspot({ knowledge: 'ntp', motion: { radiusM: 4_000, legS: 400 } });
    expect(toldPlace(car, 1e9)).toBeUndefined();
    expect(toldPlace(plainHotspot({ knowledge: 'none' }), 1e9)).toBeUndefined();
  });
});
