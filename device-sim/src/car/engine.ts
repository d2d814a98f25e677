import { drawAt, normalAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import {
  airFlowGps,
  type Conditions,
  commandedLambda,
  dragTorqueNm,
  overrunTorqueNm,
  pressureForTorqueKpa,
  STOICHIOMETRIC_PETROL,
  throttleShare,
} from './combustion.ts';
import { approach, clamp, lag } from './curves.ts';
import { rpmPerMps } from './gearbox.ts';
import type { Motion } from './motion.ts';
import type { CarParameters } from './parameters.ts';

export interface Engine {
  readonly rpm: number;
  readonly mapKpa: number;
  readonly airGps: number;
  readonly fuelGps: number;
  /** Air-fuel ratio over stoichiometric, as commanded. 2 is what the wire says for no fuel at all. */
  readonly lambda: number;
  readonly closedLoop: boolean;
  readonly overrun: boolean;
  /** Crankshaft torque at the clutch, Nm. */
  readonly torqueNm: number;
  /** Opening of the throttle plate, 0 to 1 of its useful range. */
  readonly throttle: number;
  readonly sparkDegrees: number;
  readonly shortTrim: number;
  readonly wanderRpm: number;
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

const LAUNCH_RPM = 1_280;
const CLUTCH_LOCKS_WITHIN_RPM = 90;
const CLUTCH_RATES = { up: 3_200, down: 2_600 };
const FREE_RATES = { up: 3_500, down: 1_700 };
const CRANK_INERTIA_KG_M2 = 0.13;
const MANIFOLD_S = 0.14;
const OVERRUN_BEGINS_RPM = 1_350;
const OVERRUN_ENDS_RPM = 1_120;
const CLOSED_LOOP_AFTER_S = 18;
const CLOSED_LOOP_FROM_C = 35;

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
};

export const idleRpm = ({ engine }: CarParameters, coolantC: number): number =>
  engine.idleRpm + engine.coldIdleRpm * clamp((70 - coolantC) / 70, 0, 1.3);

/** Where clutch and gears take the crankshaft, and whether the clutch still slips on arrival. */
const turn = (
  car: CarParameters,
  rpm: number,
  { speedMps, box }: Motion,
  idle: number,
  dtS: number,
): { readonly rpm: number; readonly clutch: Motion['box']['clutch'] } => {
  const lockedRpm = speedMps * rpmPerMps(car, box.gear);
  if (box.clutch === 'open') {
    const towards = box.gear > 0 && box.shiftLeftS > 0 ? Math.max(idle, lockedRpm) : idle;
    return { rpm: approach(rpm, towards, dtS, FREE_RATES), clutch: 'open' };
  }
  const launching = lockedRpm < LAUNCH_RPM && (box.clutch === 'slipping' || lockedRpm < idle + 120);
  const towards = launching ? Math.max(LAUNCH_RPM, idle) : lockedRpm;
  const next = box.clutch === 'closed' && !launching ? lockedRpm : approach(rpm, towards, dtS, CLUTCH_RATES);
  const locks = !launching && Math.abs(next - lockedRpm) < CLUTCH_LOCKS_WITHIN_RPM;
  return { rpm: locks ? lockedRpm : next, clutch: locks ? 'closed' : 'slipping' };
};

const spark = (input: EngineInput, rpm: number, mapKpa: number, idling: boolean): number => {
  const jitter = 2 * (drawAt(input.seed, CHANNEL.spark, input.tick) - 0.5);
  if (idling) return 9 + 2.5 * jitter;
  const load = clamp((mapKpa - 25) / 75, 0, 1);
  return clamp(9 + 11 * clamp((rpm - 800) / 2_400, 0, 1) + 14 * (1 - load) + jitter, 2, 42);
};

/** The controller hunts around the stoichiometric mixture; cold or at full load it does not control at all. */
const shortTrim = (input: EngineInput, before: number, closedLoop: boolean, dtS: number): number => {
  if (!closedLoop) return 0;
  const hunt = 1.2 * Math.sin(input.tick * 0.55) + 2.2 * normalAt(input.seed, CHANNEL.trim, input.tick >> 4);
  return lag(before, hunt, dtS, 0.8);
};

/** One step of the running engine. Also says what the clutch did, because that hangs on the two speeds. */
export const stepEngine = (
  car: CarParameters,
  engine: Engine,
  input: EngineInput,
  dtS: number,
): { readonly engine: Engine; readonly clutch: Motion['box']['clutch'] } => {
  const { motion, at, seed, tick } = input;
  const p = car.engine;
  const wanderRpm = lag(engine.wanderRpm, 9 * normalAt(seed, CHANNEL.idle, tick), dtS, 0.25);
  const idle = idleRpm(car, input.coolantC) + wanderRpm;
  const turned = turn(car, engine.rpm, motion, idle, dtS);
  const rpm = clamp(turned.rpm, 300, p.highestRpm + 200);
  const now: Conditions = { ...at, rpm };

  const spinUpNm = (CRANK_INERTIA_KG_M2 * ((rpm - engine.rpm) / dtS) * 2 * Math.PI) / 60;
  const wantedNm = turned.clutch === 'open' ? spinUpNm : motion.clutchNm;
  const threshold = engine.overrun ? OVERRUN_ENDS_RPM : OVERRUN_BEGINS_RPM;
  const overrun = turned.clutch === 'closed' && rpm > threshold && wantedNm < overrunTorqueNm(p, now) * 0.55;
  const targetKpa = overrun ? p.closedThrottleKpa : pressureForTorqueKpa(p, now, wantedNm);
  const mapKpa = lag(engine.mapKpa, targetKpa, dtS, MANIFOLD_S);
  const airGps = airFlowGps(p, now, mapKpa);

  const warm = input.coolantC >= CLOSED_LOOP_FROM_C && input.runS >= CLOSED_LOOP_AFTER_S;
  const warmLambda = commandedLambda(mapKpa, at.barometricKpa);
  const closedLoop = warm && warmLambda > 0.995 && !overrun;
  const coldRich = warm ? 0 : 0.1 * clamp((60 - input.coolantC) / 60, 0.15, 1.2);
  const lambda = overrun ? 2 : warmLambda - coldRich;
  const throttle = throttleShare(p, now, airGps, mapKpa);
  return {
    engine: {
      rpm,
      mapKpa,
      airGps,
      fuelGps: overrun ? 0 : airGps / (STOICHIOMETRIC_PETROL * lambda),
      lambda,
      closedLoop,
      overrun,
      torqueNm: overrun ? -dragTorqueNm(p, now, mapKpa) - at.accessoryNm : Math.max(wantedNm, -40),
      throttle: overrun ? Math.min(throttle, 0.03) : throttle,
      sparkDegrees: spark(input, rpm, mapKpa, turned.clutch === 'open'),
      shortTrim: shortTrim(input, engine.shortTrim, closedLoop, dtS),
      wanderRpm,
    },
    clutch: turned.clutch,
  };
};

const CRANKING_RPM = 215;

/** One step of the starter turning the engine, before it fires. */
export const stepCranking = (car: CarParameters, engine: Engine, input: EngineInput, dtS: number): Engine => {
  const compression = 25 * Math.sin(input.tick * 2.1);
  const rpm = approach(engine.rpm, CRANKING_RPM + compression, dtS, { up: 900, down: 900 });
  const mapKpa = lag(engine.mapKpa, 78, dtS, 0.6);
  const airGps = airFlowGps(car.engine, { ...input.at, rpm }, mapKpa);
  const lambda = 0.8;
  const fuelGps = airGps / (STOICHIOMETRIC_PETROL * lambda);
  return { ...STOPPED, rpm, mapKpa, airGps, fuelGps, lambda, throttle: 0.08, sparkDegrees: 5 };
};
