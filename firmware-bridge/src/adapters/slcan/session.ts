import { elapsedMs, fault, monoNs } from '@outpost/schemas/words';
import { discoverNext, discoverReply, startDiscover } from '../../obd/discover.ts';
import { pollNext, pollReply, startPoll } from '../../obd/poll.ts';
import type { Reply } from '../../obd/question.ts';
import { CONTROL, NO_COUNTS, newCarFacts, settle } from '../../obd/turn.ts';
import type { Input, Session, Step } from '../../session.ts';
import { absentNext, absentOverheard, absentTold, startAbsent } from './absent.ts';
import { broadcastNext, broadcastOverheard, startBroadcast, startQuiet } from './broadcast.ts';
import type { Command } from './command.ts';
import {
  connectListened,
  connectNext,
  connectReply,
  connectTold,
  type Found,
  startConnect,
} from './connect.ts';
import type { Event } from './event.ts';
import { dropOverheard, exchange, linkUntil, type Outcome } from './link.ts';
import type { SlcanOptions } from './options.ts';
import { isLeftover, NEW_FACTS, newSetup, setupNext, setupTold } from './setup.ts';
import type { Heard, State } from './state.ts';
import { statusOf } from './status.ts';
import { askCar, newTurn, sensible, strike, type Turn } from './turn.ts';

const INITIAL: State = {
  link: { kind: 'idle' },
  phase: newSetup(),
  facts: NEW_FACTS,
  car: newCarFacts(monoNs(0n)),
  counts: NO_COUNTS,
  reported: undefined,
};

const takeFound = (turn: Turn, found: Found): void => {
  switch (found) {
    case 'found':
      turn.phase = startDiscover();
      return;
    case 'found-again':
      turn.phase = startPoll(turn, true);
      return;
    case 'broadcasting':
      startBroadcast(turn);
      return;
    case 'nobody':
      if (turn.options.broadcast === undefined) startAbsent(turn);
      else startQuiet(turn);
      return;
    case 'searching':
  }
};

const cannotListen = fault(
  'unreachable',
  'slcan.cannot-listen',
  'adapter',
  'it cannot listen without a word (L), and a DBC file and J1939 are only ever read that way; use another adapter.',
);

const takeTold = (turn: Turn, told: Extract<Outcome, { kind: 'told' }>): void => {
  const { phase, options } = turn;
  switch (phase.kind) {
    case 'setup':
      setupTold(turn, phase, told);
      return;
    case 'connect':
      if (phase.stage === 'listen' && told.how === 'refused' && options.broadcast !== undefined) {
        turn.reopen = cannotListen;
      } else {
        takeFound(turn, connectTold(turn, phase, told));
      }
      return;
    case 'absent':
      absentTold(turn, phase, told);
      return;
    case 'discover':
    case 'poll':
    case 'broadcast':
    case 'quiet':
      if (told.heard !== undefined) settle(turn, [told.heard], () => CONTROL);
  }
};

/** A reply that makes no sense counts against the connection; one that does clears it. */
const weigh = (turn: Turn, { verdict, fault: reason }: Reply): void => {
  if (verdict === 'damaged' && reason !== undefined) strike(turn, reason);
  else if (verdict === 'answered' || verdict === 'negative') sensible(turn);
};

const takeReply = (turn: Turn, { question, reply }: Extract<Outcome, { kind: 'reply' }>): void => {
  const { phase } = turn;
  if (phase.kind === 'connect') {
    takeFound(turn, connectReply(turn, phase, reply));
  } else if (phase.kind === 'discover') {
    weigh(turn, reply);
    const next = discoverReply(turn, phase, reply);
    if (next === 'nobody') startAbsent(turn);
    else turn.phase = next === 'complete' ? startPoll(turn, true) : next;
  } else if (phase.kind === 'poll') {
    weigh(turn, reply);
    const next = pollReply(turn, phase, question, reply);
    if (next === 'lost') startConnect(turn, 'full');
    else turn.phase = next;
  } else {
    for (const { carriers } of reply.answers) settle(turn, carriers, () => CONTROL);
  }
};

