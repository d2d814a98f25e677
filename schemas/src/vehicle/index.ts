export { decodeSupported, encodeSupported } from './bitmap.ts';
export { decodePid } from './decode-pid.ts';
export { type DtcLayout, decodeDtcs, dtcCode, dtcText, encodeDtcs } from './dtc.ts';
export { encodePid } from './encode-pid.ts';
export {
  addRatios,
  type Formula,
  formatFormula,
  formatRatio,
  formulaBits,
  formulaBytes,
  mantissaOf,
  multiplyRatios,
  parseDecimal,
  parseFormula,
  parseRatio,
  type Ratio,
  ratio,
  rawLimits,
  rawOf,
  readRaw,
  roundRatio,
  tellsApart,
  writeRaw,
} from './formula.ts';
export {
  decodeFreezeFrame,
  FREEZE_DTC_PID,
  FREEZE_FRAME,
  type FreezeFramePart,
  splitFreezeFrame,
} from './freeze-frame.ts';
export {
  DM1_PGN,
  decodeParameterGroup,
  encodeParameterGroup,
  PARAMETER_GROUPS,
  type Parameter,
  type ParameterGroup,
  parameterGroup,
  VEHICLE_IDENTIFICATION_PGN,
} from './j1939.ts';
export { type ActiveCodes, decodeDm1, decodeVehicleIdentification } from './j1939-dm1.ts';
export { decodeMonitorTests, type MonitorTest, monitorTestText } from './monitor-tests.ts';
export type { Field, Pid, When } from './pid.ts';
export {
  isBitmapPid,
  PIDS,
  type PidField,
  pidByNumber,
  pidLength,
  pidLengths,
  pidsOfSignal,
} from './pids.ts';
export { WICAN_SIGNALS, type WicanSignal } from './profiles/import/wican-signals.ts';
export { brokenLineOf } from './profiles/json-break.ts';
export { lineOf } from './profiles/line-of.ts';
export {
  decodeReadiness,
  encodeReadiness,
  type Ignition,
  type Monitor,
  type Readiness,
} from './readiness.ts';
export { rescaledPids } from './rescaling.ts';
export {
  decodeCalibrationIds,
  decodeCvns,
  decodeEcuName,
  decodeVin,
  encodeCalibrationIds,
  encodeCvns,
  encodeEcuName,
  encodeVin,
  INFO_TYPES,
} from './service-09.ts';
export { PACES, type Pace, type Signal } from './signal.ts';
export { isPlausible, type Quantity, SIGNALS, signalById, signalByName } from './signals.ts';
export { MONITOR_TEST_SIGNAL } from './signals-diagnosis.ts';
export { freezeFrameSignal } from './signals-freeze-frame.ts';
export { PIDS_PER_REQUEST_MAX, type PidBytes, splitPids } from './split-pids.ts';
export {
  type ClosedTrip,
  isUneventful,
  NEW_TRIPS,
  neededFrom,
  stepTrips,
  TRIP_LIMITS,
  type TripReading,
  type Trips,
  tripsAfter,
  tripsOf,
} from './trips/index.ts';
export { UNITS_AND_SCALINGS, type UnitAndScaling, unitAndScaling } from './uas.ts';
export {
  CONFIRMED_OR_PENDING,
  codesWithStatus,
  DTC_STATUS,
  decodeUdsDtcs,
  REPORT_BY_STATUS_MASK,
  type UdsDtc,
} from './uds-dtc.ts';
export { UNITS, type Unit } from './units.ts';
export { checkVin, isVin, type VinCheck, vinCheckDigit } from './vin.ts';
