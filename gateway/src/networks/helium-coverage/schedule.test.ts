import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBeaconS } from './schedule.ts';

const INTERVAL_S = 21_600;
const START_S = 78_703 * INTERVAL_S;
const intervalOf = (s: number): number => Math.floor(s / INTERVAL_S);

describe('the schedule of beacons', () => {
  it('gives one in each interval, never in the past, never in one that has one, and never at its very end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 * INTERVAL_S }),
        fc.option(fc.integer({ min: -INTERVAL_S, max: 3 * INTERVAL_S }), { nil: undefined }),
        fc.integer({ min: 0, max: INTERVAL_S }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (now, last, ahead, drawn) => {
          const nowS = START_S + now;
          const lastS = last === undefined ? undefined : START_S + Math.min(last, now);
          const due = nextBeaconS(nowS, lastS, nowS + ahead, () => drawn);
          expect(due).toBeGreaterThanOrEqual(nowS);
          expect(intervalOf(due) - intervalOf(nowS)).toBeLessThanOrEqual(1);
          if (lastS !== undefined) expect(intervalOf(due)).toBeGreaterThan(intervalOf(lastS));
          expect(due % INTERVAL_S).toBeLessThan(INTERVAL_S - 30);
        },
      ),
    );
  });

  it('uses the interval that runs where there is room, and the whole of the next', () => {
    expect(nextBeaconS(START_S, undefined, 0, () => 0)).toBe(START_S);
    expect(nextBeaconS(START_S + 100, START_S + 50, 0, () => 0)).toBe(START_S + INTERVAL_S);
    expect(nextBeaconS(START_S, START_S, 0, () => 0.9999999)).toBe(START_S + 2 * INTERVAL_S - 31);
    expect(nextBeaconS(START_S + INTERVAL_S - 20, undefined, 0, () => 0)).toBe(START_S + INTERVAL_S);
    expect(nextBeaconS(START_S, undefined, START_S + 600, () => 0)).toBe(START_S + 600);
  });
});
