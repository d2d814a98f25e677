import { momentOf } from './event.ts';
import type { Decoded, StoredSignal } from './signals.ts';

// Some connections (not the default module) decode latitude, longitude and dilution apart. The ingest makes one place
// of those that lie close together, whatever decoded them.

const LATITUDE = 'currentLocationLatitude';
const LONGITUDE = 'currentLocationLongitude';
const HDOP = 'dimoAftermarketHDOP';
/** What comes as late as this after the first part begins another place. */
const APART_MS = 500;

interface Parts {
  timestamp: string | undefined;
  latitude: number | undefined;
  longitude: number | undefined;
  hdop: number | undefined;
}

const NAMES: ReadonlyMap<string, 'latitude' | 'longitude' | 'hdop'> = new Map([
  [LATITUDE, 'latitude'],
  [LONGITUDE, 'longitude'],
  [HDOP, 'hdop'],
]);

const noParts = (): Parts => ({
  timestamp: undefined,
  latitude: undefined,
  longitude: undefined,
  hdop: undefined,
});

const isOnEarth = (latitude: number, longitude: number): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

/** A place of parts that belong together, or why there is none; the newer node makes none of dilution alone. */
const placeOf = (
  { timestamp = '', latitude, longitude, hdop }: Parts,
  isNewer: boolean,
): { readonly place?: StoredSignal; readonly error?: string } => {
  const place = (lat: number, lon: number) => ({
    name: 'currentLocationCoordinates',
    timestamp,
    value: { latitude: lat, longitude: lon, hdop: hdop ?? 0 },
  });
  const lonely = hdop !== undefined && !isNewer ? { place: place(0, 0) } : {};
  if (latitude !== undefined && longitude !== undefined) {
    const isNone = (latitude === 0 && longitude === 0) || (isNewer && !isOnEarth(latitude, longitude));
    return isNone
      ? { ...lonely, error: `no place is at ${latitude}, ${longitude}` }
      : { place: place(latitude, longitude) };
  }
  if (latitude !== undefined) return { ...lonely, error: `unpaired latitude at ${timestamp}` };
  if (longitude !== undefined) return { ...lonely, error: `unpaired longitude at ${timestamp}` };
  return lonely;
};

/** Signals in the order of their moments; places stand behind all others. */
export const pairPlaces = (
  signals: readonly StoredSignal[],
  { isNewer }: { readonly isNewer: boolean },
): Decoded<StoredSignal> => {
  const others: StoredSignal[] = [];
  const places: StoredSignal[] = [];
  const errors: string[] = [];
  let parts = noParts();
  const end = (): void => {
    const { place, error } = placeOf(parts, isNewer);
    if (place !== undefined) places.push(place);
    if (error !== undefined) errors.push(error);
    parts = noParts();
  };
  for (const signal of signals) {
    const at = momentOf(signal.timestamp) ?? 0;
    if (parts.timestamp !== undefined && at - (momentOf(parts.timestamp) ?? 0) >= APART_MS) end();
    const part = NAMES.get(signal.name);
    if (part === undefined || typeof signal.value !== 'number') {
      others.push(signal);
      continue;
    }
    if (parts[part] !== undefined) end();
    parts[part] = signal.value;
    parts.timestamp ??= signal.timestamp;
  }
  end();
  return { good: [...others, ...places], errors };
};
