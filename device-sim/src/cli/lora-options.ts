import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { Place } from '@outpost/schemas/privacy';
import { beaconRegionOf, REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { type Fault, fail, fault, ok, type Result, type WallNs } from '@outpost/schemas/words';
import { RADIO_LIES, type RadioLie } from '../cheats/radio-cheats.ts';
import { PROPAGATIONS } from '../radio/path-loss.ts';
import { planWorld } from '../radio/populate.ts';
import { parseTerrain, type Terrain } from '../radio/terrain.ts';
import type { WorldPlan } from '../radio/world.ts';

/** As commander hands them over. */
export interface LoraOptions {
  readonly hotspots: string;
  readonly places?: string;
  readonly devices: string;
  readonly seed: string;
  readonly speed: string;
  readonly gwmp?: string;
  readonly face?: string;
  readonly server?: string;
  readonly encoding?: string;
  readonly qos?: string;
  readonly centre: string;
  readonly radius: string;
  readonly region: string;
  readonly propagation: string;
  readonly terrain?: string;
  readonly interval: string;
  readonly beacons?: string;
  readonly cheat?: string;
  readonly liars: string;
  readonly forgeFrom?: string;
  readonly seconds?: string;
  readonly json?: boolean;
  /** Of one hotspot alone. */
  readonly eui?: string;
}

/** What somebody does who has no hotspot: he sends in the name of one. */
export const FORGED = {
  'forged-pull-data': 'pull-data',
  'forged-tx-ack': 'tx-ack',
  'forged-push-data': 'push-data',
  stranger: 'stranger',
} as const;
export type ForgedCheat = keyof typeof FORGED;
export type CheatName = RadioLie | 'cloned-eui' | ForgedCheat;

export const CHEAT_NAMES: readonly string[] = [
  ...Object.keys(RADIO_LIES),
  'cloned-eui',
  ...Object.keys(FORGED),
];

const HOTSPOTS_MAX = 500;
const DEVICES_MAX = 20_000;
/** Faster than that, real sockets and the forwarder's wait of 100 ms fall behind. */
const SPEED_MAX = 100;
const FILE_MAX_BYTES = 256 * 1024 * 1024;

export const wrong = (option: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'sim.option', option, words));

export const numberOf = (option: string, text: string, low: number, high: number): Result<number> => {
  const value = Number(text);
  return text.trim() !== '' && value >= low && value <= high
    ? ok(value)
    : wrong(option, `"${text}" is not a number from ${low} to ${high}.`);
};

const wholeOf = (option: string, text: string, low: number, high: number): Result<number> => {
  const value = numberOf(option, text, low, high);
  return !value.ok || Number.isInteger(value.value)
    ? value
    : wrong(option, `"${text}" is not a whole number from ${low} to ${high}.`);
};

const placeOf = (option: string, text: string): Result<Place> => {
  const [latitude = Number.NaN, longitude = Number.NaN, ...rest] = text.split(',').map(Number);
  return Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 && rest.length === 0
    ? ok({ latitude: Math.round(latitude * 1e7), longitude: Math.round(longitude * 1e7) })
    : wrong(option, `"${text}" is no place; write latitude,longitude in degrees, like 52.52,13.405.`);
};

const textOf = async (option: string, path: string): Promise<Result<string>> => {
  try {
    const bytes = await readFile(path);
    if (bytes.length <= FILE_MAX_BYTES) return ok(new TextDecoder().decode(bytes));
    return wrong(option, `the file ${path} has more than ${FILE_MAX_BYTES} bytes; cut out a smaller one.`);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return wrong(option, `the file ${path} cannot be read (${why}).`);
  }
};

const placesOf = async (path: string): Promise<Result<readonly Place[]>> => {
  const text = await textOf('--places', path);
  if (!text.ok) return text;
  const places: Place[] = [];
  for (const [index, line] of text.value.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const place = placeOf('--places', line.trim());
    if (!place.ok) return wrong('--places', `line ${index + 1} of ${path}: ${place.fault.words}`);
    places.push(place.value);
  }
  return places.length >= 1 && places.length <= HOTSPOTS_MAX
    ? ok(places)
    : wrong('--places', `${path} has ${places.length} places; 1 to ${HOTSPOTS_MAX} can be simulated.`);
};

const regionOf = (name: string): Result<RegionPlan> => {
  const region = regionNamed(name);
  const names = REGIONS.map((each) => each.name).join(', ');
  return region === undefined ? wrong('--region', `"${name}" is not one of ${names}.`) : ok(region);
};

