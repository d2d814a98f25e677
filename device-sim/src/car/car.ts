import { gradeAt } from '../cycles/cycle.ts';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { type CodeMemory, NO_CODES, nextDrive, stepCodes } from './codes.ts';
import type { Driven } from './conditions.ts';
import { newDiesel } from './diesel.ts';
import { drive } from './drive.ts';
import { type Engine, type EnginePhase, STOPPED } from './engine.ts';
import { coldHeat, type Heat, stepHeat } from './heat.ts';
import { AT_REST, type Motion } from './motion.ts';
import { ASLEEP, isAwake, type Network, SLEEPING_TICKS, stepNetwork } from './network.ts';
import { type CarParameters, engineOf, tractionOf } from './parameters.ts';
import {
  BEGINNING,
  type Ignition,
  ignitionAt,
  type Place,
  type Plan,
  type Stage,
  type Start,
  stageAt,
  stepPlan,
  TICK_MS,
  TICK_S,
  ticksLeft,
} from './plan.ts';
import { type Road, startOfRoad, stepRoad } from './road.ts';
import { type Consumers, RESTED, type Supply, stepSupply } from './supply.ts';
import { pastTotals, stepTotals, type Totals } from './totals.ts';
import { acceptedKw, newTraction, stepTraction, type Traction } from './traction.ts';
import { NO_TRIPS, stepTrips, type Trips } from './trips.ts';
import { type Trouble, troublesAt } from './troubles.ts';

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

/** Doors, lights and the fuel pump are loud for this long; then the car only listens. */
const WELCOME_S = 3.5;

const consumersOf = (
  car: CarState,
  stage: Stage,
  { ignition, phase }: { readonly ignition: Ignition; readonly phase: EnginePhase },
  chargerKw: number,
): Consumers => {
  if (ignition !== 'off') return ignition === 'running' && phase === 'cranking' ? 'cranking' : ignition;
  if (stage.do === 'unlock' && car.place.elapsedS < WELCOME_S) return 'unlock';
  if (chargerKw > 0) return 'charging';
  return isAwake(car) || stage.do === 'unlock' ? 'awake' : 'asleep';
};

/** What hangs on the tick but not on the road: heat, batteries, counters. `ticks` long. */
const settle = (
  model: CarModel,
  car: CarState,
  ignition: Ignition,
  driven: Driven,
  ticks: number,
): CarState => {
  const { parameters, seed, ambientC } = model;
  const { motion, engine, motorNm, motorRpm } = driven;
  const dtS = ticks * TICK_S;
  const stage = stageAt(model.plan, car.place);
  const running = ignition === 'running';
  const p = tractionOf(parameters);
  const offered = stage.do === 'charge' && car.traction ? acceptedKw(car.traction, stage.kw) : 0;
  const consumers = consumersOf(car, stage, { ignition, phase: engine.phase }, offered);
  const heat = stepHeat(
    car.heat,
    {
      running: running && engine.phase === 'running',
      ambientC,
      speedMps: motion.speedMps,
      fuelGps: engine.fuelGps,
      airGps: engine.airGps,
      overrun: engine.overrun,
    },
    dtS,
  );
  const supply = stepSupply(
    car.supply,
    {
      kind: parameters.supply,
      // A hybrid's engine is started by its motor: the 12 V battery does not notice.
      consumers: consumers === 'cranking' && parameters.supply === 'dc-dc' ? 'running' : consumers,
      rpm: engine.rpm,
      overrun: engine.overrun,
      effort: engine.throttle,
      ambientC,
      fanOn: heat.fanOn && running,
      crankS: running ? engine.phaseS : car.place.elapsedS,
      runS: car.totals.runS,
      batteryAh: parameters.batteryAh,
      seed,
      tick: car.tick,
    },
    dtS,
  );
  const auxiliaryKw = p !== undefined && running ? p.auxiliaryKw : 0;
  const otherKw = auxiliaryKw + (parameters.supply === 'dc-dc' ? supply.alternatorW / 920 : 0);
  const asked = { motorRpm, motorNm, otherKw, chargerKw: offered, ambientC, seed };
  const wayM = ((car.motion.speedMps + motion.speedMps) / 2) * dtS;
  const grade = wayM > 0 && stage.do === 'drive' ? gradeAt(stage.cycle, car.place.elapsedS) : 0;
  const homeward = stage.do === 'drive' && stage.homeward === true;
  const stands = running && motion.speedMps === 0 && motion.box.clutch === 'open';
  return {
    ...car,
    ignition,
    motion,
    standingS: stands ? car.standingS + dtS : 0,
    engine,
    traction: p && car.traction && stepTraction(p, car.traction, asked, dtS),
    heat,
    supply,
    totals: stepTotals(
      parameters,
      car.totals,
      {
        before: car.ignition,
        after: ignition,
        wayM,
        speedMps: motion.speedMps,
        engine,
        coolantC: car.heat.coolantC,
        lampOn: car.codes.lampOn,
      },
      dtS,
    ),
    road: stepRoad(car.road, seed, { wayM, grade, homeward }),
    network: stepNetwork(
      model,
      car,
      { off: ignition === 'off', keptAwake: stage.do === 'unlock' || offered > 0 },
      ticks,
    ),
  };
};

const moved = (model: CarModel, car: CarState, ticks: number): Pick<CarState, 'tick' | 'place'> => ({
  tick: car.tick + ticks,
  place: stepPlan(model.plan, car.place, { start: startOf(model), coolantC: car.heat.coolantC }, ticks),
});

const isStarted = ({ ignition }: CarState): boolean => ignition === 'cranking' || ignition === 'running';

/** One tick of a car that is not at rest in its parking place. */
const stepAwake = (model: CarModel, car: CarState): CarState => {
  const ignition = ignitionIn(model, car.place, car.heat.coolantC);
  const settled = settle(model, car, ignition, drive(model, car, ignition), 1);
  const after = moved(model, car, 1);
  const begins = isStarted(settled) && !isStarted(car);
  const known = begins ? nextDrive(car.codes) : car.codes;
  const codes =
    ignition === 'running' ? stepCodes(troublesAt(known, model.troubles, car.tick * TICK_MS), TICK_S) : known;
  const next: CarState = {
    ...settled,
    ...after,
    settledTick: after.tick,
    trips: stepTrips(car, settled, after.tick * TICK_MS, TICK_MS),
    codes,
  };
  const freezes = next.frozen === undefined && codes.frozenBy !== undefined;
  return freezes ? { ...next, frozen: { ...next } } : next;
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
  const after = moved(model, car, ticks);
  if (after.tick % grid !== 0 && ticks < end) return { ...car, ...after };
  const driven = { motion: car.motion, engine: car.engine, motorNm: 0, motorRpm: 0 };
  const settled = settle(model, car, 'off', driven, after.tick - car.settledTick);
  return { ...settled, ...after, settledTick: after.tick };
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
