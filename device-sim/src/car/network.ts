import type { CarModel, CarState } from './car.ts';

/** Whether the control units of the car are awake, and how often somebody other than its driver woke them. */
export interface Network {
  /** Parked, they fall asleep at this tick. */
  readonly awakeUntilTick: number;
  /** How often traffic woke a car that was asleep. */
  readonly wokenByTraffic: number;
  /** Ticks that the parked car was awake. */
  readonly awakeParkedTicks: number;
}

export const ASLEEP: Network = { awakeUntilTick: 0, wokenByTraffic: 0, awakeParkedTicks: 0 };

const TICKS_PER_S = 10;

/** A sleeping car is stepped by five seconds: nothing falls asleep in between. */
export const SLEEPING_TICKS = 50;

const roundedUp = (tick: number): number => Math.ceil(tick / SLEEPING_TICKS) * SLEEPING_TICKS;

/** How long a control unit stays awake after the last request that it heard in the parked car. */
export const AWAKE_AFTER_TRAFFIC_S = 30;

/** Whether the bus is awake at all: ignition, a cable, somebody at the door, or traffic not long ago. */
export const isAwake = ({ tick, ignition, network }: CarState): boolean =>
  ignition !== 'off' || tick < network.awakeUntilTick;

/** Whether control units answer a request now. A woken unit of some cars draws current and says nothing. */
export const isAnswering = ({ parameters }: CarModel, car: CarState): boolean =>
  car.ignition !== 'off' || (parameters.answersParked && isAwake(car));

/**
 * Somebody put a frame on the bus. In a parked car that wakes the control units or keeps them awake, which the 12 V
 * battery pays for; with the ignition on it changes nothing. The frame that wakes them is itself not answered.
 */
export const heardTraffic = (car: CarState): CarState => {
  if (car.ignition !== 'off') return car;
  const { network, tick } = car;
  const awakeUntilTick = Math.max(
    network.awakeUntilTick,
    roundedUp(tick + AWAKE_AFTER_TRAFFIC_S * TICKS_PER_S),
  );
  const wokenByTraffic = network.wokenByTraffic + (isAwake(car) ? 0 : 1);
  return { ...car, network: { ...network, awakeUntilTick, wokenByTraffic } };
};

/** The network after a stretch of ticks that arrives at a tick. */
export const stepNetwork = (
  { parameters }: CarModel,
  { network }: CarState,
  now: { readonly off: boolean; readonly keptAwake: boolean },
  { arrival, ticks }: { readonly arrival: number; readonly ticks: number },
): Network => {
  if (!now.off || now.keptAwake) {
    const awakeUntilTick = roundedUp(arrival + parameters.awakeAfterS * TICKS_PER_S);
    const awakeParkedTicks = network.awakeParkedTicks + (now.off ? ticks : 0);
    const same = awakeUntilTick === network.awakeUntilTick && !now.off;
    return same ? network : { ...network, awakeUntilTick, awakeParkedTicks };
  }
  return arrival > network.awakeUntilTick
    ? network
    : { ...network, awakeParkedTicks: network.awakeParkedTicks + ticks };
};
