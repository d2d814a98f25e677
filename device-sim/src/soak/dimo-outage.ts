import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import { openKeyRing } from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { elapsedMs } from '@outpost/schemas/words';
import { openDimoRig } from '../dimo/rig.ts';
import { type ServedDimoNode, serveDimoNode } from '../dimo/serve-dimo-node.ts';
import { must } from '../network/rig.ts';
import { random } from '../random/sfc32.ts';
import { MESSAGE_EVERY_MS, WEEK_START_NS } from './dimo-outage-child.ts';

export interface DimoOutagePlan {
  /** One every 20 s: 30,240 are seven days. */
  readonly messages: number;
  /** kill -9 while DIMO is away, and more while it is caught up with. */
  readonly kills: number;
  readonly killsAfter: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface DimoOutageReport {
  readonly days: number;
  readonly messages: number;
  readonly kills: number;
  readonly stored: number;
  /** Messages that came a second time after a kill, and were the same event. */
  readonly repeated: number;
  readonly requests: number;
  readonly drainS: number;
  readonly wrong: {
    readonly lost: number;
    readonly duplicated: number;
    readonly outOfOrder: number;
    readonly refused: number;
  };
}

const CHILD = fileURLToPath(new URL('./dimo-outage-child.js', import.meta.url));
const ODOMETER = 'powertrainTransmissionTravelledDistance';

interface Life {
  readonly config: string;
  readonly phase: 'record' | 'drain';
  readonly messages: number;
  /** Whether it is to die now, asked after each thing that it says and now and then. */
  isDue(said: string): boolean;
}

const LOOK_MS = 20;

/** One life; true where it came to its end, with what it said last. */
const live = async (
  { config, phase, messages, isDue }: Life,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const child = spawn(process.execPath, [CHILD, config, phase, String(messages)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const over = new AbortController();
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (isDue('')) kill();
      await systemClock()
        .sleep(LOOK_MS, over.signal)
        .catch(() => undefined);
    }
  };
  const watching = watch();
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (isDue(line)) kill();
  }
  const [code] = (await gone) as [number | null];
  over.abort();
  await watching;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code !== null && code !== 0) throw new Error(`the gateway ended by itself with ${code}`);
  return last.startsWith('d') ? last : undefined;
};

/** Ascending places at which to kill. */
const places = (count: number, below: number, seed: number, name: string): number[] => {
  const chance = random(seed, name);
  return Array.from({ length: count }, () => 1 + chance.whole(below - 1)).toSorted((a, b) => a - b);
};

const numbersOf = ({ shelf }: ServedDimoNode): number[] =>
  [...shelf.events.values()].map(({ signals }) => {
    const value = signals.find(({ name }) => name === ODOMETER)?.value;
    return Math.round(Number(value) * 10);
  });

const recordAll = async (plan: DimoOutagePlan, config: string): Promise<number> => {
  const due = places(plan.kills, plan.messages, plan.seed, 'record');
  let kills = 0;
  for (;;) {
    let isDead = false;
    const isDue = (line: string): boolean => {
      const isNow =
        !isDead && line.startsWith('m ') && Number(line.slice(2)) >= (due[0] ?? Number.POSITIVE_INFINITY);
      isDead ||= isNow;
      return isNow;
    };
    const ended = await live({ config, phase: 'record', messages: plan.messages, isDue }, plan.signal);
    if (ended !== undefined) return kills;
    plan.say(`killed at message ${due.shift() ?? 0} of ${plan.messages}`);
    kills += 1;
  }
};

const drainAll = async (plan: DimoOutagePlan, config: string, served: ServedDimoNode) => {
  const due = places(plan.killsAfter, plan.messages, plan.seed, 'drain');
  let kills = 0;
  for (;;) {
    let isDead = false;
    const isDue = (): boolean => {
      const isNow = !isDead && served.shelf.events.size >= (due[0] ?? Number.POSITIVE_INFINITY);
      isDead ||= isNow;
      return isNow;
    };
    const ended = await live({ config, phase: 'drain', messages: plan.messages, isDue }, plan.signal);
    if (ended !== undefined)
      return { kills, said: JSON.parse(ended.slice(2)) as Readonly<Record<string, number>> };
    plan.say(`killed with ${served.shelf.events.size} of ${plan.messages} at DIMO`);
    due.shift();
    kills += 1;
  }
};

/** A week without DIMO, and what is there afterwards. */
export const runDimoOutage = async (plan: DimoOutagePlan): Promise<DimoOutageReport> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-dimo-outage-'));
  // A day more: where the disk is slow, the gateway's clock goes on beside its messages.
  const endNs = WEEK_START_NS + BigInt(plan.messages * MESSAGE_EVERY_MS + 86_400_000) * 1_000_000n;
  const clock = manualClock(endNs);
  try {
    // Gives certificates and an address; then it is away.
    const rig = await openDimoRig({ clock, node: 'din' });
    await using _ = rig;
    const settings = rig.settings();
    const port = Number(new URL(settings.url).port);
    const data = join(directory, 'data');
    const config = join(directory, 'outpost.json');
    const network = { ...settings, network: 'dimo' };
    const device = { name: 'car', adapter: 'elm327', port: 'tcp://127.0.0.1:9' };
    // Each reading is signed by itself: a message of its own.
    const own = {
      store: null,
      clock: { trust: 'ntp' },
      journal: { commitEveryMs: 10 },
      attest: { readingsMax: 1 },
    };
    const value = { dataDirectory: data, devices: [device], networks: [network], ...own };
    await writeFile(config, JSON.stringify(value));
    await rig.prepare(data, (keys) => openKeyRing({ directory: keys, kind: 'file', clock }));
    await rig.served[Symbol.asyncDispose]();
    const killed = await recordAll(plan, config);
    const base = { node: 'din', chain: rig.chain, host: '127.0.0.1', root: rig.root, clock } as const;
    const served = must(await serveDimoNode({ ...base, ports: [port, 0, 0] }));
    await using __ = served;
    plan.say(`${plan.messages} messages are signed; DIMO is back`);
    const begun = systemClock().mono();
    const { kills, said } = await drainAll(plan, config, served);
    const numbers = numbersOf(served);
    const distinct = new Set(numbers);
    const { requests, repeated, stored } = served.status();
    return {
      days: (plan.messages * MESSAGE_EVERY_MS) / 86_400_000,
      messages: plan.messages,
      kills: killed + kills,
      stored,
      repeated,
      requests,
      drainS: Math.round(elapsedMs(begun, systemClock().mono()) / 1_000),
      wrong: {
        lost: plan.messages - distinct.size,
        duplicated: numbers.length - distinct.size,
        outOfOrder: numbers.filter((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0)).length,
        refused: Object.values(said).reduce((sum, count) => sum + count, 0),
      },
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
