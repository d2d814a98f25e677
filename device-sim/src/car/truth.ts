import type { CarState } from './car.ts';
import { TICK_S } from './plan.ts';
import { ATLANTIC, type Origin, type Position, positionOn } from './road.ts';
import { type Trip, tripUpTo } from './trips.ts';

/** What really happened: what tests compare a gateway's account with. Nothing of it goes over the bus. */
export interface Truth {
  /** Ended ones. */
  readonly trips: readonly Trip[];
  /** The one that goes on. */
  readonly trip: Trip | undefined;
  readonly position: Position;
  /** How often requests woke the parked car. */
  readonly wokenByTraffic: number;
  /** How long the parked car was awake, whoever kept it so. */
  readonly awakeParkedS: number;
  /** How often the car would not start because its 12 V battery was flat. */
  readonly failedStarts: number;
  /** Of the 12 V battery, 0 to 1. */
  readonly supplyCharge: number;
}

export const truthOf = (car: CarState, origin: Origin = ATLANTIC): Truth => {
  const { now, done } = car.trips;
  return {
    trips: done,
    trip: now && tripUpTo(now, car, undefined),
    position: positionOn(car.road, origin, car.motion.speedMps),
    wokenByTraffic: car.network.wokenByTraffic,
    awakeParkedS: car.network.awakeParkedTicks * TICK_S,
    failedStarts: car.place.failedStarts,
    supplyCharge: car.supply.charge,
  };
};
