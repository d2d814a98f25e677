import type { Unit } from './units.ts';

/**
 * How often a signal is worth asking for, when nobody said otherwise. A lower priority number goes first where
 * the bus cannot carry everything.
 */
export const PACES = {
  /** What moves with the car: speed, engine speed, load. */
  fast: { intervalMs: 1_000, priority: 0 },
  /** What follows the driver within seconds: trims, pressures, rates. */
  medium: { intervalMs: 5_000, priority: 1 },
  /** What follows within minutes: temperatures, voltages. */
  slow: { intervalMs: 10_000, priority: 2 },
  /** Levels, distances, totals. */
  minute: { intervalMs: 60_000, priority: 3 },
  /** What is fixed for a trip: fuel type, limits, what is fitted. */
  hour: { intervalMs: 3_600_000, priority: 4 },
} as const;

export type Pace = keyof typeof PACES;

/** One row of the signal table. A value is `mantissa` × 10^−`decimals` in `unit`; only the mantissa is ever signed. */
export interface Signal {
  /** 1 to 65,535, never reused; below 24 for the most frequent, because CBOR then needs one byte. */
  readonly id: number;
  /** COVESA VSS 4.2 path where VSS has the signal, else a path in the same manner. */
  readonly name: string;
  readonly unit: Unit;
  readonly decimals: number;
  /** Smallest value that can be carried, in `unit`; outside [min, max] a value is not plausible. */
  readonly min: number;
  readonly max: number;
  /** The same limits as mantissas. */
  readonly minMantissa: number;
  readonly maxMantissa: number;
  readonly pace: Pace;
  readonly defaultIntervalMs: number;
  /** 0 goes first. */
  readonly priority: number;
  readonly description: string;
  /** Meaning of the values of a `code`, by mantissa; a value without a label is reserved. */
  readonly labels?: ReadonlyMap<number, string>;
}

/** Builds a row; written as a call so that a table reads as columns. */
export const signal = (
  id: number,
  name: string,
  unit: Unit,
  decimals: number,
  min: number,
  max: number,
  pace: Pace,
  description: string,
  labels?: ReadonlyMap<number, string>,
): Signal => ({
  id,
  name,
  unit,
  decimals,
  min,
  max,
  minMantissa: Math.round(min * 10 ** decimals),
  maxMantissa: Math.round(max * 10 ** decimals),
  pace,
  defaultIntervalMs: PACES[pace].intervalMs,
  priority: PACES[pace].priority,
  description,
  ...(labels === undefined ? {} : { labels }),
});
