import { decodePid, encodePid, isPlausible } from '@outpost/schemas/vehicle';
import { type CarModel, type CarState, carAt, newCar, TICK_MS } from '../car/car.ts';
import { dailyLife } from '../car/days.ts';
import { controlUnits } from '../car/ecu.ts';
import { identityOf } from '../car/identity.ts';
import { pidBytes } from '../car/quantise.ts';
import { truthOf } from '../car/truth.ts';
import { VEHICLE_NAMES, type VehicleName, vehicleOf } from '../car/vehicles/vehicles.ts';
import { CYCLE_NAMES, cycleOf } from '../cycles/cycle.ts';

/** What became of the days of one kind of car. */
export interface CarReport {
  readonly vehicle: VehicleName;
  readonly days: number;
  readonly trips: number;
  /** The largest deviation of a trip from the distance of its cycle, percent. */
  readonly worstDistancePercent: number;
  /** Values asked for, and those that were beside their grid or not plausible. */
  readonly values: number;
  readonly wrong: number;
  readonly voltsMin: number;
  readonly voltsMax: number;
}

const DAY_MS = 86_400_000;
/** Often enough to meet every state of a day, at moments that no cycle knows. */
const LOOK_MS = 97_300;
const AMBIENTS_C = [-20, -5, 8, 20, 38];
/** Scales and curves, which have no grid of their own. */
const FREE: ReadonlySet<number> = new Set([0x4f, 0x50, 0x64]);

const modelOf = (vehicle: VehicleName, seed: number): CarModel => {
  const parameters = vehicleOf(vehicle);
  const cycle = cycleOf(CYCLE_NAMES[seed % CYCLE_NAMES.length] ?? 'wltc');
  const life = { seed, days: 7, commute: cycle, errand: cycle };
  const plan = dailyLife(parameters.drive === 'combustion' ? life : { ...life, chargeKw: 7 });
  const ambientC = AMBIENTS_C[seed % AMBIENTS_C.length] ?? 20;
  return { parameters, plan, seed, ambientC, barometricKpa: 100 };
};

/** How many values all units tell now, and how many of them are wrong. */
const inspect = (model: CarModel, car: CarState): { readonly values: number; readonly wrong: number } => {
  let [values, wrong] = [0, 0];
  for (const unit of controlUnits(identityOf(model.seed), model.parameters)) {
    for (const [pid, content] of unit.pids) {
      const bytes = pidBytes(pid, content({ model, car }));
      const decoded = decodePid(pid, bytes);
      values += 1;
      const legal =
        decoded.ok &&
        decoded.value.every(isPlausible) &&
        (FREE.has(pid) || encodePid(pid, decoded.value).every((byte, i) => byte === bytes[i]));
      if (!legal) wrong += 1;
    }
  }
  return { values, wrong };
};

/** Lets one kind of car live `days` days under each of `seeds` seeds and looks at it all the time. */
export const liveCars = (vehicle: VehicleName, seeds: number, days: number): CarReport => {
  let [trips, worst, values, wrong] = [0, 0, 0, 0];
  let [voltsMin, voltsMax] = [Number.POSITIVE_INFINITY, 0];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const model = modelOf(vehicle, seed);
    let car = newCar(model);
    while (car.tick * TICK_MS < days * DAY_MS) {
      car = carAt(model, car, car.tick * TICK_MS + LOOK_MS);
      const seen = inspect(model, car);
      values += seen.values;
      wrong += seen.wrong;
      voltsMin = Math.min(voltsMin, car.supply.volts);
      voltsMax = Math.max(voltsMax, car.supply.volts);
    }
    const cycle = cycleOf(CYCLE_NAMES[seed % CYCLE_NAMES.length] ?? 'wltc');
    // The soak of FTP-75 makes two trips of one drive.
    const parts = cycle.soak === undefined ? 1 : 2;
    const driven = truthOf(car).trips.map(({ distanceM }) => distanceM);
    for (let i = 0; i + parts <= driven.length; i += parts) {
      const metres = driven.slice(i, i + parts).reduce((sum, distance) => sum + distance, 0);
      worst = Math.max(worst, 100 * Math.abs(metres / cycle.distanceM - 1));
      trips += 1;
    }
  }
  return {
    vehicle,
    days: seeds * days,
    trips,
    worstDistancePercent: worst,
    values,
    wrong,
    voltsMin,
    voltsMax,
  };
};

export const liveAllCars = (
  seeds: number,
  days: number,
  say: (report: CarReport) => void,
): readonly CarReport[] =>
  VEHICLE_NAMES.map((vehicle) => {
    const report = liveCars(vehicle, seeds, days);
    say(report);
    return report;
  });
