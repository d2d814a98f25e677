import { HWFET_TENTHS } from './hwfet.ts';
import { UDDS_TENTHS } from './udds.ts';
import { US06_TENTHS } from './us06.ts';
import { wltc3aTenths } from './wltc-3a.ts';
import { WLTC_3B_TENTHS } from './wltc-3b.ts';

/** `wltc` is class 3b, the one for cars faster than 120 km/h. */
export const CYCLE_NAMES = ['wltc', 'wltc-3a', 'udds', 'hwfet', 'us06', 'ftp-75'] as const;
export type CycleName = (typeof CYCLE_NAMES)[number];

/** A stretch of a cycle during which the engine is switched off, seconds of the cycle. */
export interface Soak {
  readonly fromS: number;
  readonly toS: number;
}

/** A speed trace that starts and ends at rest. */
export interface Cycle {
  /** A standard cycle's, or the name of the file it was played back from. */
  readonly name: string;
  readonly title: string;
  readonly durationS: number;
  /** m/s at 0 s, 1 s, … `durationS`. */
  readonly speedsMps: Float64Array;
  /** Rise over run at each second, as a share; undefined: a level road. */
  readonly grades: Float64Array | undefined;
  readonly soak: Soak | undefined;
  /** Metres, by the trapezoid rule over the one-second table. */
  readonly distanceM: number;
}

/** International mile per hour, exact by definition. */
const MPS_PER_MPH = 0.44704;
const MPS_PER_KMH = 1 / 3.6;

/** 40 CFR 1066.815: the hot-start part is the first 505 s of the UDDS again, after a soak of ten minutes. */
const HOT_START_S = 505;
const SOAK_S = 600;

const speedsOf = (tenths: string, mpsPerUnit: number): Float64Array =>
  Float64Array.from(tenths.trim().split(/\s+/), (text) => (Number(text) / 10) * mpsPerUnit);

/** A cycle of one-second speeds; its distance is computed here and nowhere else. */
export const cycleOfSpeeds = (
  name: string,
  title: string,
  speedsMps: Float64Array,
  extra: { readonly grades?: Float64Array; readonly soak?: Soak } = {},
): Cycle => {
  let distanceM = 0;
  for (let s = 1; s < speedsMps.length; s += 1) distanceM += (speedsMps[s - 1]! + speedsMps[s]!) / 2;
  const { grades, soak } = extra;
  return { name, title, durationS: speedsMps.length - 1, speedsMps, grades, soak, distanceM };
};

const ftp75 = (name: string): Cycle => {
  const udds = speedsOf(UDDS_TENTHS, MPS_PER_MPH);
  const coldS = udds.length - 1;
  const speeds = new Float64Array(coldS + SOAK_S + HOT_START_S + 1);
  speeds.set(udds);
  speeds.set(udds.subarray(0, HOT_START_S + 1), coldS + SOAK_S);
  return cycleOfSpeeds(name, 'FTP-75', speeds, { soak: { fromS: coldS, toS: coldS + SOAK_S } });
};

export const isCycleName = (text: string): text is CycleName =>
  (CYCLE_NAMES as readonly string[]).includes(text);

export const cycleOf = (name: CycleName): Cycle => {
  switch (name) {
    case 'wltc':
      return cycleOfSpeeds(name, 'WLTC class 3b', speedsOf(WLTC_3B_TENTHS, MPS_PER_KMH));
    case 'wltc-3a':
      return cycleOfSpeeds(name, 'WLTC class 3a', speedsOf(wltc3aTenths(), MPS_PER_KMH));
    case 'udds':
      return cycleOfSpeeds(name, 'UDDS', speedsOf(UDDS_TENTHS, MPS_PER_MPH));
    case 'hwfet':
      return cycleOfSpeeds(name, 'HWFET', speedsOf(HWFET_TENTHS, MPS_PER_MPH));
    case 'us06':
      return cycleOfSpeeds(name, 'US06', speedsOf(US06_TENTHS, MPS_PER_MPH));
    case 'ftp-75':
      return ftp75(name);
  }
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

/** The road's rise over run `seconds` into the cycle, by straight lines between the seconds. */
export const gradeAt = ({ grades }: Cycle, seconds: number): number => {
  if (grades === undefined) return 0;
  const before = Math.floor(seconds);
  const share = seconds - before;
  return (grades[before] ?? 0) * (1 - share) + (grades[before + 1] ?? 0) * share;
};
