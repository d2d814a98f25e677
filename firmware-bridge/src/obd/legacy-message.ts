import { INFO_TYPES } from '@outpost/schemas/vehicle';
import { concatBytes, equalBytes, type Fault, fail, fault, ok } from '@outpost/schemas/words';
import type { Assembled } from '../can/isotp.ts';

/** The data of one frame of one control unit, with whatever identifies the line that it came from. */
export interface LegacyPart<Line> {
  readonly data: Uint8Array;
  readonly line: Line;
}

const INFORMATION = 0x49;

/** Answers to 03, 07 and 0A. */
const TROUBLE_CODE_ANSWERS: ReadonlySet<number> = new Set([0x43, 0x47, 0x4a]);

const broken = (code: string, words: string): Fault => fault('malformed', `legacy.${code}`, 'answer', words);

const whole = <Line>(payload: Uint8Array, parts: readonly LegacyPart<Line>[]): Assembled<Line> => ({
  payload: ok(payload),
  lines: parts.map(({ line }) => line),
  padding: undefined,
});

const refused = <Line>(reason: Fault, parts: readonly LegacyPart<Line>[]): Assembled<Line> => ({
  payload: fail(reason),
  lines: parts.map(({ line }) => line),
  padding: undefined,
});

const isPadded = (codes: Uint8Array): boolean => {
  for (let at = 0; at < codes.length; at += 2) if (codes[at] === 0 && codes[at + 1] === 0) return true;
  return false;
};

/**
 * Frames of up to three codes, the last filled up with 0000, become one list with its count before it, as on CAN.
 * What follows a frame that was not full, or says the same again, was doubled on the way or comes from elsewhere.
 */
const joinCodes = <Line>(parts: readonly LegacyPart<Line>[]): Assembled<Line> => {
  const lists = parts.map(({ data }) => data.subarray(1));
  if (lists.some(({ length }) => length % 2 !== 0)) {
    return refused(broken('length', 'a frame of trouble codes ends within a code'), parts);
  }
  if (lists.slice(0, -1).some((list) => list.length === 0 || isPadded(list))) {
    return refused(broken('after-end', 'a frame of trouble codes after the one that was the last'), parts);
  }
  if (lists.some((list, index) => lists.slice(0, index).some((before) => equalBytes(before, list)))) {
    return refused(broken('repeated', 'a frame of trouble codes came twice'), parts);
  }
  const codes = concatBytes(...lists);
  const count = codes.length / 2;
  if (count > 0xff) return refused(broken('length', `${count} trouble codes in one answer`), parts);
  const [head = 0] = parts[0]?.data ?? [];
  return whole(concatBytes(Uint8Array.of(head, count), codes), parts);
};

/** Service, type, number of the frame from 1 on, four bytes. */
const INFORMATION_FRAME_BYTES = 7;
const INFORMATION_FROM = 3;

/** Bytes of one item; an item count stands before them on CAN. The padding of a VIN is a part of its one item. */
const ITEM_BYTES: ReadonlyMap<number, number> = new Map([
  [INFO_TYPES.vin, 20],
  [INFO_TYPES.calibrationId, 16],
  [INFO_TYPES.cvn, 4],
  [INFO_TYPES.ecuName, 20],
]);

const BITMAP = 0x00;

/** Odd types say in how many frames the next one comes; nothing here asks for them, and they have no number. */
const isFrameCount = (type: number): boolean => type % 2 === 1;

