import type { ClientAnswer } from './python-obd-client.ts';

type Range = readonly [min: number, max: number];

/** By name of python-OBD's command, in its units: what a warm or a cold petrol car on the road may say. */
const RANGES: Readonly<Record<string, Range>> = {
  ENGINE_LOAD: [0, 100],
  COOLANT_TEMP: [-30, 115],
  SHORT_FUEL_TRIM_1: [-25, 25],
  LONG_FUEL_TRIM_1: [-15, 15],
  FUEL_PRESSURE: [250, 500],
  INTAKE_PRESSURE: [15, 105],
  RPM: [500, 6_500],
  SPEED: [0, 180],
  TIMING_ADVANCE: [-15, 55],
  INTAKE_TEMP: [-30, 70],
  MAF: [1, 120],
  THROTTLE_POS: [8, 95],
  O2_B1S2: [0, 1.1],
  O2_B1S3: [0, 1.1],
  AUX_INPUT_STATUS: [0, 1],
  RUN_TIME: [1, 3_600],
  DISTANCE_W_MIL: [0, 100],
  FUEL_RAIL_PRESSURE_VAC: [300, 600],
  O2_S1_WR_VOLTAGE: [0.2, 5],
  COMMANDED_EGR: [0, 30],
  EGR_ERROR: [-20, 20],
  EVAPORATIVE_PURGE: [0, 100],
  FUEL_LEVEL: [5, 100],
  WARMUPS_SINCE_DTC_CLEAR: [0, 255],
  DISTANCE_SINCE_DTC_CLEAR: [0, 65_535],
  BAROMETRIC_PRESSURE: [80, 106],
  O2_S1_WR_CURRENT: [-5, 5],
  CATALYST_TEMP_B1S1: [-30, 950],
  CATALYST_TEMP_B1S2: [-30, 950],
  CONTROL_MODULE_VOLTAGE: [11.5, 15.2],
  ABSOLUTE_LOAD: [1, 110],
  COMMANDED_EQUIV_RATIO: [0.7, 2],
  RELATIVE_THROTTLE_POS: [0, 90],
  AMBIANT_AIR_TEMP: [-30, 50],
  THROTTLE_POS_B: [8, 95],
  ACCELERATOR_POS_D: [10, 95],
  ACCELERATOR_POS_E: [5, 60],
  ACCELERATOR_POS_F: [2, 60],
  THROTTLE_ACTUATOR: [8, 95],
  RUN_TIME_MIL: [0, 60],
  TIME_SINCE_DTC_CLEARED: [0, 65_535],
  ETHANOL_PERCENT: [0, 10],
  EVAP_VAPOR_PRESSURE_ABS: [80, 110],
  SHORT_O2_TRIM_B1: [-10, 10],
  LONG_O2_TRIM_B1: [-10, 10],
  FUEL_RAIL_PRESSURE_ABS: [300, 700],
  RELATIVE_ACCEL_POS: [0, 100],
  OIL_TEMP: [-30, 130],
  FUEL_RATE: [0.2, 30],
  ELM_VOLTAGE: [11.5, 15.2],
};

/** What texts and lists must look like. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  FUEL_STATUS: /^(Open|Closed) loop /,
  OBD_COMPLIANCE: /EOBD/,
  FUEL_TYPE: /^Gasoline$/,
  O2_SENSORS: /True/,
  FREEZE_DTC: /^P0420\|/,
  GET_DTC: /^\('P0420'/,
  GET_CURRENT_DTC: /^\('P0420'/,
  VIN: /^[0-9A-HJ-NPR-Z]{17}$/,
  CALIBRATION_ID: /^OUTPOST-SIM/,
  CVN: /^[0-9a-f]{4,8}$/,
  ELM_VERSION: /^ELM327 v.*Outpost simulator/,
};

/**
 * Whether an answer makes sense for this car. `PIDS_…` and `MIDS_…` list something, a monitor's results have limits
 * around them unless the catalyst is said to be worn. False also for what this list does not know.
 */
export const isPlausible = (name: string, answer: ClientAnswer): boolean => {
  if ('number' in answer) {
    const range = RANGES[name];
    return range !== undefined && answer.number >= range[0] && answer.number <= range[1];
  }
  if ('flags' in answer) return /^(PIDS|MIDS|STATUS)/.test(name) && answer.flags.length > 0;
  if ('tests' in answer) {
    const sound = answer.tests.every(({ value, min, max }) => value >= min && value <= max);
    return answer.tests.length > 0 && sound !== (name === 'MONITOR_CATALYST_B1');
  }
  const first = 'text' in answer ? answer.text : answer.texts.join('|');
  return TEXTS[name]?.test(first) ?? false;
};
