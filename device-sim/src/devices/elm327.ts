import { concatBytes } from '@outpost/schemas/words';
import { carAt } from '../car/car.ts';
import { begin } from './elm327/begin.ts';
import { hearBroadcast, monitorDueMs } from './elm327/monitor.ts';
import { obey } from './elm327/obey.ts';
import { applyOrder, type Order } from './elm327/order.ts';
import { print, printEvent, printPrompt } from './elm327/print.ts';
import { heardAtBaud } from './elm327/serial-line.ts';
import { lineBaudAt, spoil } from './elm327/spoil.ts';
import { counted, type DongleModel, type DongleState, LINE_TIMEOUT_MS } from './elm327/state.ts';
import { wakeUp, watch, watchDueMs } from './elm327/watch.ts';
import { type Command, codec, type Event, type Trouble } from './elm327/wire.ts';
import { inForce } from './faults.ts';

export type { Order } from './elm327/order.ts';
export { type DongleModel, type DongleState, newDongle } from './elm327/state.ts';

export type DongleInput =
  /** Bytes of commands, cut anywhere. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Time passed. */
  | { readonly kind: 'time' }
  /** The program at the other end went away; the dongle keeps its power and its settings. */
  | { readonly kind: 'hung-up' }
  /** The rate at the other end of the serial line, where somebody knows it. */
  | { readonly kind: 'line-rate'; readonly baud: number }
  /** Somebody at the control socket wants something. */
  | { readonly kind: 'order'; readonly order: Order };

export interface DongleStep {
  readonly state: DongleState;
  /** What left the dongle up to now. */
  readonly bytes: Uint8Array;
  /** When to step again although nothing came; undefined where nothing is due. */
  readonly wakeAtMs: number | undefined;
}

const NOTHING = new Uint8Array(0);

/** Until when the dongle is out of its socket; undefined while it is in it. */
export const unpluggedUntilMs = ({ script }: DongleState, nowMs: number): number | undefined => {
  const entry = inForce(script, 'unplug', nowMs);
  return entry === undefined ? undefined : entry.atMs + entry.forMs;
};

const troubleEvent = (trouble: Trouble): Event => ({ kind: 'trouble', trouble, groups: [] });

/** What was under way is through. */
const finish = (state: DongleState, atMs: number): DongleState => {
  const { busy, settings } = state;
  const idle: DongleState = { ...state, busy: undefined };
  if (busy?.kind === 'request') {
    const { found, awake, rhythmMs, answeredAtMs } = busy.after;
    return { ...idle, settings: { ...settings, found, awake }, rhythmMs, answeredAtMs };
  }
  // Nobody answered at the new rate.
  return busy?.kind === 'baud-trial' ? printPrompt({ ...idle, baud: busy.before }, atMs) : idle;
};

const busyUntilMs = ({ busy }: DongleState): number =>
  busy !== undefined && 'untilMs' in busy ? busy.untilMs : Number.POSITIVE_INFINITY;

const lineEndsMs = ({ line, lineSinceMs, nudged }: DongleState): number =>
  line.length > 0 || nudged ? lineSinceMs + LINE_TIMEOUT_MS : Number.POSITIVE_INFINITY;

interface Due {
  readonly atMs: number;
  readonly what: 'fault' | 'output' | 'finish' | 'line' | 'watch' | 'broadcast';
}

/** What happens next by itself. Of two at one moment the earlier kind in this list comes first. */
const nextDue = (model: DongleModel, state: DongleState): Due => {
  const faultMs = state.script[state.tally.faults]?.atMs ?? Number.POSITIVE_INFINITY;
  let due: Due = { atMs: faultMs, what: 'fault' };
  const consider = (atMs: number, what: Due['what']): void => {
    if (atMs < due.atMs) due = { atMs, what };
  };
  consider(state.queue[0]?.atMs ?? Number.POSITIVE_INFINITY, 'output');
  consider(busyUntilMs(state), 'finish');
  consider(lineEndsMs(state), 'line');
  consider(watchDueMs(model, state), 'watch');
  consider(monitorDueMs(state), 'broadcast');
  return due;
};

/** Everything that is due up to `toMs`, in its order. */
const pass = (
  model: DongleModel,
  from: DongleState,
  toMs: number,
): { state: DongleState; bytes: Uint8Array } => {
  const sent: Uint8Array[] = [];
  let state = from;
  for (let due = nextDue(model, state); due.atMs <= toMs; due = nextDue(model, state)) {
    const [output, ...queue] = state.queue;
    if (due.what === 'fault') state = begin(model, state, state.script[state.tally.faults]!);
    else if (due.what === 'finish') state = finish(state, due.atMs);
    else if (due.what === 'line') state = giveUpLine(state, due.atMs);
    else if (due.what === 'watch') state = watch(model, state, due.atMs);
    else if (due.what === 'broadcast') state = hearBroadcast(model, state, due.atMs);
    else if (output !== undefined) {
      const bytes = spoil(model, state, output);
      sent.push(bytes);
      state = counted({ ...state, queue }, { bytesOut: output.bytes.length });
    }
  }
  const nowMs = Math.max(state.nowMs, toMs);
  const car = carAt(state.carModel, state.car, nowMs * model.speedUp);
  const idle = watchDueMs(model, state) === Number.POSITIVE_INFINITY;
  const watched = idle ? { atMs: nowMs, ignition: car.ignition } : state.watched;
  return { state: { ...state, nowMs, car, watched }, bytes: concatBytes(...sent) };
};

