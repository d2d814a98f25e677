import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '@outpost/firmware-bridge';
import {
  type Entry,
  type Influx,
  type Journal,
  type Kept,
  newStoreTally,
  nodeDisk,
  openJournal,
  provision,
  type RunningInflux,
  runInflux,
  runStore,
  type SourceBatch,
  type StoreRecord,
  stateFile,
} from '@outpost/gateway';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type ClockAnchor, monoNs } from '@outpost/schemas/words';

export interface OutagePlan {
  readonly program: string;
  /** Simulated time before, without and after InfluxDB. */
  readonly beforeS: number;
  readonly awayS: number;
  readonly afterS: number;
  readonly pointsPerSecond: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface OutageResult {
  readonly made: number;
  readonly stored: number;
  /** Of all stored points, by their sequence: fewer than `stored` would be one sequence stored twice. */
  readonly distinct: number;
  readonly retries: number;
  /** Real time from InfluxDB's start to the last point of the outage. */
  readonly drainedMs: number;
  /** Of the JavaScript heap over the outage, after collection, in MiB. */
  readonly heapGrowthMebibytes: number;
  readonly rssPeakMebibytes: number;
}

const DATABASE = 'outage';
const READER = 'store';
const EPOCH = '5a'.repeat(16);
const SIGNALS = 20;
const READING = 1;
const FOLLOW = { entriesMax: 2_000, bytesMax: 1 << 20 };
const STEP_MS = 1_000;

/** Sequence and time; everything else of a reading follows from them. */
const entryOf = (sequence: number, mono: bigint): Entry => {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sequence));
  view.setBigUint64(8, mono);
  return { kind: READING, stream: 1, bytes };
};

const recordOf = ({ bytes }: Kept, anchor: ClockAnchor): StoreRecord => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sequence = Number(view.getBigUint64(0));
  return {
    kind: 'reading',
    device: 'car',
    stream: 'car/telemetry',
    epoch: EPOCH,
    sequence,
    mono: monoNs(view.getBigUint64(8)),
    origin: 'simulated',
    body:
      sequence === 0
        ? { kind: 'anchor', anchor }
        : { kind: 'number', signal: 1 + (sequence % SIGNALS), mantissa: sequence % 100, ecu: 0x7e8 },
  };
};

async function* sourceOf(
  journal: Journal,
  anchor: ClockAnchor,
  signal: AbortSignal,
): AsyncGenerator<SourceBatch> {
  for await (const { entries, end } of journal.follow(READER, FOLLOW, signal)) {
    yield { records: entries.map((entry) => recordOf(entry, anchor)), end };
  }
}

const openLine = async (directory: string, clock: ManualClock): Promise<Journal> => {
  const opened = await openJournal({
    directory,
    disk: nodeDisk(),
    clock,
    readers: [READER],
    context: () => new Uint8Array(0),
    bytesMax: 2 ** 31,
    archiveDays: 1,
    archiveBytesMax: 2 ** 30,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

const MEBIBYTE = 1 << 20;
const newCollector = (): (() => number) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    return process.memoryUsage().heapUsed / MEBIBYTE;
  };
};

const countOf = async (influx: Influx, what: string, signal: AbortSignal): Promise<number> => {
  const rows = await influx.query(`SELECT count(${what}) FROM "raw"."vehicle"`, signal);
  return rows.ok ? Number(rows.value[0]?.['count'] ?? 0) : 0;
};

/** The follower, a journal that is fed at a steady rate, and the hands that move their time. */
const newScene = (plan: OutagePlan, journal: Journal, clock: ManualClock) => {
  let made = 1;
  let rssPeak = 0;
  const feed = async (): Promise<void> => {
    const now = clock.mono();
    const perPoint = 1_000_000_000n / BigInt(plan.pointsPerSecond);
    const entries = Array.from({ length: plan.pointsPerSecond }, (_, i) =>
      entryOf(made + i, now + BigInt(i) * perPoint),
    );
    made += entries.length;
    const appended = journal.append(entries, 'now');
    await clock.advance(STEP_MS);
    const kept = await appended;
    if (!kept.ok) throw new Error(kept.fault.words);
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss() / MEBIBYTE);
  };
  return {
    made: () => made,
    rssPeak: () => rssPeak,
    /** Simulated seconds, as fast as the machine can. */
    async pass(seconds: number): Promise<void> {
      for (let s = 0; s < seconds; s += 1) {
        plan.signal.throwIfAborted();
        await feed();
        await setImmediate();
        if (s % 600 === 599) plan.say(`${s + 1} s, ${made} readings in the journal`);
      }
    },
    /** Simulated time beside real time, until `done`; for what depends on InfluxDB's own speed. */
    async passUntil(done: () => boolean, msMax: number, feeds = true): Promise<number> {
      const from = performance.now();
      let fed = from;
      for (let at = from; !done() && at - from < msMax; at = performance.now()) {
        plan.signal.throwIfAborted();
        if (at - fed >= STEP_MS) {
          if (feeds) await feed();
          else await clock.advance(STEP_MS);
          fed += STEP_MS;
        } else {
          await pause(10);
        }
      }
      return performance.now() - from;
    },
  };
};

