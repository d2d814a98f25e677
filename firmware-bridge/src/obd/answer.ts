import {
  decodeCalibrationIds,
  decodeCvns,
  decodeDtcs,
  decodeEcuName,
  decodePid,
  decodeVin,
  INFO_TYPES,
  isBitmapPid,
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

/** Services whose first parameter comes back after the service: 01, 02, 06, 09. */
const echoesParameter = (service: number): boolean => !TROUBLE_CODES.has(service);

export const hexText = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

export type Answer =
  | { readonly kind: 'positive' }
  /** The control unit understood and said no, by the code of ISO 14229-1. */
  | { readonly kind: 'negative'; readonly code: number };

/**
 * Whether a payload answers a request at all: the service and its parameter must come back exactly. The fault is
 * `malformed`, `elm327.echo-mismatch`: a value from another question is never a value.
 */
export const matchAnswer = (request: Uint8Array, payload: Uint8Array): Result<Answer> => {
  const [service = 0, parameter] = request;
  const [head, second, third] = payload;
  if (head === NEGATIVE_RESPONSE && second === service && third !== undefined && payload.length === 3) {
    return ok({ kind: 'negative', code: third });
  }
  const echoed = head === service + POSITIVE_OFFSET && (!echoesParameter(service) || second === parameter);
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
  if (parameter !== undefined && isBitmapPid(parameter) && (service === 0x01 || service === 0x09))
    return ok([]);
  if (parameter === undefined) return fail(unread(`service ${hexText([head])} without a parameter`));
  if (service === 0x09) {
    const decode = INFO.get(parameter);
    if (decode !== undefined) return decode(payload.subarray(2), ecu);
  }
  if (service !== 0x01) return fail(unread(hexText([head, parameter])));
  const quantities = decodePid(parameter, payload.subarray(2));
  return quantities.ok
    ? ok(quantities.value.map((value) => ({ kind: 'number', ...value, ecu })))
    : quantities;
};
