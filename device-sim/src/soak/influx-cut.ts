import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemClock } from '@outpost/firmware-bridge';
import {
  type Influxd,
  influxAs,
  influxdEnvironment,
  influxdLayout,
  openInfluxd,
  type Point,
  provision,
} from '@outpost/gateway';
import { sentence } from '@outpost/schemas/words';

const run = promisify(execFile);
const DATABASE = 'outpost';
const PLAN = { database: DATABASE, rawDays: 14, rollupDays: 366 };
/** A new series begins every so many points, so that some are always younger than the kernel's write-back. */
const POINTS_PER_SERIES = 50;
const POINTS = 200;
const ANSWER_MS_MAX = 30_000;
/** A slow start answers long before; what is silent for so long hangs. */
const HANG_MS = 5_000;
const IMAGE_MEBIBYTES = 256;

/** How the cut is made. */
export type CutBy = 'loop' | 'zeros';

export interface CutResult {
  readonly acknowledged: number;
  readonly found: number;
  readonly answeredMs: number;
  readonly repairs: number;
  /** Whether the same files, as they are, let a bare influxd hang. */
  readonly bareHangs: boolean;
}

/** A place for InfluxDB's files, from which a power cut can be taken. */
interface Ground {
  readonly directory: string;
  /** The files as a power cut now would leave them, somewhere else. */
  cut(): Promise<string>;
  remove(): Promise<void>;
}

/** An ext4 file system on a loop device: its image holds what was written to the device and nothing of the caches. */
const loopGround = async (scratch: string): Promise<Ground> => {
  const mounts: string[] = [];
  const mount = async (name: string): Promise<string> => {
    const at = join(scratch, `${name}.mount`);
    await mkdir(at);
    await run('mount', ['-o', 'loop', join(scratch, name), at]);
    mounts.push(at);
    return at;
  };
  const image = join(scratch, 'disk');
  await run('truncate', ['-s', `${IMAGE_MEBIBYTES}M`, image]);
  await run('mkfs.ext4', ['-q', '-F', image]);
  const directory = join(await mount('disk'), 'influxdb');
  return {
    directory,
    async cut() {
      await run('cp', ['--sparse=always', image, join(scratch, 'after')]);
      return join(await mount('after'), 'influxdb');
    },
    async remove() {
      for (const at of mounts.reverse()) await run('umount', ['-l', at]);
      await rm(scratch, { recursive: true, force: true });
    },
  };
};

const zeroHead = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  await handle.write(new Uint8Array(4_096), 0, 4_096, 0);
  await handle.close();
};

/** Where there is no loop device: the files as they are, with the heads of some series segments never written. */
const zerosGround = async (scratch: string, chance: () => number): Promise<Ground> => {
  const directory = join(scratch, 'influxdb');
  return {
    directory,
    async cut() {
      const after = join(scratch, 'after');
      await cp(directory, after, { recursive: true });
      const series = join(influxdLayout(after).data, DATABASE, '_series');
      for (const partition of await readdir(series).catch(() => [])) {
        if (chance() < 0.5) await zeroHead(join(series, partition, '0000'));
      }
      return after;
    },
    remove: () => rm(scratch, { recursive: true, force: true }),
  };
};

const openAt = async (program: string, directory: string, signal: AbortSignal): Promise<Influxd> => {
  const say = (): void => undefined;
  const parts = { program, directory, ports: { http: 0, rpc: 0 }, clock: systemClock(), say };
  const opened = await openInfluxd(parts, signal);
  if (!opened.ok) throw new Error(sentence(opened.fault));
  return opened.value;
};

const untilReady = async (influxd: Influxd, msMax: number): Promise<number> => {
  const from = performance.now();
  while (influxd.status().state !== 'ready' && performance.now() - from < msMax) await pause(5);
  return performance.now() - from;
};

const pointsOf = (from: number): readonly Point[] => {
  const at = BigInt(Math.floor(performance.timeOrigin)) * 1_000_000n;
  return Array.from({ length: POINTS }, (_, i) => ({
    measurement: 'vehicle',
    tags: { device: `car-${Math.floor((from + i) / POINTS_PER_SERIES)}` },
    integers: { seq: from + i },
    at: at + BigInt(from + i),
  }));
};

