/** A circle inside which no position is kept, signed or shown. */
export interface PrivacyZone {
  /** What its owner calls it; never leaves the box. */
  readonly name: string;
  /** Degrees × 10^7, WGS 84, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
  /** Metres. */
  readonly radiusM: number;
}

/** Degrees × 10^7. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** IUGG mean radius of the Earth, in metres. */
const EARTH_RADIUS_M = 6_371_008.8;

/**
 * A sphere is up to 0.56 % off an ellipsoid's distance, and a coordinate up to 6 mm off its place. A zone reaches so
 * much further, so that nothing inside it is ever taken for outside.
 */
const STRETCH = 1.006;
const ROUNDING_M = 0.01;

const radians = (degreesE7: number): number => (degreesE7 / 1e7) * (Math.PI / 180);

/** Metres between two places on a sphere (haversine formula). */
export const distanceM = (a: Place, b: Place): number => {
  const [latA, latB] = [radians(a.latitude), radians(b.latitude)];
  const halfLat = Math.sin((latB - latA) / 2);
  const halfLon = Math.sin(radians(b.longitude - a.longitude) / 2);
  const h = halfLat * halfLat + Math.cos(latA) * Math.cos(latB) * halfLon * halfLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
};

/** The first zone that the place lies in; undefined where it lies in none. */
export const zoneOf = (place: Place, zones: readonly PrivacyZone[]): PrivacyZone | undefined =>
  zones.find((zone) => distanceM(place, zone) <= zone.radiusM * STRETCH + ROUNDING_M);
