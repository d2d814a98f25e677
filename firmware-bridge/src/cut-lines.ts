import { concatBytes } from '@outpost/schemas/words';
import type { Cut } from './wire.ts';

/** Whether the byte at `at` is the last of the line that began at `from`. */
export type LineEnd = (bytes: Uint8Array, from: number, at: number) => boolean;

const NOTHING = new Uint8Array(0);

/**
 * Cuts a byte stream into lines, each with the byte that ends it.
 *
 * A line longer than `tailMaxBytes` keeps its first `tailMaxBytes` bytes; what follows is discarded and counted
 * up to the end of that line, so that the rest of an overlong line can never pass for a line of its own. The tail
 * needs no other memory for this: a tail of exactly `tailMaxBytes` bytes says that the line is overlong.
 */
export const lineCutter =
  (tailMaxBytes: number, ends: LineEnd) =>
  (tail: Uint8Array, chunk: Uint8Array): Cut => {
    const bytes = tail.length === 0 ? chunk : concatBytes(tail, chunk);
    const frames: Uint8Array[] = [];
    let discardedBytes = 0;
    let from = 0;
    for (let at = tail.length; at < bytes.length; at += 1) {
      if (!ends(bytes, from, at)) continue;
      const kept = Math.min(at, from + tailMaxBytes);
      discardedBytes += at - kept;
      frames.push(
        kept === at
          ? bytes.slice(from, at + 1)
          : concatBytes(bytes.subarray(from, kept), bytes.subarray(at, at + 1)),
      );
      from = at + 1;
    }
    const end = Math.min(bytes.length, from + tailMaxBytes);
    discardedBytes += bytes.length - end;
    return { frames, tail: from === end ? NOTHING : bytes.slice(from, end), discardedBytes };
  };