const joinInformation = <Line>(parts: readonly LegacyPart<Line>[]): Assembled<Line> => {
  const [first] = parts;
  const [, type = 0] = first?.data ?? [];
  if (first !== undefined && parts.length === 1 && isFrameCount(type)) return whole(first.data, parts);
  if (parts.some(({ data }) => data.length !== INFORMATION_FRAME_BYTES)) {
    return refused(broken('length', 'a frame of vehicle information has not four bytes of it'), parts);
  }
  const inOrder = parts.every(({ data }, index) => data[1] === type && data[2] === index + 1);
  if (!inOrder) return refused(broken('sequence', 'the frames are not numbered from 1 on'), parts);
  const items = concatBytes(...parts.map(({ data }) => data.subarray(INFORMATION_FROM)));
  const head = Uint8Array.of(INFORMATION, type);
  if (type === BITMAP) return whole(concatBytes(head, items), parts);
  const count = items.length / (ITEM_BYTES.get(type) ?? items.length);
  if (!Number.isInteger(count)) {
    return refused(broken('missing', `${items.length} bytes are no whole number of items`), parts);
  }
  return whole(concatBytes(head, Uint8Array.of(count), items), parts);
};

/** Frames of one answer share this; every other frame is an answer by itself. */
const kindOf = ([head, type]: Uint8Array): string | undefined => {
  if (head === INFORMATION) return `information ${type}`;
  return head !== undefined && TROUBLE_CODE_ANSWERS.has(head) ? `codes ${head}` : undefined;
};

const join = <Line>(parts: readonly LegacyPart<Line>[]): Assembled<Line> => {
  const [head] = parts[0]?.data ?? [];
  if (head === INFORMATION) return joinInformation(parts);
  if (head !== undefined && TROUBLE_CODE_ANSWERS.has(head)) return joinCodes(parts);
  return whole(parts[0]?.data ?? new Uint8Array(0), parts);
};

/**
 * Puts the frames of *one* control unit's reply together, in the order in which they came (SAE J1979, the message
 * formats for other buses than CAN). The payloads are laid out as on CAN, with the count of items that the older buses
 * leave out, so that everything behind this knows one layout.
 *
 * Faults are `malformed`: `legacy.length`, `legacy.sequence`, `legacy.missing`, `legacy.after-end`,
 * `legacy.repeated`.
 */
export const assembleLegacy = <Line>(parts: readonly LegacyPart<Line>[]): readonly Assembled<Line>[] => {
  const answers: LegacyPart<Line>[][] = [];
  let last: string | undefined;
  for (const part of parts) {
    const kind = kindOf(part.data);
    if (kind !== undefined && kind === last) answers.at(-1)?.push(part);
    else answers.push([part]);
    last = kind;
  }
  return answers.map(join);
};

const CODES_PER_FRAME = 3;

const chunks = (bytes: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

const padded = (bytes: Uint8Array, length: number, from: 'before' | 'after'): Uint8Array => {
  const out = new Uint8Array(Math.max(length, bytes.length));
  out.set(bytes, from === 'before' ? out.length - bytes.length : 0);
  return out;
};

/**
 * The exact inverse, for simulators: the data of the frames that carry a payload laid out as on CAN. Throws a
 * RangeError for an answer that does not fit into one frame and has no rule for several.
 */
export const segmentLegacy = (payload: Uint8Array): readonly Uint8Array[] => {
  const [head = 0, type = 0] = payload;
  if (TROUBLE_CODE_ANSWERS.has(head)) {
    const codes = payload.subarray(2);
    const length = Math.max(1, Math.ceil(codes.length / 2 / CODES_PER_FRAME)) * CODES_PER_FRAME * 2;
    const frames = chunks(padded(codes, length, 'after'), CODES_PER_FRAME * 2);
    return frames.map((frame) => concatBytes(Uint8Array.of(head), frame));
  }
  if (head === INFORMATION && !isFrameCount(type)) {
    const items = payload.subarray(type === BITMAP ? 2 : INFORMATION_FROM);
    const whole4 = padded(items, Math.ceil(items.length / 4) * 4, 'before');
    return chunks(whole4, 4).map((four, i) => concatBytes(Uint8Array.of(head, type, i + 1), four));
  }
  if (payload.length > INFORMATION_FRAME_BYTES) {
    throw new RangeError(`an answer of ${payload.length} bytes does not fit into one frame`);
  }
  return [payload];
};
