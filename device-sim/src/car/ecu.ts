import {
  dtcCode,
  encodeCalibrationIds,
  encodeCvns,
  encodeDtcs,
  encodeEcuName,
  encodeSupported,
  encodeVin,
  INFO_TYPES,
  isBitmapPid,
  PIDS_PER_REQUEST_MAX,
} from '@outpost/schemas/vehicle';
import { concatBytes } from '@outpost/schemas/words';
import { readDids } from './dids.ts';
import { monitorResults } from './monitor-results.ts';
import { isAnswering } from './network.ts';
import type { Moment } from './pid-table.ts';
import { pidBytes } from './quantise.ts';
import { isSuppressed, readDtcs, sessionControl } from './uds.ts';
import type { ControlUnit } from './units.ts';

export { type ControlUnit, controlUnits } from './units.ts';

const NEGATIVE = 0x7f;
const SERVICE_NOT_SUPPORTED = 0x11;
const SUBFUNCTION_NOT_SUPPORTED = 0x12;
const FORMAT_WRONG = 0x13;
const CONDITIONS_NOT_CORRECT = 0x22;
const OUT_OF_RANGE = 0x31;

/** A negative answer; the ones that say “not mine” are kept back when everybody was asked (ISO 14229-1, 7.5). */
type Answer = { readonly bytes: Uint8Array } | { readonly refusal: number };

const bitmap = (base: number, numbers: Iterable<number>): Uint8Array | undefined => {
  const all = [...numbers];
  const above = all.filter((number) => number > base + 0x20);
  const inRange = all.some((number) => number > base && number <= base + 0x20);
  if (base !== 0 && !inRange && above.length === 0) return undefined;
  return encodeSupported(base, above.length > 0 ? [...all, base + 0x20] : all);
};

/** Service 01 and, with the frozen car, the data of service 02. */
const pidData = (unit: ControlUnit, pid: number, moment: Moment): Uint8Array | undefined => {
  if (isBitmapPid(pid)) return bitmap(pid, unit.pids.keys());
  const content = unit.pids.get(pid);
  return content === undefined ? undefined : pidBytes(pid, content(moment));
};

const liveData = (unit: ControlUnit, pids: Uint8Array, moment: Moment): Answer => {
  if (pids.length === 0 || pids.length > PIDS_PER_REQUEST_MAX) return { refusal: FORMAT_WRONG };
  const parts: Uint8Array[] = [];
  for (const pid of new Set(pids)) {
    const data = pidData(unit, pid, moment);
    if (data !== undefined) parts.push(Uint8Array.of(pid), data);
  }
  return parts.length === 0
    ? { refusal: OUT_OF_RANGE }
    : { bytes: concatBytes(Uint8Array.of(0x41), ...parts) };
};

/** These describe the car since codes were cleared or the diagnosis itself: nothing that a freeze frame holds. */
const NOT_FROZEN: ReadonlySet<number> = new Set([0x01, 0x13, 0x1c, 0x30, 0x41, 0x4f, 0x50, 0x51, 0x5f]);
const FREEZE_DTC = 0x02;

/** Service 02: PID and frame number; only frame 00 exists. A missing frame number is taken as 00. */
const freezeFrame = (unit: ControlUnit, [pid, frame = 0]: Uint8Array, { model, car }: Moment): Answer => {
  if (pid === undefined) return { refusal: FORMAT_WRONG };
  if (frame !== 0 || !unit.hasCodes) return { refusal: OUT_OF_RANGE };
  const head = Uint8Array.of(0x42, pid, 0);
  if (pid === FREEZE_DTC) {
    const code = dtcCode(car.codes.frozenBy ?? '') ?? 0;
    return { bytes: concatBytes(head, Uint8Array.of(code >> 8, code & 0xff)) };
  }
  const kept = new Set([...unit.pids.keys()].filter((number) => number < 0x60 && !NOT_FROZEN.has(number)));
  kept.add(FREEZE_DTC);
  if (isBitmapPid(pid)) {
    const bits = bitmap(pid, kept);
    return bits === undefined ? { refusal: OUT_OF_RANGE } : { bytes: concatBytes(head, bits) };
  }
  const data = car.frozen && kept.has(pid) ? pidData(unit, pid, { model, car: car.frozen }) : undefined;
  return data === undefined ? { refusal: OUT_OF_RANGE } : { bytes: concatBytes(head, data) };
};

const infoTypes = (unit: ControlUnit): ReadonlyMap<number, Uint8Array> => {
  const { acronym, name, calibrationId, cvn } = unit.identity;
  const types = new Map<number, Uint8Array>();
  if (unit.vin !== undefined) types.set(INFO_TYPES.vin, encodeVin(unit.vin));
  types.set(INFO_TYPES.calibrationId, encodeCalibrationIds([calibrationId]));
  types.set(INFO_TYPES.cvn, encodeCvns([cvn]));
  types.set(INFO_TYPES.ecuName, encodeEcuName(acronym, name));
  return types;
};

const vehicleInformation = (unit: ControlUnit, parameters: Uint8Array): Answer => {
  const [type] = parameters;
  if (type === undefined || parameters.length !== 1) return { refusal: FORMAT_WRONG };
  const types = infoTypes(unit);
  const content = type === 0 ? encodeSupported(0, types.keys()) : types.get(type);
  return content === undefined
    ? { refusal: OUT_OF_RANGE }
    : { bytes: concatBytes(Uint8Array.of(0x49, type), content) };
};

