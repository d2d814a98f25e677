import type { Peer } from '@outpost/firmware-bridge';
import type { gwmpParts } from '@outpost/firmware-bridge/wires';
import {
  type DownlinkItem,
  type MonoNs,
  monoNs,
  type OrderId,
  type ReceptionBody,
} from '@outpost/schemas/words';
import {
  DEFAULT_FORWARDER,
  type Forwarder,
  type ForwarderState,
  newForwarder,
} from '../devices/gwmp/forwarder.ts';
import { frameHeard } from '../devices/gwmp/testing.ts';
import type { EventQueue } from '../radio/event-queue.ts';
import type { Random } from '../random/sfc32.ts';
import { euiNamed, PHY } from './gwmp-datagrams.ts';

export interface GwmpDayReport {
  readonly hours: number;
  /** Frames that concentrators heard, and datagrams with them that the network lost on their way. */
  readonly frames: number;
  readonly pushesLost: number;
  readonly pushes: number;
  readonly acknowledged: number;
  readonly late: number;
  readonly items: number;
  readonly observed: number;
  readonly control: number;
  readonly quarantined: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly receptions: number;
  readonly orders: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly onAir: number;
  /** What the owner was told, and seconds after what made it so. */
  readonly told: readonly { readonly what: string; readonly gateway: number; readonly afterS: number }[];
  readonly wrong: {
    readonly conservation: number;
    /** Frames of datagrams that arrived and are no reading, or are one twice. */
    readonly frames: number;
    readonly orders: number;
    /** Trouble that was not there, and trouble that was not told of in time. */
    readonly falseAlarms: number;
    readonly missed: number;
  };
}

export const US_PER_S = 1_000_000;
export const HOUR_US = 3_600 * US_PER_S;

/** What befalls which hotspot, and within how many seconds its owner must hear of it. */
export interface Trouble {
  readonly hotspot: number;
  readonly kind: 'deaf' | 'away';
  readonly fromUs: number;
  readonly toUs: number;
  readonly begins: string;
  readonly ends: string;
  readonly withinS: number;
}

export const TROUBLES: readonly Trouble[] = [
  // A check each 5 s comes on top of the 15 min.
  {
    hotspot: 1,
    kind: 'deaf',
    fromUs: 6 * HOUR_US,
    toUs: 6.7 * HOUR_US,
    begins: 'radio-deaf',
    ends: 'radio-hears',
    withinS: 910,
  },
  {
    hotspot: 2,
    kind: 'away',
    fromUs: 12 * HOUR_US,
    toUs: 12.2 * HOUR_US,
    begins: 'gateway-offline',
    ends: 'gateway-online',
    withinS: 90,
  },
];

/** Frames a second of each hotspot: ten in all, and one place where hardly anything is heard. */
export const RATES: readonly number[] = [2, 2, 2, 2, 1, 0.9, 0.1, 1 / 2_400];
export const ORDER_EVERY_US = 60 * US_PER_S;
export const LOST_SHARE = 0.005;
export const DISK_US = 4_000;

export interface Hotspot {
  readonly forwarder: Forwarder;
  readonly peers: Readonly<Record<'up' | 'down', Peer>>;
  /** Its crystal is fast by so many millionths, and its counter began here. */
  readonly ppm: number;
  readonly zeroUs: number;
  state: ForwarderState;
  wakeUs: number;
  lastTmst: number;
}

export type Happening =
  | { readonly kind: 'frame' | 'wake'; readonly hotspot: number }
  | { readonly kind: 'order' }
  | { readonly kind: 'silence'; readonly generation: number }
  | { readonly kind: 'up'; readonly hotspot: number; readonly peer: Peer; readonly bytes: Uint8Array }
  | { readonly kind: 'down'; readonly to: Peer; readonly bytes: Uint8Array };

export interface Day {
  readonly chance: Random;
  readonly queue: EventQueue<Happening>;
  readonly hotspots: readonly Hotspot[];
  readonly session: ReturnType<typeof gwmpParts.session>;
  readonly dropped: Record<string, number>;
  readonly outcomes: Record<string, number>;
  readonly told: { readonly what: string; readonly gateway: number; readonly afterS: number }[];
  readonly open: Set<OrderId>;
  state: ReturnType<typeof gwmpParts.session>['initial'];
  generation: number;
  nowUs: number;
  counts: Record<
    | 'frames'
    | 'arrivedFrames'
    | 'pushesLost'
    | 'items'
    | 'observed'
    | 'control'
    | 'quarantined'
    | 'receptions'
    | 'orders'
    | 'badOrders'
    | 'onAir',
    number
  >;
}

export const monoOf = (nowUs: number): MonoNs => monoNs(BigInt(Math.round(nowUs)) * 1_000n + 1_000_000_000n);
export const counterOf = ({ ppm, zeroUs }: Hotspot, nowUs: number): number =>
  zeroUs + Math.floor(nowUs * (1 + ppm / 1e6));
export const isIn = (kind: Trouble['kind'], hotspot: number, nowUs: number): boolean =>
  TROUBLES.some(
    (each) => each.kind === kind && each.hotspot === hotspot && nowUs >= each.fromUs && nowUs < each.toUs,
  );

/** A frame at the noise of a quiet place, a quarter of them damaged. */
export const heardFrame = ({ chance }: Day, tmst: number): ReceptionBody => {
  const snr = Math.round(10 * chance.between(-12, 9));
  const over = 100 * Math.log10(1 + 10 ** (snr / 100));
  const crc = chance.unit() < 0.24 ? 'bad' : 'ok';
  return {
    ...frameHeard(tmst),
    crc,
    snrDeciDb: snr,
    rssiDeciDbm: Math.round(-1_170 + over + chance.between(-15, 15)),
  };
};

/** An answer in the first or second window. */
export const itemAfter = (tmst: number, delayS: number): DownlinkItem => ({
  phy: PHY,
  at: { kind: 'count', tmst: (tmst + delayS * US_PER_S) % 2 ** 32 },
  frequencyHz: delayS === 1 ? 868_100_000 : 869_525_000,
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  invertPolarity: true,
  preambleSymbols: undefined,
  noCrc: true,
});

export const newHotspot = (n: number): Hotspot => {
  const forwarder: Forwarder = { ...DEFAULT_FORWARDER, eui: euiNamed(n), seed: n };
  const zeroUs = n * 600_000_000;
  const address = `192.0.2.${n}`;
  const peers = { up: { address, port: 40_000 }, down: { address, port: 40_001 } };
  return {
    forwarder,
    peers,
    ppm: n - 4,
    zeroUs,
    state: newForwarder(forwarder, zeroUs),
    wakeUs: 0,
    lastTmst: 0,
  };
};
