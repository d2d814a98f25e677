import { asciiBytes } from '@outpost/schemas/words';
import { counted, type DongleState, type Output, QUEUE_MAX } from './state.ts';
import { codec, type Event, withLinefeeds } from './wire.ts';

/** Start bit, eight bits, stop bit. */
const BITS_PER_BYTE = 10;

/** How long bytes take on the serial line. */
export const wireMs = (bytes: number, baud: number): number => (bytes * BITS_PER_BYTE * 1_000) / baud;

/**
 * Queues bytes to leave at a moment, or after those before them: the serial line carries one byte after the other.
 * Beyond the queue's limit they are lost and counted.
 */
export const print = (
  state: DongleState,
  what: Output['what'],
  bytes: Uint8Array,
  atMs: number,
): DongleState => {
  if (state.queue.length >= QUEUE_MAX) return counted(state, { bytesLost: bytes.length });
  const { baud } = state;
  const shown = state.settings.linefeeds ? withLinefeeds(bytes) : bytes;
  // A line is handed over when its last byte has left.
  const leavesMs = Math.max(atMs, state.freeAtMs) + wireMs(shown.length, baud);
  const queue = [...state.queue, { atMs: leavesMs, bytes: shown, what, baud }];
  return { ...state, queue, freeAtMs: leavesMs };
};

export const printEvent = (state: DongleState, event: Event, atMs: number): DongleState =>
  print(state, 'line', codec.event.encode(event), atMs);

/** `SEARCHING...` stays open until something is found: its carriage return belongs to what follows. */
export const printOpen = (state: DongleState, event: Event, atMs: number): DongleState =>
  print(state, 'line', codec.event.encode(event).subarray(0, -1), atMs);

/** `bare`: without the empty line before it, as a chip prints that glues. */
export const printPrompt = (state: DongleState, atMs: number, bare = false): DongleState =>
  print(state, 'prompt', codec.event.encode({ kind: 'prompt' }).subarray(bare ? 1 : 0), atMs);

/** Empty lines, as before the banner after a reset. */
export const printReturns = (state: DongleState, count: number, atMs: number): DongleState =>
  print(state, 'line', asciiBytes('\r'.repeat(count)), atMs);
