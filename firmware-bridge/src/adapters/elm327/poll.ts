import { fault } from '@outpost/schemas/words';
import { NEGATIVE } from './answer.ts';
import { takeAnswers } from './believe.ts';
import { idBitsOf } from './discover.ts';
import { type Judgement, judge } from './judge.ts';
import { synchronise } from './link.ts';
import {
  choose,
  knownLines,
  newSchedule,
  rowAgain,
  rowAnswered,
  rowRetired,
  rowUnanswered,
  VIN_ROW,
} from './schedule.ts';
import type { Phase, Reply, Row } from './state.ts';
import {
  AT_TIMEOUT_MS,
  askAdapter,
  askCar,
  bump,
  CONTROL,
  requestTimeoutMs,
  sensible,
  settle,
  strike,
  type Turn,
} from './turn.ts';
import { takeVoltage } from './voltage.ts';

type Poll = Extract<Phase, { kind: 'poll' }>;

/** Requests in a row that nobody answers before the car counts as gone. */
const QUIET_MAX = 8;

/** A bus error may pass; the second in a row makes us look for the protocol again. */
const BUS_ERRORS_MAX = 2;

/** Refusals in a row before a request is asked no more. */
const REFUSALS_MAX = 3;

export const startPoll = (turn: Turn): void => {
  turn.counts = { ...turn.counts, resetsInSetup: 0 };
  turn.phase = {
    kind: 'poll',
    rows: newSchedule(turn.options, turn.facts.ecus, turn.now),
    quiet: 0,
    busErrors: 0,
  };
};

/** Whether the car is still there after a reply. */
export type Polled = 'polling' | 'lost';

const withRow = (phase: Poll, index: number, row: Row): Poll => ({
  ...phase,
  rows: phase.rows.with(index, row),
});

const SAYS_NEVER: ReadonlySet<number> = new Set([
  NEGATIVE.serviceUnknown,
  NEGATIVE.subfunctionUnknown,
  NEGATIVE.outOfRange,
]);

const takeRefusal = (turn: Turn, row: Row, judged: Judgement): Row => {
  bump(turn, 'negative');
  const next = rowUnanswered(row, turn.now);
  const codes = [...judged.refusals.values()];
  const never =
    judged.verdict === 'unsupported' || (codes.length > 0 && codes.every((code) => SAYS_NEVER.has(code)));
  return never && next.misses >= REFUSALS_MAX ? rowRetired(next) : next;
};

/** The digit that ends a reply early is a feature like any other: tried once, and given up where it fails at first. */
const noteLineCount = (turn: Turn, reply: Reply, worked: boolean): void => {
  const { command } = reply.question;
  if (command.kind !== 'request' || command.lines === undefined || turn.facts.lineCount !== 'untried') return;
  turn.facts = { ...turn.facts, lineCount: worked ? 'works' : 'refused' };
};

const takeRequest = (turn: Turn, phase: Poll, index: number, row: Row, reply: Reply): Polled => {
  const request = row.request ?? new Uint8Array(0);
  const judged = judge(request, reply.lines, idBitsOf(turn));
  const { verdict } = judged;
  turn.fates.push(...judged.fates);
  noteLineCount(turn, reply, verdict === 'answered');
  const becomes = (next: Row, changes: Partial<Poll> = {}): void => {
    turn.phase = { ...withRow(phase, index, next), ...changes };
  };
  switch (verdict) {
    case 'answered':
      sensible(turn);
      becomes(takeAnswers(turn, row, judged), { quiet: 0, busErrors: 0 });
      return 'polling';
    case 'negative':
    case 'unsupported':
      sensible(turn);
      becomes(takeRefusal(turn, row, judged), { quiet: 0 });
      return 'polling';
    case 'unanswered':
      sensible(turn);
      bump(turn, 'unanswered');
      becomes(rowUnanswered(row, turn.now), { quiet: phase.quiet + 1 });
      return phase.quiet + 1 >= QUIET_MAX ? 'lost' : 'polling';
    case 'absent':
      return 'lost';
    case 'bus':
      bump(turn, 'busErrors');
      becomes(rowAgain(row, turn.now), { busErrors: phase.busErrors + 1 });
      return phase.busErrors + 1 >= BUS_ERRORS_MAX ? 'lost' : 'polling';
    case 'stopped':
    case 'astray':
    case 'damaged':
      takeDamage(turn, judged);
      becomes(rowAgain(row, turn.now));
      return 'polling';
  }
};

const interrupted = fault(
  'malformed',
  'elm327.stopped',
  'dongle',
  'the dongle was interrupted while it asked',
);

const takeDamage = (turn: Turn, { verdict, fault: reason = interrupted }: Judgement): void => {
  bump(turn, 'damaged');
  strike(turn, reason);
  if (verdict !== 'damaged') synchronise(turn, undefined);
};

const takeAdapterVoltage = (turn: Turn, phase: Poll, index: number, row: Row, { lines }: Reply): void => {
  const unknown = lines.some(({ event }) => event?.kind === 'trouble' && event.trouble === 'unknown-command');
  if (unknown) {
    settle(turn, lines, () => CONTROL);
    turn.phase = withRow(phase, index, rowRetired(row));
    return;
  }
  takeVoltage(turn, lines);
  turn.phase = withRow(phase, index, rowAnswered(row, 1, turn.now));
};

/** Takes the reply to the row that asked. */
export const pollReply = (turn: Turn, phase: Poll, reply: Reply): Polled => {
  const index = reply.question.row;
  const row = phase.rows[index];
  if (row === undefined) return 'polling';
  if (reply.silent) {
    turn.phase = withRow(phase, index, rowAgain(row, turn.now));
    return 'polling';
  }
  if (row.request !== undefined) return takeRequest(turn, phase, index, row, reply);
  takeAdapterVoltage(turn, phase, index, row, reply);
  return 'polling';
};

export const pollNext = (turn: Turn, phase: Poll): void => {
  const { row: index, due } = choose(phase.rows, turn.now);
  const row = index === undefined ? undefined : phase.rows[index];
  if (index === undefined || row === undefined) {
    turn.wakeAt = due;
  } else if (row.request === undefined) {
    askAdapter(turn, 'RV', AT_TIMEOUT_MS, index);
  } else {
    const lines = turn.facts.lineCount === 'refused' || index === VIN_ROW ? undefined : knownLines(row);
    askCar(turn, row.request, requestTimeoutMs(turn), index, lines);
  }
};
