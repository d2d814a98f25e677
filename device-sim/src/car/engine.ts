import { normalAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { airFlowGps, type Conditions, STOICHIOMETRIC_PETROL } from './combustion.ts';
import { approach, clamp, lag } from './curves.ts';
import { burnDiesel, type Diesel } from './diesel.ts';
import type { Motion } from './motion.ts';
import type { EngineCar, EngineParameters } from './parameters.ts';
import { burnPetrol } from './petrol.ts';
import { turn } from './turn.ts';

/** What combustion makes of speed and torque. */
export interface Burnt {
  readonly mapKpa: number;
  /** Fresh air. */
  readonly airGps: number;
  readonly fuelGps: number;
  /** Air-fuel ratio over stoichiometric; of a petrol engine as commanded. 2 is what the wire says for no fuel. */
  readonly lambda: number;
  readonly closedLoop: boolean;
  readonly overrun: boolean;
  /** Crankshaft torque at the clutch, Nm. */
  readonly torqueNm: number;
  /** Opening of the throttle plate, 0 to 1 of its useful range; of a diesel, what the pedal asks for. */
  readonly throttle: number;
  readonly sparkDegrees: number;
  readonly shortTrim: number;
  /** What only a diesel has; undefined in a petrol engine. */
  readonly diesel: Diesel | undefined;
}

/** How fast the crankshaft turns, and what the clutch does. */
export interface Turned {
  readonly rpm: number;
  readonly clutch: Motion['box']['clutch'];
  /** By how much the idle speed wanders. */
  readonly wanderRpm: number;
}

/** `stopped` with the ignition on: a red light, or a hybrid that drives on its battery. */
export type EnginePhase = 'stopped' | 'cranking' | 'running';

export interface Engine extends Burnt {
  readonly rpm: number;
  readonly wanderRpm: number;
  readonly phase: EnginePhase;
  /** Since the phase began. */
  readonly phaseS: number;
  /** How often it stopped and started by itself since the ignition went on. */
  readonly restarts: number;
}

/** What the engine is told from outside in one step. */
export interface EngineInput {
  readonly motion: Motion;
  readonly at: Conditions;
  readonly coolantC: number;
  readonly runS: number;
  readonly seed: number;
  readonly tick: number;
}

const CRANK_INERTIA_KG_M2 = 0.13;

export const STOPPED: Engine = {
  rpm: 0,
  mapKpa: 100,
  airGps: 0,
  fuelGps: 0,
  lambda: 1,
  closedLoop: false,
  overrun: false,
  torqueNm: 0,
  throttle: 0.04,
  sparkDegrees: 5,
  shortTrim: 0,
  wanderRpm: 0,
  phase: 'stopped',
  phaseS: 0,
  restarts: 0,
  diesel: undefined,
};

export const idleRpm = ({ engine }: EngineCar, coolantC: number): number =>
  engine.idleRpm + engine.coldIdleRpm * clamp((70 - coolantC) / 70, 0, 1.3);

const burn = ({ fuel }: EngineParameters): typeof burnPetrol => (fuel === 'diesel' ? burnDiesel : burnPetrol);

/** One step of an engine whose speed and torque are given. Written out, because it runs for every tick. */
export const stepCombustion = (
  p: EngineParameters,
  engine: Engine,
  input: EngineInput,
  turned: Turned,
  wantedNm: number,
  dtS: number,
): Engine => {
  const burnt = burn(p)(p, engine, input, turned, wantedNm, dtS);
  return {
    mapKpa: burnt.mapKpa,
    airGps: burnt.airGps,
    fuelGps: burnt.fuelGps,
    lambda: burnt.lambda,
    closedLoop: burnt.closedLoop,
    overrun: burnt.overrun,
    torqueNm: burnt.torqueNm,
    throttle: burnt.throttle,
    sparkDegrees: burnt.sparkDegrees,
    shortTrim: burnt.shortTrim,
    diesel: burnt.diesel,
    rpm: turned.rpm,
    wanderRpm: turned.wanderRpm,
    phase: 'running',
    phaseS: engine.phase === 'running' ? engine.phaseS + dtS : 0,
    restarts: engine.restarts,
  };
};

/** One step of the running engine. Also says what the clutch did, because that hangs on the two speeds. */
export const stepEngine = (
  car: EngineCar,
  engine: Engine,
  input: EngineInput,
  dtS: number,
): { readonly engine: Engine; readonly clutch: Motion['box']['clutch'] } => {
  const { motion, seed, tick } = input;
  const p = car.engine;
  const wanderRpm = lag(engine.wanderRpm, 9 * normalAt(seed, CHANNEL.idle, tick), dtS, 0.25);
  const idle = idleRpm(car, input.coolantC) + wanderRpm;
  const { rpm: free, clutch } = turn(car, engine.rpm, motion, idle, dtS);
  const rpm = clamp(free, 300, p.highestRpm + 200);
  const spinUpNm = (CRANK_INERTIA_KG_M2 * ((rpm - engine.rpm) / dtS) * 2 * Math.PI) / 60;
  const wantedNm = clutch === 'open' ? spinUpNm : motion.clutchNm;
  return { engine: stepCombustion(p, engine, input, { rpm, clutch, wanderRpm }, wantedNm, dtS), clutch };
};

/** The engine that stands still, whatever it did before; filter and turbocharger keep what they have. */
export const standing = (engine: Engine, barometricKpa: number, dtS: number): Engine => ({
  ...STOPPED,
  mapKpa: barometricKpa,
  phaseS: engine.phase === 'stopped' ? engine.phaseS + dtS : 0,
  restarts: engine.restarts,
  diesel: engine.diesel && {
    ...engine.diesel,
    railKpa: 0,
    turboRpm: 0,
    egr: 0,
    boostTargetKpa: barometricKpa,
  },
});

const CRANKING_RPM = 215;

/** One step of the starter turning the engine, before it fires. */
export const stepCranking = (car: EngineCar, engine: Engine, input: EngineInput, dtS: number): Engine => {
  const compression = 25 * Math.sin(input.tick * 2.1);
  const rpm = approach(engine.rpm, CRANKING_RPM + compression, dtS, { up: 900, down: 900 });
  const mapKpa = lag(engine.mapKpa, 78, dtS, 0.6);
  const airGps = airFlowGps(car.engine, { ...input.at, rpm }, mapKpa);
  const lambda = 0.8;
  const fuelGps = airGps / (STOICHIOMETRIC_PETROL * lambda);
  return {
    ...standing(engine, mapKpa, dtS),
    rpm,
    mapKpa,
    airGps,
    fuelGps,
    lambda,
    throttle: 0.08,
    phase: 'cranking',
    phaseS: engine.phase === 'cranking' ? engine.phaseS + dtS : 0,
  };
};
