import {
  decodeCalibrationIds,
  decodeCvns,
  decodeDtcs,
  decodeEcuName,
  decodePid,
  decodeVin,
} from '@outpost/schemas/vehicle';
import { asciiText, type Body, concatBytes, equalBytes, fromHex } from '@outpost/schemas/words';
import type { Truth } from './elm327-fuzz-car.ts';

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

/** Bytes of a line that carry no value: control bytes, the echo of service and parameter. */
const frameBytes = (index: number, lines: number, service: number): number => {
  const control = index === 0 && lines > 1 ? 2 : 1;
  const echo = service === 0x01 || service === 0x09 ? 2 : 1;
  return index === 0 ? control + echo : control;
};

/**
 * Whether what was kept is a true answer, save for digits of its payload or padding: the same control unit, the same
 * lengths, control bytes, sequence and echo.
 */
const sameFrame = (kept: Taken, truth: Truth, service: number): boolean =>
  kept.header === truth.header &&
  kept.frames.length === truth.frames.length &&
  kept.frames.every((bytes, index) => {
    const other = truth.frames[index] ?? new Uint8Array(0);
    const fixed = frameBytes(index, truth.frames.length, service);
    return bytes.length === other.length && equalBytes(bytes.subarray(0, fixed), other.subarray(0, fixed));
  });

const payloadOf = ({ frames }: Taken, length: number): Uint8Array =>
  concatBytes(
    ...frames.map((frame, index) => frame.subarray(index === 0 && frames.length > 1 ? 2 : 1)),
  ).subarray(0, length);

const texts = (of: Body & { kind: 'identity' }, items: readonly string[] | undefined): boolean =>
  items?.includes(of.text) === true;

/** Whether the payload says this body, by the tables alone. */
const saysSo = (payload: Uint8Array, body: Body): boolean => {
  const [head = 0, parameter = 0] = payload;
  const items = payload.subarray(2);
  if (body.kind === 'number') {
    const values = decodePid(parameter, items);
    return (
      head === 0x41 &&
      values.ok &&
      values.value.some(({ signal, mantissa }) => signal === body.signal && mantissa === body.mantissa)
    );
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
  const service = Number.parseInt(request.slice(0, 2), 16);
  const asked = truths.filter((truth) => truth.request === request);
  if (asked.length === 0) return 'request';
  const truth = asked.find((one) => sameFrame(kept, one, service));
  if (truth === undefined) return 'frame';
  if (body.ecu !== truth.ecu) return 'control-unit';
  return saysSo(payloadOf(kept, truth.payload.length), body) ? undefined : 'value';
};
