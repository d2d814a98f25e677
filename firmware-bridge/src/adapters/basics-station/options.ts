import { REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { CHANNELS_MAX, radiosFor } from './router-config.ts';

export interface StationOptions {
  /** EUIs of the stations that may speak. */
  readonly gateways: ReadonlySet<string>;
  readonly region: RegionPlan;
  /** Hz, 125 kHz each, for all spreading factors. */
  readonly channelsHz: readonly number[];
}

export const GATEWAYS_MAX = 256;
const EUI = /^[0-9a-f]{16}$/;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'basics-station.options', `options.${where}`, words));

const checkGateways = (value: unknown): Result<ReadonlySet<string>> => {
  if (!Array.isArray(value) || value.length === 0 || value.length > GATEWAYS_MAX) {
    return wrong('gateways', `must be a list of 1 to ${GATEWAYS_MAX} EUIs of stations that may speak.`);
  }
  const euis = value.map((each) => (typeof each === 'string' ? each.toLowerCase() : ''));
  const odd = euis.findIndex((eui) => !EUI.test(eui));
  return odd < 0 ? ok(new Set(euis)) : wrong(`gateways[${odd}]`, 'must be an EUI: 16 digits of hex.');
};

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

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<StationOptions> => {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return fail(fault('misconfigured', 'basics-station.options', 'options', 'must be an object.'));
  }
  const { gateways, region: named, channelsHz, ...others } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return wrong(unknown, 'is no option; there are gateways, region and channelsHz.');
  const region = typeof named === 'string' ? regionNamed(named) : undefined;
  if (region === undefined)
    return wrong('region', `must be one of ${REGIONS.map(({ name }) => name).join(', ')}.`);
  const listed = checkGateways(gateways);
  if (!listed.ok) return listed;
  const channels = checkChannels(channelsHz, region);
  return channels.ok ? ok({ gateways: listed.value, region, channelsHz: channels.value }) : channels;
};
