import { fail, fault, ok, type Result } from '../../words/index.ts';
import { BEACON_EU868, type BeaconChannel, type BeaconRegion } from './beacon.ts';

/** Regions whose channels, and the order in which Helium served them, are published byte for byte. */
const PUBLISHED: readonly BeaconRegion[] = [BEACON_EU868];

const CHANNELS_MAX = 128;
const SPREADING_MAX = 16;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'helium.region', where, words));

/** What beacons of a region are made by. A fault is `misconfigured`: the order of the channels cannot be guessed. */
export const beaconRegionOf = (name: string): Result<BeaconRegion> => {
  const region = PUBLISHED.find((each) => each.name === name);
  if (region !== undefined) return ok(region);
  const names = PUBLISHED.map((each) => each.name).join(', ');
  return wrong(
    `region ${name}`,
    `Helium's channels for beacons there, and their order, are not published; they are for ${names}. Give what its ` +
      'configuration service told your gateway by --region-params.',
  );
};

const isWithin = (value: unknown, min: number, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const channelFrom = (value: unknown): BeaconChannel | undefined => {
  const { frequencyHz, bandwidthHz, maxEirpDdbm, spreading } = membersOf(value);
  if (!isWithin(frequencyHz, 100_000_000, 1_000_000_000) || !isWithin(bandwidthHz, 125_000, 500_000))
    return undefined;
  if (!isWithin(maxEirpDdbm, 0, 360) || !Array.isArray(spreading) || spreading.length > SPREADING_MAX)
    return undefined;
  const read = spreading.flatMap((each: unknown) => {
    const { spreadingFactor, maxPacketBytes } = membersOf(each);
    const isOne = isWithin(spreadingFactor, 7, 12) && isWithin(maxPacketBytes, 1, 256);
    return isOne ? [{ spreadingFactor, maxPacketBytes }] : [];
  });
  return read.length === spreading.length && read.length > 0
    ? { frequencyHz, bandwidthHz, maxEirpDdbm, spreading: read }
    : undefined;
};

/**
 * Reads a `BeaconRegion` as JSON: the name of the region, and its channels in the order in which they were served, each
 * with `frequencyHz`, `bandwidthHz`, `maxEirpDdbm` (tenths of dBm) and `spreading`. A fault is `misconfigured`.
 */
export const readBeaconRegion = (text: string, where: string): Result<BeaconRegion> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong(where, 'is no JSON.');
  }
  const { name, channels } = membersOf(value);
  if (typeof name !== 'string' || !/^[A-Z0-9-]{1,16}$/.test(name))
    return wrong(where, 'names no region, as "name": "US915".');
  if (!Array.isArray(channels) || channels.length === 0 || channels.length > CHANNELS_MAX)
    return wrong(where, `must have 1 to ${CHANNELS_MAX} channels.`);
  const read = channels.map(channelFrom);
  const odd = read.indexOf(undefined);
  const whole = read.filter((each) => each !== undefined);
  return odd < 0
    ? ok({ name, channels: whole })
    : wrong(where, `channel ${odd + 1} needs frequencyHz, bandwidthHz, maxEirpDdbm and spreading.`);
};
