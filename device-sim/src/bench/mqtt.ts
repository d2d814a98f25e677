import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import { type Child, cpuMs, startChild } from './child.ts';
import { hasMosquitto, startMosquitto } from './mosquitto.ts';
import { ackFigures } from './mqtt-acks.ts';
import type { LoadPlan } from './mqtt-load.child.ts';
import type { Bench, BenchOptions, BenchResult } from './result.ts';
import { median, timedMs } from './rounds.ts';

const NAME = 'load';
/** As many as one device may have at the same time. */
const CONNECTIONS = 4;
const PAYLOAD_BYTES = 200;
const WINDOW = 50;

const here = dirname(fileURLToPath(import.meta.url));

const startScript = (name: string, ...args: readonly string[]): Child =>
  startChild(join(here, name), { args });

interface Side {
  readonly pid: number;
  readonly port: number;
  readonly password: string;
  /** Resolves once everything has been taken. */
  taken(count: number): Promise<void>;
  end(): Promise<void>;
}

const startOurs = async (directory: string): Promise<Side> => {
  const child = startScript('mqtt-broker.child.js', join(directory, 'ours'), NAME);
  const { port, password } = JSON.parse(await child.line()) as {
    readonly port: number;
    readonly password: string;
  };
  const clock = systemClock();
  return {
    pid: child.pid,
    port,
    password,
    taken: async (count) => {
      for (;;) {
        child.say('how many');
        if (Number(await child.line()) >= count) return;
        await clock.sleep(2, new AbortController().signal);
      }
    },
    end: child.end,
  };
};

/** With one subscriber that does nothing. */
const startTheirs = async (
  directory: string,
  listening: Omit<LoadPlan, 'port' | 'password'>,
): Promise<Side> => {
  const { child, port, password } = await startMosquitto(directory, NAME);
  const listener = startScript('mqtt-load.child.js', JSON.stringify({ ...listening, port, password }));
  await listener.line();
  return {
    pid: child.pid,
    port,
    password,
    taken: async () => void (await listener.line()),
    end: async () => {
      await listener.end();
      await child.end();
    },
  };
};

type Plan = Omit<LoadPlan, 'port' | 'password'>;

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** All of a load, from the first connection to the last message taken. */
const loadAll = async (side: Side, plan: Plan, count: number, total: number): Promise<number> =>
  await timedMs(async () => {
    const load = { ...plan, count, listensFor: [], port: side.port, password: side.password };
    const loader = startScript('mqtt-load.child.js', JSON.stringify(load));
    await loader.line();
    await side.taken(total);
    await loader.end();
  });

/** After a warm-up of a quarter, which does not count. */
const measure = async (side: Side, plan: Plan): Promise<Measured> => {
  const warm = plan.count / 4;
  await loadAll(side, plan, warm, warm);
  const before = await cpuMs(side.pid);
  const ms = await loadAll(side, plan, plan.count, warm + plan.count);
  const cpuUs = (((await cpuMs(side.pid)) - before) / plan.count) * 1_000;
  return { perSecond: (plan.count / ms) * 1_000, cpuUs };
};

const inScratch = async <T>(act: (directory: string) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-bench-'));
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** Both brokers in turn, round by round, each fresh; medians. */
const sideBySide = async (qos: 0 | 1, { quick, signal, say }: BenchOptions) => {
  const count = quick ? 20_000 : 200_000;
  const plan = {
    count,
    qos,
    connections: CONNECTIONS,
    window: WINDOW,
    payloadBytes: PAYLOAD_BYTES,
    user: NAME,
    listensFor: [count / 4, (count / 4) * 5],
  };
  const found = { ours: [] as Measured[], theirs: [] as Measured[] };
  for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
    signal.throwIfAborted();
    for (const who of round % 2 === 1 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const)) {
      await inScratch(async (directory) => {
        const side = who === 'ours' ? await startOurs(directory) : await startTheirs(directory, plan);
        found[who].push(await measure(side, plan));
        await side.end();
      });
    }
    say(`QoS ${qos}: round ${round}`);
  }
  const of = (who: 'ours' | 'theirs', what: keyof Measured): number =>
    median(found[who].map((each) => each[what]));
  return {
    ratios: [
      {
        what: `messages/s with QoS ${qos}, taken in the process, to mosquitto with one subscriber`,
        ratio: of('ours', 'perSecond') / of('theirs', 'perSecond'),
        bar: '≥ 2',
      },
      {
        what: `processor time of a message with QoS ${qos}, mosquitto's alone to ours with its consumer`,
        ratio: of('theirs', 'cpuUs') / of('ours', 'cpuUs'),
        bar: '≥ 2',
      },
    ],
    figures: [
      { what: `broker, QoS ${qos}`, value: of('ours', 'perSecond'), unit: 'messages/s' },
      {
        what: `mosquitto and a subscriber, QoS ${qos}`,
        value: of('theirs', 'perSecond'),
        unit: 'messages/s',
      },
      { what: `broker, QoS ${qos}`, value: of('ours', 'cpuUs'), unit: 'µs processor/message' },
      { what: `mosquitto alone, QoS ${qos}`, value: of('theirs', 'cpuUs'), unit: 'µs processor/message' },
    ],
  };
};

/**
 * The embedded broker with a password and a consumer that does nothing, beside mosquitto with a password and one
 * subscriber that does nothing; and how long PUBACK takes of a whole gateway beside a sync of the same disk.
 */
export const run: Bench = async (options): Promise<BenchResult> => {
  const isThere = hasMosquitto();
  if (!isThere)
    options.say('mosquitto is not here (apt-get install mosquitto mosquitto-clients): no comparison');
  const compared = isThere ? [await sideBySide(0, options), await sideBySide(1, options)] : [];
  return {
    name: 'mqtt',
    ratios: compared.flatMap(({ ratios }) => ratios),
    figures: [...compared.flatMap(({ figures }) => figures), ...(await ackFigures(options))],
  };
};
