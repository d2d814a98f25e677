import { HELIUM_RULES } from './profile.ts';

const { redundancy, decay, beaconUnitMax } = HELIUM_RULES;

/** Four decimals, as the oracle kept them. */
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Units of a beaconer with so many selected witnesses (HIP-15). */
export const beaconerUnit = (witnesses: number): number => {
  if (witnesses <= redundancy) return rounded(witnesses / redundancy);
  return rounded(Math.min(beaconUnitMax, 2 - decay ** (witnesses - redundancy)));
};

/** Units of each of so many selected witnesses (HIP-15). */
export const witnessUnit = (witnesses: number): number => {
  if (witnesses === 0) return 0;
  if (witnesses <= redundancy) return 1;
  return rounded((redundancy - (1 - decay ** (witnesses - redundancy))) / witnesses);
};
