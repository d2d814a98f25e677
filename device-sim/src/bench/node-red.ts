import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import { realInflux } from '@outpost/gateway';
import { sentence } from '@outpost/schemas/words';
import { cpuMs, rssKib, startChild } from './child.ts';
import { hasMosquitto } from './mosquitto.ts';
import type { LoadPlan } from './mqtt-load.child.ts';
import { installNodeRed } from './node-red-install.ts';
import { DEVICES, type Side, startOurs, startTheirs } from './node-red-sides.ts';
import { openPlainInfluxd, type PlainInfluxd } from './plain-influxd.ts';
import type { Bench, BenchOptions, BenchResult } from './result.ts';
import { median } from './rounds.ts';

const PAYLOAD_BYTES = 200;
/** Messages of one connection that are not acknowledged. */
const WINDOW = 600;
const LOOK_MS = 100;
/** The slowest of the sides takes a message in a millisecond. */
const PATIENCE_MS = 180_000;
const KIB = 1_024;

const WHO = ['ours', 'batch', 'single'] as const;
type Who = (typeof WHO)[number];

interface Measured {
  readonly perSecond: number;
  /** Processor time of a message, broker included, InfluxDB not. */
  readonly cpuUs: number;
  readonly influxCpuUs: number;
  readonly rssMebibytes: number;
}

const here = dirname(fileURLToPath(import.meta.url));

const load = async ({ access }: Side, count: number): Promise<void> => {
  const plan: LoadPlan = {
    ...access,
    count,
    qos: 1,
    connections: DEVICES,
    window: WINDOW,
    payloadBytes: PAYLOAD_BYTES,
    listensFor: [],
  };
  const loader = startChild(join(here, 'mqtt-load.child.js'), { args: [JSON.stringify(plan)] });
  await loader.line();
  await loader.end();
};

