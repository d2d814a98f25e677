import { getEventListeners } from 'node:events';
import { fault, ok } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { defineAdapter } from './define-adapter.ts';
import type { DeviceStatus, Remembered } from './session.ts';
import { undecided } from './tally.ts';
import { absent, deviceBench as bench } from './testing/device-bench.ts';
import { letters } from './testing/letters.ts';
import { hungUp } from './testing/memory-port.ts';

/** Asks for something else to be kept each time it begins. */
const forgetful = (seen: (Remembered | undefined)[]) =>
  defineAdapter({
    name: 'forgetful',
    check: () => ok(undefined),
    codec: letters,
    session: (_, remembered) => {
      seen.push(remembered);
      const status: DeviceStatus = { phase: 'x', words: 'x.', facts: {}, keep: `text ${seen.length}` };
      const nothing = { commands: [], said: [], fates: [], whenKept: [], silenceAfterMs: undefined };
      return { initial: 0, step: (state: number) => ({ ...nothing, state, status }) };
    },
  });

describe('a device', () => {
  it('is looked for after 0.25 s, then twice as long up to 5 s, and told about once', async () => {
    const { pass, attempts, statuses, events } = bench();
    await pass(20_000);
    expect(attempts).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750]);
    expect(events).toEqual([]);
    expect(statuses).toEqual([
      { phase: 'away', words: 'toy://1: no such device.', facts: { code: 'toy.absent', attempts: 1 } },
    ]);
  });

  it('tells its owner again when the reason changes', async () => {
    const { pass, statuses, plug } = bench();
    await pass(500);
    plug(fault('unreachable', 'toy.permission', 'toy://1', 'permission denied.'));
    await pass(5_000);
    expect(statuses.map(({ facts }) => facts['code'])).toEqual(['toy.absent', 'toy.permission']);
  });

  it('connects, is read, goes, and comes back: one event each', async () => {
    const { pass, events, kinds, plug, memory, tally, statuses } = bench({ plugged: true });
    await pass(10);
    memory().say('o1\n');
    await pass(10_000);
    plug(absent);
    memory().hangUp();
    memory().hangUp(absent);
    await pass(600);
    expect(kinds()).toEqual(['connected', 'observed', 'disconnected']);
    expect(events.at(-1)).toMatchObject({ kind: 'disconnected', where: 'toy://1', fault: hungUp });
    plug(undefined);
    await pass(1_000);
    memory().say('o2\n');
    await pass(1);
    expect(kinds()).toEqual(['connected', 'observed', 'disconnected', 'connected', 'observed']);
    expect([tally.connects, tally.disconnects]).toEqual([2, 1]);
    expect(statuses.map(({ phase }) => phase)).toEqual(['connected', 'away', 'away', 'connected']);
    expect(statuses[0]?.words).toBe('toy://1: connected. It is a toy.');
    expect(events[0]).toMatchObject({ remark: 'It is a toy.' });
  });

  it('gives each connection what the last one asked to keep, and how long ago that was', async () => {
    const seen: (Remembered | undefined)[] = [];
    const kept = { text: 'from an earlier run', agedMs: 60_000 };
    const { pass, plug, memory } = bench({ by: forgetful(seen), remembered: kept, plugged: true });
    await pass(1_000);
    plug(absent);
    memory().hangUp();
    await pass(600);
    plug(undefined);
    await pass(1_000);
    expect(seen).toEqual([kept, { text: 'text 1', agedMs: expect.closeTo(1_750, -2.5) }]);
  });

  it('starts again from the shortest wait after a connection that held, and not after one that did not', async () => {
    const held = bench({ plugged: true });
    await held.pass(6_000);
    held.memory().hangUp();
    await held.pass(250);
    expect(held.attempts).toEqual([0, 6_250]);

    const flapping = bench({ plugged: true });
    for (let i = 0; i < 20; i += 1) {
      await flapping.pass(1_000);
      flapping.memory().hangUp();
    }
    await flapping.pass(0);
    expect(flapping.attempts.length).toBeLessThan(10);
    expect(flapping.tally.disconnects).toBe(flapping.tally.connects);
    expect(getEventListeners(flapping.stop.signal, 'abort').length).toBe(1);
  });

  it('loses its port at the very moment of connecting, and has one event each all the same', async () => {
    const { pass, kinds, plug, memory } = bench({ plugged: true });
    await pass(0);
    memory().hangUp();
    plug(absent);
    await pass(100);
    expect(kinds()).toEqual(['connected', 'disconnected']);
  });

  it('ends for good where the configuration is wrong, before anything is opened', async () => {
    expect(await bench({ options: 'wrong' }).ended).toMatchObject({ code: 'sorter.options' });
    expect(await bench({ address: 'mqtt://1' }).ended).toMatchObject({
      kind: 'misconfigured',
      code: 'port.address',
    });
  });

  it('ends for good where the port says that trying again is useless', async () => {
    const gone = fault('misconfigured', 'toy.none', 'toy://1', 'is no device.');
    const { pass, plug, ended, attempts } = bench();
    await pass(100);
    plug(gone);
    await pass(1_000);
    expect(await ended).toBe(gone);
    expect(attempts.length).toBe(2);
  });

  it('ends with a recording, after its disconnection was told', async () => {
    const over = fault('refused', 'replay.ended', 'toy://1', 'played to its end.');
    const { pass, ended, memory, kinds } = bench({ plugged: true });
    await pass(1);
    memory().say('o1\n');
    memory().hangUp(over);
    expect(await ended).toBe(over);
    expect(kinds()).toEqual(['connected', 'observed', 'disconnected']);
  });

  it('stops with the reason of an abort, while waiting and while connected, and leaves nothing running', async () => {
    const reason = new Error('enough');
    const waiting = bench();
    await waiting.pass(300);
    waiting.stop.abort(reason);
    await expect(waiting.ended).rejects.toBe(reason);

    const connected = bench({ plugged: true });
    await connected.pass(300);
    connected.stop.abort(reason);
    await expect(connected.ended).rejects.toBe(reason);
    expect([connected.clock.sleeping, waiting.clock.sleeping]).toEqual([0, 0]);
    expect(connected.tally.disconnects).toBe(1);
  });

  it('lets a Bug through and closes its port', async () => {
    const { pass, ended, memory, events, tally } = bench({ plugged: true });
    await pass(0);
    const { port, say } = memory();
    say('o1\n');
    await pass(0);
    Object.defineProperty(port, 'write', { value: () => Promise.reject(new Error('impossible')) });
    const last = events.at(-1);
    if (last?.kind !== 'observed') throw new Error('nothing was observed');
    last.observed.kept();
    await expect(ended).rejects.toThrow('impossible');
    expect((await port.closed).code).toBe('port.closed');
    expect(tally.disconnects).toBe(1);
    expect(undecided(tally)).toBe(0);
  });
});
