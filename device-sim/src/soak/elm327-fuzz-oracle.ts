import {
  decodeCalibrationIds,
  decodeCvns,
  decodeDtcs,
  decodeEcuName,
  decodePid,
  decodeVin,
  type Quantity,
} from '@outpost/schemas/vehicle';
import { asciiText, type Body, concatBytes, fromHex } from '@outpost/schemas/words';
import type { TruePart, Truth } from './elm327-fuzz-car.ts';

/** How a value can be wrong. */
export type Wrong = 'request' | 'frame' | 'value' | 'control-unit';

interface Taken {
  readonly header: string;
  readonly frames: readonly Uint8Array[];
}

/** Takes lines apart by the layout that the bus has; undefined where they do not have it. */
const takeApart = (lines: readonly string[], idDigits: number): Taken | undefined => {
  const digits = lines.map((line) => line.replaceAll(/[\0 ]/g, '').toUpperCase());
  const header = digits[0]?.slice(0, idDigits) ?? '';
  if (digits.some((line) => !line.startsWith(header))) return undefined;
  const frames = digits.flatMap((line) => fromHex(line.slice(idDigits)) ?? []);
  return frames.length === lines.length ? { header, frames } : undefined;
};

const FIRST_BYTES = 6;
const CONSECUTIVE_BYTES = 7;

/** Control bytes at the start of a line. */
const controlBytes = (index: number, lines: number): number => (index === 0 && lines > 1 ? 2 : 1);

/** Where the payload of a line begins in the whole payload. */
const payloadAt = (index: number): number =>
  index === 0 ? 0 : FIRST_BYTES + (index - 1) * CONSECUTIVE_BYTES;

/** Places of a payload that carry no value: the service, the echo of its parameters. */
const echoOf = ({ parts, request }: Truth): ReadonlySet<number> => {
  const service = Number.parseInt(request.slice(0, 2), 16);
  if (parts.length > 0) return new Set([0, ...parts.map(({ at }) => at)]);
  return new Set(service === 0x01 || service === 0x09 ? [0, 1] : [0]);
};

/**
 * Whether what was kept is a true answer, save for digits of its payload or padding: the same control unit, the same
 * lengths, control bytes, sequence and echo.
 */
const sameFrame = (kept: Taken, truth: Truth): boolean => {
  const echo = echoOf(truth);
  const lines = truth.frames.length;
  return (
    kept.header === truth.header &&
    kept.frames.length === lines &&
    kept.frames.every((bytes, index) => {
      const other = truth.frames[index] ?? new Uint8Array(0);
      const control = controlBytes(index, lines);
      const isFixed = (at: number): boolean => at < control || echo.has(payloadAt(index) + at - control);
      return bytes.length === other.length && bytes.every((byte, at) => !isFixed(at) || byte === other[at]);
    })
  );
};

const payloadOf = ({ frames }: Taken, length: number): Uint8Array =>
  concatBytes(
    ...frames.map((frame, index) => frame.subarray(index === 0 && frames.length > 1 ? 2 : 1)),
  ).subarray(0, length);

const texts = (of: Body & { kind: 'identity' }, items: readonly string[] | undefined): boolean =>
  items?.includes(of.text) === true;

/** Whether the payload says this body, by the tables alone. */
const saysSo = (payload: Uint8Array, parts: readonly TruePart[], body: Body): boolean => {
  const [head = 0] = payload;
  const items = payload.subarray(2);
  if (body.kind === 'number') {
    return parts.some(({ pid, at, length }) => {
      const values = decodePid(pid, payload.subarray(at + 1, at + 1 + length));
      const isIt = ({ signal, mantissa }: Quantity): boolean =>
        signal === body.signal && mantissa === body.mantissa;
      return head === 0x41 && values.ok && values.value.some(isIt);
    });
  }
  if (body.kind === 'codes') {
    const codes = decodeDtcs(payload.subarray(1), 'can');
    return codes.ok && JSON.stringify(codes.value) === JSON.stringify(body.codes);
  }
  if (body.kind !== 'identity' || head !== 0x49) return false;
  const one = body.of === 'vin' ? decodeVin(items) : decodeEcuName(items);
  const list = body.of === 'calibration-id' ? decodeCalibrationIds(items) : decodeCvns(items);
  if (body.of === 'vin' || body.of === 'ecu-name') return one.ok && texts(body, [one.value]);
  return list.ok && texts(body, list.value);
};

/** What is wrong with a value that came as the answer to `request`; undefined where nothing is. */
export const wrongness = (
  body: Body,
  raw: Uint8Array,
  request: string,
  truths: readonly Truth[],
  idDigits: number,
): Wrong | undefined => {
  const lines = asciiText(raw).split('\r');
  const kept = takeApart(lines, idDigits);
  if (kept === undefined || !('ecu' in body)) return 'frame';
  const asked = truths.filter((truth) => truth.request === request);
  if (asked.length === 0) return 'request';
  const truth = asked.find((one) => sameFrame(kept, one));
  if (truth === undefined) return 'frame';
  if (body.ecu !== truth.ecu) return 'control-unit';
  return saysSo(payloadOf(kept, truth.payload.length), truth.parts, body) ? undefined : 'value';
};