const giveUpLine = (state: DongleState, atMs: number): DongleState => {
  const empty = counted({ ...state, line: NOTHING, nudged: false }, { bytesLost: state.line.length });
  return printPrompt(printEvent(empty, troubleEvent('unknown-command'), atMs), atMs);
};

const CR = 0x0d;

/** A byte that comes while the chip is at work stops it and is itself lost (ELM327 data sheet). */
const interrupt = (state: DongleState, byte: number): DongleState => {
  const { busy, nowMs } = state;
  const lost = counted(state, { bytesLost: 1 });
  if (busy?.kind === 'reset' || busy?.kind === 'locked-up') return lost;
  if (busy?.kind === 'asleep') return state.memory.sleep.uartWakes ? wakeUp(state, 'UART') : lost;
  if (busy?.kind === 'baud-trial') {
    if (byte !== CR) return lost;
    return printPrompt(printEvent({ ...state, busy: undefined }, { kind: 'ok' }, nowMs), nowMs);
  }
  const quiet: DongleState = { ...state, busy: undefined, queue: [], freeAtMs: nowMs };
  return counted(printPrompt(printEvent(quiet, troubleEvent('stopped'), nowMs), nowMs), { stopped: 1 });
};

/** A nudge with nothing to interrupt is a letter like any other: it spoils the command that follows. */
const withNudge = (command: Command, nudged: boolean): Command =>
  nudged ? { kind: 'other', text: 'Y' } : command;

const take = (model: DongleModel, state: DongleState, byte: number): DongleState => {
  if (state.busy !== undefined) return interrupt(state, byte);
  const echoed = state.settings.echo ? print(state, 'echo', Uint8Array.of(byte), state.nowMs) : state;
  const { frames, tail, discardedBytes } = codec.command.cut(state.line, Uint8Array.of(byte));
  const lineSinceMs = state.line.length === 0 && !state.nudged ? state.nowMs : state.lineSinceMs;
  let next = counted({ ...echoed, line: tail, lineSinceMs }, { bytesLost: discardedBytes });
  for (const frame of frames) {
    for (const { result } of codec.command.decode(frame)) {
      const command: Command = result.ok ? result.value : { kind: 'other', text: '' };
      if (command.kind === 'nudge') {
        next = { ...next, nudged: true };
      } else {
        const counts = counted({ ...next, nudged: false }, { commands: 1 });
        next = obey(model, counts, withNudge(command, next.nudged), frame.length);
      }
    }
  }
  return next;
};

const hear = (model: DongleModel, before: DongleState, sent: Uint8Array): DongleState => {
  const { nowMs, baud } = before;
  const lineBaud = lineBaudAt(before, nowMs);
  const bytes = lineBaud === undefined ? sent : heardAtBaud(sent, lineBaud, baud);
  let state = counted({ ...before, sleep: { ...before.sleep, heardAtMs: nowMs } }, { bytesIn: bytes.length });
  for (const byte of bytes) state = take(model, state, byte);
  return state;
};

const takeInput = (model: DongleModel, state: DongleState, input: DongleInput): DongleState => {
  switch (input.kind) {
    case 'time':
      return state;
    case 'hung-up': {
      // A dongle that sleeps or is dead does not notice who is at the other end.
      const deaf = state.busy?.kind === 'asleep' || state.busy?.kind === 'locked-up';
      const busy = deaf ? state.busy : undefined;
      return { ...state, queue: [], line: NOTHING, nudged: false, busy, freeAtMs: state.nowMs };
    }
    case 'line-rate':
      return state;
    case 'order':
      return applyOrder(counted(state, { orders: 1 }), input.order);
    case 'bytes':
      return unpluggedUntilMs(state, state.nowMs) === undefined ? hear(model, state, input.bytes) : state;
  }
};

/**
 * One step of the simulated dongle: time passes up to `nowMs` (since the simulation began, never backwards), then
 * the input is taken. Pure: the same inputs at the same times give the same bytes, however the bytes are cut.
 */
export const stepDongle = (
  model: DongleModel,
  before: DongleState,
  input: DongleInput,
  nowMs: number,
): DongleStep => {
  // A rate is asked for just before something is said: what is due now is heard with it.
  const known = input.kind === 'line-rate' ? { ...before, lineBaud: input.baud } : before;
  const { state: now, bytes: due } = pass(model, known, nowMs);
  const after = pass(model, takeInput(model, now, input), nowMs);
  const plugsInMs = unpluggedUntilMs(after.state, nowMs) ?? Number.POSITIVE_INFINITY;
  const wakeAtMs = Math.min(plugsInMs, nextDue(model, after.state).atMs);
  return {
    state: after.state,
    bytes: concatBytes(due, after.bytes),
    wakeAtMs: Number.isFinite(wakeAtMs) ? wakeAtMs : undefined,
  };
};
