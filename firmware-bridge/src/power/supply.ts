import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { POWER_LIMITS } from './limits.ts';

const { chargingMillivolts, lowMillivolts, emptyMillivolts, backMillivolts } = POWER_LIMITS;

/** What the samples of the 12 V supply add up to. */
export interface Supply {
  readonly millivolts: number | undefined;
  readonly at: MonoNs;
  readonly chargingSince: MonoNs | undefined;
  readonly lowSince: MonoNs | undefined;
  readonly backSince: MonoNs | undefined;
  /** A sudden fall to below what a battery at rest may have, or one that nobody saw come: a starter, unless it lasts. */
  readonly plungedAt: MonoNs | undefined;
}

/** What two samples next to each other say about the car. */
export type Change = 'rise' | 'fall' | 'charging';

export const newSupply = (now: MonoNs): Supply => ({
  millivolts: undefined,
  at: now,
  chargingSince: undefined,
  lowSince: undefined,
  backSince: undefined,
  plungedAt: undefined,
});

const changeOf = (
  { millivolts: before, at }: Supply,
  millivolts: number,
  now: MonoNs,
): Change | undefined => {
  const isCharging = millivolts >= chargingMillivolts;
  if (before === undefined) return isCharging ? 'charging' : undefined;
  if (isCharging && before < chargingMillivolts) return 'charging';
  if (elapsedMs(at, now) > POWER_LIMITS.changeWithinMs) return undefined;
  if (millivolts - before >= POWER_LIMITS.riseMillivolts) return 'rise';
  return before - millivolts >= POWER_LIMITS.fallMillivolts ? 'fall' : undefined;
};

/** Some clones print 0.0 V where they cannot measure; no starter pulls a battery that low. */
const PLAUSIBLE_MIN_MILLIVOLTS = 6_000;

export const isPlausibleSample = (millivolts: number): boolean => millivolts >= PLAUSIBLE_MIN_MILLIVOLTS;

export const sampled = (
  supply: Supply,
  millivolts: number,
  now: MonoNs,
): { readonly supply: Supply; readonly change: Change | undefined } => {
  const change = changeOf(supply, millivolts, now);
  const since = (holds: boolean, before: MonoNs | undefined): MonoNs | undefined =>
    holds ? (before ?? now) : undefined;
  const isEmpty = millivolts < emptyMillivolts;
  // While the car is looked for nothing is sampled, and what happened meanwhile may have been sudden.
  const isUnseen = supply.millivolts === undefined || elapsedMs(supply.at, now) > POWER_LIMITS.changeWithinMs;
  const isSudden = isUnseen || change === 'fall';
  return {
    change,
    supply: {
      millivolts,
      at: now,
      chargingSince: since(millivolts >= chargingMillivolts, supply.chargingSince),
      lowSince: since(millivolts < lowMillivolts, supply.lowSince),
      backSince: since(millivolts >= backMillivolts, supply.backSince),
      plungedAt:
        isEmpty && (supply.plungedAt !== undefined || isSudden) ? (supply.plungedAt ?? now) : undefined,
    },
  };
};

const lasted = (since: MonoNs | undefined, ms: number, now: MonoNs): boolean =>
  since !== undefined && elapsedMs(since, now) >= ms;

export const isCharging = ({ chargingSince }: Supply, now: MonoNs): boolean =>
  lasted(chargingSince, POWER_LIMITS.chargingForMs, now);

export const isLow = ({ millivolts }: Supply): boolean =>
  millivolts !== undefined && millivolts < lowMillivolts;

/** A starter may be turning: nothing is asked until it is known whether it is that or an empty battery. */
export const isPlunged = ({ plungedAt }: Supply): boolean => plungedAt !== undefined;

/** The battery is to be left alone. */
export const mustStop = (supply: Supply, now: MonoNs): boolean => {
  const isEmpty = supply.millivolts !== undefined && supply.millivolts < emptyMillivolts;
  if (isEmpty)
    return supply.plungedAt === undefined || lasted(supply.plungedAt, POWER_LIMITS.crankingMs, now);
  return lasted(supply.lowSince, POWER_LIMITS.lowForMs, now);
};

/** The battery is well again. */
export const mayReturn = (supply: Supply, now: MonoNs): boolean =>
  supply.chargingSince !== undefined || lasted(supply.backSince, POWER_LIMITS.backForMs, now);
