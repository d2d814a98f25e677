import type { WallNs } from '@outpost/schemas/words';
import { NS_PER_MS } from '@outpost/schemas/words';
import type { ReadLeaf } from './status.ts';

// DIMO decodes seven names of events. Four of them follow from readings of ours: how hard somebody brakes, accelerates
// or corners, worked out from signed values of one attestation alone, so that anybody with them comes to the same.
// Nothing here tells a crash from a pothole, and Outpost blocks no engines: the other three are never made.

export type DrivingEventName =
  | 'behavior.harshBraking'
  | 'behavior.extremeBraking'
  | 'behavior.harshAcceleration'
  | 'behavior.harshCornering';

/** As the default module takes it. */
export interface DrivingEvent {
  readonly name: DrivingEventName;
  /** When it began. */
  readonly wall: WallNs;
  readonly durationNs: bigint;
  /** What it was worked out from. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Row of the vehicle's speed in the signal table, whole km/h. */
const SPEED = 1;
/** 7 miles an hour in a second, from where insurers count braking as hard (Progressive Snapshot). */
const HARSH_MS2 = 3.13;
/** Two thirds of what tyres hold on a dry road. */
const EXTREME_MS2 = 6;
/** Sideways; passengers call less than this uncomfortable at most. */
const CORNERING_MS2 = 4;

/** Two values closer together than this say more of their rounding than of the car. */
const APART_MIN_MS = 900;
const APART_MAX_MS = 4_000;
/** Speeds come in whole km/h, and answers of a car up to this much late: both are taken off, so that what is left is
 * the least that it can have been. */
const ROUNDING_KMH = 1;
const LATENESS_MS = 100;

const CORNER_APART_MIN_MS = 400;
const CORNER_APART_MAX_MS = 2_500;
/** Slower than this a receiver does not know where it is heading. */
const CORNER_SPEED_MIN_MS = 5;
const CORNER_ROUNDING_DEG = 3;
/** More than this between two fixes is a receiver that turned round, not a car. */
const CORNER_TURN_MAX_DEG = 150;

/** Of one attestation; what is beyond is left out. */
export const DRIVING_EVENTS_MAX = 32;

const KMH_PER_MS = 3.6;

interface Point {
  readonly atMs: number;
  readonly wall: WallNs;
  readonly value: number;
}

/** Something that goes on while its figures stay over a threshold. */
interface Episode {
  readonly start: Point;
  end: Point;
  worstMs2: number;
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** The least mean change of speed towards `sign` between two readings, in m/s². */
const leastChange = (from: Point, to: Point, sign: 1 | -1): number => {
  const kmh = (to.value - from.value) * sign - ROUNDING_KMH;
  return kmh / KMH_PER_MS / ((to.atMs - from.atMs + LATENESS_MS) / 1_000);
};

const episodesOf = (points: readonly Point[], sign: 1 | -1): readonly Episode[] => {
  const episodes: Episode[] = [];
  let oldest = 0;
  for (const [at, to] of points.entries()) {
    while (to.atMs - (points[oldest]?.atMs ?? 0) > APART_MAX_MS) oldest += 1;
    for (const from of points.slice(oldest, at)) {
      if (to.atMs - from.atMs < APART_MIN_MS) break;
      const change = leastChange(from, to, sign);
      if (change < HARSH_MS2) continue;
      const last = episodes.at(-1);
      if (last === undefined || from.atMs > last.end.atMs)
        episodes.push({ start: from, end: to, worstMs2: change });
      else {
        last.end = to;
        last.worstMs2 = Math.max(last.worstMs2, change);
      }
    }
  }
  return episodes;
};

const speedEvents = (points: readonly Point[], sign: 1 | -1): readonly DrivingEvent[] =>
  episodesOf(points, sign).map(({ start, end, worstMs2 }) => {
    const braking = worstMs2 >= EXTREME_MS2 ? 'behavior.extremeBraking' : 'behavior.harshBraking';
    return {
      name: sign > 0 ? 'behavior.harshAcceleration' : braking,
      wall: start.wall,
      durationNs: end.wall - start.wall,
      figures: { fromKmh: start.value, toKmh: end.value, atLeastMs2: hundredths(worstMs2) },
    };
  });

interface Heading extends Point {
  readonly speedMs: number;
}

const turnBetween = (from: Heading, to: Heading): number => {
  const turned = Math.abs(to.value - from.value) % 360;
  return Math.min(turned, 360 - turned);
};

const corneringOf = (from: Heading, to: Heading): DrivingEvent | undefined => {
  const apartMs = to.atMs - from.atMs;
  const speedMs = Math.min(from.speedMs, to.speedMs);
  const turnDeg = turnBetween(from, to);
  if (apartMs < CORNER_APART_MIN_MS || apartMs > CORNER_APART_MAX_MS || speedMs < CORNER_SPEED_MIN_MS)
    return undefined;
  if (turnDeg > CORNER_TURN_MAX_DEG) return undefined;
  const rate = (((turnDeg - CORNER_ROUNDING_DEG) / 180) * Math.PI) / ((apartMs + LATENESS_MS) / 1_000);
  const sideways = speedMs * rate;
  if (sideways < CORNERING_MS2) return undefined;
  return {
    name: 'behavior.harshCornering',
    wall: from.wall,
    durationNs: to.wall - from.wall,
    figures: { turnDeg: hundredths(turnDeg), atLeastMs2: hundredths(sideways) },
  };
};

/** One after another: bends that follow each other at once are one. */
const cornerEvents = (headings: readonly Heading[]): readonly DrivingEvent[] => {
  const events: DrivingEvent[] = [];
  for (const [at, to] of headings.entries()) {
    const from = headings[at - 1];
    const event = from === undefined ? undefined : corneringOf(from, to);
    const last = events.at(-1);
    if (event === undefined) continue;
    if (last !== undefined && last.wall + last.durationNs === event.wall) {
      const worst = Math.max(last.figures['atLeastMs2'] ?? 0, event.figures['atLeastMs2'] ?? 0);
      const turned = hundredths((last.figures['turnDeg'] ?? 0) + (event.figures['turnDeg'] ?? 0));
      const durationNs = last.durationNs + event.durationNs;
      events[events.length - 1] = { ...last, durationNs, figures: { turnDeg: turned, atLeastMs2: worst } };
    } else events.push(event);
  }
  return events;
};

const atMs = ({ leaf: { mono } }: ReadLeaf): number => Number(mono / NS_PER_MS);

/** Of the control unit that speaks of the speed first: two of them round differently. */
const speedsOf = (leaves: readonly ReadLeaf[]): readonly Point[] => {
  let ecu: number | undefined;
  return leaves.flatMap((read) => {
    const { body } = read.leaf;
    if (body.kind !== 'number' || body.signal !== SPEED) return [];
    ecu ??= body.ecu;
    return body.ecu === ecu ? [{ atMs: atMs(read), wall: read.wall, value: body.mantissa }] : [];
  });
};

const headingsOf = (leaves: readonly ReadLeaf[]): readonly Heading[] =>
  leaves.flatMap((read) => {
    const { body } = read.leaf;
    if (body.kind !== 'position' || body.fix === 'estimated') return [];
    const { courseCdeg, speedCmS } = body;
    if (courseCdeg === undefined || speedCmS === undefined) return [];
    return [{ atMs: atMs(read), wall: read.wall, value: courseCdeg / 100, speedMs: speedCmS / 100 }];
  });

/**
 * What the readings of one attestation show, in the order of their moments. What begins in one and ends in the next
 * shows in neither. Pure.
 */
export const drivingEvents = (
  leaves: readonly ReadLeaf[],
  { positions }: { readonly positions: boolean },
): readonly DrivingEvent[] => {
  const speeds = speedsOf(leaves);
  const all = [
    ...speedEvents(speeds, -1),
    ...speedEvents(speeds, 1),
    // Whoever keeps his positions to himself keeps what follows from them too.
    ...(positions ? cornerEvents(headingsOf(leaves)) : []),
  ];
  return all
    .toSorted((a, b) => (a.wall < b.wall ? -1 : Number(a.wall > b.wall)))
    .slice(0, DRIVING_EVENTS_MAX);
};
