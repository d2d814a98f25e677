import type { MonoNs } from '@outpost/schemas/words';
import { NEGATIVE } from './answer.ts';
import { takeAnswers, takeSeveral } from './believe.ts';
import { diagnosisRows, grown } from './diagnosis.ts';
import type { ObdOptions } from './options.ts';
import { judgePack, type PackRecords, packedFrames, packedRequest, packFailed, packWith } from './pack.ts';
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
import { bump, type Ecu, type ObdTurn } from './turn.ts';
import { afterRow, isOfSession, sessionFor, sessionReply, udsDue, udsFirst } from './uds-poll.ts';
import { chooseRequests, udsRows } from './uds-rows.ts';
import { NO_SESSIONS, type Sessions } from './uds-session.ts';

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
  readonly packs: PackRecords;
  /** Live values in one request, 1 where the bus or the device takes no more. */
  readonly packMax: number;
  /** Extended sessions that are open. */
  readonly sessions: Sessions;
}

const NO_ROWS: ReadonlySet<number> = new Set();

/** Requests in a row that nobody answers before the car counts as gone. */
const QUIET_MAX = 8;

/** A bus error may pass; the second in a row makes us look for the protocol again. */
const BUS_ERRORS_MAX = 2;

/** Refusals in a row before a request is asked no more. */
const REFUSALS_MAX = 3;

const rowsOf = (options: ObdOptions, ecus: readonly Ecu[], now: MonoNs): readonly Row[] => {
  const { profile, extendedSessions } = options;
  const requests = profile === undefined ? [] : chooseRequests(profile, ecus, extendedSessions).requests;
  return [...newSchedule(options, ecus, now), ...diagnosisRows(ecus, now), ...udsRows(requests, now)];
};

