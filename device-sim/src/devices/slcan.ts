import { concatBytes } from '@outpost/schemas/words';
import { CAN_PROTOCOLS } from '../car/bus.ts';
import { carAt } from '../car/car.ts';
import { controlUnits } from '../car/ecu.ts';
import { busDueMs, putOnBus, type Side, stepBus } from './slcan/can-bus.ts';
import { carBroadcasts } from './slcan/car-dbc.ts';
import { counted, newSlcan, type SlcanModel, type SlcanState } from './slcan/state.ts';
import {
  BIT_RATES_KBPS,
  type CanFrame,
  type Command,
  codec,
  type Event,
  FLAGS_BUS,
  SIMULATOR_SERIAL,
} from './slcan/wire.ts';

export type { SlcanModel, SlcanState, SlcanTally } from './slcan/state.ts';

export type SlcanInput =
  /** Bytes of commands, cut anywhere. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Time passed. */
  | { readonly kind: 'time' }
  /** The program at the other end went away; the adapter keeps its power, and its channel stays as it is. */
  | { readonly kind: 'hung-up' };

export interface SlcanStep {
  readonly state: SlcanState;
  /** What left the adapter up to now. */
  readonly bytes: Uint8Array;
  /** When to step again although nothing came; undefined where nothing is due. */
  readonly wakeAtMs: number | undefined;
}

/** A simulated car behind an SLCAN adapter. */
export interface SlcanDevice {
  readonly initial: SlcanState;
  /**
   * Time passes up to `nowMs` (since the simulation began, never backwards), then the input is taken. Pure: the same
   * inputs at the same times give the same bytes, however the bytes are cut.
   */
  step(before: SlcanState, input: SlcanInput, nowMs: number): SlcanStep;
}

const NOTHING = new Uint8Array(0);

/** The adapter's clock, which starts again every minute. */
const STAMP_WRAPS_MS = 60_000;

/** Hardware and software version, as a CANUSB prints it. */
const VERSION = '1013';

const rateFits = ({ model }: Side, { rate }: SlcanState): boolean =>
  rate !== undefined && BIT_RATES_KBPS[rate] === CAN_PROTOCOLS[model.protocol].kbps;

const frameEvent = ({ timestamps, nowMs }: SlcanState, frame: CanFrame): Event => ({
  kind: 'frame',
  frame,
  timestampMs: timestamps ? Math.floor(nowMs) % STAMP_WRAPS_MS : undefined,
});

interface Pass {
  state: SlcanState;
  readonly events: Event[];
}

/** The frames that are on the bus reach the program, where the channel is open at the right rate. */
const overhear = (side: Side, pass: Pass, heard: readonly CanFrame[]): void => {
  const { state } = pass;
  if (state.open === undefined || heard.length === 0) return;
  if (!rateFits(side, state)) {
    pass.state = { ...state, busError: true };
    return;
  }
  for (const frame of heard) pass.events.push(frameEvent(state, frame));
  pass.state = counted(state, { framesOut: heard.length });
};

/** Everything that is due up to `toMs`, in its order. */
const elapse = (side: Side, pass: Pass, toMs: number): void => {
  const at = (state: SlcanState, ms: number): SlcanState => ({
    ...state,
    nowMs: Math.max(state.nowMs, ms),
    car: carAt(side.model.car, state.car, Math.max(state.nowMs, ms) * side.model.speedUp),
  });
  for (let due = busDueMs(side, pass.state); due <= toMs; due = busDueMs(side, pass.state)) {
    const { state, heard } = stepBus(side, at(pass.state, due));
    pass.state = state;
    overhear(side, pass, heard);
  }
  pass.state = at(pass.state, toMs);
};

const OK: Event = { kind: 'ok' };
const ERROR: Event = { kind: 'error' };

const transmit = (side: Side, pass: Pass, frame: CanFrame): Event => {
  if (pass.state.open !== 'normal') return ERROR;
  // At another rate the frame destroys one of the bus, and nobody acknowledges it.
  if (rateFits(side, pass.state)) pass.state = putOnBus(side, pass.state, frame);
  else pass.state = { ...pass.state, busError: true };
  return { kind: 'taken', extended: frame.extended };
};

/** What the adapter answers to one command. Settings are only taken while the channel is closed, as LAWICEL has it. */
const obey = (side: Side, pass: Pass, command: Command): Event => {
  const { state } = pass;
  const closed = state.open === undefined;
  switch (command.kind) {
    case 'nothing':
      return OK;
    case 'bit-rate':
      if (closed) pass.state = { ...state, rate: command.code };
      return closed ? OK : ERROR;
    case 'open':
      if (!closed || state.rate === undefined) return ERROR;
      pass.state = { ...state, open: command.mode, busError: false };
      return OK;
    case 'close':
      pass.state = { ...state, open: undefined };
      return closed ? ERROR : OK;
    case 'version':
      return { kind: 'version', text: VERSION };
    case 'serial':
      return { kind: 'serial', text: `${SIMULATOR_SERIAL}${side.model.car.seed}`.slice(0, 32) };
    case 'flags':
      if (closed) return ERROR;
      pass.state = { ...state, busError: false };
      return { kind: 'flags', flags: state.busError ? FLAGS_BUS & 0xa0 : 0 };
    case 'timestamps':
      if (closed) pass.state = { ...state, timestamps: command.on };
      return closed ? OK : ERROR;
    case 'acceptance':
      return closed ? OK : ERROR;
    case 'frame':
      return transmit(side, pass, command.frame);
    case 'bit-timing':
    case 'other':
      return ERROR;
  }
};

const take = (side: Side, pass: Pass, bytes: Uint8Array): void => {
  const { frames, tail, discardedBytes } = codec.command.cut(pass.state.line, bytes);
  pass.state = counted({ ...pass.state, line: tail }, { bytesIn: bytes.length, bytesLost: discardedBytes });
  for (const { result } of frames.flatMap((frame) => codec.command.decode(frame))) {
    const answer = result.ok ? obey(side, pass, result.value) : ERROR;
    pass.events.push(answer);
    pass.state = counted(pass.state, { commands: 1, refused: answer.kind === 'error' ? 1 : 0 });
  }
};

/** The car of a model behind an SLCAN adapter. ISO-TP is done by its control units, not by the adapter. */
export const slcanDevice = (model: SlcanModel): SlcanDevice => {
  const units = controlUnits(model.identity, model.car.parameters);
  const side: Side = { model, units, broadcasts: carBroadcasts() };
  return {
    initial: newSlcan(model, units.length, side.broadcasts.length),
    step: (before, input, nowMs) => {
      const pass: Pass = { state: before, events: [] };
      elapse(side, pass, nowMs);
      if (input.kind === 'hung-up') pass.state = { ...pass.state, line: NOTHING };
      if (input.kind === 'bytes') take(side, pass, input.bytes);
      const bytes = concatBytes(...pass.events.map((event) => codec.event.encode(event)));
      const state = counted(pass.state, { bytesOut: bytes.length });
      const due = busDueMs(side, state);
      return { state, bytes, wakeAtMs: Number.isFinite(due) ? due : undefined };
    },
  };
};
