import {
  asciiBytes,
  asciiText,
  concatBytes,
  fail,
  fault,
  fromHex,
  ok,
  type Result,
  toHex,
} from '../words/index.ts';
import { isVin } from './vin.ts';

/**
 * Vehicle information (SAE J1979 service 09) as it stands on CAN: the bytes after `49 infotype`, which begin
 * with the number of items. For the older buses join the data bytes of the messages and put that number
 * before them.
 */
export const INFO_TYPES = { vin: 0x02, calibrationId: 0x04, cvn: 0x06, ecuName: 0x0a } as const;

const CALIBRATION_ID_BYTES = 16;
const CVN_BYTES = 4;
const ECU_NAME_BYTES = 20;

const malformed = (
  code: string,
  what: string,
  words: string,
): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('malformed', code, what, words));

/** Printable characters between any padding zeros; undefined where a byte is not ASCII. */
const printable = (bytes: Uint8Array): string | undefined => {
  const text = asciiText(bytes.filter((byte) => byte !== 0));
  return /^[\x20-\x7e]*$/.test(text) ? text.trim() : undefined;
};

/** Cuts `count, item, item, …` into items of a fixed size; undefined where the length is another. */
const items = (bytes: Uint8Array, size: number): readonly Uint8Array[] | undefined => {
  const [count] = bytes;
  if (count === undefined || count === 0 || bytes.length !== 1 + count * size) return undefined;
  return Array.from({ length: count }, (_, i) => bytes.subarray(1 + i * size, 1 + (i + 1) * size));
};

/** The vehicle identification number. Zeros before it (older buses pad to 20 bytes) are dropped. */
export const decodeVin = (bytes: Uint8Array): Result<string> => {
  const padded = bytes.subarray(1);
  const text = asciiText(padded.subarray(padded.findIndex((byte) => byte !== 0)));
  if (bytes[0] === 1 && isVin(text)) return ok(text);
  return malformed('j1979.vin', 'vehicle identification number', 'not one item of 17 VIN characters');
};

/** Throws a RangeError for a text that is no VIN. */
export const encodeVin = (vin: string): Uint8Array => {
  if (!isVin(vin)) throw new RangeError(`${vin} is no VIN`);
  return concatBytes(Uint8Array.of(1), asciiBytes(vin));
};

/** Calibration identifiers, one for each calibration of the control unit, 16 characters at most. */
export const decodeCalibrationIds = (bytes: Uint8Array): Result<readonly string[]> => {
  const texts = items(bytes, CALIBRATION_ID_BYTES)?.map(printable);
  if (texts?.every((text) => text !== undefined)) return ok(texts);
  return malformed(
    'j1979.calibration-id',
    'calibration identifiers',
    'not a count and that many 16-byte texts',
  );
};

/** Throws a RangeError for no identifier, more than 255, or one of more than 16 characters. */
export const encodeCalibrationIds = (ids: readonly string[]): Uint8Array =>
  counted(ids.map((id) => paddedText(id, CALIBRATION_ID_BYTES)));

/**
 * Calibration verification numbers as 8 capital hex digits each, in the order of the calibration identifiers.
 */
export const decodeCvns = (bytes: Uint8Array): Result<readonly string[]> => {
  const numbers = items(bytes, CVN_BYTES);
  if (numbers !== undefined) return ok(numbers.map((number) => toHex(number).toUpperCase()));
  return malformed(
    'j1979.cvn',
    'calibration verification numbers',
    'not a count and that many 4-byte numbers',
  );
};

/** Throws a RangeError for no number, more than 255, or a text that is not 8 hex digits. */
export const encodeCvns = (cvns: readonly string[]): Uint8Array => {
  const numbers = cvns.map((cvn) => {
    const number = fromHex(cvn);
    if (number?.length !== CVN_BYTES) throw new RangeError(`${cvn} is not 8 hex digits`);
    return number;
  });
  return counted(numbers);
};

/** What the control unit calls itself, `ECM-EngineControl`; its padding zeros are dropped. */
export const decodeEcuName = (bytes: Uint8Array): Result<string> => {
  const [name] = items(bytes, ECU_NAME_BYTES) ?? [];
  const text = name === undefined || bytes[0] !== 1 ? undefined : printable(name);
  if (text !== undefined) return ok(text);
  return malformed('j1979.ecu-name', 'control unit name', 'not one item of 20 characters');
};

/** `acronym` up to 4 characters, `name` up to 15. Throws a RangeError for longer ones. */
export const encodeEcuName = (acronym: string, name: string): Uint8Array =>
  concatBytes(Uint8Array.of(1), paddedText(acronym, 4), asciiBytes('-'), paddedText(name, 15));

const counted = (parts: readonly Uint8Array[]): Uint8Array => {
  if (parts.length < 1 || parts.length > 255) throw new RangeError(`${parts.length} items cannot be counted`);
  return concatBytes(Uint8Array.of(parts.length), ...parts);
};

const paddedText = (text: string, length: number): Uint8Array => {
  if (text.length > length) throw new RangeError(`${text} is longer than ${length} characters`);
  const bytes = new Uint8Array(length);
  bytes.set(asciiBytes(text));
  return bytes;
};
