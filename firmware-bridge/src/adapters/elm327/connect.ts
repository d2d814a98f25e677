import { elapsedMs, type Fault, fault } from '@outpost/schemas/words';
import { offersAsKnown } from '../../obd/discover.ts';
import type { Question } from '../../obd/question.ts';
import { CONTROL, quarantined, say, settle } from '../../obd/turn.ts';
import { adapterTextBody } from './adapter-text.ts';
import { busOf, foreignName, protocolNumber } from './bus.ts';
import { judge } from './judge.ts';
import { synchronise } from './link.ts';
import type { Phase, Printed } from './state.ts';
import {
  AT_TIMEOUT_MS,
  after,
  askAdapter,
  askCar,
  SEARCH_TIMEOUT_MS,
  sensible,
  strike,
  type Turn,
} from './turn.ts';

type Connect = Extract<Phase, { kind: 'connect' }>;

/** Which parameters do you support: every emission-related control unit must answer. */
const SUPPORTED: Question = {
  request: Uint8Array.of(0x01, 0x00),
  target: undefined,
  frames: undefined,
  row: -1,
};

/** Searching first, then each by itself, because the search of some clones finds nothing. */
const FALLBACK: readonly string[] = ['0', '6', '8', '7', '9'];

/** A damaged reply, or a bus error that may pass, is asked for again this often. */
const TRIES_MAX = 2;

/** How long a car that was just there may be silent, or its bus disturbed, before it counts as gone. */
const PATIENCE_MS = 10_000;
const PATIENCE_EVERY_MS = 1_000;

const knownProtocol = ({ options, facts }: Turn): string | undefined =>
  options.protocol === '0' ? facts.protocol : options.protocol;

const everyCandidate = (turn: Turn): readonly string[] => {
  const known = knownProtocol(turn);
  const list = turn.options.protocol === '0' ? FALLBACK : [turn.options.protocol];
  return [...new Set([...(known === undefined ? [] : [known]), ...list])];
};

const newConnect = (candidates: readonly string[]): Connect => ({
  kind: 'connect',
  candidates,
  stage: 'select',
  tries: 0,
  patienceUntil: undefined,
  pauseUntil: undefined,
  known: false,
});

/**
 * Which protocols to try, in order. A full look costs the car five requests at most and is for when there is reason
 * to think that it is awake; a blind look is one request. A car that was just read is first asked on its own bus, once
 * a second for ten seconds.
 */
export const startConnect = (turn: Turn, look: 'full' | 'blind'): void => {
  const candidates = everyCandidate(turn);
  const known = knownProtocol(turn);
  if (look === 'blind') {
    turn.phase = newConnect([known ?? candidates[turn.facts.probes % candidates.length] ?? '0']);
  } else if (turn.car.ecus.length > 0 && known !== undefined) {
    turn.phase = { ...newConnect([known]), patienceUntil: after(turn, PATIENCE_MS) };
  } else {
    turn.phase = newConnect(candidates);
  }
};

/** What is known after a reply while looking for the bus; `found-again` where it is the car that was read before. */
export type Found = 'searching' | 'found' | 'found-again' | 'nobody';

const nextCandidate = (turn: Turn, phase: Connect): Found => {
  const { patienceUntil } = phase;
  const candidates = phase.candidates.slice(1);
  if (candidates.length > 0) {
    turn.phase = { ...newConnect(candidates), patienceUntil };
  } else if (patienceUntil === undefined) {
    return 'nobody';
  } else if (elapsedMs(turn.now, patienceUntil) > 0) {
    turn.phase = {
      ...newConnect(phase.candidates),
      patienceUntil,
      pauseUntil: after(turn, PATIENCE_EVERY_MS),
    };
  } else {
    turn.phase = newConnect(everyCandidate(turn));
  }
  return 'searching';
};

const takeSelected = (turn: Turn, phase: Connect, reply: Printed): Found => {
  settle(turn, reply.lines, (line) => (line.event === undefined ? quarantined(unclear)(line) : CONTROL));
  turn.phase = { ...phase, stage: 'try', tries: 0 };
  return 'searching';
};

const unclear: Fault = fault('malformed', 'elm327.unclear', 'dongle', 'a reply that cannot be read');

const takeTried = (turn: Turn, phase: Connect, reply: Printed): Found => {
  if (reply.silent) return nextCandidate(turn, phase);
  const { verdict, fates, answers, fault: reason } = judge(SUPPORTED.request, reply.lines, undefined);
  turn.fates.push(...fates);
  for (const { carriers } of answers) settle(turn, carriers, () => CONTROL);
  if (verdict === 'answered') {
    sensible(turn);
    turn.phase = { ...phase, stage: 'name', tries: 0, known: offersAsKnown(turn.car, answers) };
    return 'searching';
  }
  const again = verdict === 'bus' || verdict === 'damaged' || verdict === 'astray' || verdict === 'stopped';
  if (!again) {
    sensible(turn);
    return nextCandidate(turn, phase);
  }
  if (verdict !== 'bus') {
    strike(turn, reason ?? unclear);
    // Whether the line to the dongle garbles everything is found out before the car is thought to be away.
    synchronise(turn, undefined);
  }
  if (phase.tries + 1 >= TRIES_MAX) return nextCandidate(turn, phase);
  turn.phase = { ...phase, tries: phase.tries + 1 };
  return 'searching';
};

const takeName = (turn: Turn, phase: Connect, reply: Printed): Found => {
  const [line, ...others] = reply.lines;
  const text = line?.event?.kind === 'hex' && others.length === 0 ? line.event.groups.join('') : '';
  const number = protocolNumber(text);
  if (line === undefined || number === undefined) {
    settle(turn, reply.lines, quarantined(unclear));
    strike(turn, unclear);
    if (phase.tries + 1 >= TRIES_MAX) return nextCandidate(turn, phase);
    turn.phase = { ...phase, tries: phase.tries + 1 };
    return 'searching';
  }
  sensible(turn);
  if (busOf(number) !== undefined) {
    say(turn, [line], [adapterTextBody(text)]);
    turn.facts = { ...turn.facts, protocol: number, foreignProtocol: undefined, probes: 0 };
    return phase.known ? 'found-again' : 'found';
  }
  settle(turn, [line], () => CONTROL);
  turn.facts = { ...turn.facts, foreignProtocol: foreignName(number) };
  return nextCandidate(turn, phase);
};

/** Takes the reply to whatever is asked of the candidate. */
export const connectReply = (turn: Turn, phase: Connect, reply: Printed): Found => {
  switch (phase.stage) {
    case 'select':
      return takeSelected(turn, phase, reply);
    case 'try':
      return takeTried(turn, phase, reply);
    case 'name':
      return takeName(turn, phase, reply);
  }
};

export const connectNext = (turn: Turn, phase: Connect): void => {
  const candidate = phase.candidates[0] ?? '0';
  if (phase.pauseUntil !== undefined && elapsedMs(turn.now, phase.pauseUntil) > 0) {
    turn.wakeAt = phase.pauseUntil;
  } else if (phase.stage === 'select') {
    askAdapter(turn, `SP${candidate}`, AT_TIMEOUT_MS);
  } else if (phase.stage === 'name') {
    askAdapter(turn, 'DPN', AT_TIMEOUT_MS);
  } else {
    askCar(turn, SUPPORTED, SEARCH_TIMEOUT_MS);
  }
};
