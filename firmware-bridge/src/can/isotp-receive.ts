import {
  concatBytes,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type MonoNs,
  monoAfterMs,
  ok,
} from '@outpost/schemas/words';
import { type Assembled, ISOTP_MAX_BYTES, type Padding, type Segment } from '../obd/isotp.ts';
import type { FlowControl } from './flow-control.ts';

/** How one side receives. */
export interface ReceiveRules {
  /** Consecutive frames between two flow controls; 0 asks for all of them at once. */
  readonly blockSize: number;
  readonly separationUs: number;
  /** Longer messages are turned away with an overflow; 4,095 at most. */
  readonly bytesMax: number;
  /** N_Cr: how long the next consecutive frame may take. */
  readonly consecutiveTimeoutMs: number;
}

/** A message of several frames under way from one sender. */
export interface Reception<Line> {
  readonly length: number;
  readonly bytes: number;
  readonly parts: readonly Uint8Array[];
  readonly lines: readonly Line[];
  /** Sequence number that is due. */
  readonly next: number;
  /** Frames until the next flow control; undefined where all may come. */
  readonly blockLeft: number | undefined;
  readonly deadline: MonoNs;
}

/** What one frame or the passing of time brought. */
export interface Received<Line> {
  /** Undefined: nothing is under way. */
  readonly reception: Reception<Line> | undefined;
  /** To be sent to this sender at once. */
  readonly flow: FlowControl | undefined;
  /** A whole message, or why the frames up to here are none. */
  readonly assembled: Assembled<Line> | undefined;
}

const FRAME_BYTES = 8;
const SINGLE_MAX_BYTES = 7;
const FIRST_BYTES = 6;
const CONSECUTIVE_BYTES = 7;

const broken = (code: string, words: string): Fault => fault('malformed', `isotp.${code}`, 'answer', words);

const idle = <Line>(assembled: Assembled<Line>, flow?: FlowControl): Received<Line> => ({
  reception: undefined,
  flow,
  assembled,
});

const given = <Line>(lines: readonly Line[], reason: Fault, flow?: FlowControl): Received<Line> =>
  idle({ payload: fail(reason), lines, padding: undefined }, flow);

/** A last frame ends with its last byte or is filled up to eight; anything between lost or gained bytes on the way. */
const fits = (bytes: Uint8Array, used: number): boolean =>
  bytes.length === used || (bytes.length === FRAME_BYTES && used < FRAME_BYTES);

const paddingOf = (bytes: Uint8Array, used: number): Padding | undefined => {
  if (used === FRAME_BYTES) return undefined;
  return bytes.length === used ? 'exact' : 'padded';
};

const single = <Line>({ bytes, line }: Segment<Line>): Received<Line> => {
  const length = (bytes[0] ?? 0) & 0x0f;
  if (length < 1 || length > SINGLE_MAX_BYTES || !fits(bytes, 1 + length)) {
    const words = `a single frame announces ${length} bytes and carries ${Math.max(0, bytes.length - 1)}`;
    return given([line], broken('length', words));
  }
  return idle({
    payload: ok(bytes.subarray(1, 1 + length)),
    lines: [line],
    padding: paddingOf(bytes, 1 + length),
  });
};

const flowOf = (status: FlowControl['status'], rules: ReceiveRules): FlowControl =>
  status === 'overflow'
    ? { status, blockSize: 0, separationUs: 0 }
    : { status, blockSize: rules.blockSize, separationUs: rules.separationUs };

const blockOf = ({ blockSize }: ReceiveRules): number | undefined =>
  blockSize === 0 ? undefined : blockSize;

