import type { Cut } from '../wire.ts';

const START_SYSEX = 0xf0;
const END_SYSEX = 0xf7;

/** StandardFirmata collects at most 64 B of a message that it is sent; what it sends (a pin map) may be longer. */
export const FRAME_MAX_BYTES = 1_024;

/** How long the message is that begins with this byte (Firmata protocol 2.x); 0: none that a board sends begins so. */
const lengthOf = (status: number): number => {
  const kind = status & 0xf0;
  if (kind === 0xe0 || kind === 0x90 || status === 0xf9) return 3;
  return 0;
};

/** Where the frame ends that begins at `from`; -1: not here yet; -2: no frame begins here. */
const endOf = (bytes: Uint8Array, from: number): number => {
  const status = bytes[from] ?? 0;
  const isSysex = status === START_SYSEX;
  const length = isSysex ? FRAME_MAX_BYTES : lengthOf(status);
  for (let at = from + 1; at < from + length; at++) {
    const byte = bytes[at];
    if (byte === undefined) return -1;
    if (isSysex && byte === END_SYSEX) return at + 1;
    // Only 7 bits of each byte between the marks are used, so that a set top bit means that bytes were lost.
    if (byte > 0x7f) return -2;
  }
  return length === 0 || isSysex ? -2 : from + length;
};

/** Cuts what a Firmata board sends into whole messages: analog, digital, version and system-exclusive ones. */
export const cutFirmata = (tail: Uint8Array, chunk: Uint8Array): Cut => {
  const bytes = new Uint8Array(tail.length + chunk.length);
  bytes.set(tail);
  bytes.set(chunk, tail.length);
  const frames: Uint8Array[] = [];
  let discardedBytes = 0;
  let at = 0;
  while (at < bytes.length) {
    const end = endOf(bytes, at);
    if (end === -1) break;
    if (end === -2) {
      discardedBytes += 1;
      at += 1;
    } else {
      frames.push(bytes.slice(at, end));
      at = end;
    }
  }
  return { frames, tail: bytes.slice(at), discardedBytes };
};
