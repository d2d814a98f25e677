import { healthPercent, tractionIn } from './electric-pids.ts';
import { rpmPerMps } from './gearbox.ts';
import { tankOfL, tractionOf } from './parameters.ts';
import type { Moment } from './pid-table.ts';
import { rangeKm } from './traction.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const ENGINE = 'Vehicle.Powertrain.CombustionEngine';
const GEARS = 'Vehicle.Powertrain.Transmission';
const FUEL = 'Vehicle.Powertrain.FuelSystem';
const WHEELS = 'Vehicle.Chassis.Axle';

type Value = (moment: Moment) => number;

const kmh: Value = ({ car }) => car.motion.speedMps * 3.6;
const volts: Value = ({ car }) => car.supply.volts;
const coolestC: Value = (m) => tractionIn(m).coolestC;
const warmestC: Value = (m) => tractionIn(m).warmestC;
const middleC: Value = (m) => (coolestC(m) + warmestC(m)) / 2;
const chargePercent: Value = (m) => 100 * tractionIn(m).charge;
const packKwh: Value = ({ model }) => tractionOf(model.parameters)?.packKwh ?? 0;

/** Ampere-hours through the battery, by its nominal voltage. */
const ampereHours = (kwh: number, { model }: Moment): number =>
  (kwh * 1000) / ((tractionOf(model.parameters)?.cells ?? 1) * 3.72);

const isPlugged = ({ car }: Moment): number =>
  car.traction !== undefined && car.traction.chargerKw > 0 ? 1 : 0;

/** 127 is the automatic's drive, 126 its park (COVESA VSS). */
const selectedGear: Value = ({ car }) => (car.ignition === 'running' ? 127 : 126);

/** Tyres warm up on the road and their pressure with them. */
const tyreC: Value = ({ car, model }) => model.ambientC + 14 * Math.min(1, car.motion.speedMps / 30);
const tyreKpa: Value = (m) => 236 + 0.9 * (tyreC(m) - 20);

const tyres = ['Row1.Wheel.Left', 'Row1.Wheel.Right', 'Row2.Wheel.Left', 'Row2.Wheel.Right'].flatMap(
  (place): readonly (readonly [string, Value])[] => [
    [`${WHEELS}.${place}.Tire.Pressure`, tyreKpa],
    [`${WHEELS}.${place}.Tire.Temperature`, tyreC],
  ],
);

