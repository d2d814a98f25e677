import { type Fault, fault } from '@outpost/schemas/words';
import type { Question } from '../../obd/question.ts';
import { CONTROL, quarantined, say, settle } from '../../obd/turn.ts';
import { adapterTextBody } from './adapter-text.ts';
import { busOf, foreignName, protocolNumber } from './bus.ts';
import { judge } from './judge.ts';
import { synchronise } from './link.ts';
import type { Phase, Printed } from './state.ts';
import { AT_TIMEOUT_MS, askAdapter, askCar, SEARCH_TIMEOUT_MS, sensible, strike, type Turn } from './turn.ts';

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

/**
 * Which protocols to try, in order. A full look costs the car five requests at most and is for when there is reason
 * to think that it is awake; a blind look is one request.
 */
export const startConnect = (turn: Turn, look: 'full' | 'blind'): void => {
  const { protocol, probes } = turn.facts;
  const chosen = turn.options.protocol;
  const known = chosen === '0' ? protocol : chosen;
  const list = chosen === '0' ? FALLBACK : [chosen];
  const first = known ?? list[probes % list.length] ?? '0';
  const candidates =
    look === 'blind' ? [first] : [...new Set([...(known === undefined ? [] : [known]), ...list])];
  turn.phase = { kind: 'connect', candidates, stage: 'select', tries: 0 };
};

/** What is known after a reply while looking for the bus. */
export type Found = 'searching' | 'found' | 'nobody';

const nextCandidate = (turn: Turn, phase: Connect): Found => {
  const candidates = phase.candidates.slice(1);
  turn.phase = { kind: 'connect', candidates, stage: 'select', tries: 0 };
  return candidates.length > 0 ? 'searching' : 'nobody';
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
    turn.phase = { ...phase, stage: 'name', tries: 0 };
    return 'searching';
  }
  const again = verdict === 'bus' || verdict === 'damaged' || verdict === 'astray' || verdict === 'stopped';
  if (!again) {
    sensible(turn);
    return nextCandidate(turn, phase);
  }
  if (verdict !== 'bus') strike(turn, reason ?? unclear);
  if (phase.tries + 1 >= TRIES_MAX) return nextCandidate(turn, phase);
  turn.phase = { ...phase, tries: phase.tries + 1 };
  if (verdict === 'astray' || verdict === 'stopped') synchronise(turn, undefined);
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
    return 'found';
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
  if (phase.stage === 'select') askAdapter(turn, `SP${candidate}`, AT_TIMEOUT_MS);
  else if (phase.stage === 'name') askAdapter(turn, 'DPN', AT_TIMEOUT_MS);
  else askCar(turn, SUPPORTED, SEARCH_TIMEOUT_MS);
};
