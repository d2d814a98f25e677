import {
  codesWithStatus,
  DTC_STATUS,
  decodeCalibrationIds,
  decodeCvns,
  decodeDtcs,
  decodeEcuName,
  decodeFreezeFrame,
  decodeMonitorTests,
  decodePid,
  decodeUdsDtcs,
  decodeVin,
  INFO_TYPES,
  isBitmapPid,
  MONITOR_TEST_SIGNAL,
  monitorTestText,
  PIDS_PER_REQUEST_MAX,
  type PidBytes,
  pidLength,
  type Quantity,
  REPORT_BY_STATUS_MASK,
  splitPids,
} from '@outpost/schemas/vehicle';
import { type Body, type CodesBody, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Service 01 answers as 41, and so on. */
export const POSITIVE_OFFSET = 0x40;
export const NEGATIVE_RESPONSE = 0x7f;

/** Negative response codes (ISO 14229-1) that this dialogue tells apart. */
export const NEGATIVE = {
  pending: 0x78,
  serviceUnknown: 0x11,
  subfunctionUnknown: 0x12,
  outOfRange: 0x31,
} as const;

const TROUBLE_CODES: ReadonlyMap<number, CodesBody['status']> = new Map([
  [0x03, 'stored'],
  [0x07, 'pending'],
  [0x0a, 'permanent'],
]);

/**
 * Bytes of the request that come back in its answer, the service included: parameter and frame number of 02, the
 * identifier of 22, the function of 10, 19 and 3E. The others repeat one parameter, but 03, 07 and 0A have none.
 */
const ECHO_BYTES: ReadonlyMap<number, number> = new Map([
  [0x02, 3],
  [0x03, 1],
  [0x07, 1],
  [0x0a, 1],
  [0x22, 3],
]);
const USUAL_ECHO_BYTES = 2;

const isEcho = (request: Uint8Array, payload: Uint8Array): boolean => {
  const [service = 0] = request;
  const length = ECHO_BYTES.get(service) ?? USUAL_ECHO_BYTES;
  if (payload.length < length || payload[0] !== service + POSITIVE_OFFSET) return false;
  return request.subarray(1, length).every((byte, index) => payload[1 + index] === byte);
};

const LIVE_VALUES = 0x01;

/** Several parameters of service 01 in one request (SAE J1979, CAN only). */
export const asksForSeveral = (request: Uint8Array): boolean =>
  request[0] === LIVE_VALUES && request.length > 2;

/** A control unit may answer a part of them in any order; which part is compared where it is believed. */
const isEchoOfSeveral = (request: Uint8Array, payload: Uint8Array): boolean =>
  payload[0] === LIVE_VALUES + POSITIVE_OFFSET && splitPids(payload.subarray(1), [...request.subarray(1)]).ok;

/**
 * Takes an answer with several parameters apart by the length that each has, which must be the only one. Undefined
 * where that does not come out even, where one is unknown, and where there is only one.
 */
const takeApart = (items: Uint8Array): readonly PidBytes[] | undefined => {
  const parts: PidBytes[] = [];
  for (let at = 0; at < items.length; ) {
    const pid = items[at] ?? 0;
    const length = pidLength(pid);
    const end = at + 1 + (length ?? items.length);
    if (length === undefined || end > items.length || parts.some((part) => part.pid === pid))
      return undefined;
    parts.push({ pid, bytes: items.subarray(at + 1, end) });
    at = end;
  }
  return parts.length > 1 && parts.length <= PIDS_PER_REQUEST_MAX ? parts : undefined;
};

const liveValues = (items: Uint8Array, ecu: number): Result<readonly Body[]> => {
  const parts = takeApart(items);
  if (parts === undefined) return numbers(decodePid(items[0] ?? 0, items.subarray(1)), ecu);
  const quantities: Quantity[] = [];
  for (const { pid, bytes } of parts) {
    const decoded = isBitmapPid(pid) ? ok([]) : decodePid(pid, bytes);
    if (!decoded.ok) return decoded;
    quantities.push(...decoded.value);
  }
  return numbers(ok(quantities), ecu);
};

export const hexText = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

export type Answer =
  | { readonly kind: 'positive' }
  /** The control unit understood and said no, by the code of ISO 14229-1. */
  | { readonly kind: 'negative'; readonly code: number };

/**
 * Whether a payload answers a request at all: the service and its parameters must come back exactly. The fault is
 * `malformed`, `obd.echo-mismatch`: a value from another question is never a value.
 */
export const matchAnswer = (request: Uint8Array, payload: Uint8Array): Result<Answer> => {
  const [service = 0] = request;
  const [head, second, third] = payload;
  if (head === NEGATIVE_RESPONSE && second === service && third !== undefined && payload.length === 3) {
    return ok({ kind: 'negative', code: third });
  }
  // To one question there is one value, even where a control unit is used to say more.
  const echoed = asksForSeveral(request)
    ? isEchoOfSeveral(request, payload)
    : isEcho(request, payload) && !(service === LIVE_VALUES && takeApart(payload.subarray(1)) !== undefined);
  if (echoed) return ok({ kind: 'positive' });
  const words = `asked ${hexText(request)}, got ${hexText(payload.subarray(0, 3))}`;
  return fail(fault('malformed', 'obd.echo-mismatch', 'answer', words));
};

const identities = (
  of: 'vin' | 'calibration-id' | 'calibration-verification' | 'ecu-name',
  texts: Result<readonly string[]>,
  ecu: number,
): Result<readonly Body[]> =>
  texts.ok ? ok(texts.value.map((text) => ({ kind: 'identity', of, text, ecu }))) : texts;

const one = (text: Result<string>): Result<readonly string[]> => (text.ok ? ok([text.value]) : text);

type Decode = (items: Uint8Array, ecu: number) => Result<readonly Body[]>;

/** The vehicle information that is read, by its type. */
const INFO: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [INFO_TYPES.vin, (items, ecu) => identities('vin', one(decodeVin(items)), ecu)],
  [INFO_TYPES.calibrationId, (items, ecu) => identities('calibration-id', decodeCalibrationIds(items), ecu)],
  [INFO_TYPES.cvn, (items, ecu) => identities('calibration-verification', decodeCvns(items), ecu)],
  [INFO_TYPES.ecuName, (items, ecu) => identities('ecu-name', one(decodeEcuName(items)), ecu)],
]);

