import { manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { createDepartures, DEPARTURE_EVERY_MS, DEPARTURES_AT_ONCE } from './departures.ts';

const NEVER = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const rig = () => {
  const clock = manualClock();
  const failures: unknown[] = [];
  const left: string[] = [];
  const departures = createDepartures(clock, (error) => void failures.push(error));
  const join = (name: string, signal = NEVER): void => departures.join(() => void left.push(name), signal);
  return { clock, departures, failures, left, join };
};

describe('departures', () => {
  it('take what comes in one turn of the event loop, at once, in its order', async () => {
    const { left, join } = rig();
    join('a');
    join('b');
    expect(left).toEqual([]);
    await turn();
    expect(left).toEqual(['a', 'b']);
  });

  it('are at a distance after so many at once, and take together what waits', async () => {
    const { clock, left, join } = rig();
    for (let at = 0; at <= DEPARTURES_AT_ONCE; at += 1) {
      join(`${at}`);
      await turn();
    }
    expect(left).toHaveLength(DEPARTURES_AT_ONCE + 1);
    join('late');
    await turn();
    join('later');
    await clock.advance(DEPARTURE_EVERY_MS - 1);
    expect(left).toHaveLength(DEPARTURES_AT_ONCE + 1);
    await clock.advance(1);
    expect(left.slice(-2)).toEqual(['late', 'later']);
    await clock.advance(DEPARTURES_AT_ONCE * DEPARTURE_EVERY_MS);
    join('rested');
    await turn();
    expect(left.at(-1)).toBe('rested');
  });

  it('tell of a Bug in one and go on with the rest', async () => {
    const { departures, failures, left, join } = rig();
    departures.join(() => {
      throw new Error('broken');
    }, NEVER);
    join('after');
    await turn();
    expect(left).toEqual(['after']);
    expect(failures).toEqual([new Error('broken')]);
  });

  it('end with their signal, and begin again with another', async () => {
    const { clock, left, join } = rig();
    for (let at = 0; at <= DEPARTURES_AT_ONCE; at += 1) {
      join('x');
      await turn();
    }
    const ending = new AbortController();
    join('never', ending.signal);
    ending.abort(new Error('it is over'));
    await clock.advance(DEPARTURE_EVERY_MS);
    join('again');
    await turn();
    await clock.advance(DEPARTURE_EVERY_MS);
    expect(left).not.toContain('never');
    expect(left.at(-1)).toBe('again');
  });
});
