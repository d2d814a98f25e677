import { elapsedMs, type MonoNs, monoNs } from '@outpost/schemas/words';
import { startDiscover } from '../../obd/discover.ts';
import { startPoll } from '../../obd/poll.ts';
import { NO_COUNTS, newCarFacts } from '../../obd/turn.ts';
import { learned, learnedFrom, mayNow, newPower, powerFrom } from '../../power/index.ts';
import type { Input, Remembered, Session, Step } from '../../session.ts';
import { absentNext, absentReply, startAbsent, startNobody } from './absent.ts';
import type { Command } from './command.ts';
import { connectNext, connectReply, startConnect } from './connect.ts';
import { askDiscover, askPoll, discoverPrinted, pollPrinted, takesSeveral } from './converse.ts';
import type { Event } from './event.ts';
import { exchange, synchronise } from './link.ts';
import type { Elm327Options } from './options.ts';
import { raiseRate } from './rate.ts';
import { NEW_FACTS, newSetup, setupNext, setupReply, startSetup } from './setup.ts';
import type { Printed, State } from './state.ts';
import { statusOf } from './status.ts';
import { newTurn, type Turn } from './turn.ts';
import { AIM_ROW, aim, aimPrinted } from './uds-aiming.ts';

const INITIAL: State = {
  link: { kind: 'idle' },
  phase: newSetup(),
  facts: NEW_FACTS,
  upsets: { syncs: 0, resets: 0, strikes: 0, resetsInSetup: 0 },
  car: newCarFacts(monoNs(0n)),
  counts: NO_COUNTS,
  power: newPower(monoNs(0n)),
  reported: undefined,
};

/** What was asked for has come: the phase that asked takes it and may give way to the next. */
const takePrinted = (turn: Turn, printed: Printed): void => {
  const { phase } = turn;
  if (printed.asked.row === AIM_ROW) {
    aimPrinted(turn, printed);
    return;
  }
  switch (phase.kind) {
    case 'setup':
      setupReply(turn, phase, printed);
      return;
    case 'connect': {
      const found = connectReply(turn, phase, printed);
      if (found === 'found') turn.phase = startDiscover();
      if (found === 'found-again') turn.phase = startPoll(turn, takesSeveral(turn));
      if (found === 'nobody') startNobody(turn);
      else if (found !== 'searching') turn.power = learned(turn.power, { kind: 'answer' }, turn.now);
      return;
    }
    case 'discover':
      if (discoverPrinted(turn, phase, printed) === 'nobody') startNobody(turn);
      return;
    case 'poll':
      if (pollPrinted(turn, phase, printed) === 'lost') startConnect(turn, 'full');
      return;
    case 'absent':
      absentReply(turn, phase, printed);
      return;
  }
};

/** A car that may not be spoken to any more is left alone, whatever was to be asked next. */
const leaveAlone = (turn: Turn): void => {
  const { kind } = turn.phase;
  const speaksToCar = kind === 'connect' || kind === 'discover' || kind === 'poll';
  if (speaksToCar && mayNow(turn.power, turn.now).kind === 'local') startAbsent(turn);
};

/** The link is idle: the phase asks its next question, or says when it wants to. */
const askNext = (turn: Turn): void => {
  const { phase } = turn;
  switch (phase.kind) {
    case 'setup':
      if (setupNext(turn, phase) || raiseRate(turn)) return;
      startAbsent(turn);
      askNext(turn);
      return;
    case 'connect':
      if (aim(turn, undefined) !== 'asking') connectNext(turn, phase);
      return;
    case 'discover':
      if (aim(turn, undefined) !== 'asking') askDiscover(turn, phase);
      return;
    case 'poll':
      askPoll(turn, phase);
      return;
    case 'absent':
      if (absentNext(turn, phase) === 'look') askNext(turn);
      return;
  }
};

const waitMs = ({ link, wakeAt, now }: Turn): number | undefined => {
  const until: MonoNs | undefined = link.kind === 'idle' ? wakeAt : link.deadline;
  return until === undefined ? undefined : Math.max(0, elapsedMs(now, until));
};

const stepOf = (turn: Turn, reported: State['reported']): Step<State, Command> => {
  const { link, phase, facts, upsets, car, counts, power } = turn;
  const told = statusOf(turn, reported);
  return {
    state: { link, phase, facts, upsets, car, counts, power, reported: told.reported },
    commands: turn.commands,
    ...(turn.baud === undefined ? {} : { baud: turn.baud }),
    said: turn.said,
    fates: turn.fates,
    whenKept: [],
    silenceAfterMs: waitMs(turn),
    ...(told.status === undefined ? {} : { status: told.status }),
    ...(turn.reopen === undefined ? {} : { reopen: turn.reopen }),
  };
};

/**
 * The dialogue with an ELM327 or one of its clones: find the prompt, set the chip up, find the bus, find out what the
 * car offers, then ask for it by a schedule. Two layers: `link.ts` sees to it that one command is under way at a time
 * and that its reply is complete; the phases decide what to ask and what a reply means.
 */
export const elm327Session = (
  options: Elm327Options,
  remembered?: Remembered,
): Session<State, Command, Event> => ({
  initial: INITIAL,
  step: (state: State, input: Input<Event>, now: MonoNs): Step<State, Command> => {
    const turn = newTurn(state, options, now);
    if (input.kind === 'opened') turn.power = powerFrom(remembered?.text, remembered?.agedMs ?? 0, now);
    const outcome = exchange(turn, input);
    if (outcome.kind === 'reply') takePrinted(turn, outcome.printed);
    if (outcome.kind === 'reset') {
      startSetup(turn);
      synchronise(turn, undefined);
    }
    const bodies = turn.said.map(({ body }) => body);
    const isAnswered = turn.counts.answered > state.counts.answered;
    turn.power = learnedFrom(turn.power, bodies, isAnswered, now);
    if (turn.link.kind === 'idle' && turn.reopen === undefined) {
      leaveAlone(turn);
      askNext(turn);
    }
    return stepOf(turn, state.reported);
  },
});
