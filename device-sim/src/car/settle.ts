import { gradeAt } from '../cycles/cycle.ts';
import type { CarModel, CarState } from './car.ts';
import { type CodeMemory, nextDrive, stepCodes } from './codes.ts';
import type { Driven } from './conditions.ts';
import { type Heat, stepHeat } from './heat.ts';
import { isAwake, stepNetwork } from './network.ts';
import { tractionOf } from './parameters.ts';
import { type Ignition, type Place, type Stage, stageAt, TICK_MS, TICK_S } from './plan.ts';
import { type Road, stepRoad } from './road.ts';
import { type Consumers, type Supply, stepSupply } from './supply.ts';
import { stepTotals, type Totals } from './totals.ts';
import { acceptedKw, stepTraction, type Traction } from './traction.ts';
import { stepTrips } from './trips.ts';
import { troublesAt } from './troubles.ts';

/** A stretch of ticks that ends: what the key said, what was driven, where in the plan it leads. */
export interface Stretch {
  readonly ignition: Ignition;
  readonly driven: Driven;
  /** Since everything was computed last. */
  readonly ticks: number;
  readonly place: Place;
}

/** Doors, lights and the fuel pump are loud for this long; then the car only listens. */
const WELCOME_S = 3.5;

const consumersOf = (
  car: CarState,
  stage: Stage,
  { ignition, driven: { engine } }: Stretch,
  chargerKw: number,
): Consumers => {
  if (ignition === 'running') return engine.phase === 'cranking' ? 'cranking' : 'running';
  if (ignition !== 'off') return ignition;
  if (stage.do === 'unlock' && car.place.elapsedS < WELCOME_S) return 'unlock';
  if (chargerKw > 0) return 'charging';
  return isAwake(car) || stage.do === 'unlock' ? 'awake' : 'asleep';
};

const heatAfter = (model: CarModel, car: CarState, { ignition, driven }: Stretch, dtS: number): Heat => {
  const { motion, engine } = driven;
  const input = {
    running: ignition === 'running' && engine.phase === 'running',
    ambientC: model.ambientC,
    speedMps: motion.speedMps,
    fuelGps: engine.fuelGps,
    airGps: engine.airGps,
    overrun: engine.overrun,
  };
  return stepHeat(car.heat, input, dtS);
};

const supplyAfter = (
  { parameters, seed, ambientC }: CarModel,
  car: CarState,
  { ignition, driven: { engine }, ticks }: Stretch,
  now: { readonly consumers: Consumers; readonly fanOn: boolean },
): Supply => {
  const running = ignition === 'running';
  // A hybrid's engine is started by its motor: the 12 V battery does not notice.
  const silent = now.consumers === 'cranking' && parameters.supply === 'dc-dc';
  const input = {
    kind: parameters.supply,
    consumers: silent ? 'running' : now.consumers,
    rpm: engine.rpm,
    overrun: engine.overrun,
    effort: engine.throttle,
    ambientC,
    fanOn: now.fanOn && running,
    crankS: running ? engine.phaseS : car.place.elapsedS,
    runS: car.totals.runS,
    batteryAh: parameters.batteryAh,
    seed,
    tick: car.settledTick + ticks,
  } as const;
  return stepSupply(car.supply, input, ticks * TICK_S);
};

const tractionAfter = (
  { parameters, seed, ambientC }: CarModel,
  car: CarState,
  { ignition, driven, ticks }: Stretch,
  { supply, chargerKw }: { readonly supply: Supply; readonly chargerKw: number },
): Traction | undefined => {
  const p = tractionOf(parameters);
  if (p === undefined || car.traction === undefined) return undefined;
  // A converter loses some eight percent of what it makes for the 12 V supply.
  const otherKw = (ignition === 'running' ? p.auxiliaryKw : 0) + supply.alternatorW / 920;
  const { motorRpm, motorNm } = driven;
  return stepTraction(
    p,
    car.traction,
    { motorRpm, motorNm, otherKw, chargerKw, ambientC, seed },
    ticks * TICK_S,
  );
};

const roadAfter = ({ seed }: CarModel, car: CarState, stage: Stage, wayM: number): Road => {
  if (wayM === 0) return car.road;
  const drives = stage.do === 'drive';
  const grade = drives ? gradeAt(stage.cycle, car.place.elapsedS) : 0;
  return stepRoad(car.road, seed, { wayM, grade, homeward: drives && stage.homeward === true });
};

const totalsAfter = (
  { parameters }: CarModel,
  car: CarState,
  { ignition, driven: { motion, engine }, ticks }: Stretch,
  wayM: number,
): Totals => {
  const step = {
    before: car.ignition,
    after: ignition,
    wayM,
    speedMps: motion.speedMps,
    engine,
    coolantC: car.heat.coolantC,
    lampOn: car.codes.lampOn,
  };
  return stepTotals(parameters, car.totals, step, ticks * TICK_S);
};

const isStarted = (ignition: Ignition): boolean => ignition === 'cranking' || ignition === 'running';

const codesAfter = ({ troubles }: CarModel, car: CarState, ignition: Ignition): CodeMemory => {
  const begins = isStarted(ignition) && !isStarted(car.ignition);
  const known = begins ? nextDrive(car.codes) : car.codes;
  return ignition === 'running' ? stepCodes(troublesAt(known, troubles, car.tick * TICK_MS), TICK_S) : known;
};

/** The car after a stretch of ticks; written out, because it is made for every tick of a drive. */
export const settled = (model: CarModel, car: CarState, stretch: Stretch): CarState => {
  const { ignition, driven, ticks, place } = stretch;
  const { motion, engine } = driven;
  const dtS = ticks * TICK_S;
  const tick = car.settledTick + ticks;
  const stage = stageAt(model.plan, car.place);
  const chargerKw = stage.do === 'charge' && car.traction ? acceptedKw(car.traction, stage.kw) : 0;
  const wayM = ((car.motion.speedMps + motion.speedMps) / 2) * dtS;
  const heat = heatAfter(model, car, stretch, dtS);
  const consumers = consumersOf(car, stage, stretch, chargerKw);
  const supply = supplyAfter(model, car, stretch, { consumers, fanOn: heat.fanOn });
  const stands = ignition === 'running' && motion.speedMps === 0 && motion.box.clutch === 'open';
  const awake = { off: ignition === 'off', keptAwake: stage.do === 'unlock' || chargerKw > 0 };
  const codes = codesAfter(model, car, ignition);
  const next: CarState = {
    tick,
    settledTick: tick,
    place,
    ignition,
    motion,
    standingS: stands ? car.standingS + dtS : 0,
    engine,
    traction: tractionAfter(model, car, stretch, { supply, chargerKw }),
    heat,
    supply,
    totals: totalsAfter(model, car, stretch, wayM),
    road: roadAfter(model, car, stage, wayM),
    network: stepNetwork(model, car, awake, { arrival: tick, ticks }),
    trips: stepTrips(car, { ignition, speedMps: motion.speedMps }, car.tick * TICK_MS, TICK_MS),
    codes,
    frozen: car.frozen,
  };
  const freezes = next.frozen === undefined && codes.frozenBy !== undefined;
  return freezes ? { ...next, frozen: { ...next } } : next;
};
