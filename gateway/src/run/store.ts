import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, sentence } from '@outpost/schemas/words';
import { storeDirectory } from '../data-directory.ts';
import type { Entry, Journal, Kept, Offset } from '../journal/contract.ts';
import type { JournalState } from '../journal/state.ts';
import { asideEntry } from '../record/entry.ts';
import { storeRecordsOf } from '../record/store-records.ts';
import { POINTS_MAX } from '../store/influx.ts';
import type { DeadLetter, SourceBatch } from '../store/intake.ts';
import type { Point } from '../store/point.ts';
import type { StoreRecord } from '../store/records.ts';
import { type StateKeeper, stateFile } from '../store/state.ts';
import { runStore, type StoreParts } from '../store/store.ts';
import type { StoreTally } from '../store/tally.ts';
import { newSuspects, type Suspects } from '../suspects.ts';
import { together } from '../together.ts';
import { chainsAt, clocksAt } from './history.ts';
import type { StoreContext, Target } from './store-target.ts';

export const STORE_READER = 'store';

const FOLLOW = { entriesMax: 2_000, bytesMax: 1 << 20 };
const RETRY_MS = 1_000;
/** Quarantine keeps the beginning of what could not be stored; all of it stays in the journal's archive. */
const ASIDE_RAW_MAX_BYTES = 4_096;

/** What outlives the deaths of the store's follower. */
export interface Doubts {
  readonly suspects: Suspects<Offset>;
  /** How far it has read. */
  reached: Offset;
  /** Before this it died: records are stored one by one, to find out which it is. */
  aloneTo: Offset;
}

export const newDoubts = (): Doubts => ({
  suspects: newSuspects(String),
  reached: 0n as Offset,
  aloneTo: 0n as Offset,
});

/** What was read and not settled will be read again. Gives one sentence where an entry is given up. */
export const storeDied = (doubts: Doubts, tally: StoreTally): string | undefined => {
  tally.read = tally.stored + tally.deadLettered;
  tally.pending = 0;
  tally.waiting = 0;
  // One more than was read, so that the last of them is still alone.
  doubts.aloneTo = (doubts.reached + 1n) as Offset;
  const place = doubts.suspects.died();
  return place === undefined
    ? undefined
    : `the entry at journal offset ${place} is not stored, after the third failure at it; the rest is.`;
};

/** An entry that this program cannot store without dying: a dead letter like one that InfluxDB does not take. */
const setAside = async (task: StoreTask, { offset, bytes }: Kept, signal: AbortSignal): Promise<void> => {
  const words = `this program failed again and again at the entry at journal offset ${offset}, so it is not stored.`;
  const raw = bytes.subarray(0, ASIDE_RAW_MAX_BYTES);
  const entry = asideEntry({
    device: '',
    mono: task.context.clock.mono(),
    code: 'store.dead-letter',
    words,
    raw,
  });
  await keepAside(task, entry, signal);
  task.tally.read += 1;
  task.tally.deadLettered += 1;
};

/** The journal as the store reads it, from its saved position on. */
async function* sourceOf(task: StoreTask, signal: AbortSignal): AsyncGenerator<SourceBatch> {
  const { journal, doubts } = task;
  const chains = await chainsAt(journal, journal.position(STORE_READER));
  for await (const { entries } of journal.follow(STORE_READER, FOLLOW, signal)) {
    const alone = (entries[0]?.offset ?? doubts.aloneTo) < doubts.aloneTo;
    for (const some of alone ? entries.map((entry) => [entry]) : [entries]) {
      const last = some.at(-1);
      if (last === undefined) continue;
      doubts.reached = last.next;
      const records: StoreRecord[] = [];
      for (const entry of some) {
        if (doubts.suspects.isGivenUp(entry.offset)) await setAside(task, entry, signal);
        else {
          if (alone) doubts.suspects.at(entry.offset);
          records.push(...storeRecordsOf(chains, entry));
        }
      }
      yield { records, end: last.next };
      doubts.suspects.at(undefined);
    }
  }
}

export interface StoreTask {
  readonly context: StoreContext;
  readonly target: Target;
  readonly journal: Journal & JournalState;
  readonly tally: StoreTally;
  readonly doubts: Doubts;
  selfPoints(): readonly Point[];
}

const keepAside = async (
  { journal, context: { clock } }: StoreTask,
  entry: Entry,
  signal: AbortSignal,
): Promise<void> => {
  while (!(await journal.append([entry], 'now')).ok) await clock.sleep(RETRY_MS, signal);
};

/** What InfluxDB will never take goes into quarantine, in the server's words. */
const keepDeadLetter = async (
  task: StoreTask,
  { record, words }: DeadLetter,
  signal: AbortSignal,
): Promise<void> => {
  const { clock, log } = task.context;
  const device = 'network' in record ? record.network : record.device;
  const mono = 'mono' in record ? record.mono : clock.mono();
  const entry = asideEntry({ device, mono, code: 'store.dead-letter', words, raw: new Uint8Array(0) });
  log.line('warning', `InfluxDB will never take a point of ${device}: ${words}`);
  await keepAside(task, entry, signal);
};

/** The follower's own file, which waits for room where the disk is full: it says nothing that is not journalled too. */
const openState = async ({ context }: StoreTask, signal: AbortSignal): Promise<StateKeeper> => {
  const { dataDirectory, clock, log } = context;
  const directory = storeDirectory(dataDirectory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = stateFile(join(directory, 'follower.json'));
  return {
    load: () => file.load(),
    async save(state) {
      for (;;) {
        try {
          return await file.save(state);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          log.line(
            'warning',
            `${directory}: the disk is full; free some space and storing goes on by itself.`,
          );
        }
        await clock.sleep(RETRY_MS, signal);
      }
    },
  };
};

export const runStoreTask = async (task: StoreTask, signal: AbortSignal): Promise<void> => {
  const { context, target, journal, tally, doubts } = task;
  const { config, clock, log } = context;
  const state = await openState(task, signal);
  const position = journal.position(STORE_READER);
  // What is asked for only where the follower's own state is gone costs one read of a segment at each start.
  const clocks = await clocksAt(journal, position);
  const onFault = (now: Fault | undefined): void =>
    log.line('warning', now === undefined ? 'InfluxDB is back.' : sentence(now));
  let source: AsyncGenerator<SourceBatch> | undefined;
  const follow = async (inner: AbortSignal): Promise<void> => {
    const parts: StoreParts = {
      influx: target.influx,
      prepare: target.prepare,
      state,
      clock,
      tally,
      commit: (end) => journal.commit(STORE_READER, end),
      deadLetter: (letter) => keepDeadLetter(task, letter, inner),
      onFault,
      get pointsMax() {
        return doubts.reached < doubts.aloneTo ? 1 : POINTS_MAX;
      },
      follow(asked) {
        source = sourceOf(task, asked);
        return source;
      },
      position,
      clocks,
      database: config.database,
      selfPoints: task.selfPoints,
      flushEveryMs: config.flushEveryS * 1_000,
    };
    try {
      await runStore(parts, inner);
    } finally {
      // After a death the source still holds a file open, in the middle of a batch.
      await source?.return(undefined);
    }
  };
  const { influxd } = target;
  // Both stop at once: what is not written yet stays in the journal and is written at the next start.
  await (influxd === undefined ? follow(signal) : together(signal, follow, (inner) => influxd.run(inner)));
};
