import type { Track } from '../../../src/page/places.ts';
import type { Box, Projection } from '../map/project.ts';
import { isMembers } from './schema.ts';

/** A circle in which no position is kept, as the configuration says it. */
export interface Zone {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly radiusM: number;
}

/** One that can be drawn, and where it stands in the list; the others wait for their numbers. */
export interface PlacedZone extends Zone {
  readonly at: number;
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** What the configuration allows. */
export const RADIUS = { min: 50, max: 100_000 } as const;
export const ZONES_MAX = 32;
const METRES_PER_DEGREE = 111_132;
const FIRST_RADIUS_M = 500;
/** So much around a zone is in sight, in its radii. */
const IN_SIGHT = 3;
/** A zone that is drawn smaller than this cannot be taken hold of. */
const DRAWN_MIN_PX = 6;

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];

const isZone = (each: unknown): each is Zone & Readonly<Record<string, unknown>> =>
  isMembers(each) &&
  typeof each['name'] === 'string' &&
  [each['latitude'], each['longitude']].every((degrees) => typeof degrees === 'number') &&
  typeof each['radiusM'] === 'number' &&
  each['radiusM'] >= RADIUS.min;

export const zonesIn = (value: unknown): readonly PlacedZone[] =>
  listOf(value).flatMap((each, at) => (isZone(each) ? [{ ...each, at }] : []));

/** The list with one of them changed; what stands beside it is left as it is. */
export const changedZone = (value: unknown, at: number, change: Partial<Zone>): readonly unknown[] =>
  listOf(value).map((each, index) => (index === at && isMembers(each) ? { ...each, ...change } : each));

export const withoutZone = (value: unknown, at: number): readonly unknown[] =>
  listOf(value).filter((_, index) => index !== at);

/** A new one with a name of its own. */
export const withZone = (value: unknown, { latitude, longitude }: Place): readonly unknown[] => {
  const list = listOf(value);
  const names = list.flatMap((each) => (isMembers(each) ? [each['name']] : []));
  const free = ['home', 'work', ...list.map((_, index) => `zone-${index + 1}`), `zone-${list.length + 1}`];
  const name = free.find((each) => !names.includes(each));
  return [...list, { name, latitude, longitude, radiusM: FIRST_RADIUS_M }];
};

/** A metre of a map that a person draws on by hand. */
export const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

const narrowAt = (latitude: number): number => Math.max(0.01, Math.cos((latitude * Math.PI) / 180));

/** So many metres north and east of there. */
export const pushed = ({ latitude, longitude }: Place, northM: number, eastM: number): Place => ({
  latitude: rounded(latitude + northM / METRES_PER_DEGREE),
  longitude: rounded(longitude + eastM / METRES_PER_DEGREE / narrowAt(latitude)),
});

/** Round numbers, and never more or less than the configuration takes. */
export const radiusNear = (metres: number): number => {
  const step = metres < 1_000 ? 10 : metres < 10_000 ? 100 : 1_000;
  return Math.min(RADIUS.max, Math.max(RADIUS.min, Math.round(metres / step) * step));
};

/** What lies at a point of the picture; the projection is linear in both directions. */
export const placeAt = (at: Projection, x: number, y: number): Place => {
  const [x0, y0] = [at.x(0), at.y(0)];
  return {
    longitude: rounded((x - x0) / (at.x(1e7) - x0)),
    latitude: rounded((y - y0) / (at.y(1e7) - y0)),
  };
};

/** The ends of what is in sight around a zone. */
export const aroundZone = ({ name, latitude, longitude, radiusM }: Zone): Track => {
  const up = ((IN_SIGHT * radiusM) / METRES_PER_DEGREE) * 1e7;
  const side = up / narrowAt(latitude);
  const [y, x] = [latitude * 1e7, longitude * 1e7];
  return {
    stream: name,
    points: [
      [0, y - up, x, 0],
      [0, y + up, x, 0],
      [0, y, x - side, 0],
      [0, y, x + side, 0],
    ],
  };
};

/** Whether all of them can be seen and taken hold of where they lie: then the picture stays as it is. */
export const isInSight = (at: Projection, box: Box, zones: readonly Zone[]): boolean =>
  at.width === box.width &&
  zones.every(({ latitude, longitude, radiusM }) => {
    const [x, y, r] = [at.x(longitude * 1e7), at.y(latitude * 1e7), radiusM * at.perMetre];
    return r >= DRAWN_MIN_PX && x - r >= 0 && x + r <= box.width && y - r >= 0 && y + r <= box.height;
  });
