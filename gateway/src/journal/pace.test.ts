import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { newPace, type Pace, QUICK_MS, REST_SHARE, TRUST_AFTER } from './pace.ts';

const QUICK = QUICK_MS / 10;
let clock: ManualClock;

beforeEach(() => {
  clock = manualClock();
});

const take = async (pace: Pace, times: number, ms: number): Promise<void> => {
  for (let i = 0; i < times; i += 1) await pace.timed(pace.isQuick, () => clock.advance(ms));
};

/** Slow syncs that were waited for on the loop, among `count` of which each `slowEvery`th is slow. */
const heldUp = async (pace: Pace, count: number, slowEvery: number): Promise<number> => {
  let held = 0;
  for (let i = 1; i <= count; i += 1) {
    const isSlow = i % slowEvery === 0;
    if (isSlow && pace.isQuick) held += 1;
    await take(pace, 1, isSlow ? 40 : QUICK);
  }
  return held;
};

describe('the pace of a disk', () => {
  it('is quick after 64 quick syncs in a row, and never on a card', async () => {
    const pace = newPace(clock);
    await take(pace, TRUST_AFTER - 1, QUICK);
    expect(pace.isQuick).toBe(false);
    await take(pace, 1, QUICK);
    expect(pace.isQuick).toBe(true);
    const card = newPace(clock);
    await take(card, 1_000, QUICK_MS);
    expect(card.isQuick).toBe(false);
  });

  it('is not quick after a slow sync until a hundred times as long has passed', async () => {
    const pace = newPace(clock);
    await take(pace, 10 * TRUST_AFTER, QUICK);
    await take(pace, 1, 40);
    expect(pace.isQuick).toBe(false);
    await take(pace, TRUST_AFTER, QUICK);
    await clock.advance(40 * REST_SHARE - TRUST_AFTER * QUICK - 1);
    expect(pace.isQuick).toBe(false);
    await clock.advance(1);
    expect(pace.isQuick).toBe(true);
  });

  it('is not quick either before 64 quick syncs after two slow ones', async () => {
    const pace = newPace(clock);
    await take(pace, 10 * TRUST_AFTER, QUICK);
    await take(pace, 2, 40);
    await clock.advance(40 * REST_SHARE);
    await take(pace, TRUST_AFTER - 1, QUICK);
    expect(pace.isQuick).toBe(false);
    await take(pace, 1, QUICK);
    expect(pace.isQuick).toBe(true);
  });

  it('holds the loop up once where a slow sync comes again and again within that time', async () => {
    expect(await heldUp(newPace(clock), 5_000, 500)).toBe(1);
  });

  it('never holds the loop up where each fiftieth sync is slow', async () => {
    expect(await heldUp(newPace(clock), 5_000, 50)).toBe(0);
  });

  it('leaves a turn to everything else once the syncs on the loop have taken a millisecond', async () => {
    const pace = newPace(clock);
    await take(pace, TRUST_AFTER, QUICK);
    let turns = 0;
    const other = setImmediate(() => {
      turns += 1;
    });
    await take(pace, 4, QUICK);
    expect(turns).toBe(0);
    await take(pace, 2, QUICK);
    expect(turns).toBe(1);
    clearImmediate(other);
  });

  it('is never quick without a clock', async () => {
    const pace = newPace(undefined);
    for (let i = 0; i < 1_000; i += 1) await pace.timed(false, () => undefined);
    expect(pace.isQuick).toBe(false);
  });
});
