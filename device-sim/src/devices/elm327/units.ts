import { type ControlUnit, controlUnits } from '../../car/ecu.ts';
import { identityOf } from '../../car/identity.ts';
import { inOtherCar, neighbourSeed } from '../../car/other-car.ts';
import type { Moment } from '../../car/pid-table.ts';
import { inForce } from '../faults.ts';
import type { DongleModel, DongleState, Stuck } from './state.ts';

const identityNow = (
  { identity, car }: DongleModel,
  { script, nowMs }: DongleState,
): DongleModel['identity'] => {
  const swap = inForce(script, 'vin-swap', nowMs);
  if (swap === undefined) return identity;
  const other = identityOf(neighbourSeed(car.seed));
  return { ...other, vin: swap.vin ?? other.vin };
};

/** The car in which the dongle now is, at this moment. */
export const momentNow = (state: DongleState): Moment => {
  const moment = { model: state.carModel, car: state.car };
  return inForce(state.script, 'vin-swap', state.nowMs) === undefined ? moment : inOtherCar(moment);
};

const withStuck = (unit: ControlUnit, { pid, car }: Stuck): ControlUnit => {
  const content = unit.pids.get(pid);
  if (content === undefined) return unit;
  const pids = new Map(unit.pids).set(pid, (moment) => content({ ...moment, car }));
  return { ...unit, pids };
};

/** The control units of the car in which the dongle now is, with what is stuck in them. */
export const unitsNow = (model: DongleModel, state: DongleState): readonly ControlUnit[] => {
  const units = controlUnits(identityNow(model, state), state.carModel.parameters);
  const stuck = state.stuck.filter(({ untilMs }) => state.nowMs < untilMs);
  return stuck.length === 0 ? units : units.map((unit) => stuck.reduce(withStuck, unit));
};
