import { describe, expect, it } from 'vitest';
import { isGood as isSpared, parkedRound } from './parked.ts';
import { isGood, tripRound, tripsReport } from './trips.ts';

describe('the soak of trips', () => {
  it('finds one trip where one was driven, from the start of the engine to its end', () => {
    const poll = [
      { pid: '0D', everyMs: 1_000 },
      { pid: '0C', everyMs: 5_000 },
      { pid: '1F', everyMs: 5_000 },
    ];
    const round = tripRound('wltc', 5, { cycle: 'us06', options: { poll } });
    expect(isGood(round)).toBe(true);
    expect(round.startedBy).toBe('run-time');
  });

  it('tells a split, a late and a short trip from a good one', () => {
    const good = {
      seed: 1,
      trips: 1,
      startErrorS: 3,
      endErrorS: -9,
      distanceErrorShare: 0.002,
      startedBy: 'engine',
      endedBy: 'silence',
    };
    const bad = [
      { trips: 2 },
      { trips: 0 },
      { startErrorS: -11 },
      { endErrorS: 131 },
      { distanceErrorShare: 0.02 },
    ];
    expect(tripsReport([good]).missed).toEqual([]);
    for (const change of bad) expect(tripsReport([{ ...good, ...change }]).missed).toEqual([1]);
  });
});

describe('the soak of parked cars', () => {
  it('explains every request to a car that answers in its sleep', () => {
    const round = parkedRound({ vehicle: 'electric', day: 'visited', seed: 1 }, 0.3);
    expect(isSpared(round)).toBe(true);
    expect(round.requests).toBeGreaterThan(0);
    expect(round.blind).toBeGreaterThanOrEqual(1);
  });

  it('sees nothing asked of a flat battery after five minutes', () => {
    const round = parkedRound({ vehicle: 'petrol-manual', day: 'flat', seed: 1 }, 0.3);
    expect([isSpared(round), round.blind]).toEqual([true, 0]);
    expect(round.leastMillivolts).toBeLessThan(12_200);
  });
});
