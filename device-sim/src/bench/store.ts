import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import {
  bareClient,
  type Influx,
  influxTarget,
  POINTS_MAX,
  type Point,
  type RunningInflux,
  realInflux,
  runInflux,
} from '@outpost/gateway';
import { sentence } from '@outpost/schemas/words';
import type { Bench, BenchOptions, BenchResult } from './result.ts';
import { median, timedMs } from './rounds.ts';

const DATABASE = 'bench';
const SERIES = 100;
/** What a second core can make use of: one body is built while the server takes in the other. */
const IN_FLIGHT = 2;

/** Readings of a fleet as the store writes them, in batches; each call gives times of its own. */
const newBatches = () => {
  let at = (BigInt(Math.floor(performance.timeOrigin)) - 3_600_000n) * 1_000_000n;
  let seq = 0;
  return (measurement: string, count: number): readonly (readonly Point[])[] =>
    Array.from({ length: count }, () =>
      Array.from({ length: POINTS_MAX }, (_, i): Point => {
        at += 10_000n;
        seq += 1;
        const tags = { device: `car-${i % SERIES}`, signal: 'Vehicle.Speed', ecu: '7E8' };
        return { measurement, tags, floats: { value: (seq % 2_550) / 10 }, integers: { seq }, at };
      }),
    );
};

const clientPoint = ({ measurement, tags, floats, integers, at }: Point) => ({
  measurement,
  tags,
  fields: { ...floats, ...integers },
  timestamp: String(at),
});

/** Takes the works in order, so many at a time. */
const inFlight = async <T>(works: readonly T[], act: (work: T) => Promise<void>): Promise<void> => {
  const rest = works.values();
  const lane = async (): Promise<void> => {
    for (const work of rest) await act(work);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
};

const writeOurs = async (influx: Influx, points: readonly Point[], signal: AbortSignal): Promise<void> => {
  const outcomes = await influx.write(points, 'raw', signal);
  const bad = outcomes.find(({ kind }) => kind !== 'stored');
  if (bad !== undefined) throw new Error(`a point was not stored: ${JSON.stringify(bad)}`);
};

const bare = ({ influxd }: RunningInflux, agent: Agent) => {
  const target = influxTarget(influxd.url, DATABASE, influxd.credentials.write);
  if (!target.ok) throw new Error(sentence(target.fault));
  return bareClient(target.value, agent);
};

const stored = async (influx: Influx, measurement: string, signal: AbortSignal): Promise<number> => {
  const rows = await influx.query(`SELECT count("seq") FROM "raw"."${measurement}"`, signal);
  return rows.ok ? Number(rows.value[0]?.['count'] ?? 0) : 0;
};

/** Highest resident memory of a process so far, in MiB (proc(5), VmHWM). */
const peakMebibytes = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** The two ways in; each makes its points before the clock runs, in the form that it takes. */
const ways = (running: RunningInflux, influx: Influx, agent: Agent, signal: AbortSignal) => {
  const client = bare(running, agent);
  const batches = newBatches();
  return {
    ours: (size: number) => {
      const points = batches('ours', size);
      return () => inFlight(points, (some) => writeOurs(influx, some, signal));
    },
    raw: (size: number) => {
      const points = batches('raw', size).map((some) => some.map(clientPoint));
      return () => inFlight(points, (some) => client.writePoints(some, { retentionPolicy: 'raw' }));
    },
  };
};

const measure = async (
  running: RunningInflux,
  { quick, signal, say }: BenchOptions,
): Promise<BenchResult> => {
  await running.prepare(DATABASE);
  const influx = running.connect(DATABASE, 60_000);
  const agent = new Agent({ keepAlive: true });
  const way = ways(running, influx, agent, signal);
  const [size, rounds] = quick ? [4, 2] : [20, 9];
  const times = { ours: [] as number[], raw: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? (['ours', 'raw'] as const) : (['raw', 'ours'] as const)) {
      const ms = await timedMs(way[name](size));
      if (round > 0) times[name].push(ms);
    }
    say(`round ${round} of ${rounds}`);
  }
  agent.destroy();
  const kept = await stored(influx, 'ours', signal);
  const written = (rounds + 1) * size * POINTS_MAX;
  if (kept !== written) throw new Error(`${written} points were acknowledged and ${kept} are there`);
  const perSecond = (ms: readonly number[]): number => ((size * POINTS_MAX) / median(ms)) * 1_000;
  const ratios = times.ours.map((ms, i) => (times.raw[i] ?? 0) / ms);
  return {
    name: 'store',
    ratios: [{ what: 'our wrapper, to writePoints of the bare client', ratio: median(ratios), bar: '≥ 0.9' }],
    figures: [
      { what: 'through the wrapper', value: perSecond(times.ours), unit: 'points/s', bar: '≥ 40,000' },
      { what: 'through the bare client', value: perSecond(times.raw), unit: 'points/s' },
      {
        what: 'peak memory of influxd',
        value: peakMebibytes(running.influxd.status().pid ?? 0),
        unit: 'MiB',
      },
    ],
  };
};

/** Ingest into a managed InfluxDB in batches of 5,000, two in flight; client and server share the machine. */
export const run: Bench = async (options) => {
  const found = await realInflux(options.signal);
  if (!found.ok) throw new Error(sentence(found.fault));
  const running = await runInflux(found.value.path);
  try {
    return await measure(running, options);
  } finally {
    await running.end();
  }
};
