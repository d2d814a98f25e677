import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { parseConfig } from '@outpost/schemas/config';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type Body, type DeviceName, ok, type TimeTrust } from '@outpost/schemas/words';
import { openLog } from '../log.ts';
import { openRecorder, type Recorder } from '../record/recorder.ts';
import { newRecordTally } from '../record/tally.ts';
import { newStoreTally, type StoreTally } from '../store/tally.ts';
import { type MemoryInflux, memoryInflux } from '../store/testing/memory-influx.ts';
import { newTaskState, supervise, type TaskState } from '../supervise.ts';
import { type Opened, openParts } from './open.ts';
import { newDoubts, runStoreTask, storeDied } from './store.ts';
import type { StoreContext } from './store-target.ts';

/** Real time for what really goes to a disk, in one step of `until`. */
/** As long as a commit may wait. */
const STOP_STEP_MS = 1_000;
const STEP_REAL_MS = 1;
const STEPS_MAX = 10_000;
const NEVER = new AbortController().signal;

export interface TestBox extends AsyncDisposable {
  readonly directory: string;
  readonly clock: ManualClock;
  readonly opened: Opened;
  readonly influx: MemoryInflux;
  readonly storeTally: StoreTally;
  readonly store: TaskState;
  /** How far the wall clock is believed from now on. */
  trust: TimeTrust;
  readonly recorder: Recorder;
  /** The device `car` says one number now. */
  say(mantissa: number): Promise<void>;
  /** Lets time pass in steps of `stepMs` until it is so. */
  until(what: string, isSo: () => boolean, stepMs?: number): Promise<void>;
  /** Ends attest and store and closes the journal; the directory stays. */
  stop(): Promise<void>;
}

/** Runs attest and store, the store under supervision as in the real program. */
const follow = (
  context: StoreContext,
  { journal, attest }: Opened,
  influx: MemoryInflux,
  tally: StoreTally,
  state: TaskState,
  signal: AbortSignal,
): readonly Promise<void>[] => {
  const { clock, log } = context;
  const prepare = async () => ok({ raw: 'raw', rollups: false, created: false, notes: [] });
  const target = { influx, url: 'memory:', words: '', prepare, influxd: undefined };
  const doubts = newDoubts();
  const store = {
    run: (asked: AbortSignal) =>
      runStoreTask({ context, target, journal, tally, doubts, selfPoints: () => [] }, asked),
    died: async () => storeDied(doubts, tally),
  };
  const supervision = { clock, log, signal, backoffMs: 100, backoffMsMax: 100 };
  return [attest.run(signal), supervise(state, store, supervision)].map((loop) =>
    loop.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
  );
};

/**
 * A gateway's own parts (journal, keys, recorder, attest, store) on a real directory, with a clock that a test drives,
 * an InfluxDB in memory, and the test in the place of the device.
 */
export const openTestBox = async (directory: string, clock: ManualClock): Promise<TestBox> => {
  const parsed = parseConfig(
    {
      dataDirectory: directory,
      keyKind: 'demo',
      devices: [{ name: 'car', adapter: 'elm327', port: 'tcp://127.0.0.1:9' }],
      networks: [{ name: 'sim', network: 'outpost', url: 'http://127.0.0.1:9', key: 'unused' }],
      attest: { everySeconds: 5 },
    },
    'test',
  );
  if (!parsed.ok || parsed.value.store === null) throw new Error('the test configuration is wrong');
  const stopping = new AbortController();
  const { signal } = stopping;
  const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: () => undefined });
  const opening = await openParts({ config: parsed.value, clock, log, signal }, (error) =>
    stopping.abort(error),
  );
  if (!opening.ok) throw new Error(opening.fault.words);
  const opened = opening.value;
  const { journal } = opened;
  const influx = memoryInflux();
  const storeTally = newStoreTally();
  const store = newTaskState('store');
  const followed = { config: parsed.value.store, dataDirectory: directory, clock, log };
  const running = follow(followed, opened, influx, storeTally, store, signal);
  const real = systemClock();
  let trust: TimeTrust = 'ntp';
  const recorder = openRecorder({
    device: 'car' as DeviceName,
    lane: 'telemetry',
    authenticated: 'wired',
    reason: opened.reason,
    journal,
    run: { ...opened.run, trust: () => trust },
    tally: newRecordTally(),
    admit: opened.room.admit,
  });
  const stop = async (): Promise<void> => {
    stopping.abort(new Error('the test is over'));
    let isOver = false;
    const ended = Promise.all(running).finally(() => {
      isOver = true;
    });
    // What is on its way to the disk, and need not be there at once, waits for time to pass.
    while (!isOver) {
      await clock.advance(STOP_STEP_MS);
      await real.sleep(STEP_REAL_MS, NEVER);
    }
    await ended;
    await journal[Symbol.asyncDispose]();
  };
  return {
    directory,
    clock,
    opened,
    influx,
    storeTally,
    store,
    recorder,
    get trust() {
      return trust;
    },
    set trust(now) {
      trust = now;
    },
    async say(mantissa) {
      const body: Body = { kind: 'number', signal: 1, mantissa, ecu: 0x7e8 };
      const readings = [{ body, raw: Uint8Array.of(mantissa), mono: clock.mono(), origin: 'live' as const }];
      await recorder.observe({ readings, quarantined: [], kept: () => undefined, refused: () => undefined });
    },
    async until(what, isSo, stepMs = 20) {
      for (let steps = 0; !isSo(); steps += 1) {
        if (steps >= STEPS_MAX) throw new Error(`${STEPS_MAX} steps in vain until ${what}`);
        await clock.advance(stepMs);
        await real.sleep(STEP_REAL_MS, NEVER);
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

/** A new directory and a test box in it; both are gone at the end of the scope. */
export const newTestBox = async (clock: ManualClock = manualClock()): Promise<TestBox> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-box-'));
  const box = await openTestBox(directory, clock);
  return Object.defineProperty(box, Symbol.asyncDispose, {
    value: async () => {
      await box.stop().catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  });
};
