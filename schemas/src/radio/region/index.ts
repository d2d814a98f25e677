import { AS923, EU433, EU868, IN865, KR920, RU864 } from './dynamic.ts';
import { AU915, CN470, US915 } from './fixed.ts';
import { type Band, CHANNEL_TOLERANCE_HZ, type ChannelBlock, type RegionPlan } from './plan.ts';

/**
 * The regions of LoRaWAN that Outpost knows. Numbers from the LoRaWAN Regional Parameters RP002-1.0.4 and -1.0.5 as
 * ChirpStack (MIT) implements them, limits of power and time from the law named at each band.
 */
export const REGIONS: readonly RegionPlan[] = [
  EU868,
  US915,
  AU915,
  ...AS923,
  IN865,
  KR920,
  CN470,
  EU433,
  RU864,
];

export const regionNamed = (name: string): RegionPlan | undefined =>
  REGIONS.find((region) => region.name === name);

/** Every frequency of the blocks, in their order, in Hz. */
export const frequenciesOf = (blocks: readonly ChannelBlock[]): readonly number[] =>
  blocks.flatMap(({ firstHz, stepHz, count }) =>
    Array.from({ length: count }, (_, i) => firstHz + i * stepHz),
  );

/** The number of the default uplink channel at this frequency; undefined where none is within 100 Hz. */
export const uplinkChannelAt = (region: RegionPlan, frequencyHz: number): number | undefined => {
  const found = frequenciesOf(region.uplinkChannels).findIndex(
    (each) => Math.abs(each - frequencyHz) <= CHANNEL_TOLERANCE_HZ,
  );
  return found < 0 ? undefined : found;
};

/**
 * The bands that hold an emission of this width whole, those with the most time first, so that the first that allows
 * the power is the best.
 */
export const bandsAt = (region: RegionPlan, frequencyHz: number, widthHz: number): readonly Band[] =>
  region.bands
    .filter(({ fromHz, toHz }) => frequencyHz - widthHz / 2 >= fromHz && frequencyHz + widthHz / 2 <= toHz)
    .toSorted((a, b) => b.dutyPermille - a.dutyPermille);

export { EU868_EXTRA_HZ } from './dynamic.ts';
export {
  type Band,
  CHANNEL_TOLERANCE_HZ,
  type ChannelBlock,
  type DataRate,
  JOIN_ACCEPT_DELAY1_S,
  JOIN_ACCEPT_DELAY2_S,
  type RegionName,
  type RegionPlan,
  RX1_DELAY_S,
  RX2_DELAY_S,
} from './plan.ts';
