import { airFlowGps, angularSpeed, type Conditions, dragTorqueNm } from './combustion.ts';
import { along, clamp, lag } from './curves.ts';
import type { Burnt, Engine, EngineInput, Turned } from './engine.ts';
import type { EngineParameters } from './parameters.ts';

/** What a diesel has and a petrol engine has not. */
export interface Diesel {
  /** Absolute. */
  readonly boostTargetKpa: number;
  /** Recirculated share of what the cylinders breathe, 0 to 1. */
  readonly egr: number;
  readonly railKpa: number;
  readonly turboRpm: number;
  /** Before the turbocharger. */
  readonly exhaustC: number;
  readonly filterC: number;
  readonly sootG: number;
  readonly regenerating: boolean;
  /** Across the particulate filter. */
  readonly filterKpa: number;
}

/** By mass, of road diesel. */
export const STOICHIOMETRIC_DIESEL = 14.5;
const DIESEL_KJ_PER_G = 42.6;
/** Richer it would smoke. */
const SMOKE_LAMBDA = 1.25;
const OVERRUN_BEGINS_RPM = 1_250;
const OVERRUN_ENDS_RPM = 1_050;
const VANES_UP_S = 0.5;
const VANES_DOWN_S = 0.25;
const EGR_S = 0.5;
const RAIL_S = 0.15;
const EXHAUST_S = 6;
const FILTER_S = 55;
/** Soot of each gram of fuel: a filter is full after some 500 km. */
const SOOT_SHARE = 0.001;
const SOOT_FULL_G = 24;
const SOOT_CLEAN_G = 3;
const BURN_OFF_S = 280;
const FILTER_LIGHTS_C = 210;

export const newDiesel = (ambientC: number, barometricKpa: number, sootG: number): Diesel => ({
  boostTargetKpa: barometricKpa,
  egr: 0,
  railKpa: 0,
  turboRpm: 0,
  exhaustC: ambientC,
  filterC: ambientC,
  sootG,
  regenerating: false,
  filterKpa: 0,
});

/** Absolute manifold pressure at full load, kPa. */
const fullBoostKpa = ({ boostKpa }: EngineParameters, { rpm, barometricKpa }: Conditions): number =>
  barometricKpa + (boostKpa === undefined ? 0 : along(boostKpa, rpm));

/** Friction, and pushing the exhaust through turbocharger and filter, Nm; a diesel has no throttle to pull against. */
export const dieselDragNm = (engine: EngineParameters, at: Conditions): number =>
  1.12 * dragTorqueNm(engine, at, at.barometricKpa - 9);

const indicatedNm = (engine: EngineParameters, fuelGps: number, rpm: number): number =>
  (fuelGps * DIESEL_KJ_PER_G * 1000 * engine.indicatedEfficiency) / angularSpeed(rpm);

/** The most at the clutch with the turbocharger at full pressure, Nm. */
export const dieselMaxNm = (engine: EngineParameters, at: Conditions): number => {
  const airGps = airFlowGps(engine, at, fullBoostKpa(engine, at));
  const smokeNm = indicatedNm(engine, airGps / (STOICHIOMETRIC_DIESEL * SMOKE_LAMBDA), at.rpm);
  const drag = dieselDragNm(engine, at) + at.accessoryNm;
  return Math.min(smokeNm - drag, engine.referenceTorqueNm);
};

export const dieselMinNm = (engine: EngineParameters, at: Conditions): number =>
  -dieselDragNm(engine, at) - at.accessoryNm;

