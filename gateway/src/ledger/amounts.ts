import type { Reward, RewardBasis } from '../record/reward.ts';

/** An exact sum of rewards of one unit that were found out in one way. */
export interface Amount {
  readonly unit: string;
  readonly basis: RewardBasis;
  /** `mantissa` × 10^−decimals. */
  readonly mantissa: bigint;
  readonly decimals: number;
}

/** Sums of rewards, one for each unit and basis: what a network said and what a rule says are never added up. */
export interface Amounts {
  add(reward: Reward | Amount): void;
  /** By unit, then basis. */
  list(): readonly Amount[];
}

/** Units are the networks' own words; whoever sends ever new ones is summed no further. */
export const UNITS_MAX = 64;

const raised = (mantissa: bigint, by: number): bigint => mantissa * 10n ** BigInt(by);

const plus = (sum: Amount, mantissa: bigint, decimals: number): Amount => {
  const finest = Math.max(sum.decimals, decimals);
  const both = raised(sum.mantissa, finest - sum.decimals) + raised(mantissa, finest - decimals);
  return { ...sum, mantissa: both, decimals: finest };
};

export const newAmounts = (): Amounts => {
  const sums = new Map<string, Amount>();
  return {
    add({ unit, basis, mantissa, decimals }) {
      const key = `${unit} ${basis}`;
      const sum = sums.get(key);
      if (sum !== undefined) sums.set(key, plus(sum, BigInt(mantissa), decimals));
      else if (sums.size < UNITS_MAX) sums.set(key, { unit, basis, mantissa: BigInt(mantissa), decimals });
    },
    list: () => [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, amount]) => amount),
  };
};

/** The number as it is, without zeros at its end: `12`, `0.5`, `1234567890123.000001`. */
export const decimalText = ({ mantissa, decimals }: Pick<Amount, 'mantissa' | 'decimals'>): string => {
  const digits = mantissa.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return part === '' ? whole : `${whole}.${part}`;
};
