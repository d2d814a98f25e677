import { along, clamp } from './curves.ts';
import type { EngineParameters } from './parameters.ts';

/** What surrounds the cylinders at one moment. */
export interface Conditions {
  readonly rpm: number;
  readonly barometricKpa: number;
  readonly intakeC: number;
  readonly oilC: number;
  /** Torque taken by alternator and pumps at the crankshaft, Nm. */
  readonly accessoryNm: number;
}

export const STOICHIOMETRIC_PETROL = 14.7;
export const PETROL_G_PER_L = 745;
const DIESEL_G_PER_L = 835;
/** Lower heating value of petrol. */
const PETROL_KJ_PER_G = 43.2;
/** Specific gas constant of air, kJ/(kg·K). */
const AIR_KJ_PER_KG_K = 0.287;
const KELVIN = 273.15;
/** Full load is run rich, for cooler valves; it buys a little torque too. */
const RICH_TORQUE = 1.03;

export const fuelGramsPerL = ({ fuel }: EngineParameters): number =>
  fuel === 'diesel' ? DIESEL_G_PER_L : PETROL_G_PER_L;

export const angularSpeed = (rpm: number): number => (Math.max(rpm, 1) * 2 * Math.PI) / 60;

/** The share of its displacement that the engine breathes in; throttled engines fill a little worse. */
export const volumetricEfficiency = (
  engine: EngineParameters,
  { rpm, barometricKpa }: Conditions,
  mapKpa: number,
): number => along(engine.volumetricEfficiency, rpm) * (0.88 + 0.12 * Math.min(1, mapKpa / barometricKpa));

/** Air mass flow by the speed-density equation, g/s. */
export const airFlowGps = (engine: EngineParameters, at: Conditions, mapKpa: number): number => {
  const litresPerS = (engine.displacementL * at.rpm) / 120;
  const gramsPerL = mapKpa / (AIR_KJ_PER_KG_K * (at.intakeC + KELVIN));
  return volumetricEfficiency(engine, at, mapKpa) * litresPerS * gramsPerL;
};

/** Commanded air-fuel ratio over stoichiometric for a warm engine at this manifold pressure. */
export const commandedLambda = (mapKpa: number, barometricKpa: number): number =>
  1 - 0.12 * clamp((mapKpa / barometricKpa - 0.88) / 0.08, 0, 1);

/** Torque that turning the engine costs without any combustion, Nm: friction and pumping. */
export const dragTorqueNm = (engine: EngineParameters, at: Conditions, mapKpa: number): number => {
  const krpm = at.rpm / 1000;
  const cold = 1 + 0.9 * Math.exp(-(at.oilC + 10) / 35);
  const frictionKpa = (58 + 9 * krpm + 2.8 * krpm * krpm) * cold;
  const pumpingKpa = at.barometricKpa - mapKpa;
  // kPa × litres is joules for one four-stroke cycle of 4π.
  return ((frictionKpa + pumpingKpa) * engine.displacementL) / (4 * Math.PI);
};

/** Torque at the clutch with combustion, Nm. Grows with manifold pressure over the whole range. */
export const brakeTorqueNm = (engine: EngineParameters, at: Conditions, mapKpa: number): number => {
  const lambda = commandedLambda(mapKpa, at.barometricKpa);
  const fuelGps = airFlowGps(engine, at, mapKpa) / STOICHIOMETRIC_PETROL;
  const efficiency = engine.indicatedEfficiency * (1 - 0.68 * Math.exp(-mapKpa / 25));
  const richness = lambda < 1 ? 1 + ((RICH_TORQUE - 1) * (1 - lambda)) / 0.12 : 1;
  const indicatedNm = (fuelGps * PETROL_KJ_PER_G * 1000 * efficiency * richness) / angularSpeed(at.rpm);
  return indicatedNm - dragTorqueNm(engine, at, mapKpa) - at.accessoryNm;
};

/** Torque at the clutch with the injectors off, Nm: always negative. */
export const overrunTorqueNm = (engine: EngineParameters, at: Conditions): number =>
  -dragTorqueNm(engine, at, engine.closedThrottleKpa) - at.accessoryNm;

/** What is left of the barometric pressure behind a fully open throttle, kPa. */
export const wideOpenKpa = (at: Conditions): number => at.barometricKpa - 1 - 2 * (at.rpm / 6000) ** 2;

/** Torque is met this closely, which is finer than any sensor tells. */
const TORQUE_NM = 0.01;
const STEPS_MAX = 12;

/** The manifold pressure that gives this torque, kPa, within what the throttle can do (the Illinois method). */
export const pressureForTorqueKpa = (engine: EngineParameters, at: Conditions, torqueNm: number): number => {
  let low = engine.closedThrottleKpa;
  let high = wideOpenKpa(at);
  let tooLow = brakeTorqueNm(engine, at, low) - torqueNm;
  let tooHigh = brakeTorqueNm(engine, at, high) - torqueNm;
  if (tooLow >= 0) return low;
  if (tooHigh <= 0) return high;
  let kpa = high;
  for (let i = 0, side = 0; i < STEPS_MAX; i += 1) {
    kpa = (low * tooHigh - high * tooLow) / (tooHigh - tooLow);
    const off = brakeTorqueNm(engine, at, kpa) - torqueNm;
    if (Math.abs(off) < TORQUE_NM) return kpa;
    if (off < 0) {
      [low, tooLow] = [kpa, off];
      if (side < 0) tooHigh /= 2;
      side = -1;
    } else {
      [high, tooHigh] = [kpa, off];
      if (side > 0) tooLow /= 2;
      side = 1;
    }
  }
  return kpa;
};

/** Throttle plate position, 0 to 1, for this flow at this pressure ratio (isentropic nozzle, choked below ½). */
export const throttleShare = (
  engine: EngineParameters,
  at: Conditions,
  airGps: number,
  mapKpa: number,
): number => {
  const ratio = clamp(mapKpa / at.barometricKpa, 0, 0.995);
  const flow = ratio <= 0.5 ? 1 : 2 * Math.sqrt(ratio * (1 - ratio));
  const chokedGps = 105 * engine.displacementL;
  return clamp((airGps / (chokedGps * flow)) ** 0.75, 0, 1);
};
