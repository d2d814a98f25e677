import type { Place } from '@outpost/schemas/privacy';
import { type TimeTrust, type WallNs, wallNs } from '@outpost/schemas/words';
import { drawAt, normalAt } from '../random/draw-at.ts';
import { counterUs, tmstOf } from './counter.ts';
import { placeAt } from './earth.ts';
import { type Mover, placeOf } from './motion.ts';
import { smoothAt } from './smooth.ts';

/** How a hotspot knows the time and its place: by satellites, by NTP and its owner’s word, or not at all. */
export type Knowledge = 'gnss' | 'ntp' | 'none';

/** One gateway with its antenna. */
export interface Hotspot extends Mover {
  /** 16 lower-case hex digits. */
  readonly eui: string;
  readonly heightM: number;
  /** dBi that its antenna truly has, cable included, and that its owner says; undefined where he says nothing. */
  readonly gainDbi: number;
  readonly declaredGainDbi: number | undefined;
  /** dB over thermal noise: the receiver's own and what people make around it. */
  readonly noiseDb: number;
  /** dB that its RSSI reads too high. */
  readonly rssiOffsetDb: number;
  /** Frames it can receive at one moment: 8 of an SX1301, 16 of an SX1302. */
  readonly demodulators: number;
  /** Millionths that its crystal is fast, and that it follows the day's temperature. */
  readonly driftPpm: number;
  readonly warmthPpm: number;
  readonly knowledge: Knowledge;
  /** Metres that its place is told wrong: by its owner, or by satellites between houses. */
  readonly placeErrorM: number;
  /** Share of the time in which it sees no satellites. */
  readonly gnssLostShare: number;
  /** Mean time between two starts. */
  readonly bootEveryS: number;
  /** Time between two beacons; undefined: it sends none. */
  readonly beaconEveryS: number | undefined;
}

const US_PER_S = 1_000_000;
const CHANCE = { boot: 1, ntp: 2, lost: 3, east: 4, north: 5, astray: 6, ownEast: 7, ownNorth: 8 } as const;

/** After a start its radio hears nothing for so long, and its clock is wrong for so long. */
export const DEAF_S = 40;
const CLOCK_AFTER_S = { gnss: 75, ntp: 60 } as const;
/** A Pi without a clock of its own wakes up in the past, by at most so much. */
const STALE_CLOCK_S = 40_000;

/** The latest start at or before this moment, µs. */
export const bootOf = ({ seed, bootEveryS }: Hotspot, nowUs: number): number => {
  const everyUs = bootEveryS * US_PER_S;
  const start = (turn: number): number => Math.round((turn + drawAt(seed, CHANCE.boot, turn)) * everyUs);
  const turn = Math.floor(nowUs / everyUs);
  return start(turn) <= nowUs ? start(turn) : start(turn - 1);
};

/** The concentrator's counter; it begins near 0 at each start. */
export const counterOf = (hotspot: Hotspot, nowUs: number): number => {
  const { driftPpm, warmthPpm } = hotspot;
  return tmstOf(counterUs({ startUs: -bootOf(hotspot, nowUs), driftPpm, warmthPpm }, nowUs));
};

/** Outages last minutes. */
const LOST_STEP_S = 600;

/** Whether satellites tell it the time at this moment. */
const seesSatellites = (hotspot: Hotspot, nowUs: number): boolean => {
  const { seed, gnssLostShare, knowledge } = hotspot;
  if (knowledge !== 'gnss') return false;
  if (nowUs - bootOf(hotspot, nowUs) < CLOCK_AFTER_S.gnss * US_PER_S) return false;
  return drawAt(seed, CHANCE.lost, Math.floor(nowUs / (LOST_STEP_S * US_PER_S))) >= gnssLostShare;
};

/** Deviation in µs of a clock by satellites through Linux, and by NTP over a home’s line. */
const GNSS_SIGMA_US = 3;
const NTP_SIGMA_US = 30_000;
const NTP_STEP_S = 900;

/** What its clock says at a true moment, and how far that is to be believed. */
export const clockOf = (
  hotspot: Hotspot,
  startWall: WallNs,
  nowUs: number,
): { readonly wall: WallNs; readonly trust: TimeTrust } => {
  const { seed, knowledge } = hotspot;
  const at = (errorUs: number): WallNs => wallNs(startWall + BigInt(Math.round(nowUs + errorUs)) * 1_000n);
  if (seesSatellites(hotspot, nowUs))
    return { wall: at(GNSS_SIGMA_US * normalAt(seed, CHANCE.ntp, nowUs)), trust: 'gnss' };
  const boot = bootOf(hotspot, nowUs);
  if (knowledge === 'none' || nowUs - boot < CLOCK_AFTER_S.ntp * US_PER_S) {
    const stale = STALE_CLOCK_S * US_PER_S * drawAt(seed, CHANCE.boot, boot);
    return { wall: at(-stale), trust: 'none' };
  }
  // Lines to the Internet are slower one way than the other, and not always by as much.
  const error = NTP_SIGMA_US * smoothAt(seed, CHANCE.ntp, nowUs / (NTP_STEP_S * US_PER_S));
  return { wall: at(error), trust: 'ntp' };
};

/** Forwarders tell their place with their status, every so often. */
export const STATUS_EVERY_S = 30;
const WANDER_STEP_S = 300;
/** Once in so many statuses satellites between houses are far off, by so many deviations. */
const ASTRAY_SHARE = 0.002;
const ASTRAY_TIMES = 10;

/** What it says of its place: as it was at its last status. */
export const toldPlace = (hotspot: Hotspot, nowUs: number): Place | undefined => {
  const { seed, home, knowledge, placeErrorM, motion } = hotspot;
  const status = Math.floor(nowUs / (STATUS_EVERY_S * US_PER_S));
  const statusUs = status * STATUS_EVERY_S * US_PER_S;
  if (seesSatellites(hotspot, statusUs)) {
    const step = statusUs / (WANDER_STEP_S * US_PER_S);
    const times = drawAt(seed, CHANCE.astray, status) < ASTRAY_SHARE ? ASTRAY_TIMES : 1;
    const sigmaM = placeErrorM * times;
    return placeAt(placeOf(hotspot, statusUs), {
      eastM: sigmaM * smoothAt(seed, CHANCE.east, step),
      northM: sigmaM * smoothAt(seed, CHANCE.north, step),
    });
  }
  // Its owner has written down where it stands; one that drives around says nothing without satellites.
  if (motion !== undefined || knowledge === 'none') return undefined;
  return placeAt(home, {
    eastM: placeErrorM * normalAt(seed, CHANCE.ownEast, 0),
    northM: placeErrorM * normalAt(seed, CHANCE.ownNorth, 0),
  });
};
