import { type CodeMemory, NO_CODES, stepCodes } from './codes.ts';
import {
  brakeTorqueNm,
  type Conditions,
  overrunTorqueNm,
  PETROL_G_PER_L,
  wideOpenKpa,
} from './combustion.ts';
import { type Engine, type EngineInput, STOPPED, stepCranking, stepEngine } from './engine.ts';
import { coldHeat, type Heat, stepHeat } from './heat.ts';
import { AT_REST, type Motion, type Reach, stepMotion } from './motion.ts';
import type { CarParameters } from './parameters.ts';
import { BEGINNING, type Place, type Plan, stageAt, stepPlan, wishAt } from './plan.ts';
import { type Ignition, RESTED, type Supply, stepSupply } from './supply.ts';

/** What does not change while a car is simulated. */
export interface CarModel {
  readonly parameters: CarParameters;
  readonly plan: Plan;
  readonly seed: number;
  readonly ambientC: number;
  readonly barometricKpa: number;
}

/** What adds up. */
export interface Totals {
  readonly odometerM: number;
  readonly fuelL: number;
  /** Since the engine was started; kept after it stops until the next start. */
  readonly runS: number;
  readonly distanceWithLampM: number;
  readonly distanceSinceClearM: number;
  readonly runWithLampS: number;
  readonly runSinceClearS: number;
  readonly lifeRunS: number;
  readonly lifeIdleS: number;
  readonly warmUps: number;
  /** Whether this start has already counted as a warm-up. */
  readonly warmedUp: boolean;
}

export interface CarState {
  /** Steps of `TICK_MS` since the simulation began. */
  readonly tick: number;
  readonly place: Place;
  readonly ignition: Ignition;
  readonly motion: Motion;
  readonly engine: Engine;
  readonly heat: Heat;
  readonly supply: Supply;
  readonly totals: Totals;
  readonly codes: CodeMemory;
  /** The coolant temperature at the last start, for counting warm-ups. */
  readonly startedAtC: number;
  /** The car as it was when the first code was stored: the freeze frame. */
  readonly frozen: CarState | undefined;
}

export const TICK_MS = 100;
const TICK_S = TICK_MS / 1000;

const ignitionIn = (model: CarModel, place: Place): Ignition => {
  const stage = stageAt(model.plan, place);
  if (stage.do === 'park') return 'off';
  if (stage.do === 'key-on') return 'on';
  return stage.do === 'start' ? 'cranking' : 'running';
};

export const newCar = (model: CarModel): CarState => ({
  tick: 0,
  place: BEGINNING,
  ignition: ignitionIn(model, BEGINNING),
  motion: AT_REST,
  engine: { ...STOPPED, mapKpa: model.barometricKpa },
  heat: coldHeat(model.ambientC),
  supply: RESTED,
  totals: {
    odometerM: 48_213_400,
    fuelL: model.parameters.tankL * 0.72,
    runS: 0,
    distanceWithLampM: 0,
    distanceSinceClearM: 3_184_000,
    runWithLampS: 0,
    runSinceClearS: 219_600,
    lifeRunS: 4_680_000,
    lifeIdleS: 702_000,
    warmUps: 61,
    warmedUp: false,
  },
  codes: NO_CODES,
  startedAtC: model.ambientC,
  frozen: undefined,
});

const conditions = (model: CarModel, { engine, heat, supply }: CarState): Conditions => {
  const omega = (Math.max(engine.rpm, 600) * 2 * Math.PI) / 60;
  return {
    rpm: Math.max(engine.rpm, 1),
    barometricKpa: model.barometricKpa,
    intakeC: heat.intakeC,
    oilC: heat.oilC,
    accessoryNm: 1.2 + supply.alternatorW / 0.6 / omega,
  };
};

const reach = ({ parameters: { engine } }: CarModel, at: Conditions): Reach => ({
  rpm: at.rpm,
  minNm: overrunTorqueNm(engine, at),
  maxNmAt: (rpm) => {
    const there = { ...at, rpm };
    return brakeTorqueNm(engine, there, wideOpenKpa(there));
  },
});

