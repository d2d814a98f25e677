import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';

/** Where the car is on its road. */
export interface Road {
  /** From where it was first parked, m. */
  readonly eastM: number;
  readonly northM: number;
  readonly altitudeM: number;
  /** Along the road: it grows on the way out and falls on the way home. */
  readonly trackM: number;
  /** Clockwise from north. */
  readonly headingRad: number;
}

/** The truth that a satellite receiver in the car would measure. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitudeM: number;
  readonly headingDegrees: number;
  readonly speedMps: number;
}

/** Where the road begins: in the middle of the Atlantic, so that no simulated trip is anybody's. */
export interface Origin {
  readonly latitude: number;
  readonly longitude: number;
}

export const ATLANTIC: Origin = { latitude: 24.5, longitude: -41.2 };

/** Bends: how long each is and how far it turns the road. The sharpest has a radius of some 300 m. */
const BENDS: readonly (readonly [lengthM: number, radians: number])[] = [
  [420, 0.12],
  [1_100, 0.3],
  [3_100, 0.55],
  [8_700, 0.8],
  [21_000, 1.1],
];

const METRES_PER_DEGREE = 111_320;

/** Which way the road points at this place, radians clockwise from north: smooth, and each seed's own. */
const bearing = (seed: number, trackM: number): number => {
  let angle = 2 * Math.PI * drawAt(seed, CHANNEL.road, 0);
  for (const [i, [lengthM, radians]] of BENDS.entries()) {
    const phase = drawAt(seed, CHANNEL.road, i + 1);
    angle += radians * Math.sin(2 * Math.PI * (trackM / lengthM + phase));
  }
  return angle;
};

export const startOfRoad = (seed: number): Road => ({
  eastM: 0,
  northM: 0,
  altitudeM: 0,
  trackM: 0,
  headingRad: bearing(seed, 0),
});

/** One step along the road; on the way home it is driven back over the same ground. */
export const stepRoad = (
  road: Road,
  seed: number,
  { wayM, grade, homeward }: { readonly wayM: number; readonly grade: number; readonly homeward: boolean },
): Road => {
  if (wayM === 0) return road;
  const alongM = homeward ? -wayM : wayM;
  const angle = bearing(seed, road.trackM + alongM / 2);
  return {
    eastM: road.eastM + alongM * Math.sin(angle),
    northM: road.northM + alongM * Math.cos(angle),
    altitudeM: road.altitudeM + grade * wayM,
    trackM: road.trackM + alongM,
    headingRad: homeward ? angle + Math.PI : angle,
  };
};

export const positionOn = (road: Road, { latitude, longitude }: Origin, speedMps: number): Position => {
  const turns = road.headingRad / (2 * Math.PI);
  return {
    latitude: latitude + road.northM / METRES_PER_DEGREE,
    longitude: longitude + road.eastM / (METRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180)),
    altitudeM: road.altitudeM,
    headingDegrees: (turns - Math.floor(turns)) * 360,
    speedMps,
  };
};
