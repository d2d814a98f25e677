import { getEventListeners } from 'node:events';
import { manualClock } from '@outpost/schemas/testing';
import { type DeviceName, elapsedMs, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type Adapter, newTally } from './adapter.ts';
import { defineAdapter } from './define-adapter.ts';
import { type DeviceEvent, readDevice } from './device.ts';
import type { Port, PortScheme } from './port.ts';
import type { DeviceStatus, Remembered } from './session.ts';
import { undecided } from './tally.ts';
import { letters, sorter } from './testing/letters.ts';
import { hungUp, type MemoryPort, memoryPort } from './testing/memory-port.ts';

const absent: Fault = fault('unreachable', 'toy.absent', 'toy://1', 'no such device.');

const adapter = defineAdapter({
  name: 'sorter',
  check: (options) =>
    options === 'wrong' ? fail(fault('misconfigured', 'sorter.options', 'options', 'wrong.')) : ok(undefined),
  codec: letters,
  session: () => sorter,
});

const STEP_MS = 50;

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

interface BenchParts {
  readonly by?: Adapter;
  readonly remembered?: Remembered;
  readonly options?: unknown;
  readonly address?: string;
  /** Whether the device is there from the start. */
  readonly plugged?: boolean;
}

/** A device at `toy://1` that is plugged in and pulled by the test. */
const bench = (parts: BenchParts = {}) => {
  const { by = adapter, remembered, options, address = 'toy://1', plugged: there = false } = parts;
  const clock = manualClock();
  const stop = new AbortController();
  const tally = newTally();
  const statuses: DeviceStatus[] = [];
  const attempts: number[] = [];
  const start = clock.mono();
  let plugged: Fault | undefined = there ? undefined : absent;
  let memory: MemoryPort | undefined;
  const toy: PortScheme = {
    scheme: 'toy',
    example: 'toy://1',
    check: () => ok(undefined),
    open: (_, context): Promise<Result<Port>> => {
      attempts.push(elapsedMs(start, clock.mono()));
      if (plugged !== undefined) return Promise.resolve(fail(plugged));
      memory = memoryPort({
        clock,
        signal: context.signal,
        where: 'toy://1',
        remark: 'It is a toy.',
        count: (what, times) => context.count?.(what, times),
      });
      return Promise.resolve(ok(memory.port));
    },
  };
  const events: (DeviceEvent & { readonly atMs: number })[] = [];
  const device = readDevice({
    adapter: by,
    remembered,
    address,
    options,
    device: 'toy' as DeviceName,
    clock,
    signal: stop.signal,
    tally,
    report: (status) => statuses.push(status),
    schemes: [toy],
  });
  const ended = (async () => {
    for (;;) {
      const next = await device.next();
      if (next.done === true) return next.value;
      events.push({ ...next.value, atMs: elapsedMs(start, clock.mono()) });
    }
  })();
  ended.catch(() => undefined);
  /** Moves the clock on in small steps, and lets everything that waits for nothing else have its turn. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; ; left -= STEP_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      if (left <= 0) return;
      await clock.advance(Math.min(left, STEP_MS));
    }
  };
  return {
    clock,
    pass,
    stop,
    tally,
    statuses,
    attempts,
    events,
    ended,
    kinds: () => events.map(({ kind }) => kind),
    plug: (why?: Fault) => {
      plugged = why;
    },
    memory: (): MemoryPort => {
      if (memory === undefined) throw new Error('not plugged in');
      return memory;
    },
  };
};

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

  it('counts what its ports lose by themselves, over all of its connections', async () => {
    const { pass, memory, tally } = bench({ plugged: true });
    await pass(0);
    memory().lose('kernel-dropped', 3);
    memory().hangUp();
    await pass(300);
    memory().lose('kernel-dropped', 2);
    memory().lose('unsent', 1);
    expect([...tally.port]).toEqual([
      ['kernel-dropped', 5],
      ['unsent', 1],
    ]);
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
