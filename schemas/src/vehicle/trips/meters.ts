import { NS_PER_S } from '../../words/index.ts';
import { TRIP_LIMITS } from './limits.ts';

/** The sum of a quantity over time, from samples that need not be regular. */
export interface Meter {
  /** Unit of the samples times seconds. */
  readonly sum: number;
  /** Whether any two samples were near enough to say something. */
  readonly measured: boolean;
  readonly last: { readonly at: bigint; readonly value: number; readonly source: number } | undefined;
}

export const NEW_METER: Meter = { sum: 0, measured: false, last: undefined };

/**
 * One sample more, by the trapezoid rule. Several control units may give the same quantity: the one that was heard
 * first counts, until it is silent for longer than samples may be apart.
 */
export const metered = (meter: Meter, at: bigint, value: number, source: number): Meter => {
  const { last, sum } = meter;
  const isNear = last !== undefined && at - last.at <= TRIP_LIMITS.sampleGapNs;
  if (isNear && last.source !== source) return meter;
  const next = { at, value, source };
  if (!isNear) return { ...meter, last: next };
  const seconds = Number(at - last.at) / Number(NS_PER_S);
  return { sum: sum + ((last.value + value) / 2) * seconds, measured: true, last: next };
};

/** Of two stretches one after the other. */
export const joined = (first: Meter, second: Meter): Meter => ({
  sum: first.sum + second.sum,
  measured: first.measured || second.measured,
  last: second.last ?? first.last,
});