const troubleCodes = (unit: ControlUnit, service: number, codes: readonly string[]): Answer => ({
  bytes: concatBytes(Uint8Array.of(service + 0x40), encodeDtcs(unit.hasCodes ? codes : [], 'can')),
});

/** Service 06: one monitor, or the bitmaps of those that there are. */
const monitorTests = (unit: ControlUnit, parameters: Uint8Array, moment: Moment): Answer => {
  const [monitor] = parameters;
  if (monitor === undefined || parameters.length !== 1) return { refusal: FORMAT_WRONG };
  if (unit.monitors.length === 0) return { refusal: SERVICE_NOT_SUPPORTED };
  const head = Uint8Array.of(0x46, monitor);
  if (isBitmapPid(monitor)) {
    const bits = bitmap(monitor, unit.monitors);
    return bits === undefined ? { refusal: OUT_OF_RANGE } : { bytes: concatBytes(head, bits) };
  }
  const results = unit.monitors.includes(monitor) ? monitorResults(monitor, moment) : undefined;
  return results === undefined
    ? { refusal: OUT_OF_RANGE }
    : { bytes: concatBytes(head.subarray(0, 1), results) };
};

/** The services of ISO 14229-1 that only read. */
const extended = (
  unit: ControlUnit,
  service: number,
  parameters: Uint8Array,
  moment: Moment,
): Answer | undefined => {
  const [type] = parameters;
  const orRefused = (bytes: Uint8Array | undefined, refusal: number): Answer =>
    bytes === undefined ? { refusal } : { bytes };
  switch (service) {
    case 0x10:
      return type === undefined || parameters.length !== 1
        ? { refusal: FORMAT_WRONG }
        : orRefused(sessionControl(type), SUBFUNCTION_NOT_SUPPORTED);
    case 0x3e:
      if (parameters.length !== 1) return { refusal: FORMAT_WRONG };
      return orRefused(
        type === 0x00 || type === 0x80 ? Uint8Array.of(0x7e, 0x00) : undefined,
        SUBFUNCTION_NOT_SUPPORTED,
      );
    case 0x19:
      if (!unit.hasCodes) return undefined;
      return orRefused(readDtcs(moment.car.codes, parameters), SUBFUNCTION_NOT_SUPPORTED);
    case 0x22:
      if (parameters.length === 0 || parameters.length % 2 !== 0) return { refusal: FORMAT_WRONG };
      return orRefused(readDids(unit.dids, parameters, moment), OUT_OF_RANGE);
    default:
      return undefined;
  }
};

const answer = (unit: ControlUnit, service: number, parameters: Uint8Array, moment: Moment): Answer => {
  const { codes } = moment.car;
  // A unit that only its maker's tools know has no legislated services.
  if (service < 0x10 && unit.pids.size === 0) return { refusal: SERVICE_NOT_SUPPORTED };
  const alone = parameters.length === 0;
  if (service === 0x01) return liveData(unit, parameters, moment);
  if (service === 0x02) return freezeFrame(unit, parameters, moment);
  if (service === 0x03 && alone) return troubleCodes(unit, service, codes.stored);
  if (service === 0x07 && alone) return troubleCodes(unit, service, codes.pending);
  if (service === 0x0a && alone) return troubleCodes(unit, service, codes.permanent);
  if (service === 0x06) return monitorTests(unit, parameters, moment);
  if (service === 0x09) return vehicleInformation(unit, parameters);
  // Clearing is refused, as every control unit does while the engine runs: this car's memory is its evidence.
  if (service === 0x04) return { refusal: CONDITIONS_NOT_CORRECT };
  return extended(unit, service, parameters, moment) ?? { refusal: SERVICE_NOT_SUPPORTED };
};

const HAS_SUBFUNCTION: ReadonlySet<number> = new Set([0x10, 0x19, 0x3e]);

/** Refusals that a unit keeps to itself when it was not asked in person. */
const KEPT_BACK: ReadonlySet<number> = new Set([
  SERVICE_NOT_SUPPORTED,
  SUBFUNCTION_NOT_SUPPORTED,
  OUT_OF_RANGE,
  FORMAT_WRONG,
]);

/**
 * What the unit says to a request (service, then its parameters): a positive answer, `7F service code`, or nothing.
 * A sleeping unit says nothing. Pure: reads the moment, changes nothing.
 */
export const respond = (
  unit: ControlUnit,
  request: Uint8Array,
  how: 'functional' | 'physical',
  moment: Moment,
): Uint8Array | undefined => {
  const [service] = request;
  if (service === undefined || !isAnswering(moment.model, moment.car)) return undefined;
  const said = answer(unit, service, request.subarray(1), moment);
  if ('bytes' in said) {
    return HAS_SUBFUNCTION.has(service) && isSuppressed(request[1]) ? undefined : said.bytes;
  }
  if (how === 'functional' && KEPT_BACK.has(said.refusal)) return undefined;
  return Uint8Array.of(NEGATIVE, service, said.refusal);
};
