import { setMaxListeners } from 'node:events';
import { manualClock } from '@outpost/schemas/testing';
import { fault } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createService, WAIT_MS_MAX } from './service.ts';

const WHY = fault('unreachable', 'helium.gone', 'ingest:1', 'connect ECONNREFUSED.');
const NEVER = new AbortController().signal;

const open = () => {
  const clock = manualClock();
  const changes: string[] = [];
  const service = createService({
    ...{ clock, name: 'ingest', host: 'ingest:1' },
    random: () => 1,
    changed: () => void changes.push(service.words ?? 'there'),
  });
  return { clock, service, changes };
};

/** So many who ask whenever they may, and find it gone. */
const asking = (service: ReturnType<typeof createService>, count: number, signal: AbortSignal) => {
  const asked = { times: 0 };
  for (let who = 0; who < count; who += 1) {
    const ask = async (): Promise<void> => {
      for (;;) {
        await service.turn(signal);
        asked.times += 1;
        service.gone(WHY);
      }
    };
    ask().catch(() => undefined);
  }
  return asked;
};

describe('a service', () => {
  it('that is there may be asked by everybody at once', async () => {
    const { service } = open();
    await Promise.all([service.turn(NEVER), service.turn(NEVER)]);
    expect([service.mayAsk, service.away, service.words]).toEqual([true, undefined, undefined]);
  });

  it('that is gone is asked once for all, ever more rarely, and at most every half an hour', async () => {
    const { clock, service, changes } = open();
    service.gone(WHY);
    const ending = new AbortController();
    setMaxListeners(128, ending.signal);
    const asked = asking(service, 64, ending.signal);
    const times: number[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      await clock.advance(3_600_000);
      times.push(asked.times);
    }
    // 5, 10, 20 … 1,280 s, then every 1,800 s.
    expect(times[0]).toBe(9);
    expect(times.slice(1).every((each, i) => each - (times[i] ?? 0) === 2)).toBe(true);
    expect(changes).toEqual([
      'the ingest service at ingest:1 is not there since 2023-11-14T22:13:20Z (connect ECONNREFUSED)',
    ]);
    ending.abort(new Error('the test is over'));
  });

  it('that is back is there for everybody, and the next time away begins with short waits again', async () => {
    const { clock, service, changes } = open();
    service.gone(WHY);
    await clock.advance(WAIT_MS_MAX);
    const [first, second] = [service.turn(NEVER), service.turn(NEVER)];
    await first;
    expect(service.mayAsk).toBe(false);
    service.here();
    await second;
    expect(changes.at(-1)).toBe('there');
    service.gone(WHY);
    await clock.advance(5_000);
    expect(service.mayAsk).toBe(true);
  });

  it('that everybody loses at once has failed once', async () => {
    const { clock, service } = open();
    for (let times = 0; times < 64; times += 1) service.gone(WHY);
    await clock.advance(5_000);
    expect(service.mayAsk).toBe(true);
  });

  it('is asked by another where whoever asked for all has stopped', async () => {
    const { clock, service } = open();
    service.gone(WHY);
    await clock.advance(WAIT_MS_MAX);
    const stopping = new AbortController();
    await service.turn(stopping.signal);
    stopping.abort(new Error('stopped'));
    await service.turn(NEVER);
    expect(service.mayAsk).toBe(false);
  });

  it('keeps nobody who stops', async () => {
    const { service } = open();
    service.gone(WHY);
    const stopping = new AbortController();
    const waiting = service.turn(stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });
});