/** A first start with its set-up, and writing until the power goes; gives how many points were acknowledged. */
const firstLife = async (
  influxd: Influxd,
  { cutFrom, cutAfterMs }: CutPlan,
  stop: AbortController,
): Promise<number> => {
  const clock = systemClock();
  let acknowledged = 0;
  const living = async (): Promise<void> => {
    await untilReady(influxd, ANSWER_MS_MAX);
    const ready = await provision(influxd, PLAN, clock, stop.signal);
    if (!ready.ok) return;
    const influx = influxAs(influxd, influxd.credentials.write, DATABASE, clock, ANSWER_MS_MAX);
    while (!stop.signal.aborted) {
      const outcomes = await influx.write(pointsOf(acknowledged), 'raw', stop.signal);
      if (!outcomes.every(({ kind }) => kind === 'stored')) return;
      acknowledged += POINTS;
    }
  };
  const life = living().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const series = join(influxd.layout.data, DATABASE, '_series');
  while (cutFrom === 'files' && !existsSync(series)) await pause(1);
  await pause(cutAfterMs);
  const { pid } = influxd.status();
  if (pid !== undefined) process.kill(pid, 'SIGSTOP');
  const atTheCut = acknowledged;
  stop.abort(new Error('the power is gone'));
  await life;
  return atTheCut;
};

/** Starts influxd as it comes, on a copy of the files; whether it is still silent after five seconds. */
const bareHangs = async (program: string, directory: string, signal: AbortSignal): Promise<boolean> => {
  const copy = `${directory}.bare`;
  await cp(directory, copy, { recursive: true });
  const { url, layout } = await openAt(program, copy, signal);
  const http = Number(new URL(url).port);
  const child = spawn(program, ['run', '-config', '/dev/null'], {
    env: influxdEnvironment(layout, { http, rpc: 0 }),
    stdio: 'ignore',
  });
  const probe = influxAs({ url }, undefined, DATABASE, systemClock(), 500);
  let answers = false;
  for (const from = performance.now(); !answers && performance.now() - from < HANG_MS; ) {
    answers = (await probe.ping(signal)).ok;
    await pause(20);
  }
  child.kill('SIGKILL');
  await rm(copy, { recursive: true, force: true });
  return !answers;
};

/** The next start: how long it took, and what is there. */
const secondLife = async (program: string, directory: string, signal: AbortSignal) => {
  const influxd = await openAt(program, directory, signal);
  const running = new AbortController();
  const done = influxd.run(running.signal);
  try {
    const answeredMs = await untilReady(influxd, ANSWER_MS_MAX);
    const clock = systemClock();
    const ready = await provision(influxd, PLAN, clock, signal);
    if (!ready.ok) throw new Error(`${sentence(ready.fault)} ${influxd.status().log.join('\n')}`);
    const influx = influxAs(influxd, influxd.credentials.read, DATABASE, clock, ANSWER_MS_MAX);
    const rows = await influx.query('SELECT count("seq") FROM "raw"."vehicle"', signal);
    if (!rows.ok) throw new Error(sentence(rows.fault));
    const found = Number(rows.value[0]?.['count'] ?? 0);
    return { found, answeredMs: Math.round(answeredMs), repairs: influxd.status().repairs };
  } finally {
    running.abort(new Error('the soak has ended'));
    await done;
  }
};

export interface CutPlan {
  readonly program: string;
  readonly by: CutBy;
  readonly scratch: string;
  /** What the time to the cut is counted from: influxd's first start, or the first files of the database. */
  readonly cutFrom: 'start' | 'files';
  readonly cutAfterMs: number;
  chance(): number;
  readonly signal: AbortSignal;
}

/** One first boot that ends in a power cut, and the next start. */
export const runCut = async (plan: CutPlan): Promise<CutResult> => {
  const { program, by, scratch, chance, signal } = plan;
  const ground = by === 'loop' ? await loopGround(scratch) : await zerosGround(scratch, chance);
  try {
    const first = await openAt(program, ground.directory, signal);
    const running = new AbortController();
    const done = first.run(running.signal);
    const acknowledged = await firstLife(first, plan, new AbortController());
    const after = await ground.cut();
    const { pid } = first.status();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    running.abort(new Error('the power is gone'));
    await done;

    const hangs = await bareHangs(program, after, signal);
    return { acknowledged, bareHangs: hangs, ...(await secondLife(program, after, signal)) };
  } finally {
    await ground.remove();
  }
};
