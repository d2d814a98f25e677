import { type Fault, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Question } from '../../obd/question.ts';
import { mayAskAt, noteRequest, noteTrouble, type ObdTurn } from '../../obd/turn.ts';
import type { Power } from '../../power/index.ts';
import type { Command, Request } from './command.ts';
import type { Elm327Options } from './options.ts';
import type { Asked, Facts, Link, Phase, State, Upsets } from './state.ts';

/** One step under way: the conversation with the car, and around it the dongle. */
export interface Turn extends ObdTurn {
  readonly options: Elm327Options;
  link: Link;
  phase: Phase;
  facts: Facts;
  upsets: Upsets;
  power: Power;
  readonly commands: Command[];
  /** The serial line goes over to this rate before the commands are sent. */
  baud: number | undefined;
  /** When to step again although nothing came; only looked at while the link is idle. */
  wakeAt: MonoNs | undefined;
  reopen: Fault | undefined;
}

export const newTurn = (state: State, options: Elm327Options, now: MonoNs): Turn => ({
  now,
  options,
  link: state.link,
  phase: state.phase,
  facts: state.facts,
  upsets: state.upsets,
  car: state.car,
  counts: state.counts,
  power: state.power,
  commands: [],
  baud: undefined,
  said: [],
  fates: [],
  wakeAt: undefined,
  reopen: undefined,
});

export const after = (turn: Turn, ms: number): MonoNs => monoAfterMs(turn.now, ms);

/** How long the chip may search for the protocol, counted from its last sign of life. */
export const SEARCH_TIMEOUT_MS = 20_000;
export const AT_TIMEOUT_MS = 2_000;

/** Counted from the last line: the chip's own time-out and a slow radio link. */
export const requestTimeoutMs = (turn: Turn): number => 1_500 + turn.options.answerTimeoutMs;

/** Replies without sense in a row after which this connection is given up. */
const STRIKES_MAX = 12;

/** From so many on the fault may lie between us and the dongle, not between the dongle and the car. */
export const STRIKES_OF_LINK = 2;

export const upset = (turn: Turn, ...names: readonly (keyof Upsets)[]): void => {
  for (const name of names) turn.upsets = { ...turn.upsets, [name]: turn.upsets[name] + 1 };
};

export const sensible = (turn: Turn): void => {
  if (turn.upsets.strikes > 0) turn.upsets = { ...turn.upsets, strikes: 0 };
};

/** A reply that made no sense, for the reason of the fault; too many in a row end the connection. */
export const strike = (turn: Turn, reason: Fault): void => {
  upset(turn, 'strikes');
  noteTrouble(turn, reason.words);
  if (turn.upsets.strikes < STRIKES_MAX) return;
  const words = `${STRIKES_MAX} replies in a row made no sense (the last: ${reason.words}); connecting anew.`;
  turn.reopen = fault('unreachable', 'elm327.no-sense', 'dongle', words);
};

/** Sends a command at once. The link must be idle. */
const ask = (turn: Turn, asked: Asked): void => {
  turn.commands.push(asked.command);
  turn.link = {
    kind: 'asked',
    asked,
    deadline: after(turn, asked.timeoutMs),
    at: turn.now,
    firstAt: undefined,
    lastAt: undefined,
    lines: [],
  };
};

/** What only STN chips know. */
const STN_COMMANDS: ReadonlySet<string> = new Set(['STI', 'STDI', 'STVR', 'STPX']);

/** Commands of STN chips stand for themselves (`STI`); all others stand after `AT`. */
export const commandName = (text: string): string => (STN_COMMANDS.has(text) ? text : `AT${text}`);

const chipCommand = (text: string): Command =>
  STN_COMMANDS.has(text) ? { kind: 'other', text } : { kind: 'at', text };

export const askAdapter = (turn: Turn, text: string, timeoutMs: number, row = -1): void =>
  ask(turn, { command: chipCommand(text), timeoutMs, question: undefined, row });

/** Sends a question to the car, or waits until the rate limit allows it. */
export const askCar = (
  turn: Turn,
  question: Question,
  timeoutMs: number,
  sending: Pick<Request, 'header' | 'waitMs'> = {},
): void => {
  turn.wakeAt = mayAskAt(turn);
  if (turn.wakeAt !== undefined) return;
  noteRequest(turn);
  const { request: bytes, frames } = question;
  const lines = turn.facts.lineCount === 'refused' ? undefined : frames;
  const command: Command = { kind: 'request', bytes, ...(lines === undefined ? {} : { lines }), ...sending };
  ask(turn, { command, timeoutMs, question, row: -1 });
};
