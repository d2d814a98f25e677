import { type Signal, signal } from './signal.ts';

const ENGINE = 'Vehicle.Powertrain.CombustionEngine';
const OBD = 'Vehicle.OBD';

/** The most frequent signals: identifiers 1 to 23, one byte in CBOR. */
// biome-ignore format: a table reads by columns
export const MAIN_SIGNALS: readonly Signal[] = [
  signal(1, 'Vehicle.Speed', 'km/h', 0, 0, 255, 'fast', 'Vehicle speed.'),
  signal(2, `${ENGINE}.Speed`, 'rpm', 2, 0, 16_383.75, 'fast', 'Engine speed.'),
  signal(3, 'Vehicle.LowVoltageBattery.CurrentVoltage', 'V', 2, 0, 40, 'slow', 'Supply voltage that the adapter itself measures at the diagnostic connector.'),
  signal(4, `${OBD}.EngineLoad`, 'percent', 2, 0, 100, 'fast', 'Calculated engine load.'),
  signal(5, `${ENGINE}.ECT`, 'celsius', 0, -40, 215, 'slow', 'Engine coolant temperature.'),
  signal(6, `${OBD}.IntakeTemp`, 'celsius', 0, -40, 215, 'slow', 'Intake air temperature.'),
  signal(7, `${ENGINE}.MAF`, 'g/s', 2, 0, 655.35, 'fast', 'Air drawn into the engine, by mass.'),
  signal(8, `${ENGINE}.TPS`, 'percent', 2, 0, 100, 'fast', 'Absolute throttle position.'),
  signal(9, `${OBD}.MAP`, 'kPa', 0, 0, 255, 'fast', 'Intake manifold absolute pressure.'),
  signal(10, `${OBD}.TimingAdvance`, 'degrees', 1, -64, 63.5, 'medium', 'Ignition advance of cylinder 1 before top dead centre.'),
  signal(11, `${OBD}.ShortTermFuelTrim1`, 'percent', 2, -100, 99.218_75, 'medium', 'Short-term fuel trim of bank 1; positive adds fuel.'),
  signal(12, `${OBD}.LongTermFuelTrim1`, 'percent', 2, -100, 99.218_75, 'slow', 'Long-term fuel trim of bank 1; positive adds fuel.'),
  signal(13, `${OBD}.FuelRate`, 'l/h', 2, 0, 3_276.75, 'fast', 'Fuel the engine uses, by volume.'),
  signal(14, 'Vehicle.Powertrain.FuelSystem.RelativeLevel', 'percent', 2, 0, 100, 'minute', 'Fuel in the tank.'),
  signal(15, `${OBD}.RunTime`, 's', 0, 0, 65_535, 'medium', 'Time since the engine was started.'),
  signal(16, `${OBD}.BarometricPressure`, 'kPa', 0, 0, 255, 'minute', 'Barometric pressure.'),
  signal(17, 'Vehicle.Exterior.AirTemperature', 'celsius', 0, -40, 215, 'minute', 'Ambient air temperature.'),
  signal(18, `${OBD}.ControlModuleVoltage`, 'V', 3, 0, 65.535, 'slow', 'Supply voltage at the control unit that answers.'),
  signal(19, `${OBD}.AbsoluteLoad`, 'percent', 2, 0, 25_700, 'medium', 'Air per stroke relative to a full cylinder at standard conditions.'),
  signal(20, `${ENGINE}.EOT`, 'celsius', 0, -40, 215, 'slow', 'Engine oil temperature.'),
  signal(21, 'Vehicle.Powertrain.Transmission.TravelledDistance', 'km', 1, 0, 429_496_729.5, 'minute', 'Odometer.'),
  signal(22, `${OBD}.CommandedEquivalenceRatio`, 'ratio', 5, 0, 1.999_969_5, 'medium', 'Commanded fuel-air equivalence ratio (lambda).'),
  signal(23, 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current', 'percent', 2, 0, 100, 'minute', 'Charge left in the hybrid or traction battery.'),
];
