import { CELSIUS, KILOPASCAL, PERCENT, type Signal, signal, TRIM } from './signal.ts';

const ENGINE = 'Vehicle.Powertrain.CombustionEngine';
const POWERTRAIN = 'Vehicle.Powertrain';

/** Identifiers 1 to 23, one byte in CBOR: the most frequent signals. */
// biome-ignore format: a table reads by columns
export const MAIN_SIGNALS: readonly Signal[] = [
  signal(1, 'Vehicle.Speed', ['km/h', 0, 0, 255], 'fast', 'Vehicle speed.'),
  signal(2, `${ENGINE}.Speed`, ['rpm', 2, 0, 16_383.75], 'fast', 'Engine speed.'),
  signal(3, 'Vehicle.LowVoltageBattery.CurrentVoltage', ['V', 2, 0, 40], 'slow',
    'Supply voltage that the adapter itself measures at the diagnostic connector.'),
  signal(4, 'EngineLoad', PERCENT, 'fast', 'Calculated engine load.'),
  signal(5, `${ENGINE}.ECT`, CELSIUS, 'slow', 'Engine coolant temperature.'),
  signal(6, 'IntakeTemp', CELSIUS, 'slow', 'Intake air temperature.'),
  signal(7, `${ENGINE}.MAF`, ['g/s', 2, 0, 655.35], 'fast', 'Air drawn into the engine, by mass.'),
  signal(8, `${ENGINE}.TPS`, PERCENT, 'fast', 'Absolute throttle position.'),
  signal(9, 'MAP', KILOPASCAL, 'fast', 'Intake manifold absolute pressure.'),
  signal(10, 'TimingAdvance', ['degrees', 1, -64, 63.5], 'medium',
    'Ignition advance of cylinder 1 before top dead centre.'),
  signal(11, 'ShortTermFuelTrim1', TRIM, 'medium', 'Short-term fuel trim of bank 1; positive adds fuel.'),
  signal(12, 'LongTermFuelTrim1', TRIM, 'slow', 'Long-term fuel trim of bank 1; positive adds fuel.'),
  signal(13, 'FuelRate', ['l/h', 2, 0, 3_276.75], 'fast', 'Fuel that the engine uses, by volume.'),
  signal(14, `${POWERTRAIN}.FuelSystem.RelativeLevel`, PERCENT, 'minute', 'Fuel in the tank.'),
  signal(15, 'RunTime', ['s', 0, 0, 65_535], 'medium', 'Time since the engine was started.'),
  signal(16, 'BarometricPressure', KILOPASCAL, 'minute', 'Barometric pressure.'),
  signal(17, 'Vehicle.Exterior.AirTemperature', CELSIUS, 'minute', 'Ambient air temperature.'),
  signal(18, 'ControlModuleVoltage', ['V', 3, 0, 65.535], 'slow',
    'Supply voltage at the control unit that answers.'),
  signal(19, 'AbsoluteLoad', ['percent', 2, 0, 25_700], 'medium',
    'Air per stroke relative to a full cylinder at standard conditions.'),
  signal(20, `${ENGINE}.EOT`, CELSIUS, 'slow', 'Engine oil temperature.'),
  signal(21, `${POWERTRAIN}.Transmission.TravelledDistance`, ['km', 1, 0, 429_496_729.5], 'minute',
    'Odometer.'),
  signal(22, 'CommandedEquivalenceRatio', ['ratio', 5, 0, 1.999_97], 'medium',
    'Commanded air-fuel equivalence ratio (lambda).'),
  signal(23, `${POWERTRAIN}.TractionBattery.StateOfCharge.Current`, PERCENT, 'minute',
    'Charge left in the hybrid or traction battery.'),
];