/** What the car knows of the signals that makers' identifiers carry, by the names of the signal table. */
// biome-ignore format: a table reads by columns
export const DID_VALUES: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['Vehicle.Speed', kmh],
  ['Vehicle.Exterior.AirTemperature', ({ model }) => model.ambientC],
  ['Vehicle.LowVoltageBattery.CurrentVoltage', volts],
  ['Vehicle.LowVoltageBattery.VehicleVoltage', volts],
  ['Vehicle.LowVoltageBattery.CurrentCurrent', ({ car }) => car.supply.amps],
  ['Vehicle.LowVoltageBattery.StateOfCharge', ({ car }) => 100 * car.supply.charge],
  ['Vehicle.Powertrain.ElectricMotor.Speed', (m) => m.car.motion.speedMps * rpmPerMps(m.model.parameters, Math.max(1, m.car.motion.box.gear))],
  ['Vehicle.Powertrain.ElectricMotor.Torque', (m) => tractionIn(m).motorNm],
  ['Vehicle.Powertrain.ElectricMotor.Temperature', (m) => tractionIn(m).motorC],
  ['Vehicle.Powertrain.Range', (m) => { const p = tractionOf(m.model.parameters); return p ? rangeKm(p, tractionIn(m)) : 0; }],
  [`${GEARS}.TravelledDistance`, ({ car }) => car.totals.odometerM / 1_000],
  [`${GEARS}.SelectedGear`, selectedGear],
  [`${GEARS}.CurrentGear`, ({ car }) => car.motion.box.gear],
  [`${GEARS}.Temperature`, ({ car }) => car.heat.oilC * 0.9 + 4],
  [`${FUEL}.RelativeLevel`, ({ car, model }) => (100 * car.totals.fuelL) / tankOfL(model.parameters)],
  [`${FUEL}.AbsoluteLevel`, ({ car }) => car.totals.fuelL],
  [`${ENGINE}.Speed`, ({ car }) => car.engine.rpm],
  [`${ENGINE}.ECT`, ({ car }) => car.heat.coolantC],
  [`${ENGINE}.EOT`, ({ car }) => car.heat.oilC],
  [`${ENGINE}.OilLife`, ({ car }) => 100 - ((car.totals.odometerM / 160_000) % 100)],
  [`${BATTERY}.StateOfCharge.Current`, chargePercent],
  [`${BATTERY}.StateOfCharge.Displayed`, chargePercent],
  [`${BATTERY}.StateOfHealth`, healthPercent],
  [`${BATTERY}.CurrentVoltage`, (m) => tractionIn(m).packVolts],
  // Into the battery counts up (COVESA VSS); the pack's own sign is the other way round.
  [`${BATTERY}.CurrentCurrent`, (m) => -tractionIn(m).packAmps],
  [`${BATTERY}.CurrentPower`, (m) => -tractionIn(m).packVolts * tractionIn(m).packAmps],
  [`${BATTERY}.GrossCapacity`, packKwh],
  [`${BATTERY}.Range`, (m) => { const p = tractionOf(m.model.parameters); return p ? 1_000 * rangeKm(p, tractionIn(m)) : 0; }],
  [`${BATTERY}.IsContactorClosed`, (m) => (m.car.ignition === 'running' || isPlugged(m) ? 1 : 0)],
  [`${BATTERY}.Charging.IsACCableConnected`, isPlugged],
  [`${BATTERY}.Charging.IsDCCableConnected`, () => 0],
  [`${BATTERY}.Charging.IsCharging`, isPlugged],
  [`${BATTERY}.Temperature.Average`, middleC],
  [`${BATTERY}.Temperature.Max`, warmestC],
  [`${BATTERY}.Temperature.Min`, coolestC],
  [`${BATTERY}.Temperature.Module1`, coolestC],
  [`${BATTERY}.Temperature.Module2`, middleC],
  [`${BATTERY}.Temperature.Module3`, middleC],
  [`${BATTERY}.Temperature.Module4`, warmestC],
  [`${BATTERY}.Temperature.Inlet`, (m) => (coolestC(m) + m.model.ambientC) / 2],
  [`${BATTERY}.CellVoltage.Max`, (m) => tractionIn(m).cellMaxVolts],
  [`${BATTERY}.CellVoltage.Min`, (m) => tractionIn(m).cellMinVolts],
  [`${BATTERY}.CellVoltage.IdMax`, ({ model }) => 1 + (model.seed % 97)],
  [`${BATTERY}.CellVoltage.IdMin`, ({ model }) => 1 + ((model.seed * 7 + 41) % 97)],
  [`${BATTERY}.AccumulatedChargedEnergy`, (m) => tractionIn(m).chargedKwh],
  [`${BATTERY}.AccumulatedConsumedEnergy`, (m) => tractionIn(m).dischargedKwh],
  [`${BATTERY}.AccumulatedChargedThroughput`, (m) => ampereHours(tractionIn(m).chargedKwh, m)],
  [`${BATTERY}.AccumulatedConsumedThroughput`, (m) => ampereHours(tractionIn(m).dischargedKwh, m)],
  [`${BATTERY}.ChargePowerLimit`, (m) => 1_000 * (tractionOf(m.model.parameters)?.regenerationKw ?? 0) * Math.min(1, (1 - tractionIn(m).charge) / 0.1)],
  [`${BATTERY}.DischargePowerLimit`, (m) => 1_000 * (tractionOf(m.model.parameters)?.motorKw ?? 0) * Math.min(1, tractionIn(m).charge / 0.1)],
  ...tyres,
]);
