import { fault } from '@outpost/schemas/words';
import { type Discover, discoverNext, discoverReply } from '../../obd/discover.ts';
import { type Poll, pollLocal, pollNext, pollReply, startPoll } from '../../obd/poll.ts';
import { emptyReply, type Question, type Reply } from '../../obd/question.ts';
import { CONTROL, quarantined, settle } from '../../obd/turn.ts';
import { busOf } from './bus.ts';
import { type Judgement, judge } from './judge.ts';
import { synchronise } from './link.ts';
import type { Printed } from './state.ts';
import { stnSend } from './stn-send.ts';
import { tuneByAnswer, tuneByLoss, tuneByReply } from './tune.ts';
import {
  AT_TIMEOUT_MS,
  askAdapter,
  askCar,
  requestTimeoutMs,
  STRIKES_OF_LINK,
  sensible,
  strike,
  type Turn,
} from './turn.ts';
import { aim } from './uds-aiming.ts';
import { takeVoltage, voltageCommand } from './voltage.ts';

/** Only on CAN may one request ask for several parameters. */
export const takesSeveral = ({ facts }: Turn): boolean => busOf(facts.protocol)?.kind === 'can';

const interrupted = fault(
  'malformed',
  'elm327.stopped',
  'dongle',
  'the dongle was interrupted while it asked',
);

/**
 * The digit that ends a reply early is a feature like any other: it is given up where it fails at first, or where what
 * came was broken twice, for that may have had another reason.
 */
const noteLineCount = (turn: Turn, { asked: { command } }: Printed, verdict: Judgement['verdict']): void => {
  const { lineCount } = turn.facts;
  const isSettled = lineCount === 'works' || lineCount === 'refused';
  if (command.kind !== 'request' || command.lines === undefined || isSettled) return;
  const broken = verdict === 'damaged' || verdict === 'stopped' || verdict === 'astray';
  const failed = broken && lineCount === 'untried' ? 'doubted' : 'refused';
  turn.facts = { ...turn.facts, lineCount: verdict === 'answered' ? 'works' : failed };
};

/** What the printed lines are as a reply to the question. A dongle that is out of step is brought back into it. */
const replyOf = (turn: Turn, { request, target }: Question, printed: Printed): Reply => {
  if (printed.silent) return emptyReply('late');
  const bus = busOf(turn.facts.protocol);
  const {
    verdict,
    answers,
    refusals,
    fates,
    fault: reason,
  } = judge(request, printed.lines, bus, target?.from);
  turn.fates.push(...fates);
  noteLineCount(turn, printed, verdict);
  if (verdict === 'damaged' || verdict === 'astray' || verdict === 'stopped') {
    strike(turn, reason ?? interrupted);
    const ofLink = turn.phase.kind === 'discover' || turn.upsets.strikes >= STRIKES_OF_LINK;
    if (verdict !== 'damaged' || ofLink) synchronise(turn, undefined);
    return emptyReply('damaged', reason);
  }
  if (verdict !== 'absent' && verdict !== 'bus') sensible(turn);
  return { verdict, answers, refusals, fault: reason };
};

/** What the conversation with the car has come to. */
export type Conversed = 'goes-on' | 'nobody' | 'lost';

export const discoverPrinted = (turn: Turn, phase: Discover, printed: Printed): Conversed => {
  const question = printed.asked.question ?? discoverNext(phase);
  const next = discoverReply(turn, phase, replyOf(turn, question, printed));
  if (next === 'nobody') return 'nobody';
  if (next === 'complete') {
    turn.upsets = { ...turn.upsets, resetsInSetup: 0 };
    turn.phase = startPoll(turn, takesSeveral(turn));
  } else {
    turn.phase = next;
  }
  return 'goes-on';
};

const voltagePrinted = (turn: Turn, phase: Poll, { asked, lines, silent }: Printed): void => {
  const unknown = lines.some(({ event }) => event?.kind === 'trouble' && event.trouble === 'unknown-command');
  if (unknown) settle(turn, lines, () => CONTROL);
  else if (!silent) takeVoltage(turn, lines);
  turn.phase = pollLocal(turn, phase, asked.row, unknown ? 'unsupported' : silent ? 'again' : 'answered');
};

