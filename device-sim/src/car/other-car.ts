import type { CarState } from './car.ts';
import { NO_CODES } from './codes.ts';
import type { Moment } from './pid-table.ts';
import { pastTotals } from './totals.ts';

/** The seed of the car that stands next to this one. */
export const neighbourSeed = (seed: number): number => seed + 1;

/**
 * What the same dongle sees in another car of the same make: driven alike, but with a past of its own. Its odometer,
 * fuel, counters and codes are not the ones that were there before, as when somebody moves the dongle over.
 */
export const inOtherCar = ({ model, car }: Moment): Moment => {
  const { parameters, seed, ambientC } = model;
  const other = neighbourSeed(seed);
  const [from, to] = [pastTotals(parameters, seed, ambientC), pastTotals(parameters, other, ambientC)];
  const { totals } = car;
  const moved = (
    name: 'odometerM' | 'distanceSinceClearM' | 'runSinceClearS' | 'lifeRunS' | 'lifeIdleS',
  ): number => totals[name] - from[name] + to[name];
  const state: CarState = {
    ...car,
    totals: {
      ...totals,
      odometerM: moved('odometerM'),
      distanceSinceClearM: moved('distanceSinceClearM'),
      runSinceClearS: moved('runSinceClearS'),
      lifeRunS: moved('lifeRunS'),
      lifeIdleS: moved('lifeIdleS'),
      fuelL: to.fuelL,
      warmUps: to.warmUps,
      distanceWithLampM: 0,
      runWithLampS: 0,
    },
    codes: NO_CODES,
    frozen: undefined,
  };
  return { model: { ...model, seed: other }, car: state };
};
