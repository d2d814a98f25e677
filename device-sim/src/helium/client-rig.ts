import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import type { LiveDelivery, LiveNetwork, LiveOutcome, NetworkContext } from '@outpost/gateway';
import { addressOf, helium } from '@outpost/gateway/helium';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import {
  type Clock,
  type Epoch,
  type Fault,
  fromHex,
  type Order,
  type OrderOutcome,
  type ReceptionBody,
  type StreamId,
  type WallNs,
  wallNs,
} from '@outpost/schemas/words';
import type { TakenPacket } from './router-words.ts';
import { type ServedHelium, serveHelium } from './serve-router.ts';
import { uplinkPhy } from './testing.ts';

const EPOCH = new Uint8Array(16) as Epoch;

export const receptionOf = (
  eui: string,
  phy: Uint8Array,
  change: Partial<ReceptionBody> = {},
): ReceptionBody => ({
  kind: 'reception',
  direction: 'heard',
  gateway: fromHex(eui) ?? new Uint8Array(8),
  phy,
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -900,
  signalRssiDeciDbm: undefined,
  snrDeciDb: 75,
  powerDeciDbm: undefined,
  tmst: 1_000_000,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: undefined,
  rfChain: undefined,
  antenna: undefined,
  location: undefined,
  ...change,
});

export const deliveryOf = (body: ReceptionBody, wall: WallNs, device = 'roof'): LiveDelivery => ({
  stream: `${device}/coverage` as StreamId,
  epoch: EPOCH,
  sequence: 0,
  wall,
  trust: 'ntp',
  origin: 'live',
  keyKind: 'file',
  gatewayKey: new Uint8Array(32),
  deviceKey: new Uint8Array(32),
  body,
  raw: new Uint8Array(0),
});

export interface RigOptions {
  readonly clock?: Clock;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where the client connects instead of the server itself. */
  way?(url: string): Promise<string>;
  readonly directory?: string;
  /** How many streams the servers let be open on one connection. */
  readonly streamsMax?: number;
  /** Of the servers: key and certificate in PEM. */
  readonly tls?: { readonly key: string; readonly certificate: string };
}

/** A Helium network of a box, and Helium's servers, on real sockets. */
export interface ClientRig extends AsyncDisposable {
  readonly served: ServedHelium;
  readonly clock: ManualClock;
  readonly network: LiveNetwork;
  readonly directory: string;
  readonly taken: readonly TakenPacket[];
  readonly alarms: readonly Fault[];
  readonly orders: readonly { readonly device: string; readonly order: Order }[];
  /** How orders end from now on. */
  answer: (order: Order) => OrderOutcome;
  send(eui: string, phy?: Uint8Array, ageMs?: number, device?: string): Promise<LiveOutcome>;
  /** Ends the network, as at the end of the program; the servers go on. */
  stop(): Promise<void>;
}

export const openRig = async (options: RigOptions = {}): Promise<ClientRig> => {
  const clock = manualClock();
  const taken: TakenPacket[] = [];
  const alarms: Fault[] = [];
  const orders: { readonly device: string; readonly order: Order }[] = [];
  const opened = await serveHelium({
    listen: new URL('http://127.0.0.1:0'),
    clock,
    tls: options.tls,
    streamsMax: options.streamsMax,
    taken: (packet) => void taken.push(packet),
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  const served = opened.value;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'helium-')));
  const rig = { answer: ({ id }: Order): OrderOutcome => ({ id, kind: 'done', words: 'sent.', item: 0 }) };
  const context: NetworkContext = {
    clock: options.clock ?? clock,
    directory: join(directory, 'helium'),
    keyRecords: () => [],
    signed: () => Promise.resolve(undefined),
    order: (device, order) => {
      orders.push({ device, order });
      return Promise.resolve(rig.answer(order));
    },
    alarm: (fault) => void alarms.push(fault),
  };
  const settings = {
    name: 'helium',
    url: (await options.way?.(served.url)) ?? served.url,
    options: {
      region: 'EU868',
      config: served.url,
      configKey: addressOf(served.config.key),
      ...options.options,
    },
  };
  const made = await helium.open(settings, context);
  if (!made.ok || made.value.follows !== 'readings') throw new Error('no network');
  const network = made.value;
  const ending = new AbortController();
  let bug: unknown;
  const running = (network.run?.(ending.signal) ?? Promise.resolve()).catch((error: unknown) => {
    if (!ending.signal.aborted) bug = error;
  });
  const stop = async (): Promise<void> => {
    ending.abort(new Error('the test is over'));
    await running;
    if (bug !== undefined) throw bug;
  };
  return Object.assign(rig, {
    served,
    clock,
    network,
    directory,
    taken,
    alarms,
    orders,
    send: (eui: string, phy = uplinkPhy(), ageMs = 0, device = 'roof') => {
      const wall = wallNs((options.clock ?? clock).wall() - BigInt(ageMs) * 1_000_000n);
      return network.deliver(deliveryOf(receptionOf(eui, phy), wall, device), ending.signal);
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await served[Symbol.asyncDispose]();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  });
};

export const newEui = (): string => randomBytes(8).toString('hex');

const real = systemClock();
const NEVER = new AbortController().signal;

/** Lets what is under way on sockets get on, while no time passes. */
export const breath = (): Promise<void> => real.sleep(4, NEVER);

/** Time passes, and what is under way on sockets gets on meanwhile, until it is so; the milliseconds that it took. */
export const passing = async (clock: ManualClock, stepMs: number, isSo: () => boolean): Promise<number> => {
  let ms = 0;
  for (; !isSo(); ms += stepMs) {
    if (ms > 600_000) throw new Error('in vain for ten minutes');
    await clock.advance(stepMs);
    if (!isSo()) await breath();
  }
  return ms;
};
