import type { CarState } from './car.ts';
import type { Road } from './road.ts';

/** One drive as it truly was, from ready to off. Times in ms since the simulation began. */
export interface Trip {
  /** The engine ran, or the car was ready to drive. */
  readonly readyMs: number;
  /** The wheels turned first and last; undefined where they never did. */
  readonly movedMs: number | undefined;
  readonly stoppedMs: number | undefined;
  /** Undefined: it goes on. */
  readonly offMs: number | undefined;
  readonly distanceM: number;
  readonly odometerFromM: number;
  readonly odometerToM: number;
  readonly fuelL: number;
  /** Out of the traction battery less what came back. */
  readonly batteryKwh: number;
  readonly from: Road;
  readonly to: Road;
  /** How often the engine stopped and started by itself. */
  readonly restarts: number;
}

/** Of a simulation; more are counted but not kept. */
export const TRIPS_MAX = 10_000;

export interface Trips {
  readonly done: readonly Trip[];
  readonly now: Trip | undefined;
  /** Beyond `TRIPS_MAX`. */
  readonly forgotten: number;
}

export const NO_TRIPS: Trips = { done: [], now: undefined, forgotten: 0 };

const isReady = ({ ignition }: CarState): boolean => ignition === 'running';

const kwhOut = ({ traction }: CarState): number =>
  traction === undefined ? 0 : traction.dischargedKwh - traction.chargedKwh;

const begun = (car: CarState, ms: number): Trip => ({
  readyMs: ms,
  movedMs: undefined,
  stoppedMs: undefined,
  offMs: undefined,
  distanceM: 0,
  odometerFromM: car.totals.odometerM,
  odometerToM: car.totals.odometerM,
  fuelL: 0,
  batteryKwh: 0,
  from: car.road,
  to: car.road,
  restarts: 0,
});

const kept = (trips: Trips, trip: Trip): Trips =>
  trips.done.length >= TRIPS_MAX
    ? { ...trips, now: undefined, forgotten: trips.forgotten + 1 }
    : { ...trips, now: undefined, done: [...trips.done, trip] };

/** The list after a tick from `before` to `after`, which ends at `ms`; `tickMs` long. */
export const stepTrips = (before: CarState, after: CarState, ms: number, tickMs: number): Trips => {
  const { trips } = before;
  if (!isReady(after)) {
    return trips.now === undefined ? trips : kept(trips, { ...trips.now, offMs: ms - tickMs });
  }
  const trip = trips.now ?? begun(before, ms - tickMs);
  const wayM = after.totals.odometerM - before.totals.odometerM;
  return {
    ...trips,
    now: {
      ...trip,
      movedMs: trip.movedMs ?? (wayM > 0 ? ms - tickMs : undefined),
      stoppedMs: wayM > 0 ? ms : trip.stoppedMs,
      distanceM: trip.distanceM + wayM,
      odometerToM: after.totals.odometerM,
      fuelL: trip.fuelL + Math.max(0, before.totals.fuelL - after.totals.fuelL),
      batteryKwh: trip.batteryKwh + kwhOut(after) - kwhOut(before),
      to: after.road,
      restarts: after.engine.restarts,
    },
  };
};
