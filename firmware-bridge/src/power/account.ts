import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { AWAKE_AMPERES, POWER_LIMITS } from './limits.ts';

/** What listening has cost the car, over the last seven days. */
export interface Account {
  /** Blind looks of the last day. */
  readonly blind: readonly MonoNs[];
  /** Blind looks that woke the car. */
  readonly wakes: readonly MonoNs[];
  /** Time during which questions may have kept a car awake that nobody drove, in slices. */
  readonly awake: readonly { readonly from: MonoNs; readonly seconds: number }[];
}

export const NEW_ACCOUNT: Account = { blind: [], wakes: [], awake: [] };

const SLICE_MS = 6 * POWER_LIMITS.hourMs;
/** More wakes than this in a week only says that they are many. */
const WAKES_MAX = 256;

const within = <T>(items: readonly T[], at: (item: T) => MonoNs, ms: number, now: MonoNs): readonly T[] =>
  items.filter((item) => elapsedMs(at(item), now) < ms);

/** Blind looks of the last `ms`. */
export const blindWithin = ({ blind }: Account, ms: number, now: MonoNs): number =>
  within(blind, (at) => at, ms, now).length;

export const withBlind = (account: Account, now: MonoNs): Account => ({
  ...account,
  blind: [...within(account.blind, (at) => at, POWER_LIMITS.dayMs, now), now],
});

export const withWake = (account: Account, now: MonoNs): Account => ({
  ...account,
  wakes: [...within(account.wakes, (at) => at, POWER_LIMITS.weekMs, now), now].slice(-WAKES_MAX),
});

export const withAwake = (account: Account, seconds: number, now: MonoNs): Account => {
  if (seconds <= 0) return account;
  const kept = within(account.awake, ({ from }) => from, POWER_LIMITS.weekMs, now);
  const last = kept.at(-1);
  const isOpen = last !== undefined && elapsedMs(last.from, now) < SLICE_MS;
  const awake = isOpen
    ? [...kept.slice(0, -1), { ...last, seconds: last.seconds + seconds }]
    : [...kept, { from: now, seconds }];
  return { ...account, awake };
};

export const wakesOf = ({ wakes }: Account, now: MonoNs): number =>
  within(wakes, (at) => at, POWER_LIMITS.weekMs, now).length;

/** Estimated: the time that questions may have kept the car awake, times what a car draws that is awake. */
export const ampereHoursOf = ({ awake }: Account, now: MonoNs): number => {
  const seconds = within(awake, ({ from }) => from, POWER_LIMITS.weekMs, now).reduce(
    (sum, slice) => sum + slice.seconds,
    0,
  );
  return (seconds * AWAKE_AMPERES) / 3_600;
};
