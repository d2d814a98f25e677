import { type Body, elapsedMs, type Fault, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Fate, Said } from '../../session.ts';
import type { Command } from './command.ts';
import type { Elm327Options } from './options.ts';
import type { Counts, Facts, Heard, Link, Phase, Question, State } from './state.ts';

/**
 * One step under way. The parts of the state are immutable and are replaced here as a whole; what the step brings is
 * collected. A turn lives only within one call of `step`.
 */
export interface Turn {
  readonly now: MonoNs;
  readonly options: Elm327Options;
  link: Link;
  phase: Phase;
  facts: Facts;
  counts: Counts;
  readonly commands: Command[];
  readonly said: Said[];
  readonly fates: Fate[];
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
  counts: state.counts,
  commands: [],
  said: [],
  fates: [],
  wakeAt: undefined,
  reopen: undefined,
});

export const after = (turn: Turn, ms: number): MonoNs => monoAfterMs(turn.now, ms);

/** How long the chip may search for the protocol, counted from its last sign of life. */
export const SEARCH_TIMEOUT_MS = 20_000;
export const AT_TIMEOUT_MS = 2_000;

/** The chip's own time-out, long multi-frame answers and a slow radio link. */
export const requestTimeoutMs = (turn: Turn): number => 2_500 + turn.options.answerTimeoutMs;

/** Replies without sense in a row after which this connection is given up. */
const STRIKES_MAX = 12;

type CountName = Exclude<keyof Counts, 'lastTrouble'>;

export const bump = (turn: Turn, ...names: readonly CountName[]): void => {
  for (const name of names) turn.counts = { ...turn.counts, [name]: turn.counts[name] + 1 };
};

export const sensible = (turn: Turn): void => {
  if (turn.counts.strikes > 0) turn.counts = { ...turn.counts, strikes: 0 };
};

/** A reply that made no sense, for the reason of the fault; too many in a row end the connection. */
export const strike = (turn: Turn, reason: Fault): void => {
  bump(turn, 'strikes');
  turn.counts = { ...turn.counts, lastTrouble: reason.words };
  if (turn.counts.strikes < STRIKES_MAX) return;
  const words = `${STRIKES_MAX} replies in a row made no sense (the last: ${reason.words}); connecting anew.`;
  turn.reopen = fault('unreachable', 'elm327.no-sense', 'dongle', words);
};

/** Sends a command at once. The link must be idle. */
export const ask = (turn: Turn, question: Question): void => {
  turn.commands.push(question.command);
  turn.link = { kind: 'asked', question, deadline: after(turn, question.timeoutMs), lines: [] };
};

export const askAdapter = (turn: Turn, text: string, timeoutMs: number, row = -1): void =>
  ask(turn, { command: { kind: 'at', text }, timeoutMs, row });

/** Sends a request to the car, or waits until the rate limit allows it. */
export const askCar = (turn: Turn, bytes: Uint8Array, timeoutMs: number, row = -1, lines?: number): void => {
  if (elapsedMs(turn.now, turn.facts.nextRequestAt) > 0) {
    turn.wakeAt = turn.facts.nextRequestAt;
    return;
  }
  const command: Command = { kind: 'request', bytes, ...(lines === undefined ? {} : { lines }) };
  bump(turn, 'requests');
  turn.facts = { ...turn.facts, nextRequestAt: after(turn, 1_000 / turn.options.requestsPerSecondMax) };
  ask(turn, { command, timeoutMs, row });
};

export const settle = (turn: Turn, heard: readonly Heard[], fate: (line: Heard) => Fate): void => {
  for (const line of heard) turn.fates.push(fate(line));
};

export const CONTROL: Fate = { kind: 'control' };

export const quarantined =
  (reason: Fault) =>
  (line: Heard): Fate => ({ kind: 'quarantined', fault: line.fault ?? reason, raw: line.raw });

const CR = 0x0d;

/** The exact bytes of the lines as they came, joined by carriage returns. */
export const joinRaw = (lines: readonly Heard[]): Uint8Array => {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return only.raw;
  const length = lines.reduce((sum, { raw }) => sum + raw.length + 1, -1);
  const joined = new Uint8Array(Math.max(0, length)).fill(CR);
  let at = 0;
  for (const { raw } of lines) {
    joined.set(raw, at);
    at += raw.length + 1;
  }
  return joined;
};

/** Hands over what lines say, and counts each of the lines as observed. */
export const say = (turn: Turn, lines: readonly Heard[], bodies: readonly Body[]): void => {
  const raw = joinRaw(lines);
  for (const body of bodies) turn.said.push({ body, raw, origin: turn.facts.origin });
  settle(turn, lines, () => ({ kind: 'observed' }));
};
