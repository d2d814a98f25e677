import type { HeardView } from '../page/heard.ts';
import type { DeviceView, Status } from './status.ts';
import { duration } from './status-words.ts';

/** What the box knows of a device beside what its dialogue says. */
export interface DeviceKnown {
  /** By the box's clock, milliseconds since 1970. */
  readonly nowMs: number;
  readonly hears: readonly HeardView[];
  /** Frames that it was told to send, and those of them that were not sent. */
  readonly downlinks: { readonly given: number; readonly refused: number };
}

/** Within this nobody asks when the last reading was. */
const FRESH_MS = 60_000;

export const knownOf = (status: Status, device: string): DeviceKnown => ({
  nowMs: Date.parse(status.at),
  hears: status.hears[device] ?? [],
  downlinks: status.downlinks[device] ?? { given: 0, refused: 0 },
});

/** A sentence as it begins in writing; adapters begin it as it follows a name. */
export const asSentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const ago = (nowMs: number, atMs: number): string =>
  nowMs - atMs < 1_000 ? 'just now' : `${duration(Math.floor((nowMs - atMs) / 1_000))} ago`;

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** The state of a car that is not driven, in a few words; a longer explanation stands behind it. */
const CAR: Readonly<Record<string, string>> = {
  driving: 'Car driving',
  on: 'Car switched on, standing',
  charging: 'Car parked, its battery charging',
  parked: 'Car parked, dongle asleep',
  stopped: 'Car parked, its battery low, nothing is asked',
};

/** What of a car's state its owner asks for first: whether it is left alone, and what that has cost. */
const carWords = ({ facts }: DeviceView['status']): readonly string[] => {
  const { power, wokenInWeek, volts } = facts;
  const state = CAR[String(power)];
  if (state === undefined) return [];
  // Of a car that is driven nobody asks who woke it.
  const isAsked = typeof wokenInWeek === 'number' && power !== 'driving';
  const woke = isAsked ? `, woke it ${counted(wokenInWeek, 'time')} this week` : '';
  return [`${state}${woke}${typeof volts === 'number' ? `, ${volts.toFixed(1)} V` : ''}.`];
};

/** Of all hotspots behind one device; each by itself stands below it. */
const radioWords = ({ hears, downlinks, nowMs }: DeviceKnown): readonly string[] => {
  if (hears.length === 0 && downlinks.given === 0) return [];
  const devices = hears.reduce((sum, each) => sum + each.devices, 0);
  const beaconMs = Math.max(0, ...hears.map(({ lastBeaconMs }) => lastBeaconMs));
  const frameMs = Math.max(0, ...hears.map(({ lastFrameMs }) => lastFrameMs));
  const parts = [
    hears.length > 1
      ? `${hears.length} hotspots hear ${counted(devices, 'device')}`
      : `Hears ${counted(devices, 'device')}`,
    ...(beaconMs > 0 ? [`last beacon ${ago(nowMs, beaconMs)}`] : []),
    ...(beaconMs === 0 && frameMs > 0 ? [`last frame ${ago(nowMs, frameMs)}`] : []),
    ...(downlinks.given > 0
      ? [`${downlinks.refused} of ${counted(downlinks.given, 'downlink')} refused`]
      : []),
  ];
  return [`${parts.join(', ')}.`];
};

const lastWords = ({ lastReadingAt, connected }: DeviceView, { nowMs }: DeviceKnown): readonly string[] => {
  if (lastReadingAt === undefined) return [];
  const atMs = Date.parse(lastReadingAt);
  return connected && nowMs - atMs < FRESH_MS ? [] : [`Last reading ${ago(nowMs, atMs)}.`];
};

/** How a device is, in whole sentences, from what its dialogue says and what the box has counted. */
export const deviceWords = (device: DeviceView, known: DeviceKnown): string => {
  const { connected, status } = device;
  const own = connected ? [...carWords(status), ...radioWords(known)] : [];
  return [...own, asSentence(status.words), ...lastWords(device, known)].join(' ');
};

/** One hotspot of several, in words. */
export const hotspotWords = ({ gateway, frames, devices, lastFrameMs }: HeardView, nowMs: number): string => {
  const last = lastFrameMs === 0 ? '' : `, last ${ago(nowMs, lastFrameMs)}`;
  return `${gateway === '' ? 'It' : gateway} hears ${counted(devices, 'device')}: ${counted(frames, 'frame')}${last}.`;
};