const unread = (what: string): Fault =>
  fault('malformed', 'obd.not-read', 'answer', `${what} is nothing that is read here`);

const numbers = (quantities: Result<readonly Quantity[]>, ecu: number): Result<readonly Body[]> =>
  quantities.ok ? ok(quantities.value.map((value) => ({ kind: 'number', ...value, ecu }))) : quantities;

const monitorTests: Decode = (items, ecu) => {
  const tests = decodeMonitorTests(items);
  if (!tests.ok) return tests;
  const signal = MONITOR_TEST_SIGNAL;
  return ok(tests.value.map((test) => ({ kind: 'text', signal, text: monitorTestText(test), ecu })));
};

/** What UDS calls confirmed and pending is what services 03 and 07 list. */
const udsCodes: Decode = ([subFunction, ...items], ecu) => {
  if (subFunction !== REPORT_BY_STATUS_MASK) return fail(unread('another report of trouble codes'));
  const codes = decodeUdsDtcs(Uint8Array.from(items));
  if (!codes.ok) return codes;
  const list = (status: CodesBody['status'], mask: number): CodesBody => ({
    kind: 'codes',
    status,
    codes: codesWithStatus(codes.value, mask),
    ecu,
  });
  return ok([list('stored', DTC_STATUS.confirmed), list('pending', DTC_STATUS.pending)]);
};

/** Nothing about the vehicle is in an answer to 10 or 3E. */
const nothing: Decode = () => ok([]);

/** How the answers of a service are read, from the byte after the service on. */
const SERVICES: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [0x02, (items, ecu) => numbers(decodeFreezeFrame(items), ecu)],
  [0x06, monitorTests],
  [0x10, nothing],
  [0x19, udsCodes],
  [0x3e, nothing],
]);

/** Services whose parameters 00, 20, … list the others. */
const LISTING: ReadonlySet<number> = new Set([0x01, 0x06, 0x09]);

/**
 * What a control unit says in one positive answer, by the payload alone: the session and the verifier of evidence
 * must come to the same. A bitmap of supported parameters says nothing about the vehicle and has no body.
 */
export const answerBodies = (ecu: number, payload: Uint8Array): Result<readonly Body[]> => {
  const [head = 0, parameter] = payload;
  const service = head - POSITIVE_OFFSET;
  const status = TROUBLE_CODES.get(service);
  if (status !== undefined) {
    const codes = decodeDtcs(payload.subarray(1), 'can');
    return codes.ok ? ok([{ kind: 'codes', status, codes: codes.value, ecu }]) : codes;
  }
  if (parameter !== undefined && isBitmapPid(parameter) && LISTING.has(service)) return ok([]);
  if (parameter === undefined) return fail(unread(`service ${hexText([head])} without a parameter`));
  if (service === 0x09) {
    const decode = INFO.get(parameter);
    if (decode !== undefined) return decode(payload.subarray(2), ecu);
  }
  const decodeService = SERVICES.get(service);
  if (decodeService !== undefined) return decodeService(payload.subarray(1), ecu);
  if (service !== 0x01) return fail(unread(hexText([head, parameter])));
  return liveValues(payload.subarray(1), ecu);
};
