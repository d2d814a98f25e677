import type { MonoNs } from '@outpost/schemas/words';
import { NEGATIVE } from './answer.ts';
import { takeAnswers } from './believe.ts';
import { diagnosisRows, grown } from './diagnosis.ts';
import type { Question, Reply } from './question.ts';
import {
  choose,
  knownFrames,
  newSchedule,
  type Row,
  rowAgain,
  rowAnswered,
  rowPaced,
  rowRetired,
  rowUnanswered,
  VIN_ROW,
} from './schedule.ts';
import { bump, type ObdTurn } from './turn.ts';

/** Asking for everything by a schedule. */
export interface Poll {
  readonly kind: 'poll';
  readonly rows: readonly Row[];
  /** Requests in a row that nobody answered. */
  readonly quiet: number;
  /** Rows that these were for. */
  readonly quietRows: ReadonlySet<number>;
  /** Bus errors in a row. */
  readonly busErrors: number;
}

const NO_ROWS: ReadonlySet<number> = new Set();

/** Requests in a row that nobody answers before the car counts as gone. */
const QUIET_MAX = 8;

/** A bus error may pass; the second in a row makes us look for the protocol again. */
const BUS_ERRORS_MAX = 2;

/** Refusals in a row before a request is asked no more. */
const REFUSALS_MAX = 3;

export const startPoll = ({ options, car, now }: ObdTurn): Poll => ({
  kind: 'poll',
  rows: [...newSchedule(options, car.ecus, now), ...diagnosisRows(car.ecus, now)],
  quiet: 0,
  quietRows: NO_ROWS,
  busErrors: 0,
});

/** What to do after a reply; `lost` where the car is no longer there. */
export type Polled = Poll | 'lost';

const withRow = (phase: Poll, index: number, row: Row): Poll => ({
  ...phase,
  rows: phase.rows.with(index, row),
});

const SAYS_NEVER: ReadonlySet<number> = new Set([
  NEGATIVE.serviceUnknown,
  NEGATIVE.subfunctionUnknown,
  NEGATIVE.outOfRange,
]);

const takeRefusal = (turn: ObdTurn, row: Row, { verdict, refusals }: Reply): Row => {
  bump(turn, 'negative');
  const next = rowUnanswered(row, turn.now);
  const codes = [...refusals.values()];
  const never =
    verdict === 'unsupported' || (codes.length > 0 && codes.every((code) => SAYS_NEVER.has(code)));
  return never && next.misses >= REFUSALS_MAX ? rowRetired(next) : next;
};

/** What is believed, and what it shows that there is more to ask. */
const takePositive = (turn: ObdTurn, phase: Poll, index: number, row: Row, reply: Reply): Poll => {
  const next = takeAnswers(turn, row, reply);
  const { rows } = withRow(phase, index, next);
  const believed = next.doubts === 0 && next.unconfirmed === undefined;
  return { ...phase, rows: believed ? grown(rows, row, reply.answers, turn.car.ecus, turn.now) : rows };
};

/** Takes the reply to the car's row that asked. */
export const pollReply = (turn: ObdTurn, phase: Poll, index: number, reply: Reply): Polled => {
  const row = phase.rows[index];
  if (row === undefined) return phase;
  switch (reply.verdict) {
    case 'answered':
      return {
        ...takePositive(turn, phase, index, row, reply),
        quiet: 0,
        quietRows: NO_ROWS,
        busErrors: 0,
      };
    case 'negative':
    case 'unsupported':
      return { ...withRow(phase, index, takeRefusal(turn, row, reply)), quiet: 0, quietRows: NO_ROWS };
    case 'unanswered': {
      bump(turn, 'unanswered');
      // Of what nobody was ever known to answer, silence says nothing about the car.
      if (row.learner.expected === undefined) return withRow(phase, index, rowUnanswered(row, turn.now));
      const quiet = phase.quiet + 1;
      if (quiet >= QUIET_MAX) return 'lost';
      const quietRows = new Set(phase.quietRows).add(index);
      // Where others are not answered either, it is the car that is silent, and not this parameter that is missing.
      const next = quietRows.size === 1 ? rowUnanswered(row, turn.now) : rowPaced(row, turn.now);
      return { ...withRow(phase, index, next), quiet, quietRows };
    }
    case 'absent':
      return 'lost';
    case 'bus': {
      bump(turn, 'busErrors');
      const busErrors = phase.busErrors + 1;
      if (busErrors >= BUS_ERRORS_MAX) return 'lost';
      return { ...withRow(phase, index, rowAgain(row, turn.now)), busErrors };
    }
    case 'damaged':
      bump(turn, 'damaged');
      return withRow(phase, index, rowAgain(row, turn.now));
    case 'late':
      return withRow(phase, index, rowAgain(row, turn.now));
  }
};

/** What the device itself was asked for has come (`answered`), will never come, or should be asked for again. */
export const pollLocal = (
  turn: ObdTurn,
  phase: Poll,
  index: number,
  outcome: 'answered' | 'unsupported' | 'again',
): Poll => {
  const row = phase.rows[index];
  if (row === undefined) return phase;
  if (outcome === 'unsupported') return withRow(phase, index, rowRetired(row));
  const next = outcome === 'answered' ? rowAnswered(row, 1, turn.now) : rowAgain(row, turn.now);
  return withRow(phase, index, next);
};

/** What a schedule wants now. */
export type Wanted =
  | { readonly kind: 'ask'; readonly question: Question }
  /** The voltage that the device measures itself. */
  | { readonly kind: 'local'; readonly row: number }
  | { readonly kind: 'wait'; readonly until: MonoNs | undefined };

export const pollNext = (turn: ObdTurn, phase: Poll): Wanted => {
  const { row: index, due } = choose(phase.rows, turn.now);
  const row = index === undefined ? undefined : phase.rows[index];
  if (index === undefined || row === undefined) return { kind: 'wait', until: due };
  if (row.request === undefined) return { kind: 'local', row: index };
  const frames = index === VIN_ROW ? undefined : knownFrames(row);
  return { kind: 'ask', question: { request: row.request, target: undefined, frames, row: index } };
};
