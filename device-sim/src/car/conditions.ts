import type { CarModel, CarState } from './car.ts';
import type { Conditions } from './combustion.ts';
import type { Engine, EngineInput } from './engine.ts';
import type { Motion } from './motion.ts';

/** What a step of the road made of motion, engine and motor. */
export interface Driven {
  readonly motion: Motion;
  readonly engine: Engine;
  /** At the motor's shaft, Nm and rpm; both 0 without one. */
  readonly motorNm: number;
  readonly motorRpm: number;
}

/** Air pressure where the car is: 1.2 kPa less for each 100 m. */
export const barometricKpa = ({ barometricKpa: atStart }: CarModel, { road }: CarState): number =>
  atStart - 0.012 * road.altitudeM;

/** What surrounds the cylinders now. */
export const conditionsOf = (model: CarModel, car: CarState): Conditions => {
  const { engine, heat, supply } = car;
  const omega = (Math.max(engine.rpm, 600) * 2 * Math.PI) / 60;
  const fed = model.parameters.supply === 'dc-dc' ? 0 : supply.alternatorW;
  return {
    rpm: Math.max(engine.rpm, 1),
    barometricKpa: barometricKpa(model, car),
    intakeC: heat.intakeC,
    oilC: heat.oilC,
    accessoryNm: 1.2 + fed / 0.6 / omega,
  };
};

export const inputOf = (model: CarModel, car: CarState, at: Conditions, motion: Motion): EngineInput => ({
  motion,
  at,
  coolantC: car.heat.coolantC,
  runS: car.totals.runS,
  seed: model.seed,
  tick: car.tick,
});
