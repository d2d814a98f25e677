import { parseRatio, type Ratio, ratio } from '../../formula.ts';
import type { Unit } from '../../units.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const POWERTRAIN = 'Vehicle.Powertrain';
const wheel = (place: string): string => `Vehicle.Chassis.Axle.${place}.Tire`;

const METRICS: ReadonlyMap<string, string> = new Map([
  ['commandedLambda', 'Vehicle.OBD.CommandedEquivalenceRatio'],
  ['distanceSinceDTCsCleared', 'Vehicle.OBD.DistanceSinceDTCClear'],
  ['electricRange', `${BATTERY}.Range`],
  ['engineCoolantTemperature', `${POWERTRAIN}.CombustionEngine.ECT`],
  ['engineLoad', 'Vehicle.OBD.EngineLoad'],
  ['engineOilTemperature', `${POWERTRAIN}.CombustionEngine.EOT`],
  ['frontLeftTirePressure', `${wheel('Row1.Wheel.Left')}.Pressure`],
  ['frontLeftTireTemperature', `${wheel('Row1.Wheel.Left')}.Temperature`],
  ['frontRightTirePressure', `${wheel('Row1.Wheel.Right')}.Pressure`],
  ['frontRightTireTemperature', `${wheel('Row1.Wheel.Right')}.Temperature`],
  ['fuelRange', `${POWERTRAIN}.FuelSystem.Range`],
  ['fuelRate', 'Vehicle.OBD.FuelRate'],
  ['isCharging', `${BATTERY}.Charging.IsCharging`],
  ['massAirFlow', `${POWERTRAIN}.CombustionEngine.MAF`],
  ['odometer', `${POWERTRAIN}.Transmission.TravelledDistance`],
  ['pluggedIn', `${BATTERY}.Charging.IsChargingCableConnected`],
  ['rearLeftTirePressure', `${wheel('Row2.Wheel.Left')}.Pressure`],
  ['rearLeftTireTemperature', `${wheel('Row2.Wheel.Left')}.Temperature`],
  ['rearRightTirePressure', `${wheel('Row2.Wheel.Right')}.Pressure`],
  ['rearRightTireTemperature', `${wheel('Row2.Wheel.Right')}.Temperature`],
  ['shortTermFuelTrim', 'Vehicle.OBD.ShortTermFuelTrim1'],
  ['speed', 'Vehicle.Speed'],
  ['starterBatteryVoltage', 'Vehicle.LowVoltageBattery.VehicleVoltage'],
  ['stateOfCharge', `${BATTERY}.StateOfCharge.Current`],
  ['stateOfHealth', `${BATTERY}.StateOfHealth`],
  ['throttlePosition', `${POWERTRAIN}.CombustionEngine.TPS`],
  ['tractionBatteryVoltage', `${BATTERY}.CurrentVoltage`],
  ['transmissionFluidTemperature', `${POWERTRAIN}.Transmission.Temperature`],
]);

/** Our signal for a suggested metric; the identifier and unit decide where one metric stands for two. */
export const signalOfMetric = (metric: string, id: string, unit: string): string | undefined => {
  if (metric === 'stateOfCharge' && /DISP|DASH/i.test(id)) return `${BATTERY}.StateOfCharge.Displayed`;
  if (metric === 'fuelTankLevel') {
    return `${POWERTRAIN}.FuelSystem.${unit === 'percent' ? 'RelativeLevel' : 'AbsoluteLevel'}`;
  }
  return METRICS.get(metric);
};

/** Multiplier and offset from a unit of theirs to one of ours, exactly. */
export interface Conversion {
  readonly factor: Ratio;
  readonly offset: Ratio;
}

const CONVERSIONS: ReadonlyMap<string, readonly [to: Unit, factor: string, offset: string]> = new Map([
  ['ampereHours', ['Ah', '1', '0']],
  ['amps', ['A', '1', '0']],
  ['bars', ['kPa', '100', '0']],
  ['celsius', ['celsius', '1', '0']],
  ['degrees', ['degrees', '1', '0']],
  ['fahrenheit', ['celsius', '5/9', '-160/9']],
  ['gallons', ['l', '3.785411784', '0']],
  ['gramsPerSecond', ['g/s', '1', '0']],
  ['hours', ['h', '1', '0']],
  ['kelvin', ['celsius', '1', '-273.15']],
  ['kilogramsPerHour', ['kg/h', '1', '0']],
  ['kilometers', ['km', '1', '0']],
  ['kilometersPerHour', ['km/h', '1', '0']],
  ['kilopascal', ['kPa', '1', '0']],
  ['kilovolts', ['V', '1000', '0']],
  ['kilowattHours', ['kWh', '1', '0']],
  ['kilowatts', ['W', '1000', '0']],
  ['liters', ['l', '1', '0']],
  ['litersPerHour', ['l/h', '1', '0']],
  ['miles', ['km', '1.609344', '0']],
  ['milesPerHour', ['km/h', '1.609344', '0']],
  ['milliamps', ['A', '0.001', '0']],
  ['millivolts', ['V', '0.001', '0']],
  ['minutes', ['min', '1', '0']],
  ['newtonMeters', ['Nm', '1', '0']],
  ['noyes', ['flag', '1', '0']],
  ['offon', ['flag', '1', '0']],
  ['percent', ['percent', '1', '0']],
  ['psi', ['kPa', '6.894757', '0']],
  ['rpm', ['rpm', '1', '0']],
  ['seconds', ['s', '1', '0']],
  ['volts', ['V', '1', '0']],
  ['watts', ['W', '1', '0']],
]);

/** From their unit to ours; undefined where they do not measure the same. */
export const conversionTo = (unit: Unit, theirs: string): Conversion | undefined => {
  // Plain numbers of theirs are ratios, counts and codes of ours.
  if (theirs === 'scalar' && (unit === 'ratio' || unit === 'count' || unit === 'code')) {
    return { factor: ratio(1n), offset: ratio(0n) };
  }
  const [to, factor = '1', offset = '0'] = CONVERSIONS.get(theirs) ?? [];
  if (to !== unit) return undefined;
  return { factor: parseRatio(factor) ?? ratio(1n), offset: parseRatio(offset) ?? ratio(0n) };
};
