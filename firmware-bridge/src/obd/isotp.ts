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

const FRAME_BYTES = 8;
const SINGLE_MAX_BYTES = 7;
const FIRST_BYTES = 6;
const CONSECUTIVE_BYTES = 7;

const broken = (code: string, words: string): Fault => fault('malformed', `isotp.${code}`, 'answer', words);

interface Open<Line> {
  readonly length: number;
  readonly parts: Uint8Array[];
  readonly lines: Line[];
  bytes: number;
  next: number;
}

/** A last frame ends with its last byte or is filled up; anything between has lost or gained bytes on the way. */
const fits = (bytes: Uint8Array, used: number): boolean =>
  bytes.length === used || (bytes.length === FRAME_BYTES && used < FRAME_BYTES);

const paddingOf = (bytes: Uint8Array, used: number): Padding | undefined => {
  if (used === FRAME_BYTES) return undefined;
  return bytes.length === used ? 'exact' : 'padded';
};

const single = <Line>({ bytes, line }: Segment<Line>): Assembled<Line> => {
  const length = (bytes[0] ?? 0) & 0x0f;
  if (length >= 1 && length <= SINGLE_MAX_BYTES && fits(bytes, 1 + length)) {
    const payload = ok(bytes.subarray(1, 1 + length));
    return { payload, lines: [line], padding: paddingOf(bytes, 1 + length) };
  }
  const words = `a single frame announces ${length} bytes and carries ${bytes.length - 1}`;
  return { payload: fail(broken('length', words)), lines: [line], padding: undefined };
};

const first = (bytes: Uint8Array): Result<number> => {
  const length = (((bytes[0] ?? 0) & 0x0f) << 8) | (bytes[1] ?? 0);
  if (bytes.length === FRAME_BYTES && length > SINGLE_MAX_BYTES) return ok(length);
  return fail(broken('length', `a first frame of ${bytes.length} bytes announces ${length}`));
};

/**
 * Puts the segments of *one* control unit's reply together (ISO 15765-2), in the order in which they came: what is
 * signed must not depend on a guess about order. A broken sequence takes every line from its first frame on with it,
 * because nothing says which of them to believe.
 *
 * Faults are `malformed`: `isotp.length`, `isotp.kind` (flow control or reserved), `isotp.no-first`,
 * `isotp.second-first`, `isotp.sequence`, `isotp.missing`, `isotp.overrun`.
 */
export const assemble = <Line>(segments: readonly Segment<Line>[]): readonly Assembled<Line>[] => {
  const answers: Assembled<Line>[] = [];
  let open: Open<Line> | undefined;

  /** Everything of this reply that is not yet an answer is broken, and what follows can no longer be told apart. */
  const giveUp = (reason: Fault, from: number): readonly Assembled<Line>[] => {
    const lines = [...(open?.lines ?? []), ...segments.slice(from).map(({ line }) => line)];
    return [...answers, { payload: fail(reason), lines, padding: undefined }];
  };

  for (const [index, { bytes, line }] of segments.entries()) {
    const kind = (bytes[0] ?? 0) >> 4;
    if (kind === 2) {
      if (open === undefined) {
        const after = answers.length > 0 ? 'overrun' : 'no-first';
        return giveUp(broken(after, 'a consecutive frame that belongs to no first frame'), index);
      }
      const reason = extend(open, bytes);
      if (reason !== undefined) return giveUp(reason, index);
      open.lines.push(line);
      if (open.bytes < open.length) continue;
      const padding = paddingOf(bytes, 1 + (open.parts.at(-1)?.length ?? 0));
      answers.push({ payload: ok(concatBytes(...open.parts)), lines: open.lines, padding });
      open = undefined;
    } else if (open !== undefined) {
      return giveUp(broken('second-first', 'another answer begins before this one is complete'), index);
    } else if (kind === 0) {
      answers.push(single({ bytes, line }));
    } else if (kind === 1) {
      const length = first(bytes);
      if (!length.ok) return giveUp(length.fault, index);
      open = { length: length.value, parts: [bytes.subarray(2)], lines: [line], bytes: FIRST_BYTES, next: 1 };
    } else {
      return giveUp(broken('kind', `a frame of kind ${kind} is no part of an answer`), index);
    }
  }
  if (open === undefined) return answers;
  return giveUp(broken('missing', `${open.bytes} of ${open.length} bytes came`), segments.length);
};

const extend = <Line>(open: Open<Line>, bytes: Uint8Array): Fault | undefined => {
  const number = (bytes[0] ?? 0) & 0x0f;
  if (number !== open.next) {
    return broken('sequence', `consecutive frame ${number} came where ${open.next} was due`);
  }
  const wanted = Math.min(CONSECUTIVE_BYTES, open.length - open.bytes);
  if (!fits(bytes, 1 + wanted)) {
    return broken('length', `a consecutive frame carries ${bytes.length - 1} of ${wanted} bytes`);
  }
  open.parts.push(bytes.subarray(1, 1 + wanted));
  open.bytes += wanted;
  open.next = (open.next + 1) % 16;
  return undefined;
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
