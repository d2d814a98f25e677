import { approach, clamp } from './curves.ts';
import { rpmPerMps } from './gearbox.ts';
import type { Motion } from './motion.ts';
import type { Chassis } from './parameters.ts';

const LAUNCH_RPM = 1_280;
const CLUTCH_LOCKS_WITHIN_RPM = 90;
const CLUTCH_RATES = { up: 3_200, down: 2_600 };
const FREE_RATES = { up: 3_500, down: 1_700 };
/** How much faster a torque converter lets the engine turn for each Nm, and at the very most. */
const CONVERTER_RPM_PER_NM = 6;
const STALL_RPM = 2_300;

/** Where the engine turns while the car sets off. */
const launchRpm = ({ gearbox }: Chassis, idle: number, clutchNm: number): number =>
  gearbox.kind === 'manual'
    ? Math.max(LAUNCH_RPM, idle)
    : clamp(idle + CONVERTER_RPM_PER_NM * Math.max(0, clutchNm), idle, STALL_RPM);

/** Where clutch and gears take the crankshaft, and whether the clutch still slips on arrival. */
export const turn = (
  car: Chassis,
  rpm: number,
  { speedMps, box, clutchNm }: Motion,
  idle: number,
  dtS: number,
): { readonly rpm: number; readonly clutch: Motion['box']['clutch'] } => {
  const lockedRpm = speedMps * rpmPerMps(car, box.gear);
  if (box.clutch === 'open') {
    const towards = box.gear > 0 && box.shiftLeftS > 0 ? Math.max(idle, lockedRpm) : idle;
    return { rpm: approach(rpm, towards, dtS, FREE_RATES), clutch: 'open' };
  }
  const launch = launchRpm(car, idle, clutchNm);
  const launching = lockedRpm < launch && (box.clutch === 'slipping' || lockedRpm < idle + 120);
  const towards = launching ? launch : lockedRpm;
  const next = box.clutch === 'closed' && !launching ? lockedRpm : approach(rpm, towards, dtS, CLUTCH_RATES);
  const locks = !launching && Math.abs(next - lockedRpm) < CLUTCH_LOCKS_WITHIN_RPM;
  return { rpm: locks ? lockedRpm : next, clutch: locks ? 'closed' : 'slipping' };
};
