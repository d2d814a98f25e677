import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { fuelGramsPerL } from './combustion.ts';
import type { Engine } from './engine.ts';
import { type CarParameters, engineOf, tankOfL } from './parameters.ts';
import type { Ignition } from './plan.ts';

/** What adds up. */
export interface Totals {
  readonly odometerM: number;
  readonly fuelL: number;
  /** Since the car was started; kept after it stops until the next start. Red lights do not interrupt it. */
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
  /** The coolant temperature at the last start, for counting warm-ups. */
  readonly startedAtC: number;
}

/** A past of its own for each seed: 12,000 to 132,000 km. */
export const pastTotals = (car: CarParameters, seed: number, ambientC: number): Totals => {
  const odometerM = Math.round(12_000_000 + 120_000_000 * drawAt(seed, CHANNEL.past, 0));
  const lifeRunS = Math.round(odometerM / 10.5);
  return {
    odometerM,
    fuelL: tankOfL(car) * (0.45 + 0.5 * drawAt(seed, CHANNEL.past, 1)),
    runS: 0,
    distanceWithLampM: 0,
    distanceSinceClearM: Math.round(900_000 + 6_000_000 * drawAt(seed, CHANNEL.past, 2)),
    runWithLampS: 0,
    runSinceClearS: Math.round(90_000 + 400_000 * drawAt(seed, CHANNEL.past, 3)),
    lifeRunS,
    lifeIdleS: Math.round(0.15 * lifeRunS),
    warmUps: 20 + Math.floor(120 * drawAt(seed, CHANNEL.past, 4)),
    warmedUp: false,
    startedAtC: ambientC,
  };
};

/** J1979: a warm-up is a start from cold that rose by 22 K to at least 70 °C. */
const isWarmUp = (coolantC: number, startedAtC: number): boolean =>
  coolantC >= 70 && coolantC - startedAtC >= 22;

/** Nobody runs dry: a nearly empty tank is filled while the car is parked. */
const refuelled = (fuelL: number, tankL: number): number => (fuelL < tankL * 0.08 ? tankL * 0.95 : fuelL);

export interface Step {
  readonly before: Ignition;
  readonly after: Ignition;
  readonly wayM: number;
  readonly speedMps: number;
  readonly engine: Engine;
  readonly coolantC: number;
  readonly lampOn: boolean;
}

const isStarted = (ignition: Ignition): boolean => ignition === 'cranking' || ignition === 'running';

export const stepTotals = (car: CarParameters, totals: Totals, step: Step, dtS: number): Totals => {
  const { after, wayM, engine, lampOn, coolantC } = step;
  const dt = after === 'running' ? dtS : 0;
  const starts = isStarted(after) && !isStarted(step.before);
  const warmed = dt > 0 && !totals.warmedUp && isWarmUp(coolantC, totals.startedAtC);
  const p = engineOf(car);
  const burnedL = p === undefined ? 0 : (engine.fuelGps * dtS) / fuelGramsPerL(p);
  const fuelL = after === 'off' ? refuelled(totals.fuelL, tankOfL(car)) : Math.max(0, totals.fuelL - burnedL);
  return {
    odometerM: totals.odometerM + wayM,
    fuelL,
    runS: (starts ? 0 : totals.runS) + dt,
    distanceWithLampM: totals.distanceWithLampM + (lampOn ? wayM : 0),
    distanceSinceClearM: totals.distanceSinceClearM + wayM,
    runWithLampS: totals.runWithLampS + (lampOn ? dt : 0),
    runSinceClearS: totals.runSinceClearS + dt,
    lifeRunS: totals.lifeRunS + dt,
    lifeIdleS: totals.lifeIdleS + (step.speedMps < 0.3 ? dt : 0),
    warmUps: Math.min(255, totals.warmUps + (warmed ? 1 : 0)),
    warmedUp: starts ? false : totals.warmedUp || warmed,
    startedAtC: starts ? coolantC : totals.startedAtC,
  };
};
