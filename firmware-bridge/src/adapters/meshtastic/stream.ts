import { concatBytes } from '@outpost/schemas/words';
import type { Cut } from '../../wire.ts';
import { type Leaf, type MessageSchema, type Scan, scanMessage } from './protobuf.ts';

const START = 0x94;
const SECOND = 0xc3;
const HEAD_BYTES = 4;
/** A longer length is none (Meshtastic's client API, “streaming version”). */
export const MESSAGE_MAX_BYTES = 512;
const FRAME_MAX_BYTES = HEAD_BYTES + MESSAGE_MAX_BYTES;
/** A frame, and another that may begin in its last bytes. */
export const TAIL_MAX_BYTES: number = 2 * FRAME_MAX_BYTES;

const NOTHING = new Uint8Array(0);

type Found =
  | { readonly kind: 'frame'; readonly end: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'none' };

/** Where the message of a frame that begins at `at` ends; undefined where its length is not there or is none. */
const endOf = (bytes: Uint8Array, at: number): number | 'more' | undefined => {
  const [second, high, low] = bytes.subarray(at + 1, at + HEAD_BYTES);
  if (second !== undefined && second !== SECOND) return undefined;
  if (high !== undefined && high > MESSAGE_MAX_BYTES >> 8) return undefined;
  if (high === undefined || low === undefined) return 'more';
  const length = high * 256 + low;
  return length === 0 || length > MESSAGE_MAX_BYTES ? undefined : at + HEAD_BYTES + length;
};

const scanAt = (schema: MessageSchema, bytes: Uint8Array, at: number): { scan: Scan; end: number } => {
  const end = endOf(bytes, at);
  if (end === undefined) return { scan: { kind: 'broken' }, end: at };
  if (end === 'more') return { scan: { kind: 'more' }, end: at };
  return { scan: scanMessage(schema, bytes, at + HEAD_BYTES, end), end };
};

/**
 * Whether a frame was cut off on its way and filled up by what came after it. That makes a message now and then: the cut
 * went through a value, and the end of a later frame is the end that was missing. Then that later frame begins within a
 * value and goes on beyond it. One that somebody put into a message ends within the value it was put into.
 */
const isFilledUp = (
  schema: MessageSchema,
  bytes: Uint8Array,
  leaves: readonly Leaf[],
): 'no' | 'yes' | 'more' => {
  for (const [from, to] of leaves) {
    for (let at = bytes.indexOf(START, from); at >= 0 && at < to; at = bytes.indexOf(START, at + 1)) {
      const inner = scanAt(schema, bytes, at);
      if (inner.end > at && inner.end <= to) continue;
      if (inner.scan.kind === 'more') return 'more';
      if (inner.scan.kind === 'whole') return 'yes';
    }
  }
  return 'no';
};

const frameAt = (schema: MessageSchema, bytes: Uint8Array, at: number): Found => {
  const { scan, end } = scanAt(schema, bytes, at);
  if (scan.kind === 'broken') return { kind: 'none' };
  if (scan.kind === 'more') return { kind: 'more' };
  const filled = isFilledUp(schema, bytes, scan.leaves);
  if (filled === 'no') return { kind: 'frame', end };
  return filled === 'yes' ? { kind: 'none' } : { kind: 'more' };
};

/**
 * Cuts Meshtastic's serial stream: 0x94 0xC3, a length of two bytes, a message. Firmware prints its log between frames
 * and into them, and leaves frames unfinished. So a start is believed only where a message of the schema follows, and
 * given up at the first byte that none can have; then the search goes on right behind that start. What a stranger puts into
 * a message is never a frame: one that is whole wins over all that its values hold.
 */
export const streamCutter =
  (schema: MessageSchema) =>
  (tail: Uint8Array, chunk: Uint8Array): Cut => {
    const bytes = tail.length === 0 ? chunk : concatBytes(tail, chunk);
    const frames: Uint8Array[] = [];
    let discardedBytes = 0;
    let from = 0;
    while (from < bytes.length) {
      const start = bytes.indexOf(START, from);
      const at = start < 0 ? bytes.length : start;
      discardedBytes += at - from;
      from = at;
      if (start < 0) break;
      const found = frameAt(schema, bytes, at);
      if (found.kind === 'more') break;
      if (found.kind === 'frame') {
        frames.push(bytes.slice(at, found.end));
        from = found.end;
      } else {
        discardedBytes += 1;
        from = at + 1;
      }
    }
    return { frames, tail: from === bytes.length ? NOTHING : bytes.slice(from), discardedBytes };
  };

/** The message in a frame, whole by its length; undefined where it is no frame. */
export const messageIn = (schema: MessageSchema, frame: Uint8Array): Uint8Array | undefined => {
  if (frame[0] !== START) return undefined;
  const { scan, end } = scanAt(schema, frame, 0);
  return scan.kind === 'whole' && end === frame.length ? frame.subarray(HEAD_BYTES) : undefined;
};

export const frameOf = (message: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(START, SECOND, message.length >> 8, message.length & 0xff), message);
