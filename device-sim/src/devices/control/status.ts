import { inForce, MISHAPS, type Mishap } from '../faults.ts';
import type { ServedCar } from '../serve-car.ts';

/** What a simulation says about itself at its control socket. */
export interface Status {
  readonly where: string;
  readonly nowMs: number;
  readonly ignition: string;
  readonly speedKmh: number;
  readonly rpm: number;
  readonly odometerKm: number;
  readonly volts: number;
  readonly codes: readonly string[];
  /** Faults that are in force now. */
  readonly faults: readonly Mishap[];
  readonly tally: ReturnType<ServedCar['tally']>;
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

export const statusOf = ({ look, tally, where }: Pick<ServedCar, 'look' | 'tally' | 'where'>): Status => {
  const { car, script, nowMs } = look();
  return {
    where,
    nowMs: Math.round(nowMs),
    ignition: car.ignition,
    speedKmh: rounded(car.motion.speedMps * 3.6, 1),
    rpm: Math.round(car.engine.rpm),
    odometerKm: rounded(car.totals.odometerM / 1_000, 1),
    volts: rounded(car.supply.volts, 2),
    codes: [...car.codes.stored, ...car.codes.pending.filter((code) => !car.codes.stored.includes(code))],
    faults: (Object.keys(MISHAPS) as Mishap[]).filter((what) => inForce(script, what, nowMs) !== undefined),
    tally: tally(),
  };
};
