import { asciiBytes } from '@outpost/schemas/words';
import { counted, type DongleModel, type DongleState, type Output, QUEUE_MAX } from './state.ts';
import { codec, type Event, withLinefeeds } from './wire.ts';

/** Start bit, eight bits, stop bit. */
const BITS_PER_BYTE = 10;

/**
 * Queues bytes to leave at a moment, or after those before them: the serial line carries one byte after the other.
 * Beyond the queue's limit they are lost and counted.
 */
export const print = (
  model: DongleModel,
  state: DongleState,
  what: Output['what'],
  bytes: Uint8Array,
  atMs: number,
): DongleState => {
  if (state.queue.length >= QUEUE_MAX) return counted(state, { bytesLost: bytes.length });
  const shown = state.settings.linefeeds ? withLinefeeds(bytes) : bytes;
  const wireMs = (shown.length * BITS_PER_BYTE * 1_000) / model.profile.baud;
  // A line is handed over when its last byte has left.
  const leavesMs = Math.max(atMs, state.freeAtMs) + wireMs;
  const queue = [...state.queue, { atMs: leavesMs, bytes: shown, what }];
  return { ...state, queue, freeAtMs: leavesMs };
};

export const printEvent = (model: DongleModel, state: DongleState, event: Event, atMs: number): DongleState =>
  print(model, state, 'line', codec.event.encode(event), atMs);

/** `SEARCHING...` stays open until something is found: its carriage return belongs to what follows. */
export const printOpen = (model: DongleModel, state: DongleState, event: Event, atMs: number): DongleState =>
  print(model, state, 'line', codec.event.encode(event).subarray(0, -1), atMs);

export const printPrompt = (model: DongleModel, state: DongleState, atMs: number): DongleState =>
  print(model, state, 'prompt', codec.event.encode({ kind: 'prompt' }), atMs);

/** Empty lines, as before the banner after a reset. */
export const printReturns = (
  model: DongleModel,
  state: DongleState,
  count: number,
  atMs: number,
): DongleState => print(model, state, 'line', asciiBytes('\r'.repeat(count)), atMs);
