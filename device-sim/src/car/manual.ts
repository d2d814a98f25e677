import { demandIn, type Feel, type Gearbox, NEUTRAL, rpmPerMps } from './gearbox.ts';
import type { Chassis } from './parameters.ts';

const SHIFT_S = 0.45;
/** Nobody shifts again before this. */
const REST_S = 1.4;
const DECLUTCH_RPM = 1_020;
const UPSHIFT_RPM = 2_550;
/** First gear is for setting off: nobody stays in it once second pulls. */
const LEAVE_FIRST_RPM = 1_950;
const BRAKING_MPS2 = -0.35;

/** The engine speed below which a gear is not taken, and below which it is left again. */
const pullsFromRpm = (gear: number): number => (gear === 2 ? 1_080 : 1_420);
const lugsBelowRpm = (gear: number): number => (gear === 2 ? 900 : 1_250);

const shiftTo = (gear: number): Gearbox => ({ gear, clutch: 'open', shiftLeftS: SHIFT_S, sinceShiftS: 0 });

/** The highest gear that pulls cleanly at this speed. */
const gearFor = (car: Chassis, speedMps: number): number => {
  let gear = car.gearbox.ratios.length;
  while (gear > 1 && speedMps * rpmPerMps(car, gear) < pullsFromRpm(gear)) gear -= 1;
  return gear;
};

const fromNeutral = (car: Chassis, box: Gearbox, feel: Feel): Gearbox => {
  const goes = feel.speedMps < 0.1 ? feel.aheadMps > 0 : feel.wishedMps2 > 0 && feel.aheadMps > 0.5;
  return goes ? shiftTo(gearFor(car, feel.speedMps)) : box;
};

/** The gear the driver wants now; the present one where there is no reason to shift. */
const wantedGear = (car: Chassis, { gear }: Gearbox, feel: Feel): number => {
  const rpm = feel.speedMps * rpmPerMps(car, gear);
  const braking = feel.wishedMps2 < BRAKING_MPS2;
  if (gear < car.gearbox.ratios.length && !braking) {
    const rpmAfter = feel.speedMps * rpmPerMps(car, gear + 1);
    const demandAfter = demandIn(car, gear + 1, feel);
    const spare = demandAfter < 0.55 && rpm > 1_900;
    const away = gear === 1 && demandAfter < 0.88 && rpm > LEAVE_FIRST_RPM;
    const revved = rpm > UPSHIFT_RPM && demandAfter < 0.88;
    const limit = rpm > feel.highestRpm - 400;
    if (limit || (rpmAfter >= pullsFromRpm(gear + 1) && (away || spare || revved))) return gear + 1;
  }
  if (gear > 1 && !braking) {
    const rpmAfter = feel.speedMps * rpmPerMps(car, gear - 1);
    const weak = demandIn(car, gear, feel) > 0.96 && rpmAfter < 5_300;
    const lugging = rpm < lugsBelowRpm(gear) && feel.wishedMps2 > -0.1;
    if (weak || lugging) return gear - 1;
  }
  return gear;
};

const inGear = (car: Chassis, box: Gearbox, feel: Feel): Gearbox => {
  const rpm = feel.speedMps * rpmPerMps(car, box.gear);
  const stopping = feel.wishedMps2 < 0 || feel.aheadMps === 0;
  if (rpm < DECLUTCH_RPM && stopping) return NEUTRAL;
  if (box.sinceShiftS < REST_S) return box;
  const gear = wantedGear(car, box, feel);
  return gear === box.gear ? box : shiftTo(gear);
};

/** One step of the driver's hand. The clutch bites as soon as a shift is over. */
export const stepManual = (car: Chassis, box: Gearbox, feel: Feel, dtS: number): Gearbox => {
  const sinceShiftS = Math.min(60, box.sinceShiftS + dtS);
  if (box.shiftLeftS > 0) {
    const shiftLeftS = Math.max(0, box.shiftLeftS - dtS);
    return { ...box, shiftLeftS, sinceShiftS, clutch: shiftLeftS > 0 ? 'open' : 'slipping' };
  }
  const next = { ...box, sinceShiftS };
  return box.gear === 0 ? fromNeutral(car, next, feel) : inGear(car, next, feel);
};