/** `packs` is whether the bus takes several parameters in one request: only CAN does. */
export const startPoll = ({ options, car, now }: ObdTurn, packs: boolean): Poll => ({
  kind: 'poll',
  rows: rowsOf(options, car.ecus, now),
  quiet: 0,
  quietRows: NO_ROWS,
  busErrors: 0,
  packs: new Map(),
  packMax: packs ? options.parametersPerRequestMax : 1,
  sessions: NO_SESSIONS,
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

const withRows = (phase: Poll, indices: readonly number[], change: (row: Row) => Row): Poll => ({
  ...phase,
  rows: phase.rows.map((row, index) => (indices.includes(index) ? change(row) : row)),
});

/** Takes the answers to several rows at once. */
const takePacked = (turn: ObdTurn, phase: Poll, indices: readonly number[], reply: Reply): Poll => {
  const rows = indices.flatMap((index) => phase.rows[index] ?? []);
  const { records, verdict, fault } = judgePack(rows, reply, phase.packs, turn.car, turn.now);
  takeSeveral(turn, reply.answers, verdict, fault);
  const [first] = rows.map((row) => rowAnswered(row, row.frames, turn.now));
  const next = (row: Row): Row => {
    if (verdict !== 'believed') return rowAgain(row, turn.now);
    const answered = rowAnswered(row, row.frames, turn.now);
    // Rows of one pace stay together from now on, so that the next request holds as many of them.
    return first !== undefined && first.everyMs === row.everyMs ? { ...answered, due: first.due } : answered;
  };
  return { ...withRows(phase, indices, next), packs: records, quiet: 0, quietRows: NO_ROWS, busErrors: 0 };
};

/** Takes the reply to a request for several rows. */
const packReply = (turn: ObdTurn, phase: Poll, indices: readonly number[], reply: Reply): Polled => {
  const rows = indices.flatMap((index) => phase.rows[index] ?? []);
  const failed = { ...phase, packs: packFailed(rows, phase.packs, turn.car, turn.now) };
  const again = (from: Poll): Poll => withRows(from, indices, (row) => rowAgain(row, turn.now));
  switch (reply.verdict) {
    case 'answered':
      return takePacked(turn, phase, indices, reply);
    case 'negative':
    case 'unsupported':
      bump(turn, 'negative');
      return { ...again(failed), quiet: 0, quietRows: NO_ROWS };
    case 'unanswered': {
      bump(turn, 'unanswered');
      const quiet = phase.quiet + 1;
      if (quiet >= QUIET_MAX) return 'lost';
      return { ...again(failed), quiet, quietRows: new Set([...phase.quietRows, ...indices]) };
    }
    case 'damaged':
      bump(turn, 'damaged');
      return again(failed);
    case 'late':
      return again(phase);
    case 'absent':
      return 'lost';
    case 'bus': {
      bump(turn, 'busErrors');
      const busErrors = phase.busErrors + 1;
      return busErrors >= BUS_ERRORS_MAX ? 'lost' : { ...again(phase), busErrors };
    }
  }
};

/** Nobody said no, but not yet either: asked again soon, and then waited for as long as the device can. */
const isPending = ({ verdict, refusals }: Reply): boolean => verdict === 'negative' && refusals.size === 0;

/** Takes the reply to a question that opens a session or keeps it. */
const sessionsReply = (turn: ObdTurn, phase: Poll, question: Question, reply: Reply): Polled => {
  if (reply.verdict === 'absent') return 'lost';
  const { sessions, failed } = sessionReply(turn, phase.sessions, question, reply);
  const row = phase.rows[question.row];
  if (!failed || row === undefined) return { ...phase, sessions };
  return { ...withRow(phase, question.row, takeRefusal(turn, row, reply)), sessions };
};

/** Takes the reply to what `pollNext` asked. */
export const pollReply = (turn: ObdTurn, before: Poll, question: Question, reply: Reply): Polled => {
  const { row: index, also = [] } = question;
  if (also.length > 0) return packReply(turn, before, [index, ...also], reply);
  if (isOfSession(question)) return sessionsReply(turn, before, question, reply);
  const row = before.rows[index];
  if (row === undefined) return before;
  return rowReply(turn, { ...before, sessions: afterRow(before.sessions, row, turn.now) }, index, row, reply);
};

/** Takes the reply to one row. */
const rowReply = (turn: ObdTurn, phase: Poll, index: number, row: Row, reply: Reply): Polled => {
  if (isPending(reply)) {
    bump(turn, 'negative');
    const next = { ...rowAgain(row, turn.now), patient: true };
    return { ...withRow(phase, index, next), quiet: 0, quietRows: NO_ROWS };
  }
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
      // Of what nobody was ever known to answer, or one control unit alone, silence says nothing about the car.
      if (row.learner.expected === undefined || row.uds !== undefined)
        return withRow(phase, index, rowUnanswered(row, turn.now));
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
  const first = udsFirst(phase.sessions, turn.now);
  if (first !== undefined) return { kind: 'ask', question: first };
  const { row: index, due } = choose(phase.rows, turn.now);
  const row = index === undefined ? undefined : phase.rows[index];
  if (index === undefined || row === undefined) return { kind: 'wait', until: udsDue(phase.sessions, due) };
  if (row.request === undefined) return { kind: 'local', row: index };
  const { packs, packMax, rows } = phase;
  const [, ...also] = packWith(rows, index, packs, turn.car, turn.now, packMax);
  if (also.length > 0) {
    const packed = [index, ...also].flatMap((one) => rows[one] ?? []);
    const frames = packedFrames(packed, packs, turn.car);
    return {
      kind: 'ask',
      question: { request: packedRequest(packed), target: undefined, frames, row: index, also },
    };
  }
  const session = sessionFor(row, index, phase.sessions, turn.now);
  if (session !== undefined) return { kind: 'ask', question: session };
  const frames = index === VIN_ROW ? undefined : knownFrames(row);
  const { request, uds, patient = false } = row;
  return { kind: 'ask', question: { request, target: uds?.target, frames, row: index, patient } };
};
