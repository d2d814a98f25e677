import type { CarState } from './car.ts';
import type { Ignition } from './plan.ts';
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

/** A drive that goes on: what its end will be compared with. */
interface Begun {
  readonly readyMs: number;
  readonly movedMs: number | undefined;
  readonly stoppedMs: number | undefined;
  readonly odometerM: number;
  readonly fuelL: number;
  readonly kwhOut: number;
  readonly road: Road;
}

export interface Trips {
  readonly done: readonly Trip[];
  readonly now: Begun | undefined;
  /** Beyond `TRIPS_MAX`. */
  readonly forgotten: number;
}

export const NO_TRIPS: Trips = { done: [], now: undefined, forgotten: 0 };

const kwhOut = ({ traction }: CarState): number =>
  traction === undefined ? 0 : traction.dischargedKwh - traction.chargedKwh;

const begin = (car: CarState, readyMs: number): Begun => ({
  readyMs,
  movedMs: undefined,
  stoppedMs: undefined,
  odometerM: car.totals.odometerM,
  fuelL: car.totals.fuelL,
  kwhOut: kwhOut(car),
  road: car.road,
});

/** A drive up to this state of the car. */
export const tripUpTo = (trip: Begun, car: CarState, offMs: number | undefined): Trip => ({
  readyMs: trip.readyMs,
  movedMs: trip.movedMs,
  stoppedMs: trip.stoppedMs,
  offMs,
  distanceM: car.totals.odometerM - trip.odometerM,
  odometerFromM: trip.odometerM,
  odometerToM: car.totals.odometerM,
  fuelL: trip.fuelL - car.totals.fuelL,
  batteryKwh: kwhOut(car) - trip.kwhOut,
  from: trip.road,
  to: car.road,
  restarts: car.engine.restarts,
});

const ended = (trips: Trips, trip: Trip): Trips =>
  trips.done.length >= TRIPS_MAX
    ? { done: trips.done, now: undefined, forgotten: trips.forgotten + 1 }
    : { done: [...trips.done, trip], now: undefined, forgotten: trips.forgotten };

/** The list after a tick from `before` to `after` that began at `ms` and is `tickMs` long. */
export const stepTrips = (
  before: CarState,
  after: { readonly ignition: Ignition; readonly speedMps: number },
  ms: number,
  tickMs: number,
): Trips => {
  const { trips } = before;
  const { now } = trips;
  if (after.ignition !== 'running')
    return now === undefined ? trips : ended(trips, tripUpTo(now, before, ms));
  const trip = now ?? begin(before, ms);
  const moved = before.motion.speedMps > 0;
  const moves = after.speedMps > 0;
  if (now !== undefined && moved === moves) return trips;
  const movedMs = trip.movedMs ?? (moves ? ms : undefined);
  const stoppedMs = moved && !moves ? ms + tickMs : trip.stoppedMs;
  return { ...trips, now: { ...trip, movedMs, stoppedMs } };
};
