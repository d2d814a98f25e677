import {
  EMISSION_REQUIREMENTS,
  FUEL_STATES,
  FUEL_TYPES,
  IGNITION_TYPES,
  OBD_STANDARDS,
  SECONDARY_AIR_STATES,
} from './labels.ts';
import { BITS, BITS_3, CODE, FLAG, KILOMETRES, type Signal, type Span, signal } from './signal.ts';

const MINUTES: Span = ['min', 0, 0, 65_535];
const ONE_BIT: Span = ['code', 0, 0, 1];

/**
 * Identifiers 24 to 53: lamp, trouble codes, monitors, what is fitted, and the counters beside them. The
 * monitor masks hold the bits of the wire; `decodeReadiness` gives them names.
 */
// biome-ignore format: a table reads by columns
export const STATUS_SIGNALS: readonly Signal[] = [
  signal(24, 'Status.IsMILOn', FLAG, 'slow', 'The malfunction indicator lamp is commanded on.'),
  signal(25, 'Status.DTCCount', ['count', 0, 0, 127], 'slow',
    'Confirmed trouble codes in this control unit.'),
  signal(26, 'Status.IgnitionType', ONE_BIT, 'hour',
    'Kind of ignition that the monitors are for.', IGNITION_TYPES),
  signal(27, 'Status.ContinuousMonitorsSupported', BITS_3, 'hour',
    'Continuous monitors that the vehicle has.'),
  signal(28, 'Status.ContinuousMonitorsIncomplete', BITS_3, 'minute', 'Continuous monitors not complete.'),
  signal(29, 'Status.MonitorsSupported', BITS, 'hour', 'Other monitors that the vehicle has.'),
  signal(30, 'Status.MonitorsIncomplete', BITS, 'minute',
    'Other monitors not complete since codes were cleared.'),
  signal(31, 'DriveCycleStatus.IgnitionType', ONE_BIT, 'hour',
    'Kind of ignition, this drive cycle.', IGNITION_TYPES),
  signal(32, 'DriveCycleStatus.ContinuousMonitorsEnabled', BITS_3, 'minute', 'Continuous monitors enabled.'),
  signal(33, 'DriveCycleStatus.ContinuousMonitorsIncomplete', BITS_3, 'minute',
    'Continuous monitors not complete.'),
  signal(34, 'DriveCycleStatus.MonitorsEnabled', BITS, 'minute',
    'Other monitors enabled in this drive cycle.'),
  signal(35, 'DriveCycleStatus.MonitorsIncomplete', BITS, 'minute',
    'Other monitors not complete in this drive cycle.'),
  signal(36, 'FreezeDTC', ['code', 0, 0, 65_535], 'minute',
    'Two-byte trouble code that stored the freeze frame; 0 where there is none.'),
  signal(37, 'FuelStatus', CODE, 'medium', 'Control state of fuel system 1.', FUEL_STATES),
  signal(38, 'FuelStatus2', CODE, 'medium', 'Control state of fuel system 2.', FUEL_STATES),
  signal(39, 'AirStatus', CODE, 'minute', 'Commanded secondary air.', SECONDARY_AIR_STATES),
  signal(40, 'OxygenSensorsIn2Banks', BITS, 'hour',
    'Oxygen sensors fitted: bank 1 in bits 0 to 3, bank 2 above.'),
  signal(41, 'OxygenSensorsIn4Banks', BITS, 'hour',
    'Oxygen sensors fitted, two bits for each of four banks.'),
  signal(42, 'OBDStandards', CODE, 'hour', 'Regulation that the vehicle was certified to.', OBD_STANDARDS),
  signal(43, 'IsPTOActive', FLAG, 'slow', 'The power take-off is active.'),
  signal(44, 'FuelType', CODE, 'hour', 'Fuel in use.', FUEL_TYPES),
  signal(45, 'EmissionRequirements', CODE, 'hour',
    'Emission limits the vehicle was designed to.', EMISSION_REQUIREMENTS),
  signal(46, 'Vehicle.IsIgnitionOn', FLAG, 'slow', 'Ignition as the adapter sees it on its own pin.'),
  signal(47, 'DistanceWithMIL', KILOMETRES, 'minute', 'Distance travelled with the malfunction lamp on.'),
  signal(48, 'DistanceSinceDTCClear', KILOMETRES, 'minute', 'Distance travelled since codes were cleared.'),
  signal(49, 'WarmupsSinceDTCClear', ['count', 0, 0, 255], 'minute', 'Warm-ups since codes were cleared.'),
  signal(50, 'RunTimeMIL', MINUTES, 'minute', 'Engine run time with the malfunction lamp on.'),
  signal(51, 'TimeSinceDTCCleared', MINUTES, 'minute', 'Engine run time since codes were cleared.'),
  signal(52, 'SpeedLimit', ['km/h', 0, 0, 255], 'minute', 'Speed limit that the vehicle is set to.'),
  signal(53, 'EngineDistance', ['km', 1, 0, 429_496_729.5], 'minute',
    'Distance travelled with the engine running.'),
];