/** The filter fills with soot and, when it is full and the exhaust is warm, burns it off. */
const aftertreat = (
  before: Diesel,
  { airGps, fuelGps, lambda }: { airGps: number; fuelGps: number; lambda: number },
  ambientC: number,
  dtS: number,
): Pick<Diesel, 'exhaustC' | 'filterC' | 'sootG' | 'regenerating' | 'filterKpa'> => {
  const { sootG } = before;
  const hot = before.filterC > FILTER_LIGHTS_C;
  const regenerating = before.regenerating ? sootG > SOOT_CLEAN_G : sootG > SOOT_FULL_G && hot;
  const fires = fuelGps > 0 ? 150 + 840 / Math.max(lambda, SMOKE_LAMBDA) : ambientC + 110;
  const exhaustC = lag(before.exhaustC, fires, dtS, EXHAUST_S);
  const filterTowards = regenerating && fuelGps > 0 ? 610 : exhaustC * 0.85;
  const filterC = lag(before.filterC, filterTowards, dtS, FILTER_S);
  const burnt = regenerating && filterC > 450 ? (sootG * dtS) / BURN_OFF_S : 0;
  const flowKgPerH = (airGps + fuelGps) * 3.6;
  return {
    exhaustC,
    filterC,
    regenerating,
    sootG: sootG + fuelGps * SOOT_SHARE * dtS - burnt,
    filterKpa: flowKgPerH * 0.012 * (1 + sootG / 16) * ((filterC + 273) / 573),
  };
};

/** One step of a turbocharged diesel that turns so fast and is asked for so much torque. */
export const burnDiesel = (
  p: EngineParameters,
  engine: Engine,
  input: EngineInput,
  { rpm, clutch }: Turned,
  wantedNm: number,
  dtS: number,
): Burnt => {
  const now: Conditions = { ...input.at, rpm };
  const { barometricKpa } = now;
  const before = engine.diesel ?? newDiesel(input.coolantC, barometricKpa, 0);
  const minNm = dieselMinNm(p, now);
  const share = clamp((wantedNm - minNm) / (dieselMaxNm(p, now) - minNm), 0, 1);
  const threshold = engine.overrun ? OVERRUN_ENDS_RPM : OVERRUN_BEGINS_RPM;
  const overrun = clutch === 'closed' && rpm > threshold && wantedNm < minNm * 0.6;

  const boostTargetKpa = barometricKpa - 1 + (fullBoostKpa(p, now) - barometricKpa) * share ** 0.8;
  const rising = boostTargetKpa > engine.mapKpa;
  const mapKpa = lag(engine.mapKpa, boostTargetKpa, dtS, rising ? VANES_UP_S : VANES_DOWN_S);
  const warm = clamp((input.coolantC - 20) / 50, 0.25, 1);
  const egrTarget = overrun || before.regenerating ? 0 : 0.4 * warm * (1 - share) ** 1.4;
  const egr = lag(before.egr, egrTarget, dtS, EGR_S);
  const airGps = airFlowGps(p, now, mapKpa) * (1 - egr);

  const asked = Math.max(0, (wantedNm - minNm) / indicatedNm(p, 1, rpm));
  const fuelGps = overrun ? 0 : Math.min(asked, airGps / (STOICHIOMETRIC_DIESEL * SMOKE_LAMBDA * 0.92));
  const lambda = fuelGps > 0 ? airGps / (STOICHIOMETRIC_DIESEL * fuelGps) : 2;
  const treated = aftertreat(before, { airGps, fuelGps, lambda }, input.coolantC, dtS);
  const railTarget = 28_000 + 130_000 * clamp(0.7 * share + (0.3 * rpm) / 4_000, 0, 1);
  return {
    mapKpa,
    airGps,
    fuelGps,
    lambda,
    closedLoop: false,
    overrun,
    torqueNm: overrun ? minNm : indicatedNm(p, fuelGps, rpm) + minNm,
    throttle: share,
    sparkDegrees: 0,
    shortTrim: 0,
    diesel: {
      exhaustC: treated.exhaustC,
      filterC: treated.filterC,
      sootG: treated.sootG,
      regenerating: treated.regenerating,
      filterKpa: treated.filterKpa,
      boostTargetKpa,
      egr,
      railKpa: lag(before.railKpa, overrun ? 30_000 : railTarget, dtS, RAIL_S),
      turboRpm: 18_000 + 150_000 * Math.sqrt(clamp((mapKpa - barometricKpa) / 150, 0, 1)),
    },
  };
};
