import { barometricKpa } from './conditions.ts';
import { ENGINE_PIDS } from './engine-pids.ts';
import { tractionOf } from './parameters.ts';
import { type Moment, type PidTable, row, tableOf } from './pid-table.ts';
import type { Traction } from './traction.ts';

export const tractionIn = ({ car, model }: Moment): Traction => {
  if (car.traction === undefined)
    throw new Error(`${model.parameters.title} has no traction battery to tell of`);
  return car.traction;
};

export const healthPercent = ({ model }: Moment): number => 100 * (tractionOf(model.parameters)?.health ?? 0);

/** PID 9A: charge-sustaining or -depleting (bits 2 and 1 of byte B), volts, amperes; out of the battery counts up. */
const hybridBattery = (m: Moment): readonly (number | undefined)[] => {
  const { charge, packVolts, packAmps } = tractionIn(m);
  return [packAmps < 0 ? 1 : 0, charge < 0.19 ? 1 : 2, packVolts, packAmps];
};

/** What anyone may ask of the traction battery. */
// biome-ignore format: a table reads by columns
const BATTERY_ROWS = [
  row(0x5b, (m) => [100 * tractionIn(m).charge]),
  row(0x9a, hybridBattery),
  row(0xb2, (m) => [healthPercent(m)]),
];

/** A hybrid's engine tells of the battery too. */
export const PLUG_IN_PIDS: PidTable = tableOf([
  ...ENGINE_PIDS,
  row(0x51, () => Uint8Array.of(17)),
  ...BATTERY_ROWS,
]);

/** What the vehicle's control unit of an electric car answers: no engine, so no engine speed, load or coolant. */
// biome-ignore format: a table reads by columns
export const ELECTRIC_PIDS: PidTable = tableOf([
  row(0x01, () => Uint8Array.of(0, 0, 0, 0)),
  row(0x0d, ({ car }) => [car.motion.speedMps * 3.6]),
  row(0x1c, () => Uint8Array.of(6)),
  row(0x1f, ({ car }) => [car.totals.runS]),
  row(0x21, ({ car }) => [car.totals.distanceWithLampM / 1_000]),
  row(0x31, ({ car }) => [car.totals.distanceSinceClearM / 1_000]),
  row(0x33, ({ model, car }) => [barometricKpa(model, car)]),
  row(0x42, ({ car }) => [car.supply.volts - 0.12]),
  row(0x46, ({ model }) => [model.ambientC]),
  row(0x4d, ({ car }) => [car.totals.runWithLampS / 60]),
  row(0x4e, ({ car }) => [car.totals.runSinceClearS / 60]),
  row(0x51, () => Uint8Array.of(8)),
  ...BATTERY_ROWS,
  row(0xa6, ({ car }) => [car.totals.odometerM / 1_000]),
]);

/** The battery's own control unit knows little in the words of the standard; the rest is its maker's. */
export const BATTERY_PIDS: PidTable = tableOf([
  row(0x01, () => Uint8Array.of(0, 0, 0, 0)),
  row(0x42, ({ car }) => [car.supply.volts - 0.15]),
  ...BATTERY_ROWS,
]);