const takeOverheard = (turn: Turn, heard: Heard): void => {
  const { phase } = turn;
  if (phase.kind === 'broadcast') broadcastOverheard(turn, phase, heard);
  else if (phase.kind === 'absent' && phase.stage === 'watch') absentOverheard(turn, phase, heard);
  else if (phase.kind === 'setup' && isLeftover(phase)) {
    settle(turn, [heard], () => ({ kind: 'dropped', reason: 'leftover' }));
  } else dropOverheard(turn, heard);
};

const takeOutcome = (turn: Turn, outcome: Outcome): void => {
  switch (outcome.kind) {
    case 'told':
      takeTold(turn, outcome);
      return;
    case 'reply':
      takeReply(turn, outcome);
      return;
    case 'listened':
      if (turn.phase.kind === 'connect') takeFound(turn, connectListened(turn, turn.phase, outcome));
      return;
    case 'overheard':
      takeOverheard(turn, outcome.heard);
  }
};

/** The link is idle: the phase does its next thing, or says when it wants to. */
const doNext = (turn: Turn): void => {
  const { phase, facts } = turn;
  switch (phase.kind) {
    case 'setup':
      if (setupNext(turn, phase)) return;
      startConnect(turn, 'full');
      break;
    case 'connect':
      connectNext(turn, phase);
      return;
    case 'discover':
      askCar(turn, discoverNext(phase), facts.idBits ?? 11);
      return;
    case 'poll': {
      const wanted = pollNext(turn, phase);
      if (wanted.kind === 'ask') askCar(turn, wanted.question, facts.idBits ?? 11);
      else if (wanted.kind === 'wait') turn.wakeAt = wanted.until;
      return;
    }
    case 'absent': {
      const watched = absentNext(turn, phase);
      if (watched === 'waiting') return;
      startConnect(turn, watched === 'look' ? 'full' : 'blind');
      break;
    }
    case 'broadcast':
      if (!broadcastNext(turn, phase)) return;
      startConnect(turn, 'full');
      break;
    case 'quiet':
      turn.wakeAt = phase.until;
      if (elapsedMs(turn.now, phase.until) > 0) return;
      startConnect(turn, 'full');
  }
  doNext(turn);
};

const stepOf = (turn: Turn, reported: State['reported']): Step<State, Command> => {
  const { link, phase, facts, car, counts, now, wakeAt } = turn;
  const told = statusOf(turn, reported);
  const until = linkUntil(link) ?? wakeAt;
  return {
    state: { link, phase, facts, car, counts, reported: told.reported },
    commands: turn.commands,
    said: turn.said,
    fates: turn.fates,
    whenKept: [],
    silenceAfterMs: until === undefined ? undefined : Math.max(0, elapsedMs(now, until)),
    ...(told.status === undefined ? {} : { status: told.status }),
    ...(turn.reopen === undefined ? {} : { reopen: turn.reopen }),
  };
};

/**
 * The dialogue with a CAN adapter that speaks SLCAN: find out who it is, find the bus by listening, then talk with the
 * car as every OBD adapter does (`obd/`), or read by a DBC file what the bus says by itself. Two layers: `link.ts`
 * knows what is under way and does ISO-TP; the phases decide what to do and what it means.
 */
export const slcanSession = (options: SlcanOptions): Session<State, Command, Event> => ({
  initial: INITIAL,
  step: (state: State, input: Input<Event>, now): Step<State, Command> => {
    const turn = newTurn(state, options, now);
    for (const outcome of exchange(turn, input)) takeOutcome(turn, outcome);
    if (turn.link.kind === 'idle' && turn.reopen === undefined) doNext(turn);
    return stepOf(turn, state.reported);
  },
});
