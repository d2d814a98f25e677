import type { CarModel, CarState } from './car.ts';
import { barometricKpa, conditionsOf, type Driven, inputOf } from './conditions.ts';
import { standing, stepCranking, stepEngine } from './engine.ts';
import { rpmPerMps } from './gearbox.ts';
import { driveHybrid } from './hybrid.ts';
import { AT_REST, type Motion, type Reach, stepMotion, type Wish } from './motion.ts';
import type { CombustionCar, ElectricCar, TractionParameters } from './parameters.ts';
import { type Ignition, stageAt, TICK_S, wishAt } from './plan.ts';
import { engineReach } from './reach.ts';
import { nextPhase } from './stop-start.ts';
import { motorMaxNm, motorMinNm, type Traction } from './traction.ts';

const wishOf = (model: CarModel, car: CarState): Wish =>
  wishAt(stageAt(model.plan, car.place), car.place, model.seed, TICK_S);

/** Waiting for the engine costs metres that the driver makes up for. */
const waiting = ({ behindM }: Motion, { nextMps }: Wish): Motion => ({
  ...AT_REST,
  behindM: behindM + nextMps * TICK_S,
});

const driveCombustion = (model: CarModel, p: CombustionCar, car: CarState): Driven => {
  const wish = wishOf(model, car);
  const at = conditionsOf(model, car);
  const redLight = {
    fitted: p.engine.startStop,
    speedMps: car.motion.speedMps,
    aheadMps: wish.aheadMps,
    coolantC: car.heat.coolantC,
    ambientC: model.ambientC,
    charge: car.supply.charge,
    runS: car.totals.runS,
  };
  const phase = nextPhase(car.engine, redLight, car.standingS);
  if (phase === 'stopped') {
    const engine = standing(car.engine, at.barometricKpa, TICK_S);
    return { motion: waiting(car.motion, wish), engine, motorNm: 0, motorRpm: 0 };
  }
  if (phase === 'cranking') {
    const before = car.engine.phase === 'cranking' ? 0 : 1;
    const cranked = stepCranking(p, car.engine, inputOf(model, car, at, AT_REST), TICK_S);
    const engine = { ...cranked, restarts: cranked.restarts + before };
    return { motion: waiting(car.motion, wish), engine, motorNm: 0, motorRpm: 0 };
  }
  const motion = stepMotion(p, car.motion, wish, engineReach(p.engine, at), TICK_S);
  const { engine, clutch } = stepEngine(p, car.engine, inputOf(model, car, at, motion), TICK_S);
  const same = clutch === motion.box.clutch;
  const coupled = same ? motion : { ...motion, box: { ...motion.box, clutch } };
  return { motion: coupled, engine, motorNm: 0, motorRpm: 0 };
};

const motorReach = (p: TractionParameters, traction: Traction, rpm: number): Reach => ({
  rpm,
  highestRpm: Number.POSITIVE_INFINITY,
  minNm: motorMinNm(p, traction, rpm),
  maxNmAt: (there) => motorMaxNm(p, traction.charge, there),
});

const driveElectric = (model: CarModel, p: ElectricCar, car: CarState, traction: Traction): Driven => {
  const rpm = car.motion.speedMps * rpmPerMps(p, 1);
  const motion = stepMotion(p, car.motion, wishOf(model, car), motorReach(p.traction, traction, rpm), TICK_S);
  return {
    motion,
    engine: car.engine,
    motorNm: motion.clutchNm,
    motorRpm: motion.speedMps * rpmPerMps(p, 1),
  };
};

/** Not driving: the car stands, and all that may turn is the starter. */
const stand = (model: CarModel, car: CarState, ignition: Ignition): Driven => {
  const { parameters } = model;
  const kpa = barometricKpa(model, car);
  if (ignition === 'cranking' && parameters.drive === 'combustion') {
    const input = inputOf(model, car, conditionsOf(model, car), AT_REST);
    const engine = { ...stepCranking(parameters, car.engine, input, TICK_S), restarts: 0 };
    return { motion: AT_REST, engine, motorNm: 0, motorRpm: 0 };
  }
  return {
    motion: AT_REST,
    engine: { ...standing(car.engine, kpa, 0), restarts: 0 },
    motorNm: 0,
    motorRpm: 0,
  };
};

/** One tick of road, engine and motor. */
export const drive = (model: CarModel, car: CarState, ignition: Ignition): Driven => {
  if (ignition !== 'running') return stand(model, car, ignition);
  const { parameters } = model;
  if (parameters.drive === 'combustion') return driveCombustion(model, parameters, car);
  const { traction } = car;
  if (traction === undefined) throw new Error('a car with a motor has no traction battery');
  return parameters.drive === 'electric'
    ? driveElectric(model, parameters, car, traction)
    : driveHybrid(model, parameters, car, { traction, wish: wishOf(model, car) });
};
