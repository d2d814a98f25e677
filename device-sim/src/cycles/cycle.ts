import { HWFET_TENTHS } from './hwfet.ts';
import { UDDS_TENTHS } from './udds.ts';
import { US06_TENTHS } from './us06.ts';
import { WLTC_3B_TENTHS } from './wltc-3b.ts';

export const CYCLE_NAMES = ['wltc', 'udds', 'hwfet', 'us06'] as const;
export type CycleName = (typeof CYCLE_NAMES)[number];

/** A speed trace that starts and ends at rest. */
export interface Cycle {
  readonly name: CycleName;
  readonly title: string;
  readonly durationS: number;
  /** m/s at 0 s, 1 s, … `durationS`. */
  readonly speedsMps: Float64Array;
  /** Metres, by the trapezoid rule over the one-second table. */
  readonly distanceM: number;
}

/** International mile per hour, exact by definition. */
const MPS_PER_MPH = 0.44704;
const MPS_PER_KMH = 1 / 3.6;

const TABLES: Readonly<Record<CycleName, { title: string; tenths: string; mpsPerUnit: number }>> = {
  wltc: { title: 'WLTC class 3b', tenths: WLTC_3B_TENTHS, mpsPerUnit: MPS_PER_KMH },
  udds: { title: 'UDDS', tenths: UDDS_TENTHS, mpsPerUnit: MPS_PER_MPH },
  hwfet: { title: 'HWFET', tenths: HWFET_TENTHS, mpsPerUnit: MPS_PER_MPH },
  us06: { title: 'US06', tenths: US06_TENTHS, mpsPerUnit: MPS_PER_MPH },
};

export const isCycleName = (text: string): text is CycleName =>
  (CYCLE_NAMES as readonly string[]).includes(text);

export const cycleOf = (name: CycleName): Cycle => {
  const { title, tenths, mpsPerUnit } = TABLES[name];
  const speedsMps = Float64Array.from(tenths.trim().split(/\s+/), (text) => (Number(text) / 10) * mpsPerUnit);
  let distanceM = 0;
  for (let s = 1; s < speedsMps.length; s += 1) distanceM += (speedsMps[s - 1]! + speedsMps[s]!) / 2;
  return { name, title, durationS: speedsMps.length - 1, speedsMps, distanceM };
};

/**
 * The speed `seconds` into the cycle, m/s; rest before and after it.
 *
 * The table's corners are rounded by a quadratic B-spline, because no car changes its acceleration in steps of one
 * second. The spline keeps the distance exactly, never goes below zero and never above the table's highest speed.
 */
export const speedAt = (cycle: Cycle, seconds: number): number => {
  const nearest = Math.round(seconds);
  const u = seconds - nearest;
  const at = (s: number): number => cycle.speedsMps[s] ?? 0;
  return (
    0.5 * (0.5 - u) ** 2 * at(nearest - 1) +
    (0.75 - u * u) * at(nearest) +
    0.5 * (0.5 + u) ** 2 * at(nearest + 1)
  );
};
