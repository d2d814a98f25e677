import type { Printed } from './state.ts';

/**
 * How long the chip goes on listening after an answer, and what it lets itself be told about that. Nothing is concluded
 * from `OK`: clones say it to everything, so what is measured before and after decides.
 */
export interface Tuning {
  readonly stage: 'watch' | 'adaptive' | 'timeout' | 'done';
  /** Waits after the last line, of the latest answers; `SAMPLES` at most. */
  readonly tails: readonly number[];
  /** The median of these before what is being tried now. */
  readonly beforeMs: number;
  /** The longest wait for a first line. */
  readonly firstMs: number;
  /** Text of the adapter command to send before the next question. */
  readonly send: string | undefined;
  readonly adaptive: Outcome;
  readonly timeout: Outcome;
  /** Questions that are used to being answered and were not, since something was changed. */
  readonly losses: number;
}

export type Outcome = 'untried' | 'works' | 'ignored' | 'refused' | 'given-up';

export const NEW_TUNING: Tuning = {
  stage: 'watch',
  tails: [],
  beforeMs: 0,
  firstMs: 0,
  send: undefined,
  adaptive: 'untried',
  timeout: 'untried',
  losses: 0,
};

const SAMPLES = 8;
/** A chip that waits no longer than this after an answer needs no other setting. */
const TAIL_FINE_MS = 40;
/** What a setting must make of the wait to count as understood. */
const SHRINKS_TO = 0.75;
/** Answers lost after a change before it is taken back. */
const LOSSES_MAX = 2;

/** `ATST` counts in steps of 4 ms. */
const ANSWER_TIMEOUT_STEP_MS = 4;

/** The argument of `ATST` for so many milliseconds. */
export const waitDigits = (ms: number): string => {
  const steps = Math.max(1, Math.min(0xff, Math.round(ms / ANSWER_TIMEOUT_STEP_MS)));
  return steps.toString(16).toUpperCase().padStart(2, '0');
};

export const timeoutCommand = (ms: number): string => `ST${waitDigits(ms)}`;

/** Control units may take 50 ms (ISO 15765-4, P2) and half as long again as the slowest did so far. */
const shorterMs = ({ firstMs }: Tuning): number => Math.max(56, 1.5 * firstMs);

/** One late prompt among them says nothing. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const tryTimeout = (tuning: Tuning, tailMs: number, answerTimeoutMs: number): Tuning => {
  const ms = shorterMs(tuning);
  if (ms > SHRINKS_TO * answerTimeoutMs) return { ...tuning, stage: 'done', tails: [], beforeMs: tailMs };
  return { ...tuning, stage: 'timeout', tails: [], beforeMs: tailMs, send: timeoutCommand(ms) };
};

const decide = (tuning: Tuning, answerTimeoutMs: number): Tuning => {
  const tailMs = median(tuning.tails);
  const outcome: Outcome = tailMs < SHRINKS_TO * tuning.beforeMs ? 'works' : 'ignored';
  const done = { ...tuning, stage: 'done', tails: [], beforeMs: tailMs } as const;
  switch (tuning.stage) {
    case 'watch':
      if (tailMs <= TAIL_FINE_MS) return done;
      return { ...tuning, stage: 'adaptive', tails: [], beforeMs: tailMs, send: 'AT2' };
    case 'adaptive':
      if (tailMs <= TAIL_FINE_MS) return { ...done, adaptive: outcome };
      return tryTimeout({ ...tuning, adaptive: outcome }, tailMs, answerTimeoutMs);
    case 'timeout':
      return { ...done, timeout: outcome };
    case 'done':
      return tuning;
  }
};

/** Takes the times of an answered question whose number of lines the chip was told, or does not let itself be told. */
export const tuneByAnswer = (
  tuning: Tuning,
  { firstMs, tailMs }: Printed,
  answerTimeoutMs: number,
): Tuning => {
  if (tuning.send !== undefined || tuning.stage === 'done') return tuning;
  const next = {
    ...tuning,
    tails: [...tuning.tails, tailMs],
    firstMs: Math.max(tuning.firstMs, firstMs),
  };
  return next.tails.length < SAMPLES ? next : decide(next, answerTimeoutMs);
};

const changed = ({ adaptive, timeout, stage }: Tuning): boolean =>
  adaptive === 'works' || timeout === 'works' || stage === 'adaptive' || stage === 'timeout';

/** A question that is used to being answered was not: a chip that listens too shortly looks like this. */
export const tuneByLoss = (tuning: Tuning, answerTimeoutMs: number): Tuning => {
  if (!changed(tuning)) return tuning;
  const losses = tuning.losses + 1;
  if (losses < LOSSES_MAX) return { ...tuning, losses };
  const takenBack = { ...tuning, stage: 'done', tails: [], losses: 0 } as const;
  if (tuning.timeout === 'works' || tuning.stage === 'timeout') {
    return { ...takenBack, timeout: 'given-up', send: timeoutCommand(answerTimeoutMs) };
  }
  return { ...takenBack, adaptive: 'given-up', send: 'AT1' };
};

/** What the chip said to the command. */
export const tuneByReply = (tuning: Tuning, understood: boolean, answerTimeoutMs: number): Tuning => {
  const sent = { ...tuning, send: undefined };
  if (understood || tuning.stage === 'done') return sent;
  if (tuning.stage === 'adaptive')
    return tryTimeout({ ...sent, adaptive: 'refused' }, tuning.beforeMs, answerTimeoutMs);
  return { ...sent, stage: 'done', timeout: 'refused' };
};

/** One sentence where the chip wastes time and cannot be told not to; `` where there is nothing to say. */
export const tuningWords = ({ stage, beforeMs, firstMs, adaptive, timeout }: Tuning): string => {
  if (stage !== 'done' || beforeMs <= TAIL_FINE_MS) return '';
  const deaf = [...(adaptive === 'ignored' ? ['ATAT'] : []), ...(timeout === 'ignored' ? ['ATST'] : [])];
  const perSecond = Math.max(1, Math.floor(1_000 / (beforeMs + firstMs)));
  const why =
    deaf.length === 0 ? 'It waits long after each answer' : `This dongle ignores ${deaf.join(' and ')}`;
  return ` ${why}: it is polled ${perSecond} times a second at most.`;
};
