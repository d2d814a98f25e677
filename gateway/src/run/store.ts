import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreConfig } from '@outpost/schemas/config';
import { type Clock, type Fault, fail, fault, ok, type Result, sentence } from '@outpost/schemas/words';
import { storeDirectory } from '../data-directory.ts';
import {
  findInfluxd,
  type Influxd,
  influxAs,
  openInfluxd,
  PREFERRED_PORTS,
  provision,
} from '../influxd/index.ts';
import type { Journal } from '../journal/contract.ts';
import type { JournalState } from '../journal/state.ts';
import type { Log } from '../log.ts';
import { asideEntry } from '../record/entry.ts';
import { storeRecordOf } from '../record/store-records.ts';
import { type Influx, openInflux, POINTS_MAX } from '../store/influx.ts';
import type { DeadLetter, SourceBatch } from '../store/intake.ts';
import type { Point } from '../store/point.ts';
import { type Layout, prepareSchema } from '../store/schema.ts';
import { type StateKeeper, stateFile } from '../store/state.ts';
import { runStore } from '../store/store.ts';
import type { StoreTally } from '../store/tally.ts';
import { influxTarget } from '../store/target.ts';
import { together } from '../together.ts';
import { chainsAt, clocksAt } from './history.ts';

export const STORE_READER = 'store';

const DEADLINE_MS = 30_000;
const FOLLOW = { entriesMax: 2_000, bytesMax: 1 << 20 };
const RETRY_MS = 1_000;

/** An InfluxDB to write to, and what has to run beside for it to be there. */
export interface Target {
  readonly influx: Influx;
  /** For people, without credentials. */
  readonly url: string;
  readonly words: string;
  prepare(signal: AbortSignal): Promise<Result<Layout>>;
  readonly influxd: Influxd | undefined;
}

export interface StoreContext {
  readonly config: StoreConfig;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
}

const passwordOf = async ({ passwordFile }: StoreConfig): Promise<Result<string | undefined>> => {
  if (passwordFile === undefined) return ok(undefined);
  try {
    return ok((await readFile(passwordFile, 'utf8')).trimEnd());
  } catch (error) {
    const words = `the password of InfluxDB cannot be read: ${(error as Error).message}.`;
    return fail(fault('misconfigured', 'store.password', passwordFile, words));
  }
};

const foreignTarget = async (url: string, { config, clock }: StoreContext): Promise<Result<Target>> => {
  const password = await passwordOf(config);
  if (!password.ok) return password;
  const identity = {
    ...(config.user === undefined ? {} : { user: config.user }),
    ...(password.value === undefined ? {} : { password: password.value }),
  };
  const target = influxTarget(url, config.database, identity);
  if (!target.ok) return target;
  const influx = openInflux(target.value, { clock, deadlineMs: DEADLINE_MS });
  const prepare = (signal: AbortSignal) => prepareSchema(influx, config, signal);
  return ok({ influx, url: target.value.where, words: 'as configured', prepare, influxd: undefined });
};

const managedTarget = async (
  { config, dataDirectory, clock, log }: StoreContext,
  signal: AbortSignal,
): Promise<Result<Target>> => {
  const directory = storeDirectory(dataDirectory);
  const cache = join(directory, 'program');
  const searchPath = process.env['PATH'] ?? '';
  const program = await findInfluxd({ clock, cache, searchPath, mayFetch: true }, signal);
  if (!program.ok) return program;
  const { path, found, version } = program.value;
  const say = (words: string): void => log.line('notice', words);
  const parts = { program: path, directory: join(directory, 'influxdb'), ports: PREFERRED_PORTS, clock, say };
  const influxd = await openInfluxd(parts, signal);
  if (!influxd.ok) return influxd;
  const influx = influxAs(
    influxd.value,
    influxd.value.credentials.write,
    config.database,
    clock,
    DEADLINE_MS,
  );
  const prepare = (asked: AbortSignal) => provision(influxd.value, config, clock, asked);
  const words = `InfluxDB ${version} (${found})`;
  return ok({ influx, url: influxd.value.url, words, prepare, influxd: influxd.value });
};

/** Where points go: the configured InfluxDB, else one that is found or fetched and supervised. */
export const openTarget = (context: StoreContext, signal: AbortSignal): Promise<Result<Target>> =>
  context.config.url === undefined
    ? managedTarget(context, signal)
    : foreignTarget(context.config.url, context);

/** The journal as the store reads it, from its saved position on. */
async function* sourceOf(journal: Journal & JournalState, signal: AbortSignal): AsyncGenerator<SourceBatch> {
  const chains = await chainsAt(journal, journal.position(STORE_READER));
  for await (const { entries, end } of journal.follow(STORE_READER, FOLLOW, signal)) {
    const records = entries.flatMap((entry) => storeRecordOf(chains, entry) ?? []);
    yield { records, end };
  }
}

export interface StoreTask {
  readonly context: StoreContext;
  readonly target: Target;
  readonly journal: Journal & JournalState;
  readonly tally: StoreTally;
  selfPoints(): readonly Point[];
}

/** What InfluxDB will never take goes into quarantine, in the server's words. */
const keepDeadLetter = async (
  { journal, context: { clock, log } }: StoreTask,
  { record, words }: DeadLetter,
  signal: AbortSignal,
): Promise<void> => {
  const device = record.kind === 'receipt' ? record.network : record.device;
  const mono = 'mono' in record ? record.mono : clock.mono();
  const entry = asideEntry({ device, mono, code: 'store.dead-letter', words, raw: new Uint8Array(0) });
  log.line('warning', `InfluxDB will never take a point of ${device}: ${words}`);
  while (!(await journal.append([entry], 'now')).ok) await clock.sleep(RETRY_MS, signal);
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
  const { context, target, journal, tally } = task;
  const { config, clock, log } = context;
  const state = await openState(task, signal);
  const position = journal.position(STORE_READER);
  // What is asked for only where the follower's own state is gone costs one read of a segment at each start.
  const clocks = await clocksAt(journal, position);
  const onFault = (now: Fault | undefined): void =>
    log.line('warning', now === undefined ? 'InfluxDB is back.' : sentence(now));
  const follow = (inner: AbortSignal): Promise<void> =>
    runStore(
      {
        influx: target.influx,
        prepare: target.prepare,
        state,
        clock,
        tally,
        commit: (end) => journal.commit(STORE_READER, end),
        deadLetter: (letter) => keepDeadLetter(task, letter, inner),
        onFault,
        pointsMax: POINTS_MAX,
        follow: (asked) => sourceOf(journal, asked),
        position,
        clocks,
        database: config.database,
        selfPoints: task.selfPoints,
        flushEveryMs: config.flushEveryS * 1_000,
      },
      inner,
    );
  const { influxd } = target;
  // Both stop at once: what is not written yet stays in the journal and is written at the next start.
  await (influxd === undefined ? follow(signal) : together(signal, follow, (inner) => influxd.run(inner)));
};
