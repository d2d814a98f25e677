import { INFO_TYPES, rescaledPids } from '@outpost/schemas/vehicle';
import { type Body, type Fault, fault } from '@outpost/schemas/words';
import { answerBodies, NEGATIVE } from './answer.ts';
import { idBitsOf } from './discover.ts';
import { identityFault, noteVins, type VinAnswer, vinState } from './identity.ts';
import { type EcuAnswer, type Judgement, judge } from './judge.ts';
import { synchronise } from './link.ts';
import {
  choose,
  knownLines,
  newSchedule,
  rowAgain,
  rowAnswered,
  rowIdentified,
  rowRetired,
  rowUnanswered,
  VIN_ROW,
} from './schedule.ts';
import { consider, type Shape } from './shape.ts';
import type { Phase, Reply, Row } from './state.ts';
import {
  AT_TIMEOUT_MS,
  askAdapter,
  askCar,
  bump,
  CONTROL,
  quarantined,
  requestTimeoutMs,
  say,
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

const shapeOf = (request: Uint8Array, answers: readonly EcuAnswer[]): Shape =>
  answers.map(({ ecu, payload, padding }) => ({
    ecu,
    // Lists have as many bytes as they have items, and their own count is checked where they are decoded.
    bytes: request[0] === 0x01 ? payload.length : undefined,
    padding,
  }));

const otherShape = fault(
  'malformed',
  'elm327.other-shape',
  'reply',
  'other control units answered than usual, or with another length',
);

const isRescaled = (turn: Turn, { ecu, payload }: EcuAnswer): boolean =>
  payload[0] === 0x41 && turn.facts.rescaled.get(ecu)?.has(payload[1] ?? -1) === true;

const noteScales = (turn: Turn, { ecu, payload }: EcuAnswer): void => {
  const pids = rescaledPids(payload[1] ?? -1, payload.subarray(2));
  if (payload[0] !== 0x41 || pids.length === 0) return;
  const known = turn.facts.rescaled.get(ecu) ?? [];
  const rescaled = new Map(turn.facts.rescaled).set(ecu, new Set([...known, ...pids]));
  turn.facts = { ...turn.facts, rescaled };
};

interface Decoded {
  readonly answer: EcuAnswer;
  readonly bodies: readonly Body[];
}

/** Decodes what is whole and expected. What cannot be decoded is quarantined here. */
const decodeAnswers = (turn: Turn, answers: readonly EcuAnswer[]): readonly Decoded[] => {
  const decoded: Decoded[] = [];
  for (const answer of answers) {
    const bodies = answerBodies(answer.ecu, answer.payload);
    if (bodies.ok) decoded.push({ answer, bodies: bodies.value });
    else doubt(turn, answer, bodies.fault);
  }
  return decoded;
};

const doubt = (turn: Turn, { lines }: EcuAnswer, reason: Fault): void => {
  bump(turn, reason.kind === 'untrusted' ? 'untrusted' : 'damaged');
  turn.counts = { ...turn.counts, lastTrouble: reason.words };
  settle(turn, lines, quarantined(reason));
};

const observe = (turn: Turn, { answer, bodies }: Decoded): void => {
  const reason = identityFault(turn.facts, turn.options.refuseChangingVin);
  if (reason !== undefined) doubt(turn, answer, reason);
  else if (isRescaled(turn, answer))
    settle(turn, answer.lines, () => ({ kind: 'dropped', reason: 'rescaled' }));
  else if (bodies.length === 0) settle(turn, answer.lines, () => ({ kind: 'dropped', reason: 'no-value' }));
  else say(turn, answer.lines, bodies);
};

const vinsOf = (decoded: readonly Decoded[]): readonly VinAnswer[] =>
  decoded.flatMap(({ answer, bodies }) =>
    bodies.flatMap((body) => (body.kind === 'identity' ? [{ ecu: answer.ecu, vin: body.text }] : [])),
  );

const believe = (turn: Turn, row: Row, answers: readonly EcuAnswer[]): Row => {
  bump(turn, 'answered');
  const decoded = decodeAnswers(turn, answers);
  const isVin = row.request?.[0] === 0x09 && row.request[1] === INFO_TYPES.vin;
  if (isVin) turn.facts = noteVins(turn.facts, vinsOf(decoded));
  for (const { answer } of decoded) noteScales(turn, answer);
  for (const one of decoded) observe(turn, one);
  if (isVin)
    return decoded.length === 0
      ? rowAgain(row, turn.now)
      : rowIdentified(row, vinState(turn.facts), turn.now);
  const lines = answers.every((answer) => answer.lines.length === 1)
    ? answers.length
    : Number.POSITIVE_INFINITY;
  return rowAnswered(row, lines, turn.now);
};

const takeAnswers = (turn: Turn, row: Row, request: Uint8Array, judged: Judgement): Row => {
  const shape = shapeOf(request, judged.answers);
  const { learner, believed } = consider(row.learner, shape, new Set(judged.refusals.keys()));
  const learned = { ...row, learner };
  if (believed) return believe(turn, learned, judged.answers);
  for (const answer of judged.answers) {
    if (row.learner.expected !== undefined) doubt(turn, answer, otherShape);
    else settle(turn, answer.lines, () => ({ kind: 'dropped', reason: 'unconfirmed' }));
  }
  return rowAgain(learned, turn.now);
};

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
      becomes(takeAnswers(turn, row, request, judged), { quiet: 0, busErrors: 0 });
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
