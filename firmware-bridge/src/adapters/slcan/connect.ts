import { offersAsKnown } from '../../obd/discover.ts';
import type { Question, Reply } from '../../obd/question.ts';
import { CONTROL, noteTrouble, settle } from '../../obd/turn.ts';
import { BOTH_WIDTHS, BROADCAST_RATES, DIAGNOSTIC_RATES } from './bus.ts';
import { FLAGS_BUS } from './event.ts';
import { listen, type Outcome } from './link.ts';
import type { Connect } from './state.ts';
import { askCar, sensible, strike, type Turn, tell } from './turn.ts';

/** Which parameters do you support: every emission-related control unit must answer. */
const SUPPORTED: Question = {
  request: Uint8Array.of(0x01, 0x00),
  target: undefined,
  frames: undefined,
  row: -1,
};

/** How long a bus is listened to before it is judged: the slowest common broadcasts come ten times a second. */
const LISTEN_MS = 300;
/** Where nothing but listening is done, also what comes once a second should be heard. */
const LISTEN_LONG_MS = 1_500;

/** A damaged reply is asked for again this often. */
const TRIES_MAX = 2;

const rotated = <T>(list: readonly T[], by: number): T | undefined => list[by % list.length];

/**
 * Which rates and widths to try. A full look costs the car four requests and is for when there is reason to think that
 * it is awake; a blind look is one request, at the rate where it was last, or at another one each time.
 */
export const startConnect = (turn: Turn, look: 'full' | 'blind'): void => {
  const { options, facts } = turn;
  const usual = options.broadcast === undefined ? DIAGNOSTIC_RATES : BROADCAST_RATES;
  const allRates = options.rate === undefined ? usual : [options.rate];
  const allWidths = options.idBits === undefined ? BOTH_WIDTHS : [options.idBits];
  const known = facts.rate !== undefined && allRates.includes(facts.rate) ? [facts.rate] : [];
  const rates = [...new Set([...known, ...allRates])];
  const knownWidth = facts.idBits === undefined ? [] : [facts.idBits];
  const widths = [...new Set([...knownWidth, ...allWidths])];
  const one = rotated(widths, known.length > 0 ? 0 : Math.trunc(facts.probes / rates.length)) ?? 11;
  const blindRate = known[0] ?? rotated(rates, facts.probes) ?? 6;
  const everyWidth = look === 'blind' ? [one] : widths;
  turn.phase = {
    kind: 'connect',
    stage: 'close',
    rates: look === 'blind' ? [blindRate] : rates,
    widths: everyWidth,
    everyWidth,
    tries: 0,
    traffic: undefined,
  };
};

/** What is known while looking for the bus: `found-again` where it is the car that was read before. */
export type Found = 'searching' | 'found' | 'found-again' | 'broadcasting' | 'nobody';

const nextRate = (turn: Turn, phase: Connect): Found => {
  const rates = phase.rates.slice(1);
  turn.phase = {
    ...phase,
    stage: 'close',
    rates,
    widths: phase.everyWidth,
    tries: 0,
    traffic: undefined,
  };
  return rates.length > 0 ? 'searching' : 'nobody';
};

const to = (turn: Turn, phase: Connect, stage: Connect['stage']): Found => {
  turn.phase = { ...phase, stage };
  return 'searching';
};

/** Whether the flags speak of a bus that cannot be read at this rate; nothing was heard before. */
const isWrongRate = ({ heard }: Extract<Outcome, { kind: 'told' }>): boolean =>
  heard?.event?.kind === 'flags' && (heard.event.flags & FLAGS_BUS) !== 0;

