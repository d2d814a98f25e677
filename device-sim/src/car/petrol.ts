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
import { clamp, lag } from './curves.ts';
import type { Burnt, Engine, EngineInput, Turned } from './engine.ts';
import type { EngineParameters } from './parameters.ts';

const MANIFOLD_S = 0.14;
const OVERRUN_BEGINS_RPM = 1_350;
const OVERRUN_ENDS_RPM = 1_120;
const CLOSED_LOOP_AFTER_S = 18;
const CLOSED_LOOP_FROM_C = 35;

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

/** One step of a throttled engine that turns so fast and is asked for so much torque. */
export const burnPetrol = (
  p: EngineParameters,
  engine: Engine,
  input: EngineInput,
  { rpm, clutch }: Turned,
  wantedNm: number,
  dtS: number,
): Burnt => {
  const { at } = input;
  const now: Conditions = { ...at, rpm };
  const threshold = engine.overrun ? OVERRUN_ENDS_RPM : OVERRUN_BEGINS_RPM;
  const overrun = clutch === 'closed' && rpm > threshold && wantedNm < overrunTorqueNm(p, now) * 0.55;
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
    mapKpa,
    airGps,
    fuelGps: overrun ? 0 : airGps / (STOICHIOMETRIC_PETROL * lambda),
    lambda,
    closedLoop,
    overrun,
    torqueNm: overrun ? -dragTorqueNm(p, now, mapKpa) - at.accessoryNm : Math.max(wantedNm, -40),
    throttle: overrun ? Math.min(throttle, 0.03) : throttle,
    sparkDegrees: spark(input, rpm, mapKpa, clutch === 'open'),
    shortTrim: shortTrim(input, engine.shortTrim, closedLoop, dtS),
    diesel: undefined,
  };
};
