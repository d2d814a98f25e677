import { clamp } from './curves.ts';
import { clutchTorqueNm, demandIn, type Feel, type Gearbox, rpmPerMps } from './gearbox.ts';
import type { Chassis } from './parameters.ts';

/** How long a shift takes; torque goes on flowing meanwhile. */
const SHIFT_S = 0.4;
const REST_S = 1.1;
/** Below this the converter slips, whatever the gear. */
const CONVERTER_RPM = 1_150;
/** With the foot on the brake the converter is let go here. */
const LETS_GO_RPM = 900;
const PULLS_FROM_RPM = 1_250;
const KICKDOWN_RPM = 5_200;

/** The more is asked, the later it shifts up and the sooner down. */
const upAtRpm = (demand: number): number => 1_650 + 2_300 * clamp(demand, 0, 1) ** 1.5;
const downAtRpm = (demand: number): number => 1_080 + 700 * clamp(demand, 0, 1);

const gearFor = (car: Chassis, speedMps: number): number => {
  let gear = car.gearbox.ratios.length;
  while (gear > 1 && speedMps * rpmPerMps(car, gear) < PULLS_FROM_RPM) gear -= 1;
  return gear;
};

const wantedGear = (car: Chassis, { gear }: Gearbox, feel: Feel): number => {
  const rpm = feel.speedMps * rpmPerMps(car, gear);
  const demand = Math.max(0, demandIn(car, gear, feel));
  if (gear < car.gearbox.ratios.length) {
    const rpmAfter = feel.speedMps * rpmPerMps(car, gear + 1);
    const pulls = rpmAfter > PULLS_FROM_RPM && demandIn(car, gear + 1, feel) < 0.85;
    if (rpm > feel.highestRpm - 500 || (pulls && rpm > upAtRpm(demand))) return gear + 1;
  }
  if (gear > 1) {
    const rpmAfter = feel.speedMps * rpmPerMps(car, gear - 1);
    const top = Math.min(KICKDOWN_RPM, feel.highestRpm - 600);
    if (rpm < downAtRpm(demand) || (demand > 0.97 && rpmAfter < top)) return gear - 1;
  }
  return gear;
};

/** One step of the automatic: its gear, and whether the converter slips, holds or was let go at a stop. */
export const stepAutomatic = (car: Chassis, box: Gearbox, feel: Feel, dtS: number): Gearbox => {
  const sinceShiftS = Math.min(60, box.sinceShiftS + dtS);
  const shiftLeftS = Math.max(0, box.shiftLeftS - dtS);
  const gear = Math.max(1, box.gear);
  const lockedRpm = feel.speedMps * rpmPerMps(car, gear);
  const stopping =
    feel.aheadMps === 0 || (feel.wishedMps2 < 0 && clutchTorqueNm(car, gear, feel.wheelNm) < 0);
  if (lockedRpm < LETS_GO_RPM && stopping) return { gear: 1, clutch: 'open', shiftLeftS: 0, sinceShiftS };
  if (box.clutch === 'open') {
    return { gear: gearFor(car, feel.speedMps), clutch: 'slipping', shiftLeftS: 0, sinceShiftS: 0 };
  }
  const wanted = sinceShiftS < REST_S ? gear : wantedGear(car, { ...box, gear }, feel);
  if (wanted !== gear) return { gear: wanted, clutch: 'slipping', shiftLeftS: SHIFT_S, sinceShiftS: 0 };
  const slips = shiftLeftS > 0 || lockedRpm < CONVERTER_RPM;
  return { gear, clutch: slips ? 'slipping' : box.clutch, shiftLeftS, sinceShiftS };
};
