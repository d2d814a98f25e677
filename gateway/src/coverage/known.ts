import type { Place } from '@outpost/schemas/privacy';
import type { BeaconEntropy, BeaconRegion, KnownPlaces, RegionPlan, Sender } from '@outpost/schemas/radio';
import { REGIONS, readEntropyLine, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** What the reader knows besides the evidence. */
export interface Known extends KnownPlaces {
  readonly region: RegionPlan | undefined;
  /** What beacons were made by, where that is not published. */
  readonly beaconRegion?: BeaconRegion;
  /** dBi of antennas by EUI in lower-case hex. */
  readonly gains: ReadonlyMap<string, number>;
}

export interface KnownOptions {
  readonly region?: string;
  readonly sender: readonly string[];
  readonly place: readonly string[];
  readonly gain: readonly string[];
}

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'coverage.options', where, words));

const NUMBER = String.raw`[+-]?\d{1,3}(?:\.\d{1,10})?`;
const SENDER = new RegExp(`^([0-9a-f]{8}|[0-9a-f]{16})=(${NUMBER}),(${NUMBER})(?:,(${NUMBER}))?$`, 'i');
const PLACE = new RegExp(`^([0-9a-f]{16})=(${NUMBER}),(${NUMBER})$`, 'i');
const GAIN = new RegExp(`^([0-9a-f]{16})=(${NUMBER})$`, 'i');

const degreesE7 = (text: string | undefined): number => Math.round(Number(text) * 1e7);

/** Undefined where it is not on Earth. */
const placeFrom = (lat: string | undefined, lon: string | undefined): Place | undefined => {
  const place = { latitude: degreesE7(lat), longitude: degreesE7(lon) };
  return Math.abs(place.latitude) <= 90e7 && Math.abs(place.longitude) <= 180e7 ? place : undefined;
};

const senderFrom = (text: string): Result<readonly [string, Sender]> => {
  const [, name, lat, lon, dbm] = SENDER.exec(text) ?? [];
  const place = placeFrom(lat, lon);
  if (name === undefined || place === undefined) {
    const form =
      'write a DevAddr or DevEUI and its place, as 49be7df1=47.5012,8.4321 or with dBm: …,8.4321,14.';
    return wrong('--sender', `"${text}" names no device and place; ${form}`);
  }
  return ok([name.toLowerCase(), { place, eirpDbm: dbm === undefined ? undefined : Number(dbm) }]);
};

const gatewayFrom = (text: string): Result<readonly [string, Place]> => {
  const [, eui, lat, lon] = PLACE.exec(text) ?? [];
  const place = placeFrom(lat, lon);
  return eui === undefined || place === undefined
    ? wrong('--place', `"${text}" names no gateway and place; write EUI=LAT,LON in degrees.`)
    : ok([eui.toLowerCase(), place]);
};

const gainFrom = (text: string): Result<readonly [string, number]> => {
  const [, eui, dbi] = GAIN.exec(text) ?? [];
  return eui === undefined
    ? wrong('--gain', `"${text}" names no antenna; write EUI=dBi, as aa555a0000000001=2.15.`)
    : ok([eui.toLowerCase(), Number(dbi)]);
};

const all = <T>(texts: readonly string[], read: (text: string) => Result<T>): Result<readonly T[]> => {
  const values: T[] = [];
  for (const text of texts) {
    const value = read(text);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values);
};

export const knownFrom = (options: KnownOptions): Result<Known> => {
  const region = options.region === undefined ? undefined : regionNamed(options.region);
  if (options.region !== undefined && region === undefined) {
    const names = REGIONS.map(({ name }) => name).join(', ');
    return wrong('--region', `there is no region "${options.region}"; there are ${names}.`);
  }
  const senders = all(options.sender, senderFrom);
  if (!senders.ok) return senders;
  const gateways = all(options.place, gatewayFrom);
  if (!gateways.ok) return gateways;
  const gains = all(options.gain, gainFrom);
  if (!gains.ok) return gains;
  return ok({
    region,
    senders: new Map(senders.value),
    gateways: new Map(gateways.value),
    gains: new Map(gains.value),
  });
};

/** Reads a file of beacons, one beacon a line, by their payloads in hex. */
export const entropiesFrom = (text: string, file: string): Result<ReadonlyMap<string, BeaconEntropy>> => {
  const found = new Map<string, BeaconEntropy>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entropy = readEntropyLine(line);
    if (entropy === undefined)
      return wrong(`${file}:${i + 1}`, 'is no line about a beacon as `outpost coverage beacon` writes it.');
    found.set(...entropy);
  }
  return ok(found);
};
