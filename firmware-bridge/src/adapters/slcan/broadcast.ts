import { formatFormula, signalById } from '@outpost/schemas/vehicle';
import { type MappedValue, messageKey, readMapped } from '@outpost/schemas/vehicle/dbc';
import { asciiBytes, concatBytes, elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { NO_TRANSPORT } from '../../obd/j1939-transport.ts';
import { settle } from '../../obd/turn.ts';
import { FORMULA_MARK } from './formula-line.ts';
import { expireMessages, j1939Overheard } from './j1939-broadcast.ts';
import { dropOverheard } from './link.ts';
import type { Broadcast, Heard } from './state.ts';
import { after, type Turn } from './turn.ts';

/** A bus that says nothing for so long is looked for again: the car sleeps, or the adapter lost its settings. */
const SILENCE_MS = 30_000;

export const startBroadcast = (turn: Turn): void => {
  turn.phase = {
    kind: 'broadcast',
    heardAt: turn.now,
    due: new Map(),
    spoken: new Map(),
    transport: NO_TRANSPORT,
  };
};

const isDue = (turn: Turn, due: MonoNs | undefined): boolean =>
  due === undefined || elapsedMs(turn.now, due) <= 0;

/** The frame's line as it came, and the line that says by which formula it means what. */
const rawOf = (heard: Heard, { formula, quantity }: MappedValue): Uint8Array => {
  const name = signalById(quantity.signal)?.name ?? '';
  return concatBytes(heard.raw, asciiBytes(`\r${FORMULA_MARK}${formatFormula(formula)} ${name}`));
};

const sayValues = (
  turn: Turn,
  phase: Broadcast,
  heard: Heard,
  values: readonly MappedValue[],
  ecu: number,
): void => {
  const due = new Map(phase.due);
  for (const value of values) {
    const { signal, mantissa } = value.quantity;
    const everyMs = turn.options.broadcast?.everyMs ?? signalById(signal)?.defaultIntervalMs ?? 1_000;
    due.set(signal, monoAfterMs(turn.now, everyMs));
    const body = { kind: 'number', signal, mantissa, ecu } as const;
    turn.said.push({ body, raw: rawOf(heard, value), origin: turn.car.origin });
  }
  turn.phase = { ...phase, heardAt: turn.now, due };
  settle(turn, [heard], () => ({ kind: 'observed' }));
};

/**
 * Takes one frame of the bus. A signal is said no more often than its pace: what comes in between is dropped, counted
 * as `paced`.
 */
export const broadcastOverheard = (turn: Turn, phase: Broadcast, heard: Heard): void => {
  const { event } = heard;
  if (event?.kind !== 'frame') {
    dropOverheard(turn, heard);
    return;
  }
  const { id, extended, rtr, data } = event.frame;
  turn.phase = { ...phase, heardAt: turn.now };
  const drop = (reason: string): void => settle(turn, [heard], () => ({ kind: 'dropped', reason }));
  const message = rtr ? undefined : turn.options.broadcast?.messages.get(messageKey(id, extended));
  if (message === undefined) {
    if (turn.options.broadcast?.j1939 !== true || !extended || rtr) drop('not-mapped');
    else turn.phase = j1939Overheard(turn, { ...phase, heardAt: turn.now }, heard, event.frame);
    return;
  }
  const read = readMapped(message, data);
  if (!read.ok) {
    settle(turn, [heard], () => ({ kind: 'quarantined', fault: read.fault, raw: heard.raw }));
    return;
  }
  const values = read.value.values.filter(({ quantity }) => isDue(turn, phase.due.get(quantity.signal)));
  if (values.length > 0) sayValues(turn, phase, heard, values, id);
  else if (read.value.values.length > 0) drop('paced');
  else drop(read.value.withoutValue > 0 ? 'no-value' : 'not-mapped');
};

/** Waits for frames; true where none came for long. */
export const broadcastNext = (turn: Turn, phase: Broadcast): boolean => {
  const until = monoAfterMs(phase.heardAt, SILENCE_MS);
  if (elapsedMs(turn.now, until) <= 0) {
    turn.phase = expireMessages(turn, phase);
    return true;
  }
  turn.wakeAt = until;
  return false;
};

/** How long to wait before a bus on which nothing was heard is listened to again. */
const QUIET_MS = 10_000;

export const startQuiet = (turn: Turn): void => {
  turn.phase = { kind: 'quiet', until: after(turn, QUIET_MS) };
};
