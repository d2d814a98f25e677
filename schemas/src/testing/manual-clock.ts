import { type Clock, type MonoNs, monoNs, type WallNs, wallNs } from '../words/time.ts';

/** A clock that moves only when told to, for tests and for simulations of days in seconds. */
export interface ManualClock extends Clock {
  /** Moves both clocks on and wakes the sleepers that are due, in order of their time. */
  advance(ms: number): Promise<void>;
  /** Steps the wall clock alone, as an owner, an NTP client or a dead battery does. */
  step(ms: number): void;
  /** How many sleeps are pending. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly due: bigint;
  readonly wake: () => void;
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

export const manualClock = (
  wallStart = 1_700_000_000_000_000_000n,
  monoStart = 1_000_000_000n,
): ManualClock => {
  let wall = wallStart;
  let mono = monoStart;
  const sleepers = new Set<Sleeper>();

  const next = (until: bigint): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.due <= until && (first === undefined || sleeper.due < first.due)) first = sleeper;
    }
    return first;
  };

  const moveTo = (moment: bigint): void => {
    wall += moment - mono;
    mono = moment;
  };

  return {
    wall: (): WallNs => wallNs(wall),
    mono: (): MonoNs => monoNs(mono),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const sleeper: Sleeper = {
          due: mono + BigInt(Math.round(ms * 1e6)),
          wake: () => {
            sleepers.delete(sleeper);
            signal.removeEventListener('abort', abort);
            resolve();
          },
        };
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      }),
    async advance(ms) {
      const end = mono + BigInt(Math.round(ms * 1e6));
      await settle();
      for (let due = next(end); due !== undefined; due = next(end)) {
        moveTo(due.due > mono ? due.due : mono);
        due.wake();
        await settle();
      }
      moveTo(end);
      await settle();
    },
    step(ms) {
      wall += BigInt(Math.round(ms * 1e6));
    },
    get sleeping() {
      return sleepers.size;
    },
  };
};
