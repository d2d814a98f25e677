import { manualClock } from '@outpost/schemas/testing';
import {
  type Clock,
  type DeviceName,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type OrderId,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { type Adapter, newTally } from '../adapter.ts';
import { defineAdapter } from '../define-adapter.ts';
import { type DeviceEvent, readDevice } from '../device.ts';
import { createOrderDesk } from '../order-desk.ts';
import type { Port, PortScheme } from '../port.ts';
import type { DeviceStatus, Remembered } from '../session.ts';
import { letters, sorter } from './letters.ts';
import { type MemoryPort, memoryPort } from './memory-port.ts';

/** Why it cannot be opened while it is not plugged in. */
export const absent: Fault = fault('unreachable', 'toy.absent', 'toy://1', 'no such device.');

const adapter = defineAdapter({
  name: 'sorter',
  check: (options) =>
    options === 'wrong' ? fail(fault('misconfigured', 'sorter.options', 'options', 'wrong.')) : ok(undefined),
  codec: letters,
  session: () => sorter,
});

const STEP_MS = 50;

/** What a test sets of it. */
export interface DeviceBenchParts {
  readonly by?: Adapter;
  readonly remembered?: Remembered;
  readonly options?: unknown;
  readonly address?: string;
  /** Whether the device is there from the start. */
  readonly plugged?: boolean;
}

/** The addresses of a port that is there while it is plugged in. */
const toyScheme = (clock: Clock, attempted: () => void, isPlugged: boolean) => {
  let away: Fault | undefined = isPlugged ? undefined : absent;
  let memory: MemoryPort | undefined;
  const scheme: PortScheme = {
    scheme: 'toy',
    example: 'toy://1',
    check: () => ok(undefined),
    open: (_, context): Promise<Result<Port>> => {
      attempted();
      if (away !== undefined) return Promise.resolve(fail(away));
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
  return {
    scheme,
    plug: (why?: Fault): void => {
      away = why;
    },
    /** Of the last connection. */
    memory: (): MemoryPort => {
      if (memory === undefined) throw new Error('not plugged in');
      return memory;
    },
  };
};

/** A device at `toy://1` that is plugged in and pulled by the test. */
export const deviceBench = (parts: DeviceBenchParts = {}) => {
  const { by = adapter, remembered, options, address = 'toy://1', plugged: there = false } = parts;
  const clock = manualClock();
  const stop = new AbortController();
  const tally = newTally();
  const statuses: DeviceStatus[] = [];
  const attempts: number[] = [];
  const start = clock.mono();
  const toy = toyScheme(clock, () => attempts.push(elapsedMs(start, clock.mono())), there);
  const events: (DeviceEvent & { readonly atMs: number })[] = [];
  const outcomes: string[] = [];
  const happened: string[] = [];
  const desk = createOrderDesk((outcome) =>
    outcomes.push(`${outcome.id} ${outcome.kind === 'done' ? 'done' : outcome.code}`),
  );
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
    orders: desk,
    happened: ({ words }) => happened.push(words),
    schemes: [toy.scheme],
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
    outcomes,
    happened,
    give: (id: string, kind: 'restart' | 'approve' = 'restart') =>
      desk.give(
        kind === 'restart'
          ? { id: id as OrderId, kind }
          : { id: id as OrderId, kind, gateway: '0016c001f0000001' },
      ),
    kinds: () => events.map(({ kind }) => kind),
    plug: toy.plug,
    memory: toy.memory,
  };
};
