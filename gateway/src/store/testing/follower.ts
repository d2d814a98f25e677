import { setImmediate } from 'node:timers/promises';
import { manualClock } from '@outpost/schemas/testing';
import { ok } from '@outpost/schemas/words';
import type { DeadLetter } from '../intake.ts';
import type { ReadingRecord, StoreRecord } from '../records.ts';
import type { Layout } from '../schema.ts';
import { runStore, type StoreParts } from '../store.ts';
import { newStoreTally, type StoreTally } from '../tally.ts';
import type { MemoryInflux } from './memory-influx.ts';
import type { MemoryJournal } from './memory-journal.ts';
import { anchor, opened, reading } from './records.ts';

/** What a follower whose power is cut rejects with. */
export const POWER = 'the power went';
const LAYOUT: Layout = { raw: 'raw', rollups: true, created: false, notes: [] };

export interface Follower {
  /** Lets time pass in steps small enough for everything between two of them to happen. */
  pass(ms: number): Promise<void>;
  readonly tally: StoreTally;
  readonly letters: readonly DeadLetter[];
  /** Codes as they were told, `back` for none. */
  readonly faults: readonly string[];
  /** How often the schema was looked after. */
  prepared(): number;
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** A follower on a journal and an InfluxDB of the memory, whose time a test drives. */
export const follower = (
  journal: MemoryJournal,
  influx: MemoryInflux,
  more: Partial<StoreParts> = {},
): Follower => {
  const clock = manualClock();
  const stop = new AbortController();
  const tally = newStoreTally();
  const letters: DeadLetter[] = [];
  const faults: string[] = [];
  let prepared = 0;
  const parts: StoreParts = {
    follow: (signal) => journal.follow(100, false, signal),
    position: journal.position,
    commit: journal.commit,
    influx,
    database: 'outpost',
    prepare: async () => {
      prepared += 1;
      return ok(LAYOUT);
    },
    state: journal.state,
    clock,
    tally,
    deadLetter: async (letter) => void letters.push(letter),
    onFault: (fault) => void faults.push(fault?.code ?? 'back'),
    flushEveryMs: 10_000,
    pointsMax: 5_000,
    ...more,
  };
  const done = runStore(parts, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted && (error as Error).message !== POWER) throw error;
  });
  return {
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 500) {
        await clock.advance(Math.min(500, left));
        await setImmediate();
      }
    },
    tally,
    letters,
    faults,
    prepared: () => prepared,
    done,
    async stop(): Promise<void> {
      stop.abort(new Error('stopped'));
      await done;
    },
  };
};

/** An epoch of the stream car/telemetry, trusted from its beginning. */
export const begin: readonly StoreRecord[] = [opened(), anchor({ sequence: 0, ms: 0 }, 'ntp')];

/** Readings with these sequences, one each 10 ms. */
export const readings = (from: number, to: number): readonly ReadingRecord[] =>
  Array.from({ length: to - from }, (_, i) => reading({ sequence: from + i, ms: (from + i) * 10 }));
