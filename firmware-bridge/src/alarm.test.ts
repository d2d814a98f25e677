import { manualClock } from '@outpost/schemas/testing';
import { type Clock, monoAfterMs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createAlarm } from './alarm.ts';

const bench = () => {
  const manual = manualClock();
  let sleeps = 0;
  const clock = {
    ...manual,
    get sleeping() {
      return manual.sleeping;
    },
    sleep: (ms: number, signal: AbortSignal) => {
      sleeps += 1;
      return manual.sleep(ms, signal);
    },
  };
  const stop = new AbortController();
  const rung: number[] = [];
  const start = clock.mono();
  const alarm = createAlarm(clock, stop.signal, () => {
    if (alarm.due) rung.push(Number(clock.mono() - start) / 1e6);
  });
  const at = (ms: number) => monoAfterMs(start, ms);
  return { clock, stop, rung, alarm, at, sleeps: () => sleeps };
};

describe('an alarm', () => {
  it('rings once when its time has come', async () => {
    const { clock, rung, alarm, at } = bench();
    alarm.set(at(50));
    await clock.advance(49.9);
    expect([rung, alarm.due]).toEqual([[], false]);
    await clock.advance(1_000);
    expect([rung, alarm.due]).toEqual([[50], true]);
  });

  it('follows a deadline that moves away with a single sleep under way and few of them in all', async () => {
    const { clock, rung, alarm, at, sleeps } = bench();
    for (let ms = 0; ms < 1_000; ms += 10) {
      alarm.set(at(ms + 100));
      expect(clock.sleeping).toBe(1);
      await clock.advance(10);
    }
    expect(rung).toEqual([]);
    expect(sleeps()).toBeLessThan(15);
    await clock.advance(1_000);
    expect(rung).toEqual([1_090]);
  });

  it('follows a deadline that comes nearer', async () => {
    const { clock, rung, alarm, at } = bench();
    alarm.set(at(1_000));
    alarm.set(at(20));
    await clock.advance(30);
    expect(rung).toEqual([20]);
  });

  it('is silent after being switched off, and wakes nobody after stopping', async () => {
    const { clock, rung, alarm, at } = bench();
    alarm.set(at(10));
    alarm.set(undefined);
    await clock.advance(100);
    alarm.set(at(200));
    alarm.stop();
    await clock.advance(1_000);
    expect(rung).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  it('ends with its signal', async () => {
    const { clock, stop, rung, alarm, at } = bench();
    alarm.set(at(10));
    stop.abort();
    alarm.set(at(5));
    await clock.advance(100);
    expect(rung).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  it('gives the event loop one turn where it woke far too late, so that waiting bytes come first', async () => {
    const manual = manualClock();
    let blockedMs = 30;
    /** The first sleep ends late, as after a blocked event loop. */
    const clock: Clock = {
      ...manual,
      sleep: (ms, signal) => {
        const late = blockedMs;
        blockedMs = 0;
        return manual.sleep(ms + late, signal);
      },
    };
    const rung: bigint[] = [];
    const start = clock.mono();
    const alarm = createAlarm(clock, new AbortController().signal, () => rung.push(clock.mono() - start));
    alarm.set(monoAfterMs(start, 10));
    await manual.advance(40);
    expect(rung).toEqual([]);
    await manual.advance(1);
    expect(rung).toEqual([41_000_000n]);
  });

  it('takes a deadline beyond what a timer can count', async () => {
    const { clock, rung, alarm, at } = bench();
    alarm.set(at(2 ** 32));
    await clock.advance(2 ** 32 - 1);
    expect(rung).toEqual([]);
    await clock.advance(1);
    expect(rung).toEqual([2 ** 32]);
  });
});
