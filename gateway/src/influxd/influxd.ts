import { mkdir } from 'node:fs/promises';
import { type Clock, elapsedMs, ok, type Result } from '@outpost/schemas/words';
import { scoped } from '../store/scope.ts';
import { type Child, startChild } from './child.ts';
import { type Credentials, loadCredentials } from './credentials.ts';
import { type InfluxdLayout, type InfluxdPorts, influxdLayout } from './layout.ts';
import { endOrphan } from './orphan.ts';
import { choosePorts } from './ports.ts';
import { repairSeries } from './repair.ts';
import { openRing } from './ring.ts';
import { awaitStart } from './start.ts';

export interface InfluxdParts {
  readonly program: string;
  /** The managed InfluxDB's own directory, absolute; made if it is not there. */
  readonly directory: string;
  /** Taken if they are free and none were used before; 0 for any. */
  readonly ports: InfluxdPorts;
  readonly clock: Clock;
  /** Told what a person should know: a repair, a restart. */
  say(words: string): void;
}

export interface InfluxdStatus {
  readonly state: 'stopped' | 'starting' | 'ready' | 'waiting';
  readonly pid: number | undefined;
  readonly restarts: number;
  readonly repairs: number;
  /** The last lines of its log. */
  readonly log: readonly string[];
}

/** The managed InfluxDB: one child at a time, on one directory, at one address for as long as this object lives. */
export interface Influxd {
  readonly url: string;
  readonly layout: InfluxdLayout;
  readonly credentials: Credentials;
  status(): InfluxdStatus;
  /** Keeps a child running until the signal aborts, then stops it and resolves. To be called once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Where every example on the net expects InfluxDB. */
export const PREFERRED_PORTS: InfluxdPorts = { http: 8086, rpc: 8088 };

const LOG_LINES_MAX = 200;
const LOG_LINE_CHARACTERS_MAX = 500;
/** Opening a year of shards from a slow card may take this long; doubles with each start that was too slow. */
const START_MS = 300_000;
const START_MS_MAX = 3_600_000;
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 30_000;
/** A child that lived as long as this was well, and the next one starts without waiting for long. */
const STABLE_MS = 60_000;

interface Life {
  state: InfluxdStatus['state'];
  child: Child | undefined;
  restarts: number;
  repairs: number;
  startMsMax: number;
}

const repair = async ({ say }: InfluxdParts, layout: InfluxdLayout, life: Life): Promise<void> => {
  for (const database of await repairSeries(layout)) {
    life.repairs += 1;
    say(
      `InfluxDB's series file of ${database} had not reached the disk before the last power cut; it was moved to ` +
        `${layout.setAside} and is made again from the points.`,
    );
  }
};

/** From a child's start to its end; gives why it ended or has to. */
const live = async (
  url: string,
  layout: InfluxdLayout,
  clock: Clock,
  life: Life,
  child: Child,
  parent: AbortSignal,
): Promise<string> => {
  const start = await awaitStart(url, layout, child, clock, life.startMsMax, parent);
  switch (start.kind) {
    case 'ended':
      return start.words;
    case 'broken':
      return 'it hung on a broken series file';
    case 'slow':
      life.startMsMax = Math.min(life.startMsMax * 2, START_MS_MAX);
      return 'it did not answer';
    case 'ready':
  }
  life.state = 'ready';
  life.startMsMax = START_MS;
  return scoped(parent, (signal) => {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return Promise.race([child.ended, aborted]);
  });
};

const supervised = (
  parts: InfluxdParts,
  layout: InfluxdLayout,
  credentials: Credentials,
  ports: InfluxdPorts,
): Influxd => {
  const { clock, program, say } = parts;
  const url = `http://127.0.0.1:${ports.http}`;
  const ring = openRing(LOG_LINES_MAX, LOG_LINE_CHARACTERS_MAX);
  const life: Life = { state: 'stopped', child: undefined, restarts: 0, repairs: 0, startMsMax: START_MS };

  const once = async (signal: AbortSignal): Promise<string> => {
    await repair(parts, layout, life);
    life.state = 'starting';
    const child = startChild(program, layout, ports, ring, clock);
    life.child = child;
    try {
      return await live(url, layout, clock, life, child, signal);
    } finally {
      await child.stop();
      life.child = undefined;
    }
  };

  const keepAlive = async (signal: AbortSignal): Promise<never> => {
    for (let deaths = 0; ; life.restarts += 1) {
      const began = clock.mono();
      const why = await once(signal);
      deaths = elapsedMs(began, clock.mono()) >= STABLE_MS ? 1 : deaths + 1;
      life.state = 'waiting';
      say(`InfluxDB is started again, because ${why}. ${ring.lines().at(-1) ?? ''}`.trim());
      await clock.sleep(Math.min(BACKOFF_MS * 2 ** (deaths - 1), BACKOFF_MS_MAX), signal);
    }
  };

  return {
    url,
    layout,
    credentials,
    status: () => ({
      state: life.state,
      pid: life.child?.pid,
      restarts: life.restarts,
      repairs: life.repairs,
      log: ring.lines(),
    }),
    async run(signal) {
      try {
        await keepAlive(signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        life.state = 'stopped';
      }
    },
  };
};

/**
 * Opens the managed InfluxDB's directory: passwords, ports, and an end to the child that an earlier gateway left.
 * `misconfigured` where the passwords cannot be used. The caller holds the lock of the data directory.
 */
export const openInfluxd = async (parts: InfluxdParts, signal: AbortSignal): Promise<Result<Influxd>> => {
  const layout = influxdLayout(parts.directory);
  await mkdir(layout.directory, { recursive: true, mode: 0o700 });
  const orphan = await endOrphan(layout, parts.clock, signal);
  if (orphan !== undefined) {
    parts.say(`InfluxDB of an earlier run (process ${orphan}) was still running and was ended.`);
  }
  const credentials = await loadCredentials(layout.credentialsFile);
  if (!credentials.ok) return credentials;
  const ports = await choosePorts(layout.portsFile, parts.ports);
  return ok(supervised(parts, layout, credentials.value, ports));
};
