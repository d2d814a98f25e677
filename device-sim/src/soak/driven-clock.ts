import { setImmediate } from 'node:timers/promises';
import { type Clock, type MonoNs, monoNs, wallNs } from '@outpost/schemas/words';

const START_MONO = 1_000_000_000n;
/** 2027: a clock that was set. */
const START_WALL = 1_800_000_000_000_000_000n;

/**
 * A simulation's clock for programs with I/O of their own. Whoever drives it lets everything run between two moments,
 * so that nothing is late for no other reason than that simulated time is fast.
 */
export interface DrivenClock extends Clock {
  /** Since the simulation began. */
  nowMs(): number;
  /** When the next sleeper wakes; Infinity where nobody sleeps. */
  dueMs(): number;
  /** Goes on to this moment, never back, and wakes who is due. */
  moveTo(ms: number): void;
  /** Lets everything run that can, before time goes on. */
  settle(): Promise<void>;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

export const drivenClock = (): DrivenClock => {
  const sleepers = new Set<Sleeper>();
  let nowMs = 0;
  const sinceStart = (): bigint => BigInt(Math.round(nowMs * 1e6));
  const mono = (): MonoNs => monoNs(START_MONO + sinceStart());

  return {
    mono,
    wall: () => wallNs(START_WALL + sinceStart()),
    nowMs: () => nowMs,
    dueMs: () => {
      let first = Number.POSITIVE_INFINITY;
      for (const { dueMs } of sleepers) first = Math.min(first, dueMs);
      return first;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        const sleeper: Sleeper = {
          dueMs: nowMs + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal.removeEventListener('abort', abort);
            resolve();
          },
        };
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      }),
    moveTo(ms) {
      nowMs = Math.max(nowMs, ms);
      for (const sleeper of [...sleepers]) if (sleeper.dueMs <= nowMs) sleeper.wake();
    },
    settle: () => setImmediate(),
  };
};
