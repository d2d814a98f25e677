import type { CborValue } from '@outpost/schemas/evidence';
import type { Offset } from '../journal/contract.ts';

/** What a network gives for something: an exact number of a unit of its own, such as `DC` (data credits). */
export interface Reward {
  /** 1 to 16 letters or digits. */
  readonly unit: string;
  /** `mantissa` × 10^−decimals; a safe integer, not negative. */
  readonly mantissa: number;
  readonly decimals: number;
  /** Whether the network itself said so, or its published rule was applied here. */
  readonly basis: RewardBasis;
}

export type RewardBasis = 'network' | 'rule';

/** A reading that a network took, by its place in the journal. */
export interface Rewarded {
  readonly reading: Offset;
  readonly reward?: Reward | undefined;
}

const BASES: readonly RewardBasis[] = ['network', 'rule'];
const DECIMALS_MAX = 18;
const UNIT = /^[A-Za-z0-9]{1,16}$/;

type Kind = Omit<Reward, 'mantissa'>;

const kindCbor = ({ unit, decimals, basis }: Kind): readonly [string, number, number] => [
  unit,
  decimals,
  BASES.indexOf(basis),
];

const kindOf = (unit: unknown, decimals: unknown, basis: unknown): Kind | undefined => {
  const known = BASES[Number(basis)];
  const exact = Number(decimals);
  if (typeof unit !== 'string' || !UNIT.test(unit) || known === undefined) return undefined;
  if (!Number.isInteger(exact) || exact < 0 || exact > DECIMALS_MAX) return undefined;
  return { unit, decimals: exact, basis: known };
};

const mantissaOf = (value: unknown): number | undefined => {
  const mantissa = Number(value);
  return Number.isSafeInteger(mantissa) && mantissa >= 0 ? mantissa : undefined;
};

export const rewardCbor = (reward: Reward): readonly CborValue[] => [...kindCbor(reward), reward.mantissa];

/** Undefined where there is none, or it does not read. */
export const rewardOf = (value: unknown): Reward | undefined => {
  const [unit, decimals, basis, number] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const kind = kindOf(unit, decimals, basis);
  const mantissa = mantissaOf(number);
  return kind !== undefined && mantissa !== undefined ? { ...kind, mantissa } : undefined;
};

/**
 * The rewards of readings, one list of numbers per kind of reward in the order of the readings (0: none), so that a
 * reading costs the card one byte more.
 */
export const rewardsCbor = (readings: readonly Rewarded[]): readonly CborValue[] => {
  const kinds = new Map<string, Kind>();
  for (const { reward } of readings) if (reward !== undefined) kinds.set(kindCbor(reward).join(), reward);
  return [...kinds].map(([key, kind]) => [
    ...kindCbor(kind),
    readings.map(({ reward }) =>
      reward !== undefined && kindCbor(reward).join() === key ? reward.mantissa : 0,
    ),
  ]);
};

/** Puts the rewards back beside their readings; what does not read is no reward. */
export const rewardedOf = (readings: readonly Offset[], value: unknown): readonly Rewarded[] => {
  const rewards: (Reward | undefined)[] = [];
  for (const group of Array.isArray(value) ? (value as readonly unknown[]) : []) {
    const [unit, decimals, basis, numbers] = Array.isArray(group) ? (group as readonly unknown[]) : [];
    const kind = kindOf(unit, decimals, basis);
    if (kind === undefined || !Array.isArray(numbers)) continue;
    for (const [at, number] of (numbers as readonly unknown[]).entries()) {
      const mantissa = mantissaOf(number) ?? 0;
      if (mantissa > 0) rewards[at] = { ...kind, mantissa };
    }
  }
  return readings.map((reading, at) => ({ reading, reward: rewards[at] }));
};
