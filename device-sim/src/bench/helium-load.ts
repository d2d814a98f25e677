import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';
import type { LiveDelivery, LiveNetwork, LiveOutcome } from '@outpost/gateway';
import { helium } from '@outpost/gateway/helium';
import { wallNs } from '@outpost/schemas/words';
import { deliveryOf, newEui, receptionOf } from '../helium/client-rig.ts';
import { uplinkPhy } from '../helium/testing.ts';
import { startChild } from './child.ts';

const here = dirname(fileURLToPath(import.meta.url));
const clock = systemClock();

export interface RouterCounts {
  readonly taken: number;
  readonly sessions: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly stopped: Readonly<Record<string, number>>;
}

/** A Helium network of this process and Helium's servers in another. */
export interface HeliumLoad extends AsyncDisposable {
  readonly network: LiveNetwork;
  readonly euis: readonly string[];
  readonly alarms: readonly string[];
  /** A frame that this gateway hears now, or in so many milliseconds. */
  hear(eui: string, inMs?: number): LiveDelivery;
  send(eui: string): Promise<LiveOutcome>;
  deliver(heard: LiveDelivery): Promise<LiveOutcome>;
  counts(): Promise<RouterCounts>;
}

export const openLoad = async (
  gateways: number,
  options: Readonly<Record<string, unknown>> = {},
): Promise<HeliumLoad> => {
  const child = startChild(join(here, '..', 'bench', 'helium.child.js'), { args: [] });
  const { url, configKey } = JSON.parse(await child.line()) as {
    readonly url: string;
    readonly configKey: string;
  };
  const directory = await mkdtemp(join(tmpdir(), 'helium-'));
  const alarms: string[] = [];
  const opened = await helium.open(
    {
      name: 'helium',
      url,
      options: { region: 'EU868', config: url, configKey, gatewaysMax: 256, ...options },
    },
    {
      clock,
      directory,
      keyRecords: () => [],
      signed: () => Promise.resolve(undefined),
      order: (_, { id }) => Promise.resolve({ id, kind: 'done', words: 'sent.' }),
      alarm: ({ words }) => void alarms.push(words),
    },
  );
  if (!opened.ok || opened.value.follows !== 'readings') throw new Error('no network');
  const network = opened.value;
  const ending = new AbortController();
  const running = (network.run?.(ending.signal) ?? Promise.resolve()).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  const hear = (eui: string, inMs = 0): LiveDelivery => {
    const at = clock.wall() + BigInt(Math.round(inMs * 1e6));
    return deliveryOf(receptionOf(eui, uplinkPhy(24)), wallNs(at));
  };
  const deliver = (heard: LiveDelivery): Promise<LiveOutcome> => network.deliver(heard, ending.signal);
  return {
    network,
    hear,
    deliver,
    euis: Array.from({ length: gateways }, newEui),
    alarms,
    send: (eui) => deliver(hear(eui)),
    counts: async () => {
      child.say('how many');
      return JSON.parse(await child.line()) as RouterCounts;
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort(new Error('it is over'));
      await running;
      await child.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Sends at a steady pace, gateways in turn, and gives back how each ended. */
export const sendSteadily = async (
  { send, euis }: HeliumLoad,
  {
    perSecond,
    seconds,
    signal,
  }: { readonly perSecond: number; readonly seconds: number; readonly signal: AbortSignal },
): Promise<readonly LiveOutcome[]> => {
  const outcomes: Promise<LiveOutcome>[] = [];
  const from = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const elapsed = (performance.now() - from) / 1_000;
    const due = Math.min(elapsed, seconds) * perSecond;
    while (outcomes.length < due) outcomes.push(send(euis[outcomes.length % euis.length] ?? ''));
    if (elapsed >= seconds) return await Promise.all(outcomes);
    await clock.sleep(2, signal);
  }
};
