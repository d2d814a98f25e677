import { HELIUM_RULES } from './profile.ts';

/** Free-space path loss in dB with the oracle's speed of light; `distanceM` in whole metres. */
export const heliumPathLossDb = (frequencyHz: number, distanceM: number): number =>
  20 * Math.log10((4 * Math.PI * distanceM * frequencyHz) / HELIUM_RULES.lightMs);

/**
 * The strongest signal in dBm that Helium believed. Gains are tenths of dBi and lose their tenth on the way: 8.1 dBi
 * counts as 8. The sum is taken in the oracle's order, so that it is equal to the last bit.
 */
export const heliumExpectedDbm = (
  conductedDbm: number,
  frequencyHz: number,
  distanceM: number,
  beaconerGainDdbi: number,
  witnessGainDdbi: number,
): number =>
  conductedDbm +
  Math.trunc(beaconerGainDdbi / 10) -
  heliumPathLossDb(frequencyHz, distanceM) +
  Math.trunc(witnessGainDdbi / 10);
