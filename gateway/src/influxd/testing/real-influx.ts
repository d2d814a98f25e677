import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import { type Result, sentence } from '@outpost/schemas/words';
import type { Influx } from '../../store/influx.ts';
import type { Layout } from '../../store/schema.ts';
import { findInfluxd, type InfluxdProgram } from '../find.ts';
import { type Influxd, openInfluxd } from '../influxd.ts';
import { influxAs, provision } from '../provision.ts';

/** The checkout's own cache, from this file's place in it (src or dist), so that tests fetch the package once. */
const CACHE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', '.cache', 'influxdb');

const START_MS_MAX = 15_000;
const POLL_MS = 20;

/** A real influxd for tests and benchmarks; a fault says why there is none, for the name of what is skipped. */
export const realInflux = (signal: AbortSignal): Promise<Result<InfluxdProgram>> =>
  findInfluxd(
    { clock: systemClock(), cache: CACHE, searchPath: process.env['PATH'] ?? '', mayFetch: true },
    signal,
  );

/** A managed InfluxDB in a directory of its own below the system's temporary one, on ports of its own. */
export interface RunningInflux {
  readonly influxd: Influxd;
  /** What it told people. */
  readonly said: readonly string[];
  /** Resolves when it answers. */
  ready(): Promise<void>;
  /** As the gateway connects to it. */
  connect(database: string, deadlineMs?: number): Influx;
  prepare(database: string): Promise<Layout>;
  /** Stops it and starts it again on the same files and ports. */
  stop(): Promise<void>;
  start(): void;
  /** Stops it and removes its files. */
  end(): Promise<void>;
}

export const runInflux = async (program: string): Promise<RunningInflux> => {
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-influx-'));
  const said: string[] = [];
  const ending = new AbortController();
  const opened = await openInfluxd(
    { program, directory, ports: { http: 0, rpc: 0 }, clock, say: (words) => said.push(words) },
    ending.signal,
  );
  if (!opened.ok) throw new Error(sentence(opened.fault));
  const influxd = opened.value;
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;

  const start = (): void => {
    const stop = new AbortController();
    running = { stop, done: influxd.run(stop.signal) };
  };
  const stop = async (): Promise<void> => {
    running?.stop.abort(new Error('stopped by the test'));
    await running?.done;
    running = undefined;
  };
  const ready = async (): Promise<void> => {
    for (let ms = 0; influxd.status().state !== 'ready'; ms += POLL_MS) {
      if (ms > START_MS_MAX) throw new Error(`InfluxDB did not start: ${influxd.status().log.join('\n')}`);
      await clock.sleep(POLL_MS, ending.signal);
    }
  };

  start();
  return {
    influxd,
    said,
    ready,
    start,
    stop,
    connect: (database, deadlineMs = 10_000) =>
      influxAs(influxd, influxd.credentials.write, database, clock, deadlineMs),
    async prepare(database) {
      await ready();
      const layout = await provision(
        influxd,
        { database, rawDays: 14, rollupDays: 366 },
        clock,
        ending.signal,
      );
      if (!layout.ok) throw new Error(sentence(layout.fault));
      return layout.value;
    },
    async end() {
      await stop();
      ending.abort(new Error('ended by the test'));
      await rm(directory, { recursive: true, force: true });
    },
  };
};
