import { fault } from '@outpost/schemas/words';
import { CONTROL, settle } from '../../obd/turn.ts';
import type { LineRate } from '../../port.ts';
import type { Heard, Link } from './state.ts';
import { after, type Turn } from './turn.ts';

/** Where serial dongles are found: the factory's rate first, then what their owners and makers set. */
export const RATE_CANDIDATES: readonly number[] = [38_400, 115_200, 9_600, 230_400, 57_600, 500_000];

/** An idle chip refuses a command that it does not know within milliseconds; over a slow adapter it takes longer. */
const ANSWER_MS = 500;
const ROUNDS = 2;

type Finding = Extract<Link, { kind: 'finding' }>;
type Raising = Extract<Link, { kind: 'raising' }>;

/** Two bytes that no command begins with: never a bare carriage return, which repeats the last command. */
const PROBE = '\x7f\x7f';
const PROBE_BYTE = 0x7f;

const drop = (turn: Turn, heard: Heard): void =>
  settle(turn, [heard], () => ({ kind: 'dropped', reason: 'finding-rate' }));

const tryNext = (turn: Turn, candidates: readonly number[], again = false): void => {
  const [baud] = candidates;
  if (baud === undefined) {
    const words = `it answers at none of ${RATE_CANDIDATES.join(', ')} baud; is it a dongle, and is it powered?`;
    turn.reopen = fault('unreachable', 'elm327.no-rate', 'dongle', words);
    return;
  }
  turn.baud = baud;
  turn.commands.push({ kind: 'other', text: PROBE });
  turn.link = {
    kind: 'finding',
    candidates,
    deadline: after(turn, ANSWER_MS),
    sane: false,
    spoilt: false,
    again,
  };
};

/** Tries the rates of dongles, the line's own among them, until one is answered. */
export const findRate = (turn: Turn): void =>
  tryNext(turn, Array.from({ length: ROUNDS }, () => RATE_CANDIDATES).flat());

export const rateOverdue = (turn: Turn, { candidates }: Finding): void => tryNext(turn, candidates.slice(1));

/** Takes what comes after a probe. True once the rate is found. */
export const hearProbed = (turn: Turn, link: Finding, heard: Heard): boolean => {
  const { event, raw } = heard;
  if (event?.kind !== 'prompt') {
    drop(turn, heard);
    const isEcho = raw.every((byte) => byte === PROBE_BYTE);
    const sane = link.sane || (event?.kind === 'trouble' && event.groups.length === 0);
    turn.link = { ...link, sane, spoilt: link.spoilt || (event === undefined && !isEcho) };
    return false;
  }
  turn.fates.push(CONTROL);
  if (!link.sane || link.spoilt) {
    if (link.again) tryNext(turn, link.candidates.slice(1));
    else tryNext(turn, link.candidates, true);
    return false;
  }
  turn.facts = { ...turn.facts, rate: { baud: link.candidates[0] ?? 0, auto: true } };
  return true;
};

/** What an STN chip and an ELM327 are told, by rate; the latter counts in parts of 4 Mbit/s and reaches few exactly. */
const RAISES: readonly { readonly baud: number; readonly divisor: number | undefined }[] = [
  { baud: 2_000_000, divisor: undefined },
  { baud: 1_000_000, divisor: undefined },
  { baud: 500_000, divisor: 8 },
  { baud: 115_200, divisor: 35 },
];

const isStn = ({ facts }: Turn): boolean => facts.capabilities['STI'] === true;

/** The rate to go up to: the fastest that the owner allows and the chip can be asked for. */
const better = (turn: Turn, rate: LineRate): (typeof RAISES)[number] | undefined =>
  RAISES.find(
    ({ baud, divisor }) =>
      baud <= (turn.options.baudMax ?? 0) && baud > rate.baud && (isStn(turn) || divisor !== undefined),
  );

const SWITCH_MS = 1_500;

/**
 * Asks the chip for a faster line where the owner allows one; once on a connection. The chip takes it back by itself
 * unless it is answered at the new rate, so what fails leaves everything as it was. True where it was asked.
 */
export const raiseRate = (turn: Turn): boolean => {
  const { rate, raise } = turn.facts;
  const goal = rate === undefined || raise !== 'untried' ? undefined : better(turn, rate);
  if (rate === undefined || goal === undefined) return false;
  const { baud, divisor = 0 } = goal;
  const hex = divisor.toString(16).toUpperCase().padStart(2, '0');
  turn.commands.push(
    isStn(turn) ? { kind: 'other', text: `STBR${baud}` } : { kind: 'at', text: `BRD${hex}` },
  );
  turn.link = { kind: 'raising', stage: 'asked', from: rate, to: baud, deadline: after(turn, SWITCH_MS) };
  return true;
};

/** Back to the rate that worked. */
export const raiseOverdue = (turn: Turn, { from, stage }: Raising): void => {
  if (stage !== 'asked') turn.baud = from.baud;
  turn.facts = { ...turn.facts, raise: 'failed' };
};

/** Takes what the chip says about its new rate. `done` once it is settled, one way or the other. */
export const hearRaised = (turn: Turn, link: Raising, heard: Heard): 'waiting' | 'done' => {
  const { event } = heard;
  if (event?.kind === 'prompt') {
    turn.fates.push(CONTROL);
    if (link.stage === 'switched') return 'waiting';
    const works = link.stage === 'confirmed';
    const rate = works ? { ...link.from, baud: link.to } : link.from;
    turn.facts = { ...turn.facts, rate, raise: works ? 'works' : 'refused' };
    return 'done';
  }
  drop(turn, heard);
  if (link.stage === 'asked' && event?.kind === 'ok') {
    turn.baud = link.to;
    turn.link = { ...link, stage: 'switched', deadline: after(turn, SWITCH_MS) };
  } else if (
    link.stage === 'switched' &&
    event?.kind === 'text' &&
    /^(?:ELM327|STN|OBDLink)/.test(event.text)
  ) {
    // The one bare carriage return that is ever sent: the chip waits for nothing else.
    turn.commands.push({ kind: 'consent' });
    turn.link = { ...link, stage: 'confirmed', deadline: after(turn, SWITCH_MS) };
  }
  return 'waiting';
};
