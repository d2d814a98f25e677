import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { FlowControl } from './flow-control.ts';
import {
  type Assembled,
  broken,
  extend,
  FRAME_BYTES,
  frameKind,
  given,
  ISOTP_MAX_BYTES,
  type Open,
  type Segment,
} from './isotp.ts';

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

/** A message of several frames under way from one sender, and what it was told. */
export interface Reception<Line> extends Open<Line> {
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

const FIRST_FRAME = 1;

/** Bytes that a first frame announces; a length of 0 escapes to one of 32 bits, which is for more than 4,095. */
const announced = (bytes: Uint8Array): number => {
  const length = (((bytes[0] ?? 0) & 0x0f) << 8) | (bytes[1] ?? 0);
  return length === 0 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(2) : length;
};

/** What is said of a message that is longer than this side takes. */
const overflowOf = <Line>(
  { bytes, line }: Segment<Line>,
  rules: ReceiveRules,
): Received<Line> | undefined => {
  if (frameKind(bytes) !== FIRST_FRAME || bytes.length !== FRAME_BYTES) return undefined;
  const length = announced(bytes);
  if (length <= Math.min(rules.bytesMax, ISOTP_MAX_BYTES)) return undefined;
  const reason = broken('overflow', `a message of ${length} bytes; ${rules.bytesMax} are taken at most`);
  const flow = { status: 'overflow', blockSize: 0, separationUs: 0 } as const;
  return { reception: undefined, flow, assembled: given([line], reason) };
};

/**
 * Takes the next frame of *one* sender as `extend` does, and says when it may go on. Faults are those of `extend`, and
 * `isotp.overflow` (also for the 32-bit length).
 */
export const receiveFrame = <Line>(
  reception: Reception<Line> | undefined,
  segment: Segment<Line>,
  rules: ReceiveRules,
  now: MonoNs,
): Received<Line> => {
  const overflow = reception === undefined ? overflowOf(segment, rules) : undefined;
  if (overflow !== undefined) return overflow;
  const { open, assembled } = extend(reception, segment);
  if (open === undefined) return { reception: undefined, flow: undefined, assembled };
  const { blockSize, separationUs } = rules;
  const wholeBlock = blockSize === 0 ? undefined : blockSize;
  const left = reception?.blockLeft === undefined ? undefined : reception.blockLeft - 1;
  const isAsked = reception === undefined || left === 0;
  const deadline = monoAfterMs(now, rules.consecutiveTimeoutMs);
  return {
    reception: { ...open, blockLeft: isAsked ? wholeBlock : left, deadline },
    flow: isAsked ? { status: 'continue', blockSize, separationUs } : undefined,
    assembled: undefined,
  };
};

/** Gives a reception up whose next frame did not come in time: `isotp.timeout`. Undefined while it may still come. */
export const receiveOverdue = <Line>(
  reception: Reception<Line>,
  now: MonoNs,
): Assembled<Line> | undefined => {
  if (elapsedMs(now, reception.deadline) > 0) return undefined;
  const { bytes, length, lines } = reception;
  const reason = broken('timeout', `${bytes} of ${length} bytes came, and then nothing more`);
  return given(lines, reason);
};