/** Road and engine in one step; with the engine off the car stands. */
const drive = (model: CarModel, car: CarState, ignition: Ignition): { motion: Motion; engine: Engine } => {
  const { parameters, seed } = model;
  const at = conditions(model, car);
  const input = (motion: Motion): EngineInput => ({
    motion,
    at,
    coolantC: car.heat.coolantC,
    runS: car.totals.runS,
    seed,
    tick: car.tick,
  });
  if (ignition !== 'running') {
    if (ignition === 'cranking') {
      return { motion: AT_REST, engine: stepCranking(parameters, car.engine, input(AT_REST), TICK_S) };
    }
    return { motion: AT_REST, engine: { ...STOPPED, mapKpa: model.barometricKpa } };
  }
  const wish = wishAt(stageAt(model.plan, car.place), car.place, seed, TICK_S);
  const motion = stepMotion(parameters, car.motion, wish, reach(model, at), TICK_S);
  const { engine, clutch } = stepEngine(parameters, car.engine, input(motion), TICK_S);
  return { motion: { ...motion, box: { ...motion.box, clutch } }, engine };
};

/** J1979: a warm-up is a start from cold that rose by 22 K to at least 70 °C. */
const isWarmUp = (coolantC: number, startedAtC: number): boolean =>
  coolantC >= 70 && coolantC - startedAtC >= 22;

const refuelled = (fuelL: number, tankL: number): number => (fuelL < tankL * 0.08 ? tankL * 0.95 : fuelL);

const count = (
  model: CarModel,
  car: CarState,
  after: { motion: Motion; engine: Engine; ignition: Ignition },
): Totals => {
  const { totals, codes, heat } = car;
  const running = after.ignition === 'running';
  const dt = running ? TICK_S : 0;
  const wayM = ((car.motion.speedMps + after.motion.speedMps) / 2) * TICK_S;
  const starts = after.ignition === 'cranking' && car.ignition !== 'cranking';
  const warmed = running && !totals.warmedUp && isWarmUp(heat.coolantC, car.startedAtC);
  const burnedL = (after.engine.fuelGps * TICK_S) / PETROL_G_PER_L;
  return {
    odometerM: totals.odometerM + wayM,
    fuelL:
      after.ignition === 'off'
        ? refuelled(totals.fuelL, model.parameters.tankL)
        : Math.max(0, totals.fuelL - burnedL),
    runS: starts ? 0 : totals.runS + dt,
    distanceWithLampM: totals.distanceWithLampM + (codes.lampOn ? wayM : 0),
    distanceSinceClearM: totals.distanceSinceClearM + wayM,
    runWithLampS: totals.runWithLampS + (codes.lampOn ? dt : 0),
    runSinceClearS: totals.runSinceClearS + dt,
    lifeRunS: totals.lifeRunS + dt,
    lifeIdleS: totals.lifeIdleS + (after.motion.speedMps < 0.3 ? dt : 0),
    warmUps: Math.min(255, totals.warmUps + (warmed ? 1 : 0)),
    warmedUp: starts ? false : totals.warmedUp || warmed,
  };
};

/** One tick of 100 ms. Pure: the same model and state always give the same next state. */
export const stepCar = (model: CarModel, car: CarState): CarState => {
  const ignition = ignitionIn(model, car.place);
  const { motion, engine } = drive(model, car, ignition);
  const running = ignition === 'running';
  const heat = stepHeat(
    car.heat,
    {
      running,
      ambientC: model.ambientC,
      speedMps: motion.speedMps,
      fuelGps: engine.fuelGps,
      airGps: engine.airGps,
      overrun: engine.overrun,
    },
    TICK_S,
  );
  const supply = stepSupply(
    car.supply,
    {
      ignition,
      rpm: engine.rpm,
      ambientC: model.ambientC,
      fanOn: heat.fanOn && running,
      crankS: ignition === 'cranking' ? car.place.elapsedS : 0,
      batteryAh: model.parameters.batteryAh,
      seed: model.seed,
      tick: car.tick,
    },
    TICK_S,
  );
  const next: CarState = {
    tick: car.tick + 1,
    place: stepPlan(model.plan, car.place, car.heat.coolantC, TICK_S),
    ignition,
    motion,
    engine,
    heat,
    supply,
    totals: count(model, car, { motion, engine, ignition }),
    codes: running ? stepCodes(car.codes, TICK_S) : car.codes,
    startedAtC: ignition === 'cranking' && car.ignition !== 'cranking' ? car.heat.coolantC : car.startedAtC,
    frozen: car.frozen,
  };
  const freezes = next.frozen === undefined && next.codes.frozenBy !== undefined;
  return freezes ? { ...next, frozen: { ...next } } : next;
};

/** Ticks until `ms` of car time have passed since the simulation began; a moment in the past changes nothing. */
export const carAt = (model: CarModel, car: CarState, ms: number): CarState => {
  let state = car;
  while ((state.tick + 1) * TICK_MS <= ms) state = stepCar(model, state);
  return state;
};