/** Takes how the adapter took the command of a stage. */
export const connectTold = (turn: Turn, phase: Connect, told: Extract<Outcome, { kind: 'told' }>): Found => {
  const { how, heard } = told;
  if (heard !== undefined) settle(turn, [heard], () => CONTROL);
  switch (phase.stage) {
    case 'close':
      return to(turn, phase, 'rate');
    case 'rate':
      if (how === 'refused') return nextRate(turn, phase);
      return to(turn, phase, turn.facts.listens === false ? 'open' : 'listen');
    case 'listen':
      turn.facts = { ...turn.facts, listens: how !== 'refused' };
      return to(turn, phase, how === 'refused' ? 'open' : 'hear');
    case 'flags':
      return isWrongRate(told) ? nextRate(turn, phase) : to(turn, phase, 'leave');
    case 'leave':
      return to(turn, phase, 'set');
    case 'set':
      return to(turn, phase, 'open');
    case 'open':
      if (how !== 'refused') return to(turn, phase, 'ask');
      noteTrouble(turn, 'the adapter cannot open the bus');
      return nextRate(turn, phase);
    case 'hear':
    case 'ask':
      return 'searching';
  }
};

/** Takes what was heard of the bus: frames prove the rate, and flags can disprove it. */
export const connectListened = (
  turn: Turn,
  phase: Connect,
  { traffic }: Extract<Outcome, { kind: 'listened' }>,
): Found => {
  const next = { ...phase, traffic };
  turn.facts = { ...turn.facts, traffic };
  if (turn.options.broadcast !== undefined) {
    const [rate] = phase.rates;
    if (traffic.frames === 0) return nextRate(turn, next);
    turn.facts = { ...turn.facts, rate };
    return 'broadcasting';
  }
  return to(turn, next, traffic.frames > 0 ? 'leave' : 'flags');
};

const nextWidth = (turn: Turn, phase: Connect): Found => {
  const widths = phase.widths.slice(1);
  turn.phase = { ...phase, widths, tries: 0 };
  if (widths.length > 0) return 'searching';
  // Where the bus was heard, its rate is right, and at another one the adapter would only disturb it.
  return (phase.traffic?.frames ?? 0) > 0 ? 'nobody' : nextRate(turn, phase);
};

export const connectReply = (turn: Turn, phase: Connect, reply: Reply): Found => {
  const { verdict, answers, fault: reason } = reply;
  for (const { carriers } of answers) settle(turn, carriers, () => CONTROL);
  if (verdict === 'answered') {
    sensible(turn);
    const [rate] = phase.rates;
    const [idBits] = phase.widths;
    const known =
      rate === turn.facts.rate && idBits === turn.facts.idBits && offersAsKnown(turn.car, answers);
    turn.facts = { ...turn.facts, rate, idBits, probes: 0 };
    return known ? 'found-again' : 'found';
  }
  if (verdict === 'damaged') {
    if (reason !== undefined) strike(turn, reason);
    if (phase.tries + 1 < TRIES_MAX) {
      turn.phase = { ...phase, tries: phase.tries + 1 };
      return 'searching';
    }
    return nextWidth(turn, phase);
  }
  // A request that cannot even be sent says that the rate is wrong, or that nobody is there to hear it.
  return verdict === 'bus' ? nextRate(turn, phase) : nextWidth(turn, phase);
};

export const connectNext = (turn: Turn, phase: Connect): void => {
  const [rate = 6] = phase.rates;
  const [idBits = 11] = phase.widths;
  switch (phase.stage) {
    case 'close':
    case 'leave':
      tell(turn, { kind: 'close' });
      return;
    case 'rate':
    case 'set':
      tell(turn, { kind: 'bit-rate', code: rate });
      return;
    case 'listen':
      tell(turn, { kind: 'open', mode: 'listen' });
      return;
    case 'hear':
      listen(turn, turn.options.broadcast === undefined ? LISTEN_MS : LISTEN_LONG_MS);
      return;
    case 'flags':
      tell(turn, { kind: 'flags' });
      return;
    case 'open':
      tell(turn, { kind: 'open', mode: 'normal' });
      return;
    case 'ask':
      askCar(turn, SUPPORTED, idBits);
  }
};
