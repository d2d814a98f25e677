import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** What the receiver of a long message tells its sender (ISO 15765-2, 9.6.5). */
export interface FlowControl {
  readonly status: 'continue' | 'wait' | 'overflow';
  /** Consecutive frames until the next flow control; 0 for all that are left. */
  readonly blockSize: number;
  /** Least time between two consecutive frames, µs. */
  readonly separationUs: number;
}

const STATUSES = ['continue', 'wait', 'overflow'] as const;

/** What the byte `STmin` says: 00 to 7F are milliseconds, F1 to F9 tenths of one; reserved values mean the longest. */
const separationUs = (byte: number): number => {
  if (byte <= 0x7f) return byte * 1_000;
  return byte >= 0xf1 && byte <= 0xf9 ? (byte - 0xf0) * 100 : 127_000;
};

const separationByte = (us: number): number => {
  if (us % 1_000 === 0 && us >= 0 && us <= 127_000) return us / 1_000;
  if (us % 100 === 0 && us > 0 && us < 1_000) return 0xf0 + us / 100;
  throw new RangeError(`${us} µs is no separation time: 0 to 127 ms, or 100 to 900 µs`);
};

/** Whether the frame is meant as a flow control at all, by its first half byte. */
export const isFlowControl = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) >> 4 === 3;

/** Reads a frame's bytes. Faults are `malformed`: `isotp.flow-length`, `isotp.flow-status`. */
export const decodeFlowControl = (bytes: Uint8Array): Result<FlowControl> => {
  const [head = 0, blockSize, stMin] = bytes;
  if (blockSize === undefined || stMin === undefined || head >> 4 !== 3) {
    const words = `a flow control has three bytes, not ${bytes.length}`;
    return fail(fault('malformed', 'isotp.flow-length', 'flow control', words));
  }
  const status = STATUSES[head & 0x0f];
  if (status !== undefined) return ok({ status, blockSize, separationUs: separationUs(stMin) });
  return fail(fault('malformed', 'isotp.flow-status', 'flow control', `status ${head & 0x0f} is reserved`));
};

/** The exact inverse, filled up to eight bytes with `padding`. Throws a RangeError for what no byte can say. */
export const encodeFlowControl = (flow: FlowControl, padding: number | undefined): Uint8Array => {
  const { status, blockSize } = flow;
  if (!Number.isInteger(blockSize) || blockSize < 0 || blockSize > 0xff) {
    throw new RangeError(`a block has 0 to 255 frames, not ${blockSize}`);
  }
  const bytes = new Uint8Array(padding === undefined ? 3 : 8).fill(padding ?? 0);
  bytes.set([0x30 | STATUSES.indexOf(status), blockSize, separationByte(flow.separationUs)]);
  return bytes;
};
