import { REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, GPS_AHEAD_S, ok, type Result } from '@outpost/schemas/words';
import { listedGateways } from '../../lora-gateway/listed-gateways.ts';
import { type CredentialFiles, type Credentials, checkFiles, readCredentials } from './credentials.ts';
import { CHANNELS_MAX, radiosFor } from './router-config.ts';

export interface StationOptions {
  /** EUIs of the stations that may speak. */
  readonly gateways: ReadonlySet<string>;
  readonly region: RegionPlan;
  /** Hz, 125 kHz each, for all spreading factors. */
  readonly channelsHz: readonly number[];
  /** Seconds that GPS is ahead of UTC. */
  readonly leapSeconds: number;
  readonly cups: CupsOptions;
}

/** What stations are told that ask for their settings. */
export interface CupsOptions {
  /** Where their network server is; where they found their settings, if not given. */
  readonly tcUri: string | undefined;
  /** Where they ask from now on; as before, if not given. */
  readonly cupsUri: string | undefined;
  readonly files: { readonly tc: CredentialFiles | undefined; readonly cups: CredentialFiles | undefined };
  /** By EUI, what these files hold. */
  readonly credentials: ReadonlyMap<string, { readonly tc?: Credentials; readonly cups?: Credentials }>;
}

export const GATEWAYS_MAX = 256;

const CODE = 'basics-station.options';

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', CODE, `options.${where}`, words));

/** The channels that every device of the region knows, as far as one concentrator hears them. */
const usualChannels = ({ uplinkChannels }: RegionPlan): readonly number[] =>
  uplinkChannels
    .flatMap(({ firstHz, stepHz, count }) => Array.from({ length: count }, (_, at) => firstHz + at * stepHz))
    .slice(0, CHANNELS_MAX);

const checkChannels = (value: unknown, region: RegionPlan): Result<readonly number[]> => {
  const channels = value === undefined ? usualChannels(region) : value;
  const isList = Array.isArray(channels) && channels.length > 0 && channels.length <= CHANNELS_MAX;
  if (!isList || !channels.every((each) => Number.isInteger(each) && each > 0)) {
    return wrong('channelsHz', `must be a list of 1 to ${CHANNELS_MAX} frequencies in Hz.`);
  }
  return radiosFor(channels as number[]) === undefined
    ? wrong('channelsHz', 'lie too far apart for the two radios of a concentrator, 0.8 MHz each.')
    : ok(channels as number[]);
};

const LEAP_SECONDS = { min: 0, max: 60 } as const;

const checkLeapSeconds = (value: unknown = GPS_AHEAD_S): Result<number> => {
  const { min, max } = LEAP_SECONDS;
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? ok(value)
    : wrong('leapSeconds', `must be a whole number from ${min} to ${max}: what GPS is ahead of UTC.`);
};

/** `undefined` where it is no address of one of these schemes and nothing behind the port. */
const uriOf = (value: unknown, schemes: RegExp): string | undefined =>
  typeof value === 'string' && schemes.test(value) && value.length <= 255 ? value : undefined;

const checkCups = (value: unknown): Result<CupsOptions> => {
  const given = value ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return wrong('cups', 'must be an object.');
  const { tcUri, cupsUri, tc, cups, ...others } = given as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return wrong(`cups.${unknown}`, 'is none of tcUri, cupsUri, tc and cups.');
  if (tcUri !== undefined && uriOf(tcUri, /^wss?:\/\/[^\s/@]+$/) === undefined)
    return wrong('cups.tcUri', 'must be an address like wss://box:3001.');
  if (cupsUri !== undefined && uriOf(cupsUri, /^https?:\/\/[^\s/@]+$/) === undefined)
    return wrong('cups.cupsUri', 'must be an address like https://box:3001.');
  const tcFiles = checkFiles(tc, 'options.cups.tc');
  if (!tcFiles.ok) return tcFiles;
  const cupsFiles = checkFiles(cups, 'options.cups.cups');
  if (!cupsFiles.ok) return cupsFiles;
  return ok({
    tcUri: tcUri as string | undefined,
    cupsUri: cupsUri as string | undefined,
    files: { tc: tcFiles.value, cups: cupsFiles.value },
    credentials: new Map(),
  });
};

/** Reads the files of credentials that the options name, for each station. Faults are `misconfigured`. */
export const withCredentials = async (options: StationOptions): Promise<Result<StationOptions>> => {
  const { files } = options.cups;
  const credentials = new Map<string, { tc?: Credentials; cups?: Credentials }>();
  for (const eui of options.gateways) {
    const own: { tc?: Credentials; cups?: Credentials } = {};
    for (const which of ['tc', 'cups'] as const) {
      const named = files[which];
      if (named === undefined) continue;
      const read = await readCredentials(named, eui);
      if (!read.ok) return read;
      own[which] = read.value;
    }
    credentials.set(eui, own);
  }
  return ok({ ...options, cups: { ...options.cups, credentials } });
};

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<StationOptions> => {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return fail(fault('misconfigured', CODE, 'options', 'must be an object.'));
  }
  const {
    gateways,
    region: named,
    channelsHz,
    leapSeconds,
    cups,
    ...others
  } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return wrong(unknown, 'is no option; there are gateways, region, channelsHz, leapSeconds and cups.');
  const region = typeof named === 'string' ? regionNamed(named) : undefined;
  if (region === undefined)
    return wrong('region', `must be one of ${REGIONS.map(({ name }) => name).join(', ')}.`);
  const listed = listedGateways(gateways, GATEWAYS_MAX, CODE);
  if (!listed.ok) return listed;
  const channels = checkChannels(channelsHz, region);
  if (!channels.ok) return channels;
  const leap = checkLeapSeconds(leapSeconds);
  if (!leap.ok) return leap;
  const settings = checkCups(cups);
  if (!settings.ok) return settings;
  const [gatewaysListed, leaps] = [listed.value, leap.value];
  return ok({
    gateways: gatewaysListed,
    region,
    channelsHz: channels.value,
    leapSeconds: leaps,
    cups: settings.value,
  });
};