/** The reply to a setting of the chip that is being tried. */
const settingPrinted = (turn: Turn, { lines, silent }: Printed): void => {
  if (silent) return;
  settle(turn, lines, (line) => (line.event === undefined ? quarantined(interrupted)(line) : CONTROL));
  const understood = lines.length === 1 && lines[0]?.event?.kind === 'ok';
  const tuning = tuneByReply(turn.facts.tuning, understood, turn.options.answerTimeoutMs);
  turn.facts = { ...turn.facts, tuning };
};

/** What the times of a reply, or that nobody answered, say about the settings of the chip. */
const tune = (turn: Turn, phase: Poll, question: Question, printed: Printed, { verdict }: Reply): void => {
  const { facts, options } = turn;
  const { command } = printed.asked;
  const told = command.kind === 'request' && command.lines !== undefined;
  const usuallyAnswered = (phase.rows[question.row]?.sameFrames ?? 0) > 0;
  let { tuning } = facts;
  if (verdict === 'answered' && (told || facts.lineCount === 'refused')) {
    tuning = tuneByAnswer(tuning, printed, options.answerTimeoutMs);
  } else if (verdict === 'unanswered' && usuallyAnswered) {
    tuning = tuneByLoss(tuning, options.answerTimeoutMs);
  }
  if (tuning !== facts.tuning) turn.facts = { ...facts, tuning };
};

/** Whether the chip knows `STPX` is seen by its answer to the first one; where not, the question is asked otherwise. */
const triedStn = (turn: Turn, { asked: { command } }: Printed, reply: Reply): Reply => {
  if (command.kind !== 'request' || command.header === undefined || reply.verdict === 'late') return reply;
  const works = reply.verdict !== 'unsupported';
  if (turn.facts.capabilities['STPX'] !== works) {
    turn.facts = { ...turn.facts, capabilities: { ...turn.facts.capabilities, STPX: works } };
  }
  return works ? reply : emptyReply('late');
};

export const pollPrinted = (turn: Turn, phase: Poll, printed: Printed): Conversed => {
  const { question, row } = printed.asked;
  if (question === undefined) {
    if (row >= 0) voltagePrinted(turn, phase, printed);
    else settingPrinted(turn, printed);
    return 'goes-on';
  }
  const reply = triedStn(turn, printed, replyOf(turn, question, printed));
  tune(turn, phase, question, printed, reply);
  const next = pollReply(turn, phase, question, reply);
  if (next === 'lost') return 'lost';
  turn.phase = next;
  return 'goes-on';
};

export const askDiscover = (turn: Turn, phase: Discover): void =>
  askCar(turn, discoverNext(phase), requestTimeoutMs(turn));

/** A patient chip waits for five times its longest time-out. */
const PATIENT_MS = 6_000;

/** Asks one control unit or all, once the chip is set to it; what the chip cannot ask is told to the schedule. */
const askAimed = (turn: Turn, phase: Poll, question: Question): void => {
  const sending = stnSend(turn, question);
  const aimed = aim(turn, sending === undefined ? question : undefined);
  if (aimed === 'ready') {
    const timeoutMs = requestTimeoutMs(turn) + (question.patient === true ? PATIENT_MS : 0);
    askCar(turn, question, timeoutMs, sending);
  }
  if (aimed !== 'refused') return;
  const next = pollReply(turn, phase, question, emptyReply('unsupported'));
  if (next === 'lost') return;
  turn.phase = next;
  // Each turn of this puts a row off by its whole interval, so that it ends with the last row.
  askPoll(turn, next);
};

export const askPoll = (turn: Turn, phase: Poll): void => {
  const { send } = turn.facts.tuning;
  if (send !== undefined) {
    askAdapter(turn, send, AT_TIMEOUT_MS);
    return;
  }
  const wanted = pollNext(turn, phase);
  switch (wanted.kind) {
    case 'wait':
      turn.wakeAt = wanted.until;
      return;
    case 'local':
      askAdapter(turn, voltageCommand(turn), AT_TIMEOUT_MS, wanted.row);
      return;
    case 'ask':
      askAimed(turn, phase, wanted.question);
  }
};
