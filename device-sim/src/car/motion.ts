import { stepAutomatic } from './automatic.ts';
import { clamp } from './curves.ts';
import { clutchTorqueNm, type Feel, type Gearbox, NEUTRAL, wheelTorqueNm } from './gearbox.ts';
import { stepManual } from './manual.ts';
import type { Chassis } from './parameters.ts';

export interface Motion {
  readonly speedMps: number;
  readonly accelerationMps2: number;
  readonly box: Gearbox;
  /** Torque that the engine gives through the clutch, Nm; 0 while it is open. */
  readonly clutchNm: number;
  /** How far the trace is ahead of the car, m. */
  readonly behindM: number;
}

export const AT_REST: Motion = {
  speedMps: 0,
  accelerationMps2: 0,
  box: NEUTRAL,
  clutchNm: 0,
  behindM: 0,
};

/** Where the trace is, will be after this step, and will be in a second, m/s. */
export interface Wish {
  readonly nowMps: number;
  readonly nextMps: number;
  readonly aheadMps: number;
  /** Rise over run of the road here, as a share. */
  readonly grade: number;
}

/** What the engine can give at the clutch, Nm. */
export interface Reach {
  readonly maxNmAt: (rpm: number) => number;
  /** With the throttle closed, at its present speed: the brakes do the rest. */
  readonly minNm: number;
  readonly rpm: number;
  readonly highestRpm: number;
}

const GRAVITY_MPS2 = 9.80665;
const AIR_KG_PER_M3 = 1.184;
/** How hard the driver closes a gap to the trace, 1/s. */
const EAGERNESS_PER_S = 1.5;
/** How much the driver makes up for metres lost in gear shifts, m/s² for each metre. */
const CATCHING_UP_PER_S2 = 0.03;
const BEHIND_MAX_M = 15;
const MOST_MPS2 = 4.5;
const HARDEST_BRAKING_MPS2 = -7;

/** Drag and rolling resistance, N; none at rest. */
export const resistanceN = ({ body }: Chassis, speedMps: number): number =>
  speedMps <= 0
    ? 0
    : 0.5 * AIR_KG_PER_M3 * body.dragAreaM2 * speedMps * speedMps +
      body.rollingCoefficient * body.massKg * GRAVITY_MPS2;

/** Mass with the inertia of wheels and, in gear, of the engine. */
export const effectiveMassKg = ({ body, gearbox }: Chassis, gear: number): number =>
  body.massKg * (1.04 + 0.0025 * (gearbox.ratios[gear - 1] ?? 0) ** 2);

/** What the slope takes, N; at rest the brakes hold the car. */
export const slopeN = ({ body }: Chassis, speedMps: number, grade: number): number =>
  speedMps <= 0 || grade === 0 ? 0 : body.massKg * GRAVITY_MPS2 * Math.sin(Math.atan(grade));

const wishedMps2 = ({ speedMps, behindM }: Motion, { nowMps, nextMps }: Wish, dtS: number): number => {
  const lost = behindM * CATCHING_UP_PER_S2;
  const wish = (nextMps - nowMps) / dtS + (nowMps - speedMps) * EAGERNESS_PER_S + lost;
  const toRest = -speedMps / dtS;
  // The last centimetres per second are not followed but stopped.
  if (nextMps === 0 && nowMps === 0) return Math.max(Math.min(wish, -1), toRest);
  return clamp(wish, Math.max(HARDEST_BRAKING_MPS2, toRest), MOST_MPS2);
};

const ALWAYS_CLOSED: Gearbox = { gear: 1, clutch: 'closed', shiftLeftS: 0, sinceShiftS: 60 };

/** One step of whatever sits between what turns and the wheels. */
const stepGearbox = (car: Chassis, box: Gearbox, feel: Feel, dtS: number): Gearbox => {
  if (car.gearbox.kind === 'single') return ALWAYS_CLOSED;
  return (car.gearbox.kind === 'manual' ? stepManual : stepAutomatic)(car, box, feel, dtS);
};

/** One step of the road: the driver follows the trace as far as engine, clutch and brakes can. */
export const stepMotion = (car: Chassis, motion: Motion, wish: Wish, reach: Reach, dtS: number): Motion => {
  const { speedMps } = motion;
  const wished = wishedMps2(motion, wish, dtS);
  const resistance = resistanceN(car, speedMps) + slopeN(car, speedMps, wish.grade);
  const neededN = effectiveMassKg(car, motion.box.gear) * wished + resistance;
  const wheelNm = neededN * car.body.wheelRadiusM;
  const feel: Feel = {
    speedMps,
    wishedMps2: wished,
    aheadMps: wish.aheadMps,
    wheelNm,
    maxNmAt: reach.maxNmAt,
    highestRpm: reach.highestRpm,
  };
  const box = stepGearbox(car, motion.box, feel, dtS);

  const coupled = box.clutch !== 'open' && box.gear > 0;
  const wantedNm = coupled ? clutchTorqueNm(car, box.gear, wheelNm) : 0;
  const clutchNm = coupled ? clamp(wantedNm, reach.minNm, reach.maxNmAt(reach.rpm)) : 0;
  const drivenN = coupled ? wheelTorqueNm(car, box.gear, clutchNm) / car.body.wheelRadiusM : 0;
  const brakedN = Math.min(0, neededN - drivenN);
  const mass = effectiveMassKg(car, coupled ? box.gear : 0);
  const acceleration = (drivenN + brakedN - resistance) / mass;
  const nextMps = Math.max(0, speedMps + acceleration * dtS);
  const behindM = clamp(motion.behindM + (wish.nextMps - nextMps) * dtS, -BEHIND_MAX_M, BEHIND_MAX_M);
  return { speedMps: nextMps, accelerationMps2: (nextMps - speedMps) / dtS, box, clutchNm, behindM };
};
