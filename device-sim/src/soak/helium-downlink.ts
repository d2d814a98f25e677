import { systemClock } from '@outpost/firmware-bridge';
import { addressOf } from '@outpost/gateway/helium';
import { fromHex, toHex } from '@outpost/schemas/words';
import { freeUdpPort } from '../devices/gwmp/udp-end.ts';
import type { Downlink, DownWindow } from '../helium/downlink.ts';
import { type ServedHelium, serveHelium } from '../helium/serve-router.ts';
import { uplinkPhy } from '../helium/testing.ts';
import { openScene, untilStatus } from '../system/box.ts';
import { until } from '../system/programs.ts';
import { type ConcentratorEnd, openConcentrator, type Told } from './concentrator-end.ts';
import { type Percentiles, percentiles } from './percentiles.ts';

export interface DownlinkPlan {
  /** Downlinks in all; the cases come in turn, and the gateways. */
  readonly count: number;
  readonly perSecond: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface DownlinkReport {
  readonly gateways: number;
  readonly downlinks: number;
  /** Of these, in which the first window could not be used. */
  readonly fallbacks: number;
  readonly byCase: Readonly<Record<string, number>>;
  /** From the router's send to the datagram at the forwarder, ms: both sockets included. */
  readonly untilToldMs: Percentiles;
  /** From a forwarder's refusal of the first window to the datagram with the second, ms. */
  readonly untilSecondMs: Percentiles;
  readonly wrong: {
    readonly lost: number;
    readonly atWrongGateway: number;
    /** The first window was sent where it must not be, or the second where the first was good. */
    readonly wrongWindow: number;
    /** The first window was refused, and the second never came. */
    readonly withoutSecond: number;
  };
}

/** What a case does to the first window, and what the forwarder must be told, in order, by rate. */
interface Case {
  readonly name: string;
  rx1(counter: number): DownWindow | undefined;
  /** What the forwarder says to the first window where it is told of it. */
  readonly error?: string;
  readonly told: readonly string[];
}

const NETWORK = 'helium';
const GATEWAYS = 4;
const FIRST = 'SF7BW125';
const SECOND = 'SF8BW125';
const COUNTER = 2 ** 32;
const PULL_EVERY_MS = 5_000;
const HEAR_EVERY_MS = 500;
const LATE_MS = 2_000;

/** In the band that may be used most; DR5 is SF7, DR4 SF8. */
const windowOf = (change: Partial<DownWindow>): DownWindow => ({
  ...{ timestamp: 0n, frequencyHz: 869_525_000, dataRate: 5, immediate: false },
  ...change,
});
const inUs = (counter: number, us: number): bigint => BigInt((counter + us) % COUNTER);
const soon = (counter: number): DownWindow => windowOf({ timestamp: inUs(counter, 1_000_000) });

const ERRORS = [
  'TOO_LATE',
  'TOO_EARLY',
  'COLLISION_PACKET',
  'COLLISION_BEACON',
  'TX_FREQ',
  'TX_POWER',
  'GPS_UNLOCKED',
  'SEND_LBT',
  'SEND_FAIL',
  'SOMETHING_NEW',
];

const CASES: readonly Case[] = [
  { name: 'the first is sent', rx1: soon, told: [FIRST] },
  { name: 'the first is sent at once', rx1: () => windowOf({ immediate: true }), told: [FIRST] },
  ...ERRORS.map((error) => ({
    name: `the forwarder says ${error}`,
    rx1: soon,
    error,
    told: [FIRST, SECOND],
  })),
  {
    name: 'the first is nearly over',
    rx1: (counter) => windowOf({ timestamp: inUs(counter, 5_000) }),
    told: [SECOND],
  },
  {
    name: 'the first has been',
    rx1: (counter) => windowOf({ timestamp: inUs(counter, COUNTER - 2_000_000) }),
    told: [SECOND],
  },
  {
    name: 'the first is in a quarter of an hour',
    rx1: (counter) => windowOf({ timestamp: inUs(counter, 900_000_000) }),
    told: [SECOND],
  },
  { name: 'the first has a rate that nobody has', rx1: () => windowOf({ dataRate: 99 }), told: [SECOND] },
  {
    name: 'the first is where nobody may send',
    rx1: (counter) => ({ ...soon(counter), frequencyHz: 800_000_000 }),
    told: [SECOND],
  },
  { name: 'there is no first', rx1: () => undefined, told: [SECOND] },
];

export const CASES_COUNT: number = CASES.length;

/** One that went out. */
interface Open {
  readonly eui: string;
  readonly each: Case;
  readonly atMs: number;
  refusedAtMs: number | undefined;
  readonly told: string[];
}

/** Everything that was sent, by its frame, and what came of it. */
const openBook = () => {
  const open = new Map<string, Open>();
  const [untilTold, untilSecond]: [number[], number[]] = [[], []];
  let atWrongGateway = 0;
  return {
    open,
    untilTold,
    untilSecond,
    get atWrongGateway() {
      return atWrongGateway;
    },
    take: (eui: string, { phy, datr, atMs, answer }: Told): void => {
      const sent = open.get(phy);
      if (sent === undefined || sent.eui !== eui) {
        atWrongGateway += 1;
        return;
      }
      if (sent.told.length === 0) untilTold.push(atMs - sent.atMs);
      else if (sent.refusedAtMs !== undefined) untilSecond.push(atMs - sent.refusedAtMs);
      sent.told.push(datr);
      const error = datr === FIRST ? sent.each.error : undefined;
      if (error !== undefined) sent.refusedAtMs = performance.now();
      answer(error);
    },
  };
};

type Book = ReturnType<typeof openBook>;

const downlinkOf = (number: number, { rx1 }: Case, counter: number): Downlink => {
  const payload = new Uint8Array(12).fill(number & 0xff, 5);
  payload[0] = 0x60;
  new DataView(payload.buffer).setUint32(1, number, true);
  const rx2 = windowOf({ timestamp: inUs(counter, 2_000_000), dataRate: 4 });
  return { payload, rx1: rx1(counter), rx2 };
};

const judge = (book: Book, plan: DownlinkPlan): DownlinkReport => {
  const all = [...book.open.values()];
  const byCase: Record<string, number> = {};
  for (const { each } of all) byCase[each.name] = (byCase[each.name] ?? 0) + 1;
  const isRight = ({ each, told }: Open): boolean =>
    told.length === each.told.length && told.every((datr, at) => datr === each.told[at]);
  const lost = all.filter(({ told }) => told.length === 0);
  const short = all.filter(({ each, told }) => told.length > 0 && told.length < each.told.length);
  const wrongs = all.filter((each) => !isRight(each)).length - lost.length - short.length;
  return {
    gateways: GATEWAYS,
    downlinks: plan.count,
    fallbacks: all.filter(({ each }) => each.told.at(-1) === SECOND).length,
    byCase,
    untilToldMs: percentiles(book.untilTold),
    untilSecondMs: percentiles(book.untilSecond),
    wrong: {
      lost: lost.length,
      atWrongGateway: book.atWrongGateway,
      wrongWindow: wrongs,
      withoutSecond: short.length,
    },
  };
};

/** Hears frames and asks for transmissions until the signal aborts, each hotspot. */
const goOn = async (ends: readonly ConcentratorEnd[], signal: AbortSignal): Promise<void> => {
  for (let ms = 0; ; ms += HEAR_EVERY_MS) {
    for (const end of ends) {
      if (ms % PULL_EVERY_MS === 0) end.pull();
      end.hear(uplinkPhy(20));
    }
    await systemClock().sleep(HEAR_EVERY_MS, signal);
  }
};

/** The key under which the router knows each gateway, by its EUI. */
const keysOf = async (
  ends: readonly ConcentratorEnd[],
  heardBy: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const keys = new Map<string, Uint8Array>();
  for (const end of ends) {
    const phy = uplinkPhy(20);
    end.pull();
    end.hear(phy);
    const key = await until(`the router has a frame of ${end.eui}`, () => heardBy.get(toHex(phy)));
    keys.set(end.eui, fromHex(key) ?? new Uint8Array(0));
  }
  return keys;
};

const sendAll = async (
  plan: DownlinkPlan,
  served: ServedHelium,
  ends: readonly ConcentratorEnd[],
  keys: ReadonlyMap<string, Uint8Array>,
  book: Book,
): Promise<void> => {
  for (let number = 0; number < plan.count; number += 1) {
    const each = CASES[Math.floor(number / GATEWAYS) % CASES.length];
    const end = ends[number % GATEWAYS];
    if (each === undefined || end === undefined) throw new Error('a case and a gateway');
    const down = downlinkOf(number, each, end.counter());
    const atMs = performance.now();
    book.open.set(toHex(down.payload), { eui: end.eui, each, atMs, refusedAtMs: undefined, told: [] });
    const isThere = served.router.downlink(keys.get(end.eui) ?? new Uint8Array(0), down);
    if (!isThere) throw new Error(`the router has no stream of ${end.eui}`);
    await systemClock().sleep(1_000 / plan.perSecond, plan.signal);
  }
};

/**
 * Downlinks of the router through a whole gateway to four forwarders: is each told by the right one, how soon, and
 * does the second window follow wherever the first cannot be used?
 */
export const runHeliumDownlink = async (plan: DownlinkPlan): Promise<DownlinkReport> => {
  await using scene = await openScene();
  const heardBy = new Map<string, string>();
  const opened = await serveHelium({
    listen: new URL('http://127.0.0.1:0'),
    clock: systemClock(),
    taken: ({ gateway, packet }) => void heardBy.set(toHex(packet.payload), gateway),
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  await using served = opened.value;
  const port = await freeUdpPort();
  const euis = Array.from({ length: GATEWAYS }, (_, at) => `b827ebfffe00000${at}`);
  const data = scene.path('data');
  const options = { region: 'EU868', config: served.url, configKey: addressOf(served.config.key) };
  const device = { name: 'hotspots', adapter: 'gwmp', port: `udp://127.0.0.1:${port}` };
  const config = await scene.write('outpost.json', {
    dataDirectory: data,
    keyKind: 'demo',
    devices: [{ ...device, options: { allow: euis, region: 'EU868' } }],
    networks: [{ name: NETWORK, network: 'helium', url: served.url, options, acceptSimulated: true }],
    store: null,
    clock: { trust: 'rtc' },
  });
  const gateway = scene.gateway(config);
  await untilStatus(gateway, data, 'the socket is open', ({ devices: [first] }) => first?.connected === true);
  const book = openBook();
  const ends: ConcentratorEnd[] = [];
  for (const eui of euis) ends.push(await openConcentrator(eui, port, (told) => book.take(eui, told)));
  const ending = new AbortController();
  try {
    const keys = await keysOf(ends, heardBy);
    await until('every gateway knows its power', () => served.config.answered >= GATEWAYS || undefined);
    await untilStatus(gateway, data, 'the status shows their sessions', ({ networks: [network] }) =>
      euis.every((eui) =>
        network?.links?.some(({ name, state, sent }) => name === eui && state === 'registered' && sent > 0),
      ),
    );
    goOn(ends, ending.signal).catch(() => undefined);
    plan.say(`${GATEWAYS} gateways have sessions`);
    await sendAll(plan, served, ends, keys, book);
    await systemClock().sleep(LATE_MS, plan.signal);
    return judge(book, plan);
  } finally {
    ending.abort(new Error('it is over'));
    for (const end of ends) await end[Symbol.asyncDispose]();
  }
};
