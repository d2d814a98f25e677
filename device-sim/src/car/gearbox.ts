import type { Chassis } from './parameters.ts';

/** What the driver, or the automatic, does with clutch and gears. */
export interface Gearbox {
  /** 0 is neutral. */
  readonly gear: number;
  /** `slipping`: transmitting torque while the two sides turn at different speeds. */
  readonly clutch: 'open' | 'slipping' | 'closed';
  /** While positive the hand is on the lever and the clutch is open. */
  readonly shiftLeftS: number;
  readonly sinceShiftS: number;
}

/** What the driver feels when deciding on a gear. */
export interface Feel {
  readonly speedMps: number;
  readonly wishedMps2: number;
  /** The trace one second ahead: a driver gets ready before the light is green. */
  readonly aheadMps: number;
  /** Torque at the wheels that the wish needs, Nm. */
  readonly wheelNm: number;
  /** Most torque that the engine can give at this speed, Nm at the clutch. */
  readonly maxNmAt: (rpm: number) => number;
  /** Revolutions that nobody goes beyond. */
  readonly highestRpm: number;
}

export const NEUTRAL: Gearbox = { gear: 0, clutch: 'open', shiftLeftS: 0, sinceShiftS: 60 };

/** Engine revolutions per minute at one metre per second with a closed clutch. */
export const rpmPerMps = ({ gearbox, body }: Chassis, gear: number): number =>
  ((gearbox.ratios[gear - 1] ?? 0) * gearbox.finalDrive * 60) / (2 * Math.PI * body.wheelRadiusM);

/** Clutch torque for this torque at the wheels; losses count against whoever drives. */
export const clutchTorqueNm = ({ gearbox }: Chassis, gear: number, wheelNm: number): number => {
  const ratio = (gearbox.ratios[gear - 1] ?? 0) * gearbox.finalDrive;
  return wheelNm >= 0 ? wheelNm / (ratio * gearbox.efficiency) : (wheelNm * gearbox.efficiency) / ratio;
};

export const wheelTorqueNm = ({ gearbox }: Chassis, gear: number, clutchNm: number): number => {
  const ratio = (gearbox.ratios[gear - 1] ?? 0) * gearbox.finalDrive;
  return clutchNm >= 0 ? clutchNm * ratio * gearbox.efficiency : (clutchNm * ratio) / gearbox.efficiency;
};

/** The share of its torque that the engine would have to give in that gear. */
export const demandIn = (car: Chassis, gear: number, { speedMps, wheelNm, maxNmAt }: Feel): number =>
  clutchTorqueNm(car, gear, wheelNm) / Math.max(1, maxNmAt(speedMps * rpmPerMps(car, gear)));
