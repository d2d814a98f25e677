import type { Unit } from './units.ts';

/**
 * How often a signal is worth asking for, when nobody said otherwise. A lower priority number goes first
 * where the bus cannot carry everything.
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

/**
 * One row of the signal table. A value is `mantissa` × 10^−`decimals` in `unit`; only the mantissa is ever
 * signed.
 */
export interface Signal {
  /** 1 to 65,535, never reused; below 24 for the most frequent, because CBOR then needs one byte. */
  readonly id: number;
  /** COVESA VSS 4.2 path where VSS has the signal, else a path in the same manner. */
  readonly name: string;
  readonly unit: Unit;
  readonly decimals: number;
  /** Smallest and largest value that can be carried, in `unit`; a value outside is not plausible. */
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

/** Unit, decimals, min, max: what many rows have in common. */
export type Span = readonly [unit: Unit, decimals: number, min: number, max: number];

export const PERCENT: Span = ['percent', 2, 0, 100];
/** −100 to 99.2 % around 128 of 256. */
export const TRIM: Span = ['percent', 2, -100, 99.218_75];
/** Torque relative to the engine's reference torque. */
export const TORQUE: Span = ['percent', 0, -125, 130];
/** One byte from −40 °C. */
export const CELSIUS: Span = ['celsius', 0, -40, 215];
/** Two bytes from −40 °C in tenths. */
export const CELSIUS_WIDE: Span = ['celsius', 1, -40, 6_513.5];
export const KILOPASCAL: Span = ['kPa', 0, 0, 255];
/** Two bytes in thirty-seconds. */
export const KILOPASCAL_FINE: Span = ['kPa', 3, 0, 2_047.968_75];
/** Two bytes in tens. */
export const KILOPASCAL_RAIL: Span = ['kPa', 0, 0, 655_350];
export const KILOMETRES: Span = ['km', 0, 0, 65_535];
export const HOURS: Span = ['h', 0, 0, 65_535];
export const SECONDS_LONG: Span = ['s', 0, 0, 4_294_967_295];
export const FLAG: Span = ['flag', 0, 0, 1];
export const CODE: Span = ['code', 0, 0, 255];
export const CODE_2_BITS: Span = ['code', 0, 0, 3];
export const CODE_4_BITS: Span = ['code', 0, 0, 15];
export const BITS: Span = ['bits', 0, 0, 255];
export const BITS_3: Span = ['bits', 0, 0, 7];
export const BITS_4: Span = ['bits', 0, 0, 15];

/** A row; a name that does not start with `Vehicle.` lies in the branch `Vehicle.OBD`. */
export const signal = (
  id: number,
  name: string,
  [unit, decimals, min, max]: Span,
  pace: Pace,
  description: string,
  labels?: ReadonlyMap<number, string>,
): Signal => ({
  id,
  name: name.startsWith('Vehicle.') ? name : `Vehicle.OBD.${name}`,
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

/** Rows for members 1 to `count` of a family. */
export const family = (count: number, rows: (member: number) => readonly Signal[]): readonly Signal[] =>
  Array.from({ length: count }, (_, index) => rows(index + 1)).flat();
