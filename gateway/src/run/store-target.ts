import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreConfig } from '@outpost/schemas/config';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { storeDirectory } from '../data-directory.ts';
import {
  findInfluxd,
  type Influxd,
  influxAs,
  openInfluxd,
  PREFERRED_PORTS,
  provision,
} from '../influxd/index.ts';
import type { Log } from '../log.ts';
import { type Influx, openInflux } from '../store/influx.ts';
import { type Layout, prepareSchema } from '../store/schema.ts';
import { influxTarget } from '../store/target.ts';

const DEADLINE_MS = 30_000;

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
