import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { cpuMs, rssKib } from '../bench/child.ts';
import { openPlainInfluxd } from '../bench/plain-influxd.ts';
import { enterBox, startGateway } from '../mqtt/box.ts';
import { until } from '../system/programs.ts';
import { DEVICE, prepareBox, publishNumber } from './broker-kill.ts';

export interface BurstPlan {
  /** The influxd to start. */
  readonly program: string;
  readonly messages: number;
  /** Real time, during which nothing answers at InfluxDB's address. */
  readonly awayMinutes: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface BurstResult {
  readonly acknowledged: number;
  /** In InfluxDB at the end, each once. */
  readonly stored: number;
  readonly distinct: number;
  readonly lost: number;
  /** From the first to the last acknowledgement of the burst. */
  readonly burstMs: number;
  /** From InfluxDB's return to the last point. */
  readonly drainedMs: number;
  /** Of the gateway, in MiB: with InfluxDB there and a thousand messages behind it; the most after that. */
  readonly rssBefore: number;
  readonly rssPeak: number;
  readonly rssAtEnd: number;
  readonly rssGrowth: number;
  /** Processor time of the gateway a minute while InfluxDB was away and nothing came, in ms. */
  readonly idleCpuMsPerMinute: number;
}

const WARM = 1_000;
/** Messages that are not acknowledged: what a client library has under way at most. */
const WINDOW = 500;
const SETTLE_MS = 15_000;
const LOOK_MS = 250;
const DRAIN_MS_MAX = 300_000;
const KIB = 1_024;

const COUNT = 'SELECT count("seq") FROM "raw"."device"';
const DISTINCT = 'SELECT count(distinct("value")) FROM "raw"."device"';

/** A burst while InfluxDB is away, through a real gateway; what was acknowledged is counted once it is back. */
export const runBurst = async (plan: BurstPlan): Promise<BurstResult> => {
  const { signal, say } = plan;
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-burst-'));
  const influxd = await openPlainInfluxd(plan.program, join(directory, 'influxdb'));
  const box = await prepareBox(directory, { store: { url: influxd.url, flushEveryS: 1 } });
  await influxd.start();
  const program = startGateway(box);
  const acknowledged = new Set<number>();
  let number = 0;
  const rss: number[] = [];
  const look = async (): Promise<number> => {
    rss.push((await rssKib(program.pid)) / KIB);
    return rss.at(-1) ?? 0;
  };
  try {
    const publisher = await enterBox(box, program, DEVICE, (each) => acknowledged.add(each));
    const publish = async (count: number): Promise<number> => {
      const begun = performance.now();
      for (const end = number + count; acknowledged.size < end; ) {
        signal.throwIfAborted();
        while (number < end && publisher.underWay < WINDOW) {
          number += 1;
          publishNumber(publisher, number);
        }
        await clock.sleep(1, signal);
      }
      return performance.now() - begun;
    };
    // Before its first point there is no database.
    const stored = (): Promise<number> => influxd.number(COUNT, 'outpost').catch(() => 0);
    await publish(WARM);
    await until('the first are stored', async () => ((await stored()) === WARM ? true : undefined));
    await clock.sleep(SETTLE_MS, signal);
    const rssBefore = await look();
    await influxd.stop();
    say(`InfluxDB is away; the gateway has ${rssBefore.toFixed(0)} MiB`);
    const burstMs = await publish(plan.messages);
    say(`${acknowledged.size} acknowledged`);
    const from = clock.mono();
    const cpuFrom = await cpuMs(program.pid);
    const awayMs = plan.awayMinutes * 60_000;
    while (Number(clock.mono() - from) / 1e6 < awayMs) {
      await look();
      await clock.sleep(Math.min(LOOK_MS, awayMs), signal);
    }
    const idleCpuMsPerMinute = ((await cpuMs(program.pid)) - cpuFrom) / plan.awayMinutes;
    await influxd.start();
    const backAt = performance.now();
    say(`InfluxDB is back; at most ${Math.max(...rss).toFixed(0)} MiB so far`);
    const seen = async (): Promise<true | undefined> => {
      await look();
      return (await stored()) >= acknowledged.size ? true : undefined;
    };
    // What is lost shows in the figures, not as a failure to wait.
    await until('everything is stored', seen, DRAIN_MS_MAX).catch(() => undefined);
    const drainedMs = performance.now() - backAt;
    await clock.sleep(SETTLE_MS, signal);
    const rssAtEnd = await look();
    const distinct = await influxd.number(DISTINCT, 'outpost');
    return {
      acknowledged: acknowledged.size,
      stored: await stored(),
      distinct,
      lost: acknowledged.size - distinct,
      burstMs: Math.round(burstMs),
      drainedMs: Math.round(drainedMs),
      rssBefore,
      rssPeak: Math.max(...rss),
      rssAtEnd,
      rssGrowth: Math.max(...rss) - rssBefore,
      idleCpuMsPerMinute: Math.round(idleCpuMsPerMinute),
    };
  } finally {
    program.send('SIGTERM');
    await program.ended;
    await influxd.stop();
    await rm(directory, { recursive: true, force: true });
  }
};
