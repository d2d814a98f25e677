import { fault } from '@outpost/schemas/words';
import { type Discover, discoverNext, discoverReply } from '../../obd/discover.ts';
import { type Poll, pollLocal, pollNext, pollReply, startPoll } from '../../obd/poll.ts';
import { emptyReply, type Question, type Reply } from '../../obd/question.ts';
import { CONTROL, settle } from '../../obd/turn.ts';
import { busOf } from './bus.ts';
import { judge } from './judge.ts';
import { synchronise } from './link.ts';
import type { Printed } from './state.ts';
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
import { takeVoltage } from './voltage.ts';

/** Only on CAN may one request ask for several parameters. */
export const takesSeveral = ({ facts }: Turn): boolean => busOf(facts.protocol)?.kind === 'can';

const interrupted = fault(
  'malformed',
  'elm327.stopped',
  'dongle',
  'the dongle was interrupted while it asked',
);

/** The digit that ends a reply early is a feature like any other: tried once, and given up where it fails at first. */
const noteLineCount = (turn: Turn, { asked: { command } }: Printed, worked: boolean): void => {
  if (command.kind !== 'request' || command.lines === undefined || turn.facts.lineCount !== 'untried') return;
  turn.facts = { ...turn.facts, lineCount: worked ? 'works' : 'refused' };
};

/** What the printed lines are as a reply to the question. A dongle that is out of step is brought back into it. */
const replyOf = (turn: Turn, { request }: Question, printed: Printed): Reply => {
  if (printed.silent) return emptyReply('late');
  const bus = busOf(turn.facts.protocol);
  const { verdict, answers, refusals, fates, fault: reason } = judge(request, printed.lines, bus);
  turn.fates.push(...fates);
  noteLineCount(turn, printed, verdict === 'answered');
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

export const pollPrinted = (turn: Turn, phase: Poll, printed: Printed): Conversed => {
  const { question } = printed.asked;
  if (question === undefined) {
    voltagePrinted(turn, phase, printed);
    return 'goes-on';
  }
  const next = pollReply(turn, phase, question, replyOf(turn, question, printed));
  if (next === 'lost') return 'lost';
  turn.phase = next;
  return 'goes-on';
};

export const askDiscover = (turn: Turn, phase: Discover): void =>
  askCar(turn, discoverNext(phase), requestTimeoutMs(turn));

export const askPoll = (turn: Turn, phase: Poll): void => {
  const wanted = pollNext(turn, phase);
  switch (wanted.kind) {
    case 'wait':
      turn.wakeAt = wanted.until;
      return;
    case 'local':
      askAdapter(turn, 'RV', AT_TIMEOUT_MS, wanted.row);
      return;
    case 'ask':
      askCar(turn, wanted.question, requestTimeoutMs(turn));
  }
};
