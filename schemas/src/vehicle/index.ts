export { decodeSupported, encodeSupported } from './bitmap.ts';
export { decodePid } from './decode-pid.ts';
export { type DtcLayout, decodeDtcs, dtcCode, dtcText, encodeDtcs } from './dtc.ts';
export { encodePid } from './encode-pid.ts';
export {
  type Formula,
  formatFormula,
  formulaBits,
  formulaBytes,
  mantissaOf,
  parseFormula,
  rawLimits,
  rawOf,
  readRaw,
  tellsApart,
  writeRaw,
} from './formula.ts';
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
export { PIDS_PER_REQUEST_MAX, type PidBytes, splitPids } from './split-pids.ts';
export { UNITS, type Unit } from './units.ts';
export { checkVin, isVin, type VinCheck, vinCheckDigit } from './vin.ts';