const play = async (plan: OutagePlan, running: RunningInflux, directory: string): Promise<OutageResult> => {
  const wholeS = plan.beforeS + plan.awayS + plan.afterS + 600;
  const wall = BigInt(Math.floor(performance.timeOrigin) - wholeS * 1_000) * 1_000_000n;
  const clock = manualClock(wall);
  const anchor: ClockAnchor = { wall: clock.wall(), mono: clock.mono(), trust: 'ntp' };
  await running.prepare(DATABASE);
  const influx = running.connect(DATABASE);
  const journal = await openLine(join(directory, 'journal'), clock);
  const tally = newStoreTally();
  const stop = new AbortController();
  await journal.append([entryOf(0, clock.mono())], 'now');
  const scene = newScene(plan, journal, clock);
  const following = runStore(
    {
      follow: (signal) => sourceOf(journal, anchor, signal),
      position: journal.position(READER),
      commit: (end) => journal.commit(READER, end),
      influx,
      database: DATABASE,
      prepare: (signal) =>
        provision(
          running.influxd,
          { database: DATABASE, rawDays: 14, rollupDays: 366 },
          systemClock(),
          signal,
        ),
      state: stateFile(join(directory, 'follower.json')),
      clock,
      tally,
      deadLetter: async ({ words }) => plan.say(`dead letter: ${words}`),
      flushEveryMs: 10_000,
      pointsMax: 5_000,
    },
    stop.signal,
  ).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });

  const heap = newCollector();
  await scene.pass(plan.beforeS);
  process.kill(running.influxd.status().pid ?? 0, 'SIGKILL');
  await running.stop();
  plan.say('InfluxDB is away');
  await scene.pass(Math.ceil(plan.awayS / 10));
  const heapBefore = heap();
  await scene.pass(Math.floor((plan.awayS * 9) / 10));
  const heapGrowthMebibytes = heap() - heapBefore;
  const backlog = scene.made();
  plan.say(`InfluxDB is back, ${backlog - tally.stored} readings behind`);
  running.start();
  const drainedMs = await scene.passUntil(() => tally.stored >= backlog, 600_000);
  await scene.pass(plan.afterS);
  await scene.passUntil(() => tally.stored === scene.made(), 60_000, false);
  const [stored, distinct] = [
    await countOf(influx, '"seq"', plan.signal),
    await countOf(influx, 'distinct("seq")', plan.signal),
  ];
  stop.abort(new Error('the soak has ended'));
  await following;
  await journal[Symbol.asyncDispose]();
  return {
    // The anchor is an event, not a point of the vehicle.
    made: scene.made() - 1,
    stored,
    distinct,
    retries: tally.retries,
    drainedMs: Math.round(drainedMs),
    heapGrowthMebibytes,
    rssPeakMebibytes: scene.rssPeak(),
  };
};

/** InfluxDB goes away under a steady stream of readings and comes back: what was lost, doubled or piled up? */
export const runOutage = async (plan: OutagePlan): Promise<OutageResult> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-outage-'));
  const running = await runInflux(plan.program);
  try {
    return await play(plan, running, directory);
  } finally {
    await running.end();
    await rm(directory, { recursive: true, force: true });
  }
};
