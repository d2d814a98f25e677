import type { DataRate, RegionPlan } from '@outpost/schemas/radio';
import type { StationOptions } from './options.ts';

/** Demodulators for all spreading factors that one SX1301 has. */
export const CHANNELS_MAX = 8;

/** Both radios hear 0.8 MHz around their centre well (SX1301, AN1200.24). */
const RADIO_HALF_HZ = 400_000;
const DATA_RATES = 16;

interface Radio {
  readonly centreHz: number;
  readonly channelsHz: readonly number[];
}

const radioOf = (channelsHz: readonly number[]): Radio | undefined => {
  const [low, high] = [Math.min(...channelsHz), Math.max(...channelsHz)];
  return high - low > 2 * RADIO_HALF_HZ ? undefined : { centreHz: Math.round((low + high) / 2), channelsHz };
};

/** Which of the two radios hears which channels; undefined where they lie too far apart. */
export const radiosFor = (channelsHz: readonly number[]): readonly Radio[] | undefined => {
  const sorted = [...channelsHz].sort((a, b) => a - b);
  const reach = (sorted[0] ?? 0) + 2 * RADIO_HALF_HZ;
  const [first, rest] = [sorted.filter((hz) => hz <= reach), sorted.filter((hz) => hz > reach)];
  const radios = [first, rest].filter((each) => each.length > 0).map(radioOf);
  return radios.every((radio) => radio !== undefined) ? radios : undefined;
};

const concentrator = (channelsHz: readonly number[]): Readonly<Record<string, unknown>> => {
  const radios = radiosFor(channelsHz) ?? [];
  const settings: Record<string, unknown> = {};
  let channel = 0;
  for (const [index, { centreHz, channelsHz: own }] of radios.entries()) {
    settings[`radio_${index}`] = { enable: true, freq: centreHz };
    for (const hz of own) {
      settings[`chan_multiSF_${channel}`] = { enable: true, radio: index, if: hz - centreHz };
      channel += 1;
    }
  }
  return settings;
};

const NONE = [-1, 0, 0] as const;

/** `[spreading factor, Hz, downlink only]`; a spreading factor of 0 is FSK. */
const entryOf = ({ rate }: DataRate, isDownlinkOnly: boolean): readonly number[] => {
  if (rate.kind === 'lora') return [rate.spreadingFactor, rate.bandwidthHz / 1_000, isDownlinkOnly ? 1 : 0];
  return rate.kind === 'fsk' ? [0, 0, isDownlinkOnly ? 1 : 0] : NONE;
};

const dataRates = ({ uplink, downlink }: RegionPlan): readonly (readonly number[])[] =>
  Array.from({ length: DATA_RATES }, (_, index) => {
    const up = uplink.find((each) => each.index === index);
    const down = downlink.find((each) => each.index === index);
    const rate = up ?? down;
    return rate === undefined ? NONE : entryOf(rate, up === undefined);
  });

/** What a station is told of its radio. Duty cycle and dwell time stay its own business too: nothing is waived. */
export const routerConfig = ({ region, channelsHz }: StationOptions): Readonly<Record<string, unknown>> => {
  const { bands, name } = region;
  return {
    msgtype: 'router_config',
    // Empty lists let every network and every device through.
    NetID: [],
    JoinEui: [],
    region: name,
    hwspec: 'sx1301/1',
    freq_range: [Math.min(...bands.map(({ fromHz }) => fromHz)), Math.max(...bands.map(({ toHz }) => toHz))],
    DRs: dataRates(region),
    sx1301_conf: [concentrator(channelsHz)],
  };
};
