import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LiveDelivery, LiveNetwork, LiveOutcome, NetworkContext } from '@outpost/gateway';
import { addressOf } from '@outpost/gateway/helium';
import { heliumCoverage } from '@outpost/gateway/helium-coverage';
import { manualClock } from '@outpost/schemas/testing';
import {
  type DownlinkItem,
  type Fault,
  type Order,
  type OrderOutcome,
  type ReceptionBody,
  wallNs,
} from '@outpost/schemas/words';
import { breath, deliveryOf, receptionOf } from './client-rig.ts';
import { ANY_PORT } from './coverage-testing.ts';
import { type HoppingClock, hopping } from './hopping-clock.ts';
import type { IngestReport } from './ingest-words.ts';
import { until } from './raw-client.ts';
import { type ServedCoverage, serveCoverage } from './serve-coverage.ts';
import { type ServedHelium, serveHelium } from './serve-router.ts';

export const SF12 = { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' } as const;

/** A frame of 52 bytes as a gateway of EU868 hears a beacon, on the channel that its bytes choose unless changed. */
export const beaconHeard = (
  eui: string,
  payload: Uint8Array,
  change: Partial<ReceptionBody> = {},
): ReceptionBody => {
  const phy = new Uint8Array(52);
  phy[0] = 0xe0;
  phy.set(payload, 1);
  const channel = ((payload[0] ?? 0) | ((payload[1] ?? 0) << 8)) % 8;
  const frequencyHz = channel < 5 ? 867_100_000 + channel * 200_000 : 868_100_000 + (channel - 5) * 200_000;
  return receptionOf(eui, phy, {
    ...{ frequencyHz, modulation: SF12, rssiDeciDbm: -1_050, snrDeciDb: -75, tmst: 123_456_789 },
    ...change,
  });
};

/** What a gateway says that it sent, when it was told to send that. */
export const beaconSent = (eui: string, item: DownlinkItem): ReceptionBody =>
  receptionOf(eui, item.phy, {
    direction: 'sent',
    frequencyHz: item.frequencyHz,
    modulation: item.modulation,
    rssiDeciDbm: undefined,
    snrDeciDb: undefined,
    powerDeciDbm: item.powerDbm * 10,
    tmst: 7_000_000,
  });

export interface CoverageRigOptions {
  /** When it begins, seconds since 1970. */
  readonly startS?: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly directory?: string;
  /** Where the client finds the ingest service instead of the server itself. */
  way?(url: string): Promise<string>;
}

/** A network of coverage reports of a box, and Helium's services, on real sockets. */
export interface CoverageRig extends AsyncDisposable {
  readonly served: ServedCoverage;
  readonly helium: ServedHelium;
  readonly clock: HoppingClock;
  readonly network: LiveNetwork;
  readonly directory: string;
  readonly taken: readonly IngestReport[];
  readonly alarms: readonly Fault[];
  readonly notes: readonly string[];
  readonly orders: readonly { readonly device: string; readonly order: Order }[];
  answer: (order: Order) => OrderOutcome;
  delivery(body: ReceptionBody, ageMs?: number): LiveDelivery;
  deliver(body: ReceptionBody, ageMs?: number): Promise<LiveOutcome>;
  /** Time passes until it is so, for so many seconds at most; whether it is. */
  passing(seconds: number, isSo?: () => boolean): Promise<boolean>;
  /** Time passes until the next beacon is ordered, and not beyond: what it is told to send. */
  nextBeacon(): Promise<DownlinkItem>;
  stop(): Promise<void>;
}

const settingsOf = (
  url: string,
  { entropy }: ServedCoverage,
  helium: ServedHelium,
  options: Readonly<Record<string, unknown>> = {},
) => ({
  name: 'coverage',
  url,
  options: {
    ...{ profile: 'helium-iot-2026-05', region: 'EU868', entropy: entropy.url },
    ...{ config: helium.url, configKey: addressOf(helium.config.key) },
    ...options,
  },
});

export const openCoverageRig = async (options: CoverageRigOptions = {}): Promise<CoverageRig> => {
  const { startS } = options;
  const clock = hopping(startS === undefined ? manualClock() : manualClock(BigInt(startS) * 1_000_000_000n));
  const taken: IngestReport[] = [];
  const alarms: Fault[] = [];
  const notes: string[] = [];
  const orders: { readonly device: string; readonly order: Order }[] = [];
  const services = await serveCoverage({
    ...{ clock, ingest: ANY_PORT, entropy: ANY_PORT },
    taken: (report) => void taken.push(report),
  });
  const router = await serveHelium({ clock, listen: ANY_PORT });
  if (!services.ok || !router.ok) throw new Error('no services');
  const [served, helium] = [services.value, router.value];
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'helium-coverage-')));
  const rig = { answer: ({ id }: Order): OrderOutcome => ({ id, kind: 'done', words: 'sent.', item: 0 }) };
  const context: NetworkContext = {
    clock,
    directory: join(directory, 'coverage'),
    keyRecords: () => [],
    signed: () => Promise.resolve(undefined),
    order: (device, order) => {
      orders.push({ device, order });
      return Promise.resolve(rig.answer(order));
    },
    alarm: (fault) => void alarms.push(fault),
    note: (words) => void notes.push(words),
  };
  const url = (await options.way?.(served.ingest.url)) ?? served.ingest.url;
  const made = await heliumCoverage.open(settingsOf(url, served, helium, options.options), context);
  if (!made.ok || made.value.follows !== 'readings') throw new Error('no network');
  const network = made.value;
  const ending = new AbortController();
  let bug: unknown;
  const running = (network.run?.(ending.signal) ?? Promise.resolve()).catch((error: unknown) => {
    if (!ending.signal.aborted) bug = error;
  });
  let sequence = 0;
  const delivery = (body: ReceptionBody, ageMs = 0): LiveDelivery => {
    sequence += 1;
    return { ...deliveryOf(body, wallNs(clock.wall() - BigInt(ageMs) * 1_000_000n)), sequence };
  };
  const stop = async (): Promise<void> => {
    ending.abort(new Error('the test is over'));
    await running;
    if (bug !== undefined) throw bug;
  };
  return Object.assign(rig, {
    ...{ served, helium, clock, network, directory, taken, alarms, notes, orders, delivery, stop },
    passing: async (seconds: number, isSo: () => boolean = () => false) => {
      const end = clock.mono() + BigInt(seconds) * 1_000_000_000n;
      while (!isSo() && clock.mono() < end) await clock.hop(isSo);
      return isSo();
    },
    nextBeacon: async () => {
      const [asked, before] = [served.entropy.core.asked, orders.length];
      for (let hops = 0; served.entropy.core.asked === asked && hops < 5_000; hops += 1)
        await clock.hop(() => served.entropy.core.asked > asked);
      await until('it is on the disk and ordered', () => orders.length > before);
      const order = orders[before]?.order;
      const item = order?.kind === 'beacon' ? order.items[0] : undefined;
      if (item === undefined) throw new Error('no beacon');
      return item;
    },
    deliver: async (body: ReceptionBody, ageMs = 0) => {
      let isDone = false;
      const outcome = network.deliver(delivery(body, ageMs), ending.signal).finally(() => {
        isDone = true;
      });
      for (let tries = 0; tries < clock.patience && !isDone; tries += 1) await breath();
      // It waits for time to pass.
      while (!isDone) await clock.hop(() => isDone);
      return await outcome;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await served[Symbol.asyncDispose]();
      await helium[Symbol.asyncDispose]();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  });
};