const terrainOf = async (path: string | undefined): Promise<Result<Terrain | undefined>> => {
  if (path === undefined) return ok(undefined);
  const text = await textOf('--terrain', path);
  return text.ok ? parseTerrain(text.value, path) : text;
};

/** The first fault among results, or all of their values. */
const allOf = <Values extends readonly unknown[]>(
  results: {
    readonly [Key in keyof Values]: Result<Values[Key]>;
  },
): Result<Values> => {
  const values: unknown[] = [];
  for (const result of results as readonly Result<unknown>[]) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values as unknown as Values);
};

/** The world that the options describe, beginning now. */
export const worldOfOptions = async (options: LoraOptions, startWall: WallNs): Promise<Result<WorldPlan>> => {
  const propagation = PROPAGATIONS[options.propagation];
  if (propagation === undefined)
    return wrong(
      '--propagation',
      `"${options.propagation}" is not one of ${Object.keys(PROPAGATIONS).join(', ')}.`,
    );
  const { hotspots: count, devices, seed, interval, radius, centre, beacons, places, eui } = options;
  if (eui !== undefined && !/^[0-9a-f]{16}$/.test(eui))
    return wrong('--eui', `"${eui}" is no EUI; write 16 digits of lower-case hex.`);
  const parsed = allOf<
    readonly [
      number,
      number,
      number,
      number,
      number,
      Place,
      RegionPlan,
      Terrain | undefined,
      number | undefined,
    ]
  >([
    wholeOf('--hotspots', count, 1, HOTSPOTS_MAX),
    wholeOf('--devices', devices, 0, DEVICES_MAX),
    wholeOf('--seed', seed, 0, 2 ** 32 - 1),
    numberOf('--interval', interval, 1, 86_400),
    numberOf('--radius', radius, 0.05, 200),
    placeOf('--centre', centre),
    regionOf(options.region),
    await terrainOf(options.terrain),
    beacons === undefined ? ok(undefined) : numberOf('--beacons', beacons, 1, 1_440),
  ]);
  if (!parsed.ok) return parsed;
  const beaconing = beacons === undefined ? ok(undefined) : beaconRegionOf(options.region);
  if (!beaconing.ok) return beaconing;
  const where = places === undefined ? undefined : await placesOf(places);
  if (where !== undefined && !where.ok) return where;
  const [hotspots, deviceCount, seedNumber, intervalS, radiusKm, middle, region, terrain, minutes] =
    parsed.value;
  const plan = planWorld({
    seed: seedNumber,
    region,
    centre: middle,
    radiusM: radiusKm * 1_000,
    hotspots: where?.value ?? hotspots,
    devices: deviceCount,
    intervalS,
    beaconEveryS: minutes === undefined ? undefined : minutes * 60,
    surroundings: { propagation, terrain },
    startWall,
  });
  return ok(
    eui === undefined ? plan : { ...plan, hotspots: plan.hotspots.map((hotspot) => ({ ...hotspot, eui })) },
  );
};

/** Where a Semtech UDP server listens. */
export interface Server {
  readonly address: string;
  readonly port: number;
}

export const serverOf = async (text: string | undefined): Promise<Result<Server | undefined>> => {
  if (text === undefined) return ok(undefined);
  const match = /^udp:\/\/(\[[0-9a-fA-F:.]+\]|[^/:[\]\s]+):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port < 1 || port > 65_535)
    return wrong('--gwmp', `"${text}" is no address; write it like udp://127.0.0.1:1700.`);
  const host = match[1].replace(/^\[(.*)\]$/, '$1');
  try {
    const { address } = await lookup(host);
    return ok({ address, port });
  } catch {
    return wrong('--gwmp', `the name ${host} leads nowhere; check it, or write an IP address.`);
  }
};

export const speedOf = ({ speed }: LoraOptions): Result<number> => numberOf('--speed', speed, 0.1, SPEED_MAX);

export const secondsOf = ({ seconds }: LoraOptions): Result<number | undefined> =>
  seconds === undefined ? ok(undefined) : numberOf('--seconds', seconds, 1, 366 * 86_400);

export const cheatOf = (name: string | undefined): Result<CheatName | undefined> => {
  if (name === undefined) return ok(undefined);
  return CHEAT_NAMES.includes(name)
    ? ok(name as CheatName)
    : wrong('--cheat', `"${name}" is not one of ${CHEAT_NAMES.join(', ')}.`);
};
