import { dtcCode } from '@outpost/schemas/vehicle';
import { drawAt, normalAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { airFlowGps, type Conditions, dragTorqueNm, fuelGramsPerL, wideOpenKpa } from './combustion.ts';
import { barometricKpa } from './conditions.ts';
import { clamp } from './curves.ts';
import { type EngineParameters, engineOf, tankOfL } from './parameters.ts';
import { type Moment, type PidTable, row } from './pid-table.ts';
import { driveCycleStatus, monitorStatus } from './readiness.ts';

/** Air at 25 °C and 101.325 kPa, g/l: what absolute load is measured against (SAE J1979, PID 43). */
const STANDARD_AIR_G_PER_L = 1.184;
/** What the throttle sensor says at its learned rest, and its useful range, percent. */
const THROTTLE_REST = 12.5;
const THROTTLE_SPAN = 76;

/** Only control units of engines have these tables. */
export const engineIn = ({ model }: Moment): EngineParameters => {
  const engine = engineOf(model.parameters);
  if (engine === undefined) throw new Error(`${model.parameters.title} has no engine to tell of`);
  return engine;
};

export const conditionsAt = ({ model, car }: Moment): Conditions => ({
  rpm: Math.max(1, car.engine.rpm),
  barometricKpa: barometricKpa(model, car),
  intakeC: car.heat.intakeC,
  oilC: car.heat.oilC,
  accessoryNm: 0,
});

/** Air flow now over the most that the engine could draw at this speed (SAE J1979, PID 04). */
const load = (moment: Moment): number => {
  const { engine } = moment.car;
  if (engine.rpm < 1) return 0;
  const at = conditionsAt(moment);
  return (100 * engine.airGps) / airFlowGps(engineIn(moment), at, wideOpenKpa(at));
};

const absoluteLoad = (moment: Moment): number => {
  const { car } = moment;
  if (car.engine.rpm < 1) return 0;
  const perStrokeG = (car.engine.airGps * 120) / car.engine.rpm;
  return (100 * perStrokeG) / (STANDARD_AIR_G_PER_L * engineIn(moment).displacementL);
};

const throttle = ({ car }: Moment): number => THROTTLE_REST + THROTTLE_SPAN * car.engine.throttle;

/** The foot leaves the pedal for every shift and does nothing about idling. */
export const pedal = ({ car: { engine, motion } }: Moment): number =>
  motion.box.clutch === 'open' || engine.overrun ? 0 : clamp((engine.throttle - 0.03) / 0.9, 0, 1);

export const percentOfReference = (moment: Moment, torqueNm: number): number =>
  moment.car.engine.rpm < 1 ? 0 : (100 * torqueNm) / engineIn(moment).referenceTorqueNm;

const friction = (moment: Moment): number =>
  dragTorqueNm(engineIn(moment), conditionsAt(moment), moment.car.engine.mapKpa);

/** J1979 wants torque at the crankshaft before friction. */
const indicatedTorque = (moment: Moment): number =>
  moment.car.engine.fuelGps > 0 ? moment.car.engine.torqueNm + friction(moment) : 0;

/** Measured mixture: the command and what the controller still hunts for. */
const measuredLambda = ({ car: { engine } }: Moment): number =>
  engine.overrun ? 1.99 : engine.lambda * (1 - engine.shortTrim / 400);

const pumpCurrentMa = (moment: Moment): number => clamp((measuredLambda(moment) - 1) * 4.2, -2.5, 2.6);

/** Behind a working catalyst the voltage hardly moves; in overrun there is only air. */
const rearVolts = ({ model, car }: Moment): number => {
  if (car.engine.rpm < 1 || car.heat.catalystC < 250) return 0.44;
  if (car.engine.overrun) return 0.06;
  return 0.68 + 0.03 * normalAt(model.seed, CHANNEL.oxygen, car.tick >> 3);
};

/** Behind the second brick there is nothing left to see. */
const lastVolts = (m: Moment): number => (running(m) && m.car.heat.catalystC >= 250 ? 0.66 : 0.44);

/** The learned part of the mixture is the car's own. */
const longTrim = ({ model }: Moment): number => 4 * (drawAt(model.seed, CHANNEL.trim, 0) - 0.4);

/** Open loop cold, closed loop, open loop by load or overrun (SAE J1979, PID 03). */
const fuelStatus = ({ car: { engine } }: Moment): number => {
  if (engine.closedLoop) return 2;
  return engine.overrun || (engine.lambda < 0.995 && engine.mapKpa > 85) ? 4 : 1;
};

export const running = ({ car }: Moment): boolean => car.engine.rpm > 0;
const fuelPressure = (moment: Moment): number => (running(moment) ? 380 : 0);
const purge = ({ car: { engine } }: Moment): number =>
  engine.closedLoop ? clamp(engine.mapKpa - 15, 0, 45) : 0;
export const fuelLph = (moment: Moment): number =>
  (moment.car.engine.fuelGps * 3_600) / fuelGramsPerL(engineIn(moment));
const vapourPa = ({ model, car }: Moment): number =>
  20 + 90 * drawAt(model.seed, CHANNEL.vapour, car.tick >> 6);

export const perStrokeMg = ({ car: { engine } }: Moment): number =>
  engine.rpm < 1 ? 0 : (engine.fuelGps * 1_000 * 120) / (engine.rpm * 4);

export const exhaustKgPerH = ({ car: { engine } }: Moment): number => (engine.airGps + engine.fuelGps) * 3.6;

export const gearRatio = ({ model, car: { motion } }: Moment): number =>
  model.parameters.gearbox.ratios[motion.box.gear - 1] ?? 0;

/** The code that stored the freeze frame; zeros without one. */
const freezeCode = ({ car }: Moment): Uint8Array => {
  const code = dtcCode(car.codes.frozenBy ?? '') ?? 0;
  return Uint8Array.of(code >> 8, code & 0xff);
};

/** Above the pressure in the manifold: the regulator holds the rail against the air outside. */
const railAboveManifold = (m: Moment): number =>
  running(m) ? fuelPressure(m) + barometricKpa(m.model, m.car) - m.car.engine.mapKpa : 0;

/** Exhaust gas is led back when the engine is warm and neither idles nor pulls hard. */
const exhaustBack = ({ car: { engine, heat } }: Moment): number =>
  heat.coolantC < 60 || !engine.closedLoop ? 0 : clamp((engine.mapKpa - 35) * 0.4, 0, 14);

/** The valve follows its command to a percent or two. */
const exhaustError = (m: Moment): number =>
  exhaustBack(m) === 0 ? 0 : 3 * (drawAt(m.model.seed, CHANNEL.trim, 1) - 0.5);

/** Behind the first brick the second one is cooler by a part of what both are above the air. */
const secondCatalystC = ({ model, car }: Moment): number =>
  model.ambientC + 0.78 * Math.max(0, car.heat.catalystC - model.ambientC);

/** A wide-range sensor's amplifier: about 1.5 V at lambda 1. */
const lambdaVolts = (m: Moment): number => clamp(1.5 + 1.7 * (measuredLambda(m) - 1), 0.3, 4.9);

const NOT_FITTED_5 = [undefined, undefined, undefined, undefined, undefined];

/** Everything the engine's control unit answers in service 01. */
// biome-ignore format: a table reads by columns
export const ENGINE_PIDS: PidTable = new Map([
  row(0x01, ({ car }) => monitorStatus(car)),
  row(0x02, (m) => freezeCode(m)),
  row(0x03, (m) => Uint8Array.of(fuelStatus(m), 0)),
  row(0x04, (m) => [load(m)]),
  row(0x05, ({ car }) => [car.heat.coolantC]),
  row(0x06, ({ car }) => [car.engine.shortTrim, undefined]),
  row(0x07, (m) => [longTrim(m), undefined]),
  row(0x0a, (m) => [fuelPressure(m)]),
  row(0x0b, ({ car }) => [car.engine.mapKpa]),
  row(0x0c, ({ car }) => [car.engine.rpm]),
  row(0x0d, ({ car }) => [car.motion.speedMps * 3.6]),
  row(0x0e, ({ car }) => [car.engine.sparkDegrees]),
  row(0x0f, ({ car }) => [car.heat.intakeC]),
  row(0x10, ({ car }) => [car.engine.airGps]),
  row(0x11, (m) => [throttle(m)]),
  row(0x13, () => Uint8Array.of(0x07)),
  row(0x15, (m) => [rearVolts(m), undefined]),
  row(0x16, (m) => [lastVolts(m), undefined]),
  row(0x1c, () => Uint8Array.of(6)),
  row(0x1e, () => Uint8Array.of(0)),
  row(0x1f, ({ car }) => [car.totals.runS]),
  row(0x21, ({ car }) => [car.totals.distanceWithLampM / 1_000]),
  row(0x22, (m) => [railAboveManifold(m)]),
  row(0x24, (m) => [measuredLambda(m), lambdaVolts(m)]),
  row(0x2c, (m) => [exhaustBack(m)]),
  row(0x2d, (m) => [exhaustError(m)]),
  row(0x2e, (m) => [purge(m)]),
  row(0x2f, ({ car, model }) => [(100 * car.totals.fuelL) / tankOfL(model.parameters)]),
  row(0x30, ({ car }) => [car.totals.warmUps]),
  row(0x31, ({ car }) => [car.totals.distanceSinceClearM / 1_000]),
  row(0x32, (m) => [vapourPa(m)]),
  row(0x33, ({ model, car }) => [barometricKpa(model, car)]),
  row(0x34, (m) => [measuredLambda(m), pumpCurrentMa(m)]),
  row(0x3c, ({ car }) => [car.heat.catalystC]),
  row(0x3e, (m) => [secondCatalystC(m)]),
  row(0x41, ({ car }) => driveCycleStatus(car)),
  row(0x42, ({ car }) => [car.supply.volts - 0.12]),
  row(0x43, (m) => [absoluteLoad(m)]),
  row(0x44, ({ car }) => [car.engine.lambda]),
  row(0x45, ({ car }) => [THROTTLE_SPAN * car.engine.throttle]),
  row(0x46, ({ model }) => [model.ambientC]),
  row(0x47, (m) => [throttle(m) - 0.6]),
  row(0x49, (m) => [14.9 + 70 * pedal(m)]),
  row(0x4a, (m) => [7.5 + 35 * pedal(m)]),
  row(0x4b, (m) => [4.3 + 30 * pedal(m)]),
  row(0x4c, (m) => [throttle(m)]),
  row(0x4d, ({ car }) => [car.totals.runWithLampS / 60]),
  row(0x4e, ({ car }) => [car.totals.runSinceClearS / 60]),
  row(0x4f, () => Uint8Array.of(0, 0, 0, 0)),
  row(0x50, () => Uint8Array.of(0, 0, 0, 0)),
  row(0x51, () => Uint8Array.of(1)),
  row(0x52, () => [4.7]),
  row(0x53, (m) => [barometricKpa(m.model, m.car) + vapourPa(m) / 1_000]),
  row(0x55, ({ car }) => [car.engine.closedLoop ? 0.4 : 0, undefined]),
  row(0x56, () => [0.8, undefined]),
  row(0x59, (m) => [running(m) ? fuelPressure(m) + barometricKpa(m.model, m.car) : 0]),
  row(0x5a, (m) => [100 * pedal(m)]),
  row(0x5c, ({ car }) => [car.heat.oilC]),
  row(0x5e, (m) => [fuelLph(m)]),
  row(0x5f, () => Uint8Array.of(0x0e)),
  row(0x61, (m) => [percentOfReference(m, indicatedTorque(m))]),
  row(0x62, (m) => [percentOfReference(m, indicatedTorque(m))]),
  row(0x63, (m) => [engineIn(m).referenceTorqueNm]),
  row(0x64, () => [6, 24, 58, 92, 100]),
  row(0x66, ({ car }) => [car.engine.airGps, undefined]),
  row(0x67, ({ car }) => [car.heat.coolantC, undefined]),
  row(0x68, ({ car }) => [car.heat.intakeC, ...NOT_FITTED_5]),
  row(0x7f, ({ car }) => [car.totals.lifeRunS, car.totals.lifeIdleS, undefined]),
  row(0x8e, (m) => [percentOfReference(m, friction(m))]),
  row(0x9d, ({ car }) => [car.engine.fuelGps, car.engine.fuelGps]),
  row(0x9e, (m) => [exhaustKgPerH(m)]),
  row(0xa2, (m) => [perStrokeMg(m)]),
  row(0xa4, (m) => [m.car.motion.box.gear, gearRatio(m)]),
  row(0xa6, ({ car }) => [car.totals.odometerM / 1_000]),
]);

/** The few that the gearbox's own control unit knows. */
export const GEARBOX_PIDS: PidTable = new Map([
  row(0x01, () => Uint8Array.of(0, 0, 0, 0)),
  row(0x0d, ({ car }) => [car.motion.speedMps * 3.6]),
  row(0x1f, ({ car }) => [car.totals.runS]),
  row(0x42, ({ car }) => [car.supply.volts - 0.18]),
  row(0xa4, (m) => [m.car.motion.box.gear, gearRatio(m)]),
]);

export type { Moment, PidTable } from './pid-table.ts';
