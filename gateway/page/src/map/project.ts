import type { HeardCell, Places, Track } from '../../../src/page/places.ts';

/** Side of a cell of what was heard, in degrees × 10^7; as the box makes them. */
const CELL = 20_000;
/** Metres of a degree of latitude × 10^-7: the mean meridian (IUGG, 10,001,965.7 m for 90 degrees). */
const METRES = 10_001_965.7 / 90 / 1e7;
/** So little is always in sight, however near everything lies. */
const SPAN_MIN_M = 200;

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Where a place lies in a picture, in its own units, north up. */
export interface Projection extends Box {
  x(longitude: number): number;
  y(latitude: number): number;
  /** Units of the picture for a metre. */
  readonly perMetre: number;
}

interface Extent {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

const NOWHERE: Extent = {
  south: Number.POSITIVE_INFINITY,
  north: Number.NEGATIVE_INFINITY,
  west: Number.POSITIVE_INFINITY,
  east: Number.NEGATIVE_INFINITY,
};

const around = (extent: Extent, latitude: number, longitude: number, margin: number): Extent => ({
  south: Math.min(extent.south, latitude - margin),
  north: Math.max(extent.north, latitude + margin),
  west: Math.min(extent.west, longitude - margin),
  east: Math.max(extent.east, longitude + margin),
});

const extentOf = (tracks: readonly Track[], heard: readonly HeardCell[]): Extent => {
  let extent = NOWHERE;
  for (const { points } of tracks)
    for (const [, latitude, longitude] of points) extent = around(extent, latitude, longitude, 0);
  for (const { latitude, longitude } of heard) extent = around(extent, latitude, longitude, CELL / 2);
  return extent;
};

/**
 * All of it, as large as the picture has room. Flat (equirectangular about the middle), which is right to 0.1 % over the
 * hundred kilometres that a car drives; undefined where there is nothing.
 */
export const projectionOf = ({ tracks, heard }: Places, { width, height }: Box): Projection | undefined => {
  const { south, north, west, east } = extentOf(tracks, heard);
  if (south > north) return undefined;
  const [middleY, middleX] = [(south + north) / 2, (west + east) / 2];
  const narrow = Math.cos((middleY / 1e7) * (Math.PI / 180));
  const metresY = Math.max(SPAN_MIN_M, (north - south) * METRES);
  const metresX = Math.max(SPAN_MIN_M, (east - west) * METRES * narrow);
  const perMetre = 0.88 * Math.min(width / metresX, height / metresY);
  return {
    width,
    height,
    perMetre,
    x: (longitude) => width / 2 + (longitude - middleX) * METRES * narrow * perMetre,
    y: (latitude) => height / 2 - (latitude - middleY) * METRES * perMetre,
  };
};

export const cellBox = (at: Projection, { latitude, longitude }: HeardCell) => ({
  x: at.x(longitude - CELL / 2),
  y: at.y(latitude + CELL / 2),
  width: at.x(longitude + CELL / 2) - at.x(longitude - CELL / 2),
  height: at.y(latitude - CELL / 2) - at.y(latitude + CELL / 2),
});

const STEPS = [1, 2, 5] as const;

/** The longest round number of metres (1, 2 or 5 and noughts) that is no longer than `unitsMax` in the picture. */
export const scaleBar = ({ perMetre }: Pick<Projection, 'perMetre'>, unitsMax: number) => {
  const most = unitsMax / perMetre;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = Math.max(...STEPS.map((step) => step * power).filter((each) => each <= most));
  const text = metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`;
  return { units: metres * perMetre, text };
};

/** Who has moved less than this is in one place: a hotspot's receiver wanders that far while it stands. */
const MOVED_MIN_M = 100;

/** Whether it is drawn as a place instead of as a way. */
export const isPlace = ({ gateway, points }: Track): boolean => {
  const [first] = points;
  if (first === undefined) return false;
  const [, north, east] = first;
  const narrow = Math.cos((north / 1e7) * (Math.PI / 180));
  return (
    gateway !== undefined &&
    points.every(
      ([, latitude, longitude]) =>
        Math.hypot((latitude - north) * METRES, (longitude - east) * METRES * narrow) < MOVED_MIN_M,
    )
  );
};

/** Metres along a way, from point to point. */
export const lengthOf = ({ points }: Track): number => {
  let sum = 0;
  for (const [at, [, latitude, longitude]] of points.entries()) {
    const before = points[at - 1];
    if (before === undefined) continue;
    const narrow = Math.cos((latitude / 1e7) * (Math.PI / 180));
    sum += Math.hypot((latitude - before[1]) * METRES, (longitude - before[2]) * METRES * narrow);
  }
  return sum;
};
