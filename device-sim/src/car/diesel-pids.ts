import { barometricKpa } from './conditions.ts';
import { clamp } from './curves.ts';
import { type Diesel, newDiesel } from './diesel.ts';
import {
  conditionsAt,
  ENGINE_PIDS,
  engineIn,
  exhaustKgPerH,
  pedal,
  percentOfReference,
} from './engine-pids.ts';
import { type Moment, type PidTable, type Row, row, tableOf } from './pid-table.ts';
import { maxTorqueNm, minTorqueNm } from './reach.ts';
import { driveCycleStatus, monitorStatus } from './readiness.ts';

const dieselOf = ({ car, model }: Moment): Diesel =>
  car.engine.diesel ?? newDiesel(model.ambientC, model.barometricKpa, 0);

/** What a diesel says in the same words as a petrol engine. */
const COMMON: ReadonlySet<number> = new Set([
  0x05, 0x0b, 0x0c, 0x0d, 0x0f, 0x10, 0x1c, 0x1f, 0x21, 0x2f, 0x30, 0x31, 0x33, 0x42, 0x46, 0x49, 0x4a, 0x4d,
  0x4e, 0x5c, 0x5e, 0x5f, 0x63, 0x66, 0x67, 0x68, 0x7f, 0x9d, 0x9e, 0xa2, 0xa4, 0xa6,
]);

const isCommon = ([pid]: Row): boolean => COMMON.has(pid);

const dragNm = (m: Moment): number => -minTorqueNm(engineIn(m), conditionsAt(m));

/** Before friction, as J1979 wants it. */
const indicatedNm = (m: Moment): number => (m.car.engine.fuelGps > 0 ? m.car.engine.torqueNm + dragNm(m) : 0);

const load = (m: Moment): number =>
  m.car.engine.rpm < 1 ? 0 : (100 * indicatedNm(m)) / (maxTorqueNm(engineIn(m), conditionsAt(m)) + dragNm(m));

/** Recirculation as a share of how far its valve can open. */
const egrPercent = (m: Moment): number => 100 * clamp(dieselOf(m).egr / 0.5, 0, 1);

/** Vanes are closed for boost and opened to let the exhaust go. */
const vanesPercent = (m: Moment): number => {
  const over = m.car.engine.mapKpa - barometricKpa(m.model, m.car);
  return m.car.engine.rpm < 1 ? 0 : clamp(88 - (0.5 * over) / (1 + m.car.engine.rpm / 3_000), 15, 95);
};

const running = (m: Moment): boolean => m.car.engine.rpm > 0;
const chargeAirC = ({ model, car }: Moment): number =>
  model.ambientC + 8 + 0.12 * Math.max(0, car.engine.mapKpa - model.barometricKpa);

/** Of the way between two burn-offs, and what is typical of this car. */
const BETWEEN_KM = 480;
const BETWEEN_MIN = 620;
const SOOT_FULL_G = 24;

/** Everything that the control unit of a diesel engine answers in service 01. */
// biome-ignore format: a table reads by columns
export const DIESEL_PIDS: PidTable = tableOf([
  ...[...ENGINE_PIDS].filter(isCommon),
  row(0x01, ({ car }) => monitorStatus(car, 'compression')),
  row(0x04, (m) => [load(m)]),
  row(0x11, (m) => [running(m) ? 88.2 : 12.5]),
  row(0x13, () => Uint8Array.of(0x03)),
  row(0x23, (m) => [Math.max(0, dieselOf(m).railKpa - 100)]),
  row(0x2c, (m) => [egrPercent(m)]),
  row(0x2d, (m) => [running(m) ? 0.8 : 0]),
  row(0x41, ({ car }) => driveCycleStatus(car, 'compression')),
  row(0x45, (m) => [running(m) ? 75.7 : 0]),
  row(0x4c, (m) => [running(m) ? 88.2 : 12.5]),
  row(0x4f, () => Uint8Array.of(0, 0, 0, 0)),
  row(0x51, () => Uint8Array.of(4)),
  row(0x59, (m) => [dieselOf(m).railKpa]),
  row(0x5a, (m) => [100 * pedal(m)]),
  row(0x5d, (m) => [running(m) ? 2 + 7 * clamp(m.car.engine.rpm / 4_000, 0, 1) : 0]),
  row(0x61, (m) => [percentOfReference(m, indicatedNm(m))]),
  row(0x62, (m) => [percentOfReference(m, indicatedNm(m))]),
  row(0x69, (m) => [egrPercent(m), egrPercent(m), 0, undefined, undefined, undefined]),
  row(0x6d, (m) => [
    dieselOf(m).railKpa, dieselOf(m).railKpa, m.car.heat.coolantC * 0.5 + 12, undefined, undefined, undefined,
  ]),
  row(0x70, (m) => [dieselOf(m).boostTargetKpa, m.car.engine.mapKpa, 2, undefined, undefined, undefined]),
  row(0x71, (m) => [vanesPercent(m), vanesPercent(m), 2, undefined, undefined, undefined]),
  row(0x74, (m) => [dieselOf(m).turboRpm, undefined]),
  row(0x77, (m) => [chargeAirC(m), undefined, undefined, undefined]),
  row(0x78, (m) => [dieselOf(m).exhaustC, dieselOf(m).filterC, undefined, undefined]),
  row(0x7a, (m) => [dieselOf(m).filterKpa, undefined, undefined]),
  row(0x7c, (m) => [dieselOf(m).filterC, dieselOf(m).filterC * 0.94, undefined, undefined]),
  row(0x8b, (m) => [
    dieselOf(m).regenerating ? 1 : 0, 0, undefined, undefined,
    100 * clamp(dieselOf(m).sootG / SOOT_FULL_G, 0, 1), BETWEEN_MIN, BETWEEN_KM,
  ]),
  row(0x8e, (m) => [percentOfReference(m, dragNm(m))]),
  row(0x9e, (m) => [exhaustKgPerH(m)]),
]);
