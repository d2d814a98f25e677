import type { Place } from '@outpost/schemas/privacy';

const EARTH_RADIUS_M = 6_371_008.8;
const E7 = 1e7;
/** Longitude loses its meaning at the poles; nothing is simulated nearer to them than this cosine. */
const COS_MIN = 0.01;

/** Metres from a place to another one nearby. */
export interface Offset {
  readonly eastM: number;
  readonly northM: number;
}

const degrees = (metres: number): number => (metres / EARTH_RADIUS_M) * (180 / Math.PI);
const narrowing = ({ latitude }: Place): number =>
  Math.max(COS_MIN, Math.cos((latitude / E7) * (Math.PI / 180)));

/** The place so far from another one; straight lines of a map, good to 1 in 1,000 within 100 km. */
export const placeAt = (from: Place, { eastM, northM }: Offset): Place => ({
  latitude: Math.round(from.latitude + degrees(northM) * E7),
  longitude: Math.round(from.longitude + (degrees(eastM) / narrowing(from)) * E7),
});

/** How far `to` is from `from`; the inverse of `placeAt`. */
export const offsetOf = (from: Place, to: Place): Offset => {
  const metresPerE7 = (Math.PI / 180 / E7) * EARTH_RADIUS_M;
  return {
    eastM: (to.longitude - from.longitude) * metresPerE7 * narrowing(from),
    northM: (to.latitude - from.latitude) * metresPerE7,
  };
};

/** The place that is `part` (0 to 1) of the way. */
export const between = (a: Place, b: Place, part: number): Place => ({
  latitude: a.latitude + (b.latitude - a.latitude) * part,
  longitude: a.longitude + (b.longitude - a.longitude) * part,
});
