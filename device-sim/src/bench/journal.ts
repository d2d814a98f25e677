import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '@outpost/firmware-bridge';
import { type Disk, nodeDisk, openJournal } from '@outpost/gateway';
import { slowDisk } from '../faults/slow-disk.ts';
import { onLoopDevice } from './loop-device.ts';
import type { Bench, BenchOptions, Figure } from './result.ts';
import { median, timedMs } from './rounds.ts';

/** What is used of the package `libsql`, a development tool that is not there where only the gateway is installed. */
interface Sqlite {
  exec(statement: string): void;
  prepare(statement: string): { run(values: readonly unknown[]): void };
  close(): void;
}
type OpenSqlite = new (path: string) => Sqlite;
const SQLITE = 'libsql';

const RECORD_BYTES = 200;
const record = (): Uint8Array => new Uint8Array(RECORD_BYTES).fill(0x5a);
const entries = (count: number) =>
  Array.from({ length: count }, () => ({ kind: 2, stream: 1, bytes: record() }));

const openLine = async (directory: string, disk: Disk = nodeDisk(systemClock())) => {
  const opened = await openJournal({
    directory,
    disk,
    clock: systemClock(),
    readers: ['bench'],
    context: () => new Uint8Array(0),
    bytesMax: 2 ** 31,
    archiveDays: 1,
    archiveBytesMax: 2 ** 30,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

type Line = Awaited<ReturnType<typeof openLine>>;

const appendAll = async (journal: Line, batches: number, size: number): Promise<void> => {
  const batch = entries(size);
  for (let i = 0; i < batches; i += 1) {
    const kept = await journal.append(batch, 'now');
    if (!kept.ok) throw new Error(kept.fault.words);
  }
};

const inScratch = async <T>(act: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-bench-'));
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const journalMs = (batches: number, size: number): Promise<number> =>
  inScratch(async (directory) => {
    await using journal = await openLine(directory);
    await appendAll(journal, 1, 1);
    return await timedMs(() => appendAll(journal, batches, size));
  });

/** SQLite with a write-ahead log and a sync at every commit: the same promise. */
const sqliteMs = (Database: OpenSqlite, batches: number, size: number): Promise<number> =>
  inScratch(async (directory) => {
    const database = new Database(join(directory, 'bench.db'));
    try {
      database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE log (bytes BLOB)');
      const insert = database.prepare('INSERT INTO log VALUES (?)');
      const bytes = record();
      return await timedMs(() => {
        for (let i = 0; i < batches; i += 1) {
          database.exec('BEGIN');
          for (let k = 0; k < size; k += 1) insert.run([bytes]);
          database.exec('COMMIT');
        }
      });
    } finally {
      database.close();
    }
  });

const versus = async (
  { signal, say }: BenchOptions,
  Database: OpenSqlite,
  plan: { readonly rounds: number; readonly batches: number; readonly size: number },
) => {
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round <= plan.rounds; round += 1) {
    signal.throwIfAborted();
    const ours = await journalMs(plan.batches, plan.size);
    const theirs = await sqliteMs(Database, plan.batches, plan.size);
    if (round === 0) continue;
    times.ours.push(ours);
    times.theirs.push(theirs);
    say(`batches of ${plan.size}: round ${round} of ${plan.rounds}`);
  }
  const perSecond = (ms: number): number => ((plan.batches * plan.size) / ms) * 1000;
  return { ours: perSecond(median(times.ours)), theirs: perSecond(median(times.theirs)) };
};

/** As long as a slow card takes. */
const SLOW_SYNC_MS = 40;

/** How late timers are, at p99, while two records arrive every 20 ms. */
const loopDelayMs = ({ quick, signal }: BenchOptions): Promise<number> =>
  inScratch(async (directory) => {
    const clock = systemClock();
    await using journal = await openLine(directory, slowDisk(nodeDisk(), clock, SLOW_SYNC_MS));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const waiting: Promise<unknown>[] = [];
    for (let i = 0; i < (quick ? 50 : 500); i += 1) {
      waiting.push(journal.append(entries(2), 'now'));
      await clock.sleep(20, signal);
    }
    await Promise.all(waiting);
    delay.disable();
    return delay.percentile(99) / 1e6;
  });

const reopenMs = ({ quick }: BenchOptions): Promise<number> =>
  inScratch(async (directory) => {
    const batches = Math.ceil(((quick ? 16 : 256) * 2 ** 20) / (1000 * RECORD_BYTES));
    {
      await using journal = await openLine(directory);
      await appendAll(journal, batches, 1000);
    }
    return await timedMs(async () => {
      await using journal = await openLine(directory);
      if (journal.end <= journal.start) throw new Error('the backlog is not there');
    });
  });

const commitFigures = async (options: BenchOptions): Promise<readonly Figure[]> => {
  const commits = options.quick ? 50 : 500;
  const measured = await onLoopDevice(async (directory, written) => {
    await using journal = await openLine(join(directory, 'journal'));
    await appendAll(journal, 50, 1);
    const before = written();
    await appendAll(journal, commits, 1);
    const after = written();
    return {
      bytes: (after.bytes - before.bytes) / commits,
      flushes: (after.flushes - before.flushes) / commits,
    };
  });
  if (measured !== undefined) {
    return [
      {
        what: 'one-record commit, on a loop block device',
        value: measured.bytes / 1000,
        unit: 'kB',
        bar: '≤ 6',
      },
      {
        what: 'flushes of one commit, on a loop block device',
        value: measured.flushes,
        unit: 'flushes',
        bar: '≤ 1.1',
      },
    ];
  }
  return await inScratch(async (directory) => {
    await using journal = await openLine(directory);
    const before = journal.stats();
    await appendAll(journal, commits, 1);
    const after = journal.stats();
    return [
      {
        what: 'one-record commit, counted writes',
        value: (after.writtenBytes - before.writtenBytes) / commits / 1000,
        unit: 'kB',
        bar: '≤ 6',
      },
      {
        what: 'syncs of one commit, counted',
        value: (after.syncs - before.syncs) / commits,
        unit: 'syncs',
        bar: '≤ 1.1',
      },
    ];
  });
};

/** Durable appends of 200-byte records, beside SQLite with WAL and synchronous=FULL. */
export const run: Bench = async (options) => {
  const { default: Database } = (await import(SQLITE)) as { readonly default: OpenSqlite };
  const rounds = options.quick ? 1 : 5;
  const single = await versus(options, Database, { rounds, batches: options.quick ? 100 : 1000, size: 1 });
  const large = await versus(options, Database, { rounds, batches: options.quick ? 10 : 100, size: 1000 });
  return {
    name: 'journal',
    ratios: [
      {
        what: 'records/s at batches of 1000, to SQLite WAL FULL',
        ratio: large.ours / large.theirs,
        bar: '≥ 2',
      },
      { what: 'records/s one by one, to SQLite WAL FULL', ratio: single.ours / single.theirs, bar: '≥ 1.4' },
    ],
    figures: [
      { what: 'journal, batches of 1000', value: large.ours, unit: 'records/s' },
      { what: 'SQLite, batches of 1000', value: large.theirs, unit: 'records/s' },
      { what: 'journal, one by one', value: single.ours, unit: 'records/s' },
      { what: 'SQLite, one by one', value: single.theirs, unit: 'records/s' },
      ...(await commitFigures(options)),
      {
        what: `event-loop delay p99 with ${SLOW_SYNC_MS} ms syncs`,
        value: await loopDelayMs(options),
        unit: 'ms',
        bar: '≤ 10',
      },
      { what: 'reopening a backlog of 256 MiB', value: await reopenMs(options), unit: 'ms', bar: '≤ 1,000' },
    ],
  };
};
