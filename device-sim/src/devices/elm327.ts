import { concatBytes } from '@outpost/schemas/words';
import { carAt } from '../car/car.ts';
import { codeAppears } from '../car/codes.ts';
import { obey } from './elm327/obey.ts';
import { print, printEvent, printPrompt } from './elm327/print.ts';
import { spoil } from './elm327/spoil.ts';
import { counted, type DongleModel, type DongleState, LINE_TIMEOUT_MS, powerCycled } from './elm327/state.ts';
import { type Command, codec } from './elm327/wire.ts';
import { type FaultEntry, inForce } from './faults.ts';

export { type DongleModel, type DongleState, newDongle } from './elm327/state.ts';

export type DongleInput =
  /** Bytes of commands, cut anywhere. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Time passed. */
  | { readonly kind: 'time' }
  /** The program at the other end went away; the dongle keeps its power and its settings. */
  | { readonly kind: 'hung-up' };

export interface DongleStep {
  readonly state: DongleState;
  /** What left the dongle up to now. */
  readonly bytes: Uint8Array;
  /** When to step again although nothing came; undefined where nothing is due. */
  readonly wakeAtMs: number | undefined;
}

const NOTHING = new Uint8Array(0);

/** Until when the dongle is out of its socket; undefined while it is in it. */
export const unpluggedUntilMs = ({ faults }: DongleModel, nowMs: number): number | undefined => {
  const entry = inForce(faults, 'unplug', nowMs);
  return entry === undefined ? undefined : entry.atMs + entry.forMs;
};

const begin = (model: DongleModel, state: DongleState, entry: FaultEntry): DongleState => {
  const next = counted(state, { faults: 1 });
  if (entry.what === 'unplug') return powerCycled(next);
  if (entry.what === 'dtc-appears') {
    const car = carAt(model.car, next.car, entry.atMs * model.speedUp);
    return { ...next, car: { ...car, codes: codeAppears(car.codes, entry.code) } };
  }
  if (entry.what !== 'lv-reset') return next;
  const reset = powerCycled({ ...next, nowMs: entry.atMs });
  const said = printEvent(model, reset, { kind: 'trouble', trouble: 'lv-reset', groups: [] }, entry.atMs);
  return printPrompt(model, said, entry.atMs);
};

const finish = (state: DongleState): DongleState => {
  const { busy, settings } = state;
  const found = busy?.kind === 'request' ? busy.found : settings.found;
  return { ...state, busy: undefined, settings: { ...settings, found } };
};

const busyUntilMs = ({ busy }: DongleState): number =>
  busy !== undefined && 'untilMs' in busy ? busy.untilMs : Number.POSITIVE_INFINITY;

const lineEndsMs = ({ line, lineSinceMs, nudged }: DongleState): number =>
  line.length > 0 || nudged ? lineSinceMs + LINE_TIMEOUT_MS : Number.POSITIVE_INFINITY;

interface Due {
  readonly atMs: number;
  readonly what: 'fault' | 'output' | 'finish' | 'line';
}

/** What happens next by itself. Of two at one moment the earlier kind in this list comes first. */
const nextDue = (model: DongleModel, state: DongleState): Due => {
  const faultMs = model.faults[state.tally.faults]?.atMs ?? Number.POSITIVE_INFINITY;
  let due: Due = { atMs: faultMs, what: 'fault' };
  const consider = (atMs: number, what: Due['what']): void => {
    if (atMs < due.atMs) due = { atMs, what };
  };
  consider(state.queue[0]?.atMs ?? Number.POSITIVE_INFINITY, 'output');
  consider(busyUntilMs(state), 'finish');
  consider(lineEndsMs(state), 'line');
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
    if (due.what === 'fault') state = begin(model, state, model.faults[state.tally.faults]!);
    else if (due.what === 'finish') state = finish(state);
    else if (due.what === 'line') state = giveUpLine(model, state, due.atMs);
    else if (output !== undefined) {
      const bytes = spoil(model, output, state.tally.bytesOut);
      sent.push(bytes);
      state = counted({ ...state, queue }, { bytesOut: output.bytes.length });
    }
  }
  const nowMs = Math.max(state.nowMs, toMs);
  const car = carAt(model.car, state.car, nowMs * model.speedUp);
  return { state: { ...state, nowMs, car }, bytes: concatBytes(...sent) };
};

const giveUpLine = (model: DongleModel, state: DongleState, atMs: number): DongleState => {
  const empty = counted({ ...state, line: NOTHING, nudged: false }, { bytesLost: state.line.length });
  const said = printEvent(model, empty, { kind: 'trouble', trouble: 'unknown-command', groups: [] }, atMs);
  return printPrompt(model, said, atMs);
};

/** A byte that comes while the chip is at work stops it and is itself lost (ELM327 data sheet). */
const interrupt = (model: DongleModel, state: DongleState): DongleState => {
  const { busy, nowMs } = state;
  if (busy?.kind === 'reset') return counted(state, { bytesLost: 1 });
  const quiet: DongleState = { ...state, busy: undefined, queue: [], freeAtMs: nowMs };
  if (busy?.kind === 'asleep') return printPrompt(model, quiet, nowMs);
  const stopped = { kind: 'trouble', trouble: 'stopped', groups: [] } as const;
  return counted(printPrompt(model, printEvent(model, quiet, stopped, nowMs), nowMs), { stopped: 1 });
};

/** A nudge with nothing to interrupt is a letter like any other: it spoils the command that follows. */
const withNudge = (command: Command, nudged: boolean): Command =>
  nudged ? { kind: 'other', text: 'Y' } : command;

const take = (model: DongleModel, state: DongleState, byte: number): DongleState => {
  if (state.busy !== undefined) return interrupt(model, state);
  const echoed = state.settings.echo ? print(model, state, 'echo', Uint8Array.of(byte), state.nowMs) : state;
  const { frames, tail, discardedBytes } = codec.command.cut(state.line, Uint8Array.of(byte));
  const lineSinceMs = state.line.length === 0 && !state.nudged ? state.nowMs : state.lineSinceMs;
  let next = counted({ ...echoed, line: tail, lineSinceMs }, { bytesLost: discardedBytes });
  for (const { result } of frames.flatMap((frame) => codec.command.decode(frame))) {
    const command: Command = result.ok ? result.value : { kind: 'other', text: '' };
    if (command.kind === 'nudge') {
      next = { ...next, nudged: true };
    } else {
      const counts = counted({ ...next, nudged: false }, { commands: 1 });
      next = obey(model, counts, withNudge(command, next.nudged));
    }
  }
  return next;
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
  const { state: now, bytes: due } = pass(model, before, nowMs);
  let state = now;
  if (input.kind === 'hung-up') {
    state = { ...state, queue: [], line: NOTHING, nudged: false, busy: undefined, freeAtMs: nowMs };
  } else if (input.kind === 'bytes' && unpluggedUntilMs(model, nowMs) === undefined) {
    state = counted(state, { bytesIn: input.bytes.length });
    for (const byte of input.bytes) state = take(model, state, byte);
  }
  const after = pass(model, state, nowMs);
  const plugsInMs = unpluggedUntilMs(model, nowMs) ?? Number.POSITIVE_INFINITY;
  const wakeAtMs = Math.min(plugsInMs, nextDue(model, after.state).atMs);
  return {
    state: after.state,
    bytes: concatBytes(due, after.bytes),
    wakeAtMs: Number.isFinite(wakeAtMs) ? wakeAtMs : undefined,
  };
};
