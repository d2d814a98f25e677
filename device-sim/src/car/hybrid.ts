import type { CarModel, CarState } from './car.ts';
import { conditionsOf, type Driven, inputOf } from './conditions.ts';
import { approach, clamp } from './curves.ts';
import { type Engine, idleRpm, standing, stepCombustion, stepCranking, type Turned } from './engine.ts';
import { rpmPerMps } from './gearbox.ts';
import { type Reach, stepMotion, type Wish } from './motion.ts';
import type { PlugInCar } from './parameters.ts';
import { TICK_S } from './plan.ts';
import { maxTorqueNm } from './reach.ts';
import { motorMaxNm, motorMinNm, type Traction } from './traction.ts';

/** Below this charge the engine carries the car and the battery only helps. */
export const SUSTAINED_CHARGE = 0.17;
const EMPTY_CHARGE = 0.14;
const RUNS_AT_LEAST_S = 12;
const HEATS_BELOW_C = 2;
const HEATED_AT_C = 55;
/** The clutch between engine and motor closes above this. */
const COUPLES_FROM_RPM = 1_050;
const COUPLING_RATES = { up: 3_500, down: 2_500 };
const COUPLED_WITHIN_RPM = 70;
const CHARGING_KW_MAX = 12;
const KW_PER_NM_RPM = 1 / 9_549;
const STARTS_WITHIN_S = 0.35;

interface Demand {
  readonly kw: number;
  readonly charge: number;
  readonly coolantC: number;
  readonly ambientC: number;
}

/** Whether the engine should run: an empty battery, a hard foot, or a cold cabin. */
const wantsEngine = (p: PlugInCar, engine: Engine, { kw, charge, coolantC, ambientC }: Demand): boolean => {
  const heats = ambientC < HEATS_BELOW_C && coolantC < HEATED_AT_C;
  if (engine.phase === 'stopped') {
    const empty = charge < EMPTY_CHARGE || (charge < SUSTAINED_CHARGE && kw > 7);
    return heats || empty || kw > 0.85 * p.traction.motorKw;
  }
  if (engine.phaseS < RUNS_AT_LEAST_S || heats || charge < EMPTY_CHARGE) return true;
  return charge < SUSTAINED_CHARGE + 0.02 ? kw > 4 : kw > 0.45 * p.traction.motorKw;
};

/** How the shaft's torque is shared, Nm: the engine carries and charges, the motor does the rest. */
const engineShareNm = (wantedNm: number, rpm: number, charge: number, mostNm: number): number => {
  if (wantedNm <= 0) return 0;
  const chargingKw = clamp((SUSTAINED_CHARGE + 0.01 - charge) * 500, 0, CHARGING_KW_MAX);
  return clamp(wantedNm + chargingKw / (rpm * KW_PER_NM_RPM), 0, 0.9 * mostNm);
};

const turnEngine = (
  model: CarModel,
  p: PlugInCar,
  car: CarState,
  { inputRpm, wantedNm, driven }: { inputRpm: number; wantedNm: number; driven: Driven },
): Driven => {
  const at = conditionsOf(model, car);
  const input = inputOf(model, car, at, driven.motion);
  const couples = inputRpm > COUPLES_FROM_RPM && wantedNm > 0;
  const towards = couples ? inputRpm : idleRpm(p, car.heat.coolantC);
  const rpm = approach(car.engine.rpm, towards, TICK_S, COUPLING_RATES);
  const coupled = couples && Math.abs(rpm - inputRpm) < COUPLED_WITHIN_RPM;
  const mostNm = maxTorqueNm(p.engine, { ...at, rpm });
  const engineNm = coupled ? engineShareNm(wantedNm, rpm, car.traction?.charge ?? 0, mostNm) : 0;
  const turned: Turned = {
    rpm: coupled ? inputRpm : rpm,
    clutch: coupled ? 'closed' : 'open',
    wanderRpm: 0,
  };
  const engine = stepCombustion(p.engine, car.engine, input, turned, engineNm, TICK_S);
  return { ...driven, engine, motorNm: wantedNm - engineNm };
};

/** One tick of a car with a motor and an engine on one shaft before the gears. */
export const driveHybrid = (
  model: CarModel,
  p: PlugInCar,
  car: CarState,
  { traction, wish }: { readonly traction: Traction; readonly wish: Wish },
): Driven => {
  const { box, speedMps } = car.motion;
  const rpm = speedMps * rpmPerMps(p, Math.max(1, box.gear));
  const at = conditionsOf(model, car);
  // Only an engine that turns with the shaft can push it.
  const coupled = Math.abs(car.engine.rpm - rpm) < COUPLED_WITHIN_RPM;
  const runs = car.engine.phase === 'running' && rpm > COUPLES_FROM_RPM && coupled;
  const reach: Reach = {
    rpm,
    highestRpm: p.engine.highestRpm,
    minNm: motorMinNm(p.traction, traction, rpm),
    maxNmAt: (there) =>
      motorMaxNm(p.traction, traction.charge, there) +
      (runs ? 0.9 * maxTorqueNm(p.engine, { ...at, rpm: there }) : 0),
  };
  const motion = stepMotion(p, car.motion, wish, reach, TICK_S);
  // The converter's place is taken by the motor: it never slips, it only lets go at a stop.
  const clutch = motion.box.clutch === 'open' ? 'open' : 'closed';
  const inputRpm = motion.speedMps * rpmPerMps(p, Math.max(1, motion.box.gear));
  const driven: Driven = {
    motion: { ...motion, box: { ...motion.box, clutch } },
    engine: car.engine,
    motorNm: motion.clutchNm,
    motorRpm: inputRpm,
  };
  const demand = {
    kw: motion.clutchNm * inputRpm * KW_PER_NM_RPM,
    charge: traction.charge,
    coolantC: car.heat.coolantC,
    ambientC: model.ambientC,
  };
  if (!wantsEngine(p, car.engine, demand)) {
    return { ...driven, engine: standing(car.engine, at.barometricKpa, TICK_S) };
  }
  if (
    car.engine.phase !== 'running' &&
    (car.engine.phase === 'stopped' || car.engine.phaseS < STARTS_WITHIN_S)
  ) {
    const first = car.engine.phase === 'stopped' ? 1 : 0;
    const cranked = stepCranking(p, car.engine, inputOf(model, car, at, motion), TICK_S);
    return { ...driven, engine: { ...cranked, restarts: cranked.restarts + first } };
  }
  return turnEngine(model, p, car, { inputRpm, wantedNm: motion.clutchNm, driven });
};