const first = <Line>({ bytes, line }: Segment<Line>, rules: ReceiveRules, now: MonoNs): Received<Line> => {
  const length = (((bytes[0] ?? 0) & 0x0f) << 8) | (bytes[1] ?? 0);
  const words = `a first frame of ${bytes.length} bytes announces ${length}`;
  if (bytes.length !== FRAME_BYTES) return given([line], broken('length', words));
  // A length of 0 escapes to one of 32 bits, which is only for messages beyond 4,095 bytes.
  const escaped = length === 0 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(2) : length;
  if (escaped > Math.min(rules.bytesMax, ISOTP_MAX_BYTES)) {
    const reason = broken('overflow', `a message of ${escaped} bytes; ${rules.bytesMax} are taken at most`);
    return given([line], reason, flowOf('overflow', rules));
  }
  if (length <= SINGLE_MAX_BYTES) return given([line], broken('length', words));
  return {
    reception: {
      length,
      bytes: FIRST_BYTES,
      parts: [bytes.subarray(2)],
      lines: [line],
      next: 1,
      blockLeft: blockOf(rules),
      deadline: monoAfterMs(now, rules.consecutiveTimeoutMs),
    },
    flow: flowOf('continue', rules),
    assembled: undefined,
  };
};

const consecutive = <Line>(
  reception: Reception<Line>,
  { bytes, line }: Segment<Line>,
  rules: ReceiveRules,
  now: MonoNs,
): Received<Line> => {
  const lines = [...reception.lines, line];
  const number = (bytes[0] ?? 0) & 0x0f;
  if (number !== reception.next) {
    const words = `consecutive frame ${number} came where ${reception.next} was due`;
    return given(lines, broken('sequence', words));
  }
  const wanted = Math.min(CONSECUTIVE_BYTES, reception.length - reception.bytes);
  if (!fits(bytes, 1 + wanted)) {
    const words = `a consecutive frame carries ${bytes.length - 1} of ${wanted} bytes`;
    return given(lines, broken('length', words));
  }
  const parts = [...reception.parts, bytes.subarray(1, 1 + wanted)];
  const total = reception.bytes + wanted;
  if (total === reception.length) {
    return idle({ payload: ok(concatBytes(...parts)), lines, padding: paddingOf(bytes, 1 + wanted) });
  }
  const left = reception.blockLeft === undefined ? undefined : reception.blockLeft - 1;
  return {
    reception: {
      ...reception,
      bytes: total,
      parts,
      lines,
      next: (reception.next + 1) % 16,
      blockLeft: left === 0 ? blockOf(rules) : left,
      deadline: monoAfterMs(now, rules.consecutiveTimeoutMs),
    },
    flow: left === 0 ? flowOf('continue', rules) : undefined,
    assembled: undefined,
  };
};

/**
 * Takes the next frame of *one* sender (ISO 15765-2). Only frames in their order make a message: what is signed must
 * not depend on a guess. The standard lets a new first frame end what is under way and begin anew; here it takes both
 * with it, because nothing says which of the two is damaged.
 *
 * Faults are `malformed`: `isotp.length`, `isotp.kind` (flow control or reserved), `isotp.no-first`,
 * `isotp.second-first`, `isotp.sequence`, `isotp.overflow` (also the 32-bit length).
 */
export const receiveFrame = <Line>(
  reception: Reception<Line> | undefined,
  segment: Segment<Line>,
  rules: ReceiveRules,
  now: MonoNs,
): Received<Line> => {
  const kind = (segment.bytes[0] ?? 0xff) >> 4;
  if (kind === 2 && reception !== undefined) return consecutive(reception, segment, rules, now);
  const lines = [...(reception?.lines ?? []), segment.line];
  if (kind === 2) {
    return given(lines, broken('no-first', 'a consecutive frame that belongs to no first frame'));
  }
  if (kind > 1) return given(lines, broken('kind', `a frame of kind ${kind} is no part of an answer`));
  if (reception !== undefined) {
    return given(lines, broken('second-first', 'another answer begins before this one is complete'));
  }
  return kind === 0 ? single(segment) : first(segment, rules, now);
};

/** Gives a reception up whose next frame did not come in time: `isotp.timeout`. Undefined while it may still come. */
export const receiveOverdue = <Line>(
  reception: Reception<Line>,
  now: MonoNs,
): Assembled<Line> | undefined => {
  if (elapsedMs(now, reception.deadline) > 0) return undefined;
  const { bytes, length, lines } = reception;
  const reason = broken('timeout', `${bytes} of ${length} bytes came, and then nothing more`);
  return { payload: fail(reason), lines, padding: undefined };
};
