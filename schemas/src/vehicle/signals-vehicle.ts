import { SELECTED_GEARS } from './labels.ts';
import { FLAG, PERCENT, type Signal, type Span, signal } from './signal.ts';

const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const POWERTRAIN = 'Vehicle.Powertrain';
const MOTOR = `${POWERTRAIN}.ElectricMotor`;
const CELSIUS_FINE: Span = ['celsius', 2, -60, 250];
const TYRE: Span = ['kPa', 2, 0, 1_000];
const MOTOR_SPEED: Span = ['rpm', 0, -40_000, 40_000];
const KILOMETRES_FINE: Span = ['km', 1, 0, 5_000];

const tyre = (
  id: number,
  place: 'Row1.Wheel.Left' | 'Row1.Wheel.Right' | 'Row2.Wheel.Left' | 'Row2.Wheel.Right',
) => {
  const path = `Vehicle.Chassis.Axle.${place}.Tire`;
  const [, row, side] = /Row(\d)\.Wheel\.(\w+)/.exec(place) ?? [];
  const words = `the ${side?.toLowerCase()} tyre of axle ${row}`;
  return [
    signal(id, `${path}.Pressure`, TYRE, 'minute', `Pressure above the air outside in ${words}.`),
    signal(id + 4, `${path}.Temperature`, CELSIUS_FINE, 'minute', `Temperature of ${words}.`),
  ];
};

/** Identifiers 500 to 559: low voltage battery, drive, tyres and tank, which only vehicle profiles can ask for. */
// biome-ignore format: a table reads by columns
export const VEHICLE_SIGNALS: readonly Signal[] = [
  signal(500, `${LOW_VOLTAGE}.VehicleVoltage`, ['V', 3, 0, 72], 'slow',
    'Low voltage battery voltage that the vehicle itself measures.'),
  signal(501, `${LOW_VOLTAGE}.CurrentCurrent`, ['A', 3, -2_000, 2_000], 'slow',
    'Current into the low voltage battery, negative out of it.'),
  signal(502, `${LOW_VOLTAGE}.StateOfCharge`, PERCENT, 'minute', 'Charge left in the low voltage battery.'),
  signal(503, `${LOW_VOLTAGE}.Temperature`, CELSIUS_FINE, 'minute', 'Low voltage battery temperature.'),
  ...tyre(504, 'Row1.Wheel.Left'),
  ...tyre(505, 'Row1.Wheel.Right'),
  ...tyre(506, 'Row2.Wheel.Left'),
  ...tyre(507, 'Row2.Wheel.Right'),
  signal(512, `${POWERTRAIN}.Transmission.SelectedGear`, ['code', 0, -8, 127], 'medium',
    'Gear or position that the driver selected, numbered as VSS does.', SELECTED_GEARS),
  signal(513, `${POWERTRAIN}.IsReadyToDrive`, FLAG, 'slow', 'The drive is switched on and would move the vehicle.'),
  signal(514, 'Vehicle.Chassis.ParkingBrake.IsEngaged', FLAG, 'slow', 'The parking brake is engaged.'),
  signal(515, `${MOTOR}.Speed`, MOTOR_SPEED, 'fast', 'Speed of the drive motor, negative in reverse.'),
  signal(516, `${MOTOR}.SpeedRear`, MOTOR_SPEED, 'fast', 'Speed of a second drive motor, negative in reverse.'),
  signal(517, `${MOTOR}.Torque`, ['Nm', 1, -5_000, 5_000], 'fast',
    'Torque of the drive motor, negative while it slows the vehicle.'),
  signal(518, `${MOTOR}.Temperature`, CELSIUS_FINE, 'slow', 'Drive motor temperature.'),
  signal(519, `${MOTOR}.InverterTemperature`, CELSIUS_FINE, 'slow', 'Temperature of the drive motor’s inverter.'),
  signal(520, `${POWERTRAIN}.Range`, KILOMETRES_FINE, 'minute', 'Range on everything the vehicle can burn or use.'),
  signal(521, `${POWERTRAIN}.FuelSystem.AbsoluteLevel`, ['l', 2, 0, 700], 'minute', 'Fuel in the tank, by volume.'),
  signal(522, `${POWERTRAIN}.FuelSystem.Range`, KILOMETRES_FINE, 'minute', 'Range on the fuel in the tank alone.'),
  signal(523, `${POWERTRAIN}.Transmission.Temperature`, CELSIUS_FINE, 'slow', 'Gearbox oil temperature.'),
  signal(524, `${POWERTRAIN}.CombustionEngine.OilLife`, PERCENT, 'hour',
    'Engine oil life left as the vehicle computes it.'),
  signal(525, 'Vehicle.Cabin.HVAC.AmbientAirTemperature', CELSIUS_FINE, 'minute', 'Air temperature in the cabin.'),
];
