import type { WallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { forecast, stepStreak, streakPoints, weekOf } from './week.ts';

const at = (text: string): WallNs => (BigInt(Date.parse(text)) * 1_000_000n) as WallNs;

describe("DIMO's weeks", () => {
  it('begin on Mondays at 05:00 UTC, the first on 2022-01-31', () => {
    expect(weekOf(at('2022-01-31T05:00:00Z')).number).toBe(0);
    expect(weekOf(at('2022-01-31T04:59:59Z')).number).toBe(-1);
    expect(weekOf(at('2026-11-16T05:00:00Z')).number).toBe(250);
    expect(weekOf(at('2026-11-16T04:59:59Z')).number).toBe(249);
  });

  it.each([
    [21, 5, false, 4, 6, 1_000],
    [22, 2, false, 4, 3, 1_000],
    [3, 0, true, 4, 0, 1_000],
    [20, 0, true, 21, 0, 2_000],
    [35, 0, true, 36, 0, 3_000],
    [40, 2, false, 21, 3, 2_000],
    [21, 1, false, 21, 2, 2_000],
    [2, 2, false, 0, 3, 0],
    [4, 5, false, 0, 6, 0],
    [10, 4, true, 11, 0, 1_000],
  ])(
    '%i active and %i inactive, then %s, are %i and %i with %i points',
    (c, d, active, after, missed, points) => {
      const next = stepStreak({ connected: c, disconnected: d }, active);
      expect(next).toEqual({ connected: after, disconnected: missed });
      expect(streakPoints(next)).toBe(points);
    },
  );

  it('are forecast in words: qualified, or hours left and what is lost', () => {
    const now = at('2026-11-21T22:00:00Z');
    const before = { connected: 20, disconnected: 1 };
    expect(forecast(now, at('2026-11-16T05:00:00Z'), before)).toMatchObject({
      week: 250,
      qualified: true,
      points: 2_000,
      words: 'Qualified for week 250.',
    });
    expect(forecast(now, at('2026-11-16T04:59:59Z'), before)).toMatchObject({
      qualified: false,
      hoursLeft: 31,
      streak: { connected: 20, disconnected: 2 },
      words: '31 h left to qualify for week 250, else it is the 2nd inactive week.',
    });
    expect(forecast(now, undefined, { connected: 4, disconnected: 2 }).points).toBe(0);
  });
});
