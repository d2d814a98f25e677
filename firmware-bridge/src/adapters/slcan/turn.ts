import { type Fault, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { dataFrame, STANDARD_ID_MAX } from '../../can/frame.ts';
import type { IdBits } from '../../obd/can-frame.ts';
import type { Question } from '../../obd/question.ts';
import { mayAskAt, noteRequest, noteTrouble, type ObdTurn } from '../../obd/turn.ts';
import { FUNCTIONAL } from './allow-list.ts';
import type { Command } from './command.ts';
import type { SlcanOptions } from './options.ts';
import type { Facts, Link, Phase, State } from './state.ts';

/** One step under way: the conversation with the car, and around it the adapter. */
export interface Turn extends ObdTurn {
  readonly options: SlcanOptions;
  link: Link;
  phase: Phase;
  facts: Facts;
  readonly commands: Command[];
  /** When to step again although nothing came; only looked at while the link is idle. */
  wakeAt: MonoNs | undefined;
  reopen: Fault | undefined;
}

export const newTurn = (state: State, options: SlcanOptions, now: MonoNs): Turn => ({
  now,
  options,
  link: state.link,
  phase: state.phase,
  facts: state.facts,
  car: state.car,
  counts: state.counts,
  commands: [],
  said: [],
  fates: [],
  wakeAt: undefined,
  reopen: undefined,
});

export const after = (turn: Turn, ms: number): MonoNs => monoAfterMs(turn.now, ms);

/** How long the adapter may take to answer for itself, a slow radio link included. */
export const TOLD_TIMEOUT_MS = 1_000;

/** Replies without sense in a row after which this connection is given up. */
const STRIKES_MAX = 12;

export const sensible = (turn: Turn): void => {
  if (turn.facts.strikes > 0) turn.facts = { ...turn.facts, strikes: 0 };
};

/** A reply that made no sense, for the reason of the fault; too many in a row end the connection. */
export const strike = (turn: Turn, reason: Fault): void => {
  turn.facts = { ...turn.facts, strikes: turn.facts.strikes + 1 };
  noteTrouble(turn, reason.words);
  if (turn.facts.strikes < STRIKES_MAX) return;
  const words = `${STRIKES_MAX} replies in a row made no sense (the last: ${reason.words}); connecting anew.`;
  turn.reopen = fault('unreachable', 'slcan.no-sense', 'adapter', words);
};

/** Tells the adapter something at once. The link must be idle. */
export const tell = (turn: Turn, command: Command, timeoutMs: number = TOLD_TIMEOUT_MS): void => {
  turn.commands.push(command);
  turn.link = { kind: 'told', command, deadline: after(turn, timeoutMs) };
};

/** What fills requests up to eight bytes: a pattern that needs no stuffing bits. */
const PADDING = 0x55;

const NO_RECEPTIONS = new Map<number, never>();
const NOBODY: ReadonlySet<number> = new Set();

/** Asks the car, or waits until the rate limit allows it. */
export const askCar = (turn: Turn, question: Question, idBits: IdBits): void => {
  turn.wakeAt = mayAskAt(turn);
  if (turn.wakeAt !== undefined) return;
  noteRequest(turn);
  const { request, target } = question;
  const data = new Uint8Array(8).fill(PADDING);
  data[0] = request.length;
  data.set(request, 1);
  const id = target?.to ?? FUNCTIONAL[idBits];
  const frame = dataFrame(id, target === undefined ? idBits === 29 : id > STANDARD_ID_MAX, data);
  turn.commands.push({ kind: 'frame', frame, timestampMs: undefined });
  turn.link = {
    kind: 'asked',
    asked: {
      question,
      deadline: after(turn, turn.options.answerTimeoutMs),
      taken: false,
      frames: [],
      receptions: NO_RECEPTIONS,
      assembled: NO_RECEPTIONS,
      pending: NOBODY,
      patience: 0,
      fault: undefined,
    },
  };
};
