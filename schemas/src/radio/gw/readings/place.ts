import type { ReceptionPlace } from '../../../words/index.ts';
import type { Given, ValueOf } from '../field.ts';
import type { LOCATION } from '../shared.ts';

type Location = ValueOf<typeof LOCATION>;

const LATITUDE_MAX = 90;
const LONGITUDE_MAX = 180;
/** Metres. */
const ALTITUDE = { min: -10_000, max: 100_000 } as const;

/** Only a place that somebody wrote into the settings is declared; any other is where the gateway is. */
const sourceOf = (source: Location['source']): ReceptionPlace['source'] =>
  source === 'CONFIG' ? 'configured' : 'gnss';

/** Undefined where it is nowhere on Earth; (0, 0) is what a receiver says that has found nothing. */
export const placeOf = (location: Location | undefined): ReceptionPlace | undefined => {
  if (location === undefined) return undefined;
  const { latitude, longitude, altitude, source } = location;
  if (!(Math.abs(latitude) <= LATITUDE_MAX && Math.abs(longitude) <= LONGITUDE_MAX)) return undefined;
  if (latitude === 0 && longitude === 0) return undefined;
  const isHeight = altitude >= ALTITUDE.min && altitude <= ALTITUDE.max;
  return {
    latitude: Math.round(latitude * 1e7) + 0,
    longitude: Math.round(longitude * 1e7) + 0,
    altitudeCm: isHeight ? Math.round(altitude * 100) + 0 : undefined,
    source: sourceOf(source),
  };
};

export const writePlace = (place: ReceptionPlace): Given<Location> => ({
  latitude: place.latitude / 1e7,
  longitude: place.longitude / 1e7,
  altitude: place.altitudeCm === undefined ? 0 : place.altitudeCm / 100,
  source: place.source === 'gnss' ? 'GPS' : 'CONFIG',
});
