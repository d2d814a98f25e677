import { concatBytes, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** One CAN frame's bytes with whatever identifies the line that it came from. */
export interface Segment<Line> {
  readonly bytes: Uint8Array;
  readonly line: Line;
}

/** One answer of one control unit, or why the segments are none. */
export interface Assembled<Line> {
  readonly payload: Result<Uint8Array>;
  /** The segments' lines, in the order of arrival. */
  readonly lines: readonly Line[];
  /** How the control unit fills its last frame up to eight bytes; undefined where that frame was full. */
  readonly padding: Padding | undefined;
}

/** `padded`: always eight bytes, as ISO 15765-4 asks; `exact`: only the bytes there are. */
export type Padding = 'padded' | 'exact';

/** What the 12 bits of a first frame can say. The 32-bit escape does not occur in what we ask. */
export const ISOTP_MAX_BYTES = 4095;

export const FRAME_BYTES = 8;
const SINGLE_MAX_BYTES = 7;
const FIRST_BYTES = 6;
const CONSECUTIVE_BYTES = 7;

export const broken = (code: string, words: string): Fault =>
  fault('malformed', `isotp.${code}`, 'answer', words);

/** A message of several frames under way from one sender. */
export interface Open<Line> {
  /** Bytes that its first frame announced, and how many of them came. */
  readonly length: number;
  readonly bytes: number;
  readonly parts: readonly Uint8Array[];
  readonly lines: readonly Line[];
  /** Sequence number that is due. */
  readonly next: number;
}

/** What a frame makes of what is under way: it goes on, or it is a whole message or why there is none. */
export type Extended<Line> =
  | { readonly open: Open<Line>; readonly assembled: undefined }
  | { readonly open: undefined; readonly assembled: Assembled<Line> };

export const given = <Line>(lines: readonly Line[], reason: Fault): Assembled<Line> => ({
  payload: fail(reason),
  lines,
  padding: undefined,
});

const refused = <Line>(lines: readonly Line[], code: string, words: string): Extended<Line> => ({
  open: undefined,
  assembled: given(lines, broken(code, words)),
});

/** A last frame ends with its last byte or is filled up; anything between has lost or gained bytes on the way. */
const fits = (bytes: Uint8Array, used: number): boolean =>
  bytes.length === used || (bytes.length === FRAME_BYTES && used < FRAME_BYTES);

const whole = <Line>(
  payload: Uint8Array,
  lines: readonly Line[],
  last: Uint8Array,
  used: number,
): Extended<Line> => {
  const padding = used === FRAME_BYTES ? undefined : last.length === used ? 'exact' : 'padded';
  return { open: undefined, assembled: { payload: ok(payload), lines, padding } };
};

const single = <Line>({ bytes, line }: Segment<Line>): Extended<Line> => {
  const length = (bytes[0] ?? 0) & 0x0f;
  if (length >= 1 && length <= SINGLE_MAX_BYTES && fits(bytes, 1 + length)) {
    return whole(bytes.subarray(1, 1 + length), [line], bytes, 1 + length);
  }
  return refused(
    [line],
    'length',
    `a single frame announces ${length} bytes and carries ${bytes.length - 1}`,
  );
};

const first = <Line>({ bytes, line }: Segment<Line>): Extended<Line> => {
  const length = (((bytes[0] ?? 0) & 0x0f) << 8) | (bytes[1] ?? 0);
  if (bytes.length !== FRAME_BYTES || length <= SINGLE_MAX_BYTES) {
    return refused([line], 'length', `a first frame of ${bytes.length} bytes announces ${length}`);
  }
  const open = { length, bytes: FIRST_BYTES, parts: [bytes.subarray(2)], lines: [line], next: 1 };
  return { open, assembled: undefined };
};

const consecutive = <Line>(open: Open<Line>, { bytes, line }: Segment<Line>): Extended<Line> => {
  const lines = [...open.lines, line];
  const number = (bytes[0] ?? 0) & 0x0f;
  if (number !== open.next) {
    return refused(lines, 'sequence', `consecutive frame ${number} came where ${open.next} was due`);
  }
  const wanted = Math.min(CONSECUTIVE_BYTES, open.length - open.bytes);
  if (!fits(bytes, 1 + wanted)) {
    return refused(lines, 'length', `a consecutive frame carries ${bytes.length - 1} of ${wanted} bytes`);
  }
  const parts = [...open.parts, bytes.subarray(1, 1 + wanted)];
  const total = open.bytes + wanted;
  if (total === open.length) return whole(concatBytes(...parts), lines, bytes, 1 + wanted);
  const next = (open.next + 1) % 16;
  return { open: { length: open.length, bytes: total, parts, lines, next }, assembled: undefined };
};

/** Of a frame without a byte there is none: it is of no known kind. */
export const frameKind = (bytes: Uint8Array): number => (bytes[0] ?? 0xff) >> 4;

/**
 * Takes the next frame of *one* sender (ISO 15765-2). Only frames in their order make a message: what is signed must
 * not depend on a guess. The standard lets a new first frame end what is under way and begin anew; here it takes both
 * with it, because nothing says which of the two is damaged.
 *
 * Faults are `malformed`: `isotp.length`, `isotp.kind` (flow control or reserved), `isotp.no-first`,
 * `isotp.second-first`, `isotp.sequence`.
 */
export const extend = <Line>(open: Open<Line> | undefined, segment: Segment<Line>): Extended<Line> => {
  const kind = frameKind(segment.bytes);
  if (kind === 2 && open !== undefined) return consecutive(open, segment);
  const lines = [...(open?.lines ?? []), segment.line];
  if (kind === 2) return refused(lines, 'no-first', 'a consecutive frame that belongs to no first frame');
  if (kind > 1) return refused(lines, 'kind', `a frame of kind ${kind} is no part of an answer`);
  if (open !== undefined) {
    return refused(lines, 'second-first', 'another answer begins before this one is complete');
  }
  return kind === 0 ? single(segment) : first(segment);
};

/**
 * Puts the segments of *one* control unit's whole reply together, in the order in which they came. A broken sequence
 * takes every line from its first frame on with it, because nothing says which of them to believe.
 *
 * Faults are those of `extend`, and `isotp.missing` and `isotp.overrun`: too few frames, and more than there should be.
 */
export const assemble = <Line>(segments: readonly Segment<Line>[]): readonly Assembled<Line>[] => {
  const answers: Assembled<Line>[] = [];
  let open: Open<Line> | undefined;
  for (const [index, segment] of segments.entries()) {
    const taken = extend(open, segment);
    open = taken.open;
    if (taken.assembled === undefined) continue;
    const { payload, lines } = taken.assembled;
    if (payload.ok) {
      answers.push(taken.assembled);
      continue;
    }
    // What follows can no longer be told apart.
    const rest = segments.slice(index + 1).map(({ line }) => line);
    const isOverrun = payload.fault.code === 'isotp.no-first' && answers.length > 0;
    const reason = isOverrun ? broken('overrun', payload.fault.words) : payload.fault;
    return [...answers, given([...lines, ...rest], reason)];
  }
  if (open === undefined) return answers;
  const words = `${open.bytes} of ${open.length} bytes came`;
  return [...answers, given(open.lines, broken('missing', words))];
};

/**
 * The exact inverse: the frames that carry a payload of 1 to 4095 bytes, each padded to eight bytes with `padding`
 * (00, 55, AA or CC, as control units do), or not padded where it is undefined. Throws a RangeError for another length.
 */
export const segment = (payload: Uint8Array, padding?: number): readonly Uint8Array[] => {
  if (payload.length === 0 || payload.length > ISOTP_MAX_BYTES) {
    throw new RangeError(`an ISO-TP payload has 1 to ${ISOTP_MAX_BYTES} bytes, not ${payload.length}`);
  }
  const pad = (bytes: Uint8Array): Uint8Array =>
    padding === undefined
      ? bytes
      : concatBytes(bytes, new Uint8Array(FRAME_BYTES - bytes.length).fill(padding));
  if (payload.length <= SINGLE_MAX_BYTES) return [pad(concatBytes(Uint8Array.of(payload.length), payload))];
  const head = Uint8Array.of(0x10 | (payload.length >> 8), payload.length & 0xff);
  const frames = [concatBytes(head, payload.subarray(0, FIRST_BYTES))];
  for (let at = FIRST_BYTES, number = 1; at < payload.length; at += CONSECUTIVE_BYTES, number += 1) {
    const part = payload.subarray(at, at + CONSECUTIVE_BYTES);
    frames.push(pad(concatBytes(Uint8Array.of(0x20 | (number % 16)), part)));
  }
  return frames;
};
