import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { type CodeMemory, NO_CODES } from './codes.ts';
import { newDiesel } from './diesel.ts';
import { drive } from './drive.ts';
import { type Engine, STOPPED } from './engine.ts';
import { coldHeat, type Heat } from './heat.ts';
import { AT_REST, type Motion } from './motion.ts';
import { ASLEEP, isAwake, type Network, SLEEPING_TICKS } from './network.ts';
import { type CarParameters, engineOf, tractionOf } from './parameters.ts';
import {
  BEGINNING,
  type Ignition,
  ignitionAt,
  type Place,
  type Plan,
  type Start,
  stageAt,
  stepPlan,
  TICK_MS,
  ticksLeft,
} from './plan.ts';
import { type Road, startOfRoad } from './road.ts';
import { settled } from './settle.ts';
import { isFlat, RESTED, type Supply } from './supply.ts';
import { pastTotals, type Totals } from './totals.ts';
import { newTraction, type Traction } from './traction.ts';
import { NO_TRIPS, type Trips } from './trips.ts';
import type { Trouble } from './troubles.ts';

export { TICK_MS } from './plan.ts';

/** What does not change while a car is simulated. */
export interface CarModel {
  readonly parameters: CarParameters;
  readonly plan: Plan;
  readonly seed: number;
  readonly ambientC: number;
  /** Where the road begins. */
  readonly barometricKpa: number;
  /** What breaks when. */
  readonly troubles?: readonly Trouble[];
}

export interface CarState {
  /** Steps of `TICK_MS` since the simulation began. */
  readonly tick: number;
  /** Up to which tick everything slow has been computed: a sleeping car is brought up to date every few seconds. */
  readonly settledTick: number;
  readonly place: Place;
  readonly ignition: Ignition;
  readonly motion: Motion;
  /** How long it has been standing with the ignition on. */
  readonly standingS: number;
  readonly engine: Engine;
  /** Undefined in a car without a motor. */
  readonly traction: Traction | undefined;
  readonly heat: Heat;
  readonly supply: Supply;
  readonly totals: Totals;
  readonly road: Road;
  readonly network: Network;
  readonly trips: Trips;
  readonly codes: CodeMemory;
  /** The car as it was when the first code was stored: the freeze frame. */
  readonly frozen: CarState | undefined;
}

const startOf = ({ parameters }: CarModel): Start =>
  parameters.drive === 'combustion' ? 'starter' : 'silent';

const ignitionIn = (model: CarModel, place: Place, coolantC: number): Ignition =>
  ignitionAt(model.plan, place, startOf(model), coolantC);

/** Grams of soot that a filter has when the simulation begins, at most. */
const SOOT_G = 20;

export const newCar = (model: CarModel): CarState => {
  const { parameters, ambientC, seed, barometricKpa: kpa } = model;
  const traction = tractionOf(parameters);
  const soot = SOOT_G * drawAt(seed, CHANNEL.past, 5);
  const diesel = engineOf(parameters)?.fuel === 'diesel' ? newDiesel(ambientC, kpa, soot) : undefined;
  return {
    tick: 0,
    settledTick: 0,
    place: BEGINNING,
    ignition: ignitionIn(model, BEGINNING, ambientC),
    motion: AT_REST,
    standingS: 0,
    engine: { ...STOPPED, mapKpa: kpa, diesel },
    traction: traction && newTraction(traction, ambientC, seed),
    heat: coldHeat(ambientC),
    supply: RESTED,
    totals: pastTotals(parameters, seed, ambientC),
    road: startOfRoad(seed),
    network: ASLEEP,
    trips: NO_TRIPS,
    codes: NO_CODES,
    frozen: undefined,
  };
};

/** The place `ticks` on. */
const placeAfter = (model: CarModel, car: CarState, ticks: number): Place =>
  stepPlan(
    model.plan,
    car.place,
    { start: startOf(model), coolantC: car.heat.coolantC, isFlat: isFlat(car.supply) },
    ticks,
  );

/** One tick of a car that is not at rest in its parking place. */
const stepAwake = (model: CarModel, car: CarState): CarState => {
  const ignition = ignitionIn(model, car.place, car.heat.coolantC);
  const driven = drive(model, car, ignition);
  return settled(model, car, { ignition, driven, ticks: 1, place: placeAfter(model, car, 1) });
};

/** A parked car is at rest after this; from then on it is stepped by seconds, and by five when it sleeps. */
const RESTING_S = 10;
const WAKEFUL_TICKS = 10;

const isResting = (model: CarModel, { place, ignition }: CarState): boolean => {
  const stage = stageAt(model.plan, place);
  const parked = stage.do === 'park' || stage.do === 'charge';
  return parked && ignition === 'off' && place.elapsedS >= RESTING_S;
};

/**
 * Up to `most` ticks of a parked car: to the next full second, or five, or the end of its parking. What is computed
 * there does not hang on how many steps led there.
 */
const stepResting = (model: CarModel, car: CarState, most: number): CarState => {
  const grid =
    isAwake(car) || stageAt(model.plan, car.place).do === 'charge' ? WAKEFUL_TICKS : SLEEPING_TICKS;
  const end = ticksLeft(model.plan, car.place, startOf(model), car.heat.coolantC);
  const ticks = Math.min(most, end, grid - (car.tick % grid));
  const place = placeAfter(model, car, ticks);
  const tick = car.tick + ticks;
  if (tick % grid !== 0 && ticks < end) return { ...car, tick, place };
  const driven = { motion: car.motion, engine: car.engine, motorNm: 0, motorRpm: 0 };
  return settled(model, car, { ignition: 'off', driven, ticks: tick - car.settledTick, place });
};

/** One tick of 100 ms. Pure: the same model and state always give the same next state. */
export const stepCar = (model: CarModel, car: CarState): CarState =>
  isResting(model, car) ? stepResting(model, car, 1) : stepAwake(model, car);

/** Ticks until `ms` of car time have passed since the simulation began; a moment in the past changes nothing. */
export const carAt = (model: CarModel, car: CarState, ms: number): CarState => {
  const last = Math.floor(ms / TICK_MS);
  let state = car;
  while (state.tick < last) {
    state = isResting(model, state) ? stepResting(model, state, last - state.tick) : stepAwake(model, state);
  }
  return state;
};
