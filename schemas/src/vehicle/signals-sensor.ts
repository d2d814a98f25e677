import { FLAG, PERCENT, type Signal, type Span, signal } from './signal.ts';

const CELSIUS_SENSOR: Span = ['celsius', 2, -100, 1_000];
const UNIX_SECONDS: Span = ['s', 3, 0, 4_294_967_295];
const POWER: Span = ['W', 2, -10_000_000, 10_000_000];
const ENERGY: Span = ['kWh', 3, 0, 1_000_000_000];
/** Four bytes of milliwatt-hours. */
const ENERGY_STEP: Span = ['kWh', 6, 0, 4_294.967_295];
const PARTICLES: Span = ['mg/m^3', 4, 0, 100];
const TEXT: Span = ['text', 0, 0, 1];

/** The table's own helper puts what has no branch below the vehicle's diagnosis. */
const row = (...[id, name, ...rest]: Parameters<typeof signal>): Signal => ({
  ...signal(id, `Vehicle.${name}`, ...rest),
  name,
});

/**
 * Identifiers 800 to 899: what devices that publish over MQTT say of themselves (800), what sensors around a house or
 * a field measure (820), and what a telematics module says in words (870).
 */
// biome-ignore format: a table reads by columns
export const SENSOR_SIGNALS: readonly Signal[] = [
  row(800, 'Device.Clock', UNIX_SECONDS, 'fast',
    'Moment that the device itself gives to what it says in the same message, in seconds since 1970.'),
  row(801, 'Device.Age', ['s', 0, 0, 4_294_967_295], 'fast',
    'Age that the device itself gives to what it says in the same message.'),
  row(802, 'Device.IsOnline', FLAG, 'slow', 'The device is connected to its broker, as it or its will says.'),
  row(803, 'Device.SignalStrength', ['dBm', 0, -200, 50], 'minute', 'Strength of the radio signal that it receives.'),
  row(804, 'Device.Uptime', ['s', 0, 0, 4_294_967_295], 'minute', 'Time since the device started.'),
  row(805, 'Device.SupplyVoltage', ['V', 3, 0, 100], 'slow', 'Voltage that supplies the device.'),
  row(806, 'Device.StateOfCharge', PERCENT, 'minute', 'Charge left in its own battery.'),
  row(807, 'Device.Temperature', CELSIUS_SENSOR, 'minute', 'Temperature of the device itself.'),
  row(820, 'Sensor.Temperature', CELSIUS_SENSOR, 'slow', 'Temperature at the sensor.'),
  row(821, 'Sensor.Humidity', PERCENT, 'slow', 'Relative humidity at the sensor.'),
  row(822, 'Sensor.Pressure', ['Pa', 0, 0, 200_000_000], 'slow', 'Absolute pressure at the sensor.'),
  row(823, 'Sensor.DewPoint', CELSIUS_SENSOR, 'slow', 'Dew point of the air at the sensor.'),
  row(824, 'Sensor.Illuminance', ['lx', 2, 0, 1_000_000], 'slow', 'Light that falls on the sensor.'),
  row(825, 'Sensor.CarbonDioxide', ['ppm', 0, 0, 1_000_000], 'slow', 'Carbon dioxide in the air.'),
  row(826, 'Sensor.ParticulateMatter25', PARTICLES, 'slow', 'Particles up to two and a half micrometres in the air.'),
  row(827, 'Sensor.ParticulateMatter10', PARTICLES, 'slow', 'Particles up to ten micrometres in the air.'),
  row(828, 'Sensor.SoilMoisture', PERCENT, 'minute', 'Water in the soil.'),
  row(829, 'Sensor.Level', PERCENT, 'minute', 'How full something is.'),
  row(830, 'Sensor.Voltage', ['V', 3, -100_000, 100_000], 'slow', 'Voltage at the sensor.'),
  row(831, 'Sensor.Current', ['A', 4, -100_000, 100_000], 'slow', 'Current through the sensor.'),
  row(832, 'Sensor.Power', POWER, 'slow', 'Real power through the sensor, negative where it is fed back.'),
  row(833, 'Sensor.PowerFactor', ['ratio', 3, -1, 1], 'slow', 'Real over apparent power.'),
  row(834, 'Sensor.Energy', ENERGY, 'minute', 'Energy through the meter since it was installed.'),
  row(835, 'Sensor.EnergyToday', ENERGY, 'minute', 'Energy through the meter since midnight.'),
  row(836, 'Sensor.Frequency', ['Hz', 3, 0, 1_000_000], 'slow', 'Frequency of the mains.'),
  row(837, 'Sensor.IsOn', FLAG, 'medium', 'The switch or relay is closed.'),
  row(838, 'Sensor.IsOpen', FLAG, 'medium', 'The door, window or valve is open.'),
  row(839, 'Sensor.IsMoving', FLAG, 'medium', 'Somebody or something moves there.'),
  row(840, 'Sensor.Count', ['count', 0, 0, 9_007_199_254_740_991], 'minute', 'Events since the counter was set to zero.'),
  row(841, 'Sensor.EnergySinceLast', ENERGY_STEP, 'minute', 'Energy through the meter since what it signed before.'),
  row(870, 'Telematics.Event', TEXT, 'fast', 'Event of a telematics module, by its own name.'),
  row(871, 'Telematics.Notification', TEXT, 'fast', 'Notification of a telematics module, its kind before a colon.'),
  row(872, 'Telematics.Record', TEXT, 'fast', 'Record of a telematics module, its kind before a colon.'),
];
