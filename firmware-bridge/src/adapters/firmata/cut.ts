import type { Cut } from '../../wire.ts';

export const SYSEX = 0xf0;
export const SYSEX_END = 0xf7;

/** A pin map of a board with 70 pins of a dozen modes has 1,800 B. A longer message is none. */
export const FRAME_MAX_BYTES = 2_048;

/** How long the message is that begins with this byte; 0 where none begins so. */
export type LengthOf = (status: number) => number;

const NOT_YET = -1;
const NO_FRAME = -2;

/** Where the frame ends that begins at `from`. */
const endOf = (bytes: Uint8Array, from: number, lengthOf: LengthOf): number => {
  const status = bytes[from] ?? 0;
  const isSysex = status === SYSEX;
  const length = isSysex ? FRAME_MAX_BYTES : lengthOf(status);
  for (let at = from + 1; at < from + length; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return NOT_YET;
    if (isSysex && byte === SYSEX_END) return at + 1;
    // Between the marks every byte has 7 bits, so that a set top bit means that bytes were lost.
    if (byte > 0x7f) return NO_FRAME;
  }
  return length === 0 || isSysex ? NO_FRAME : from + length;
};

/** Cuts a direction of Firmata into whole messages; what can belong to none is counted and left out. */
export const cutMessages =
  (lengthOf: LengthOf) =>
  (tail: Uint8Array, chunk: Uint8Array): Cut => {
    const bytes = new Uint8Array(tail.length + chunk.length);
    bytes.set(tail);
    bytes.set(chunk, tail.length);
    const frames: Uint8Array[] = [];
    let discardedBytes = 0;
    let at = 0;
    while (at < bytes.length) {
      const end = endOf(bytes, at, lengthOf);
      if (end === NOT_YET) break;
      if (end === NO_FRAME) {
        discardedBytes += 1;
        at += 1;
      } else {
        frames.push(bytes.slice(at, end));
        at = end;
      }
    }
    return { frames, tail: bytes.slice(at), discardedBytes };
  };