const until = async (what: string, isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> => {
  const clock = systemClock();
  for (const from = performance.now(); !(await isSo()); ) {
    if (performance.now() - from > PATIENCE_MS) throw new Error(`in vain: ${what}`);
    await clock.sleep(LOOK_MS, signal);
  }
};

const sum = async (pids: readonly number[], of: (pid: number) => Promise<number>): Promise<number> => {
  let total = 0;
  for (const pid of pids) total += await of(pid);
  return total;
};

/** From the first byte of the first message to the last point in InfluxDB, after a warm-up of a fifth. */
const measure = async (
  side: Side,
  influxd: PlainInfluxd,
  count: number,
  signal: AbortSignal,
): Promise<Measured> => {
  const warm = count / 5;
  // A subscriber that is not there yet gets nothing: until a first message comes through, one at a time.
  const isThrough = async (): Promise<boolean> => {
    await load(side, DEVICES);
    return (await side.stored()) > 0;
  };
  await until('a first message comes through', isThrough, signal);
  const base = async (): Promise<number> => {
    let before = -1;
    let now = await side.stored();
    while (now !== before) {
      await systemClock().sleep(1_500, signal);
      before = now;
      now = await side.stored();
    }
    return now;
  };
  await load(side, warm);
  const from = await base();
  const [cpu, influx] = [await sum(side.pids, cpuMs), await cpuMs(influxd.pid())];
  const begun = performance.now();
  await load(side, count);
  await until('all is stored', async () => (await side.stored()) >= from + count, signal);
  const tookMs = performance.now() - begun;
  const cpuUs = (((await sum(side.pids, cpuMs)) - cpu) / count) * 1_000;
  const influxCpuUs = (((await cpuMs(influxd.pid())) - influx) / count) * 1_000;
  const { attested } = side;
  // What is stored is signed too, within the second that a batch may wait.
  if (attested !== undefined)
    await until('all is attested', async () => (await attested()) >= from + count, signal);
  const rssMebibytes = (await sum(side.pids, rssKib)) / KIB;
  return { perSecond: (count / tookMs) * 1_000, cpuUs, influxCpuUs, rssMebibytes };
};

const inScratch = async <T>(act: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-bench-'));
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const COUNTS: Readonly<Record<Who, number>> = { ours: 300_000, batch: 200_000, single: 10_000 };

interface Peers {
  readonly program: string;
  readonly modules: string;
}

const round = (who: Who, { program, modules }: Peers, { quick, signal }: BenchOptions): Promise<Measured> =>
  inScratch(async (directory) => {
    const influxd = await openPlainInfluxd(program, join(directory, 'influxdb'));
    await influxd.start();
    const starts =
      who === 'ours' ? startOurs(directory, influxd) : startTheirs(directory, influxd, who, modules);
    try {
      const side = await starts;
      try {
        return await measure(side, influxd, quick ? COUNTS[who] / 5 : COUNTS[who], signal);
      } finally {
        await side.end();
      }
    } finally {
      await influxd.stop();
    }
  });

const WORDS: Readonly<Record<Who, string>> = {
  ours: 'gateway, broker included',
  batch: 'mosquitto, Node-RED and its batch node',
  single: 'mosquitto, Node-RED and its default node',
};

const resultOf = (found: Readonly<Record<Who, readonly Measured[]>>): BenchResult => {
  const of = (who: Who, what: keyof Measured): number => median(found[who].map((each) => each[what]));
  return {
    name: 'node-red',
    ratios: [
      {
        what: 'messages/s, MQTT QoS 1 → durable → attested → InfluxDB, to Node-RED with its batch node and mosquitto',
        ratio: of('ours', 'perSecond') / of('batch', 'perSecond'),
        bar: '≥ 2',
      },
      {
        what: 'processor time of a message, ours to theirs, brokers included',
        ratio: of('ours', 'cpuUs') / of('batch', 'cpuUs'),
        bar: '≤ 0.65',
      },
      {
        what: 'messages/s to Node-RED with its default node',
        ratio: of('ours', 'perSecond') / of('single', 'perSecond'),
        bar: '≥ 15',
      },
    ],
    figures: WHO.flatMap((who) => [
      { what: WORDS[who], value: of(who, 'perSecond'), unit: 'messages/s' },
      { what: WORDS[who], value: of(who, 'cpuUs'), unit: 'µs processor/message' },
      { what: `InfluxDB behind: ${WORDS[who]}`, value: of(who, 'influxCpuUs'), unit: 'µs processor/message' },
      { what: WORDS[who], value: of(who, 'rssMebibytes'), unit: 'MiB resident' },
    ]),
  };
};

/** The whole path of a message beside what people build from Node-RED, mosquitto and the same InfluxDB. */
export const run: Bench = async (options): Promise<BenchResult> => {
  const nothing: BenchResult = { name: 'node-red', ratios: [], figures: [] };
  const [influx, installed] = [await realInflux(options.signal), await installNodeRed()];
  const absent = [
    ...(hasMosquitto() ? [] : ['mosquitto is not here (apt-get install mosquitto mosquitto-clients)']),
    ...(influx.ok ? [] : [sentence(influx.fault)]),
    ...('absent' in installed ? [installed.absent] : []),
  ];
  if (absent.length > 0 || !influx.ok || 'absent' in installed) {
    options.say(`skipped: ${absent.join('; ')}`);
    return nothing;
  }
  const peers = { program: influx.value.path, modules: installed.modules };
  const found: Record<Who, Measured[]> = { ours: [], batch: [], single: [] };
  for (let at = 0; at < (options.quick ? 1 : 3); at += 1) {
    for (const who of at % 2 === 0 ? WHO : WHO.toReversed()) {
      options.signal.throwIfAborted();
      const measured = await round(who, peers, options);
      found[who].push(measured);
      options.say(`round ${at + 1}, ${who}: ${JSON.stringify(measured)}`);
    }
  }
  return resultOf(found);
};
