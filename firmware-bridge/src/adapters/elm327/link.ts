import { elapsedMs, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { CONTROL, noteTrouble, quarantined, settle } from '../../obd/turn.ts';
import type { Input } from '../../session.ts';
import { commandText } from './command.ts';
import type { Event } from './event.ts';
import { findRate, hearProbed, hearRaised, raiseOverdue, rateOverdue } from './rate.ts';
import type { Asked, Heard, Link, Printed } from './state.ts';
import { TROUBLE_ACTION } from './troubles.ts';
import { after, SEARCH_TIMEOUT_MS, strike, type Turn, upset } from './turn.ts';

/** What one input meant to the exchange of commands and prompts. */
export type Outcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'reply'; readonly printed: Printed }
  /** The prompt is found again; nothing is under way. */
  | { readonly kind: 'synced' }
  /** The chip started anew: its settings are lost. */
  | { readonly kind: 'reset' };

const WAITING: Outcome = { kind: 'waiting' };
const RESET: Outcome = { kind: 'reset' };

/** The longest reply that we ask for is a few dozen lines; more is a flood of rubbish. */
const REPLY_LINES_MAX = 256;

/** How long an interrupted chip may take to print its prompt; an idle one prints nothing. */
const INTERRUPT_MS = 300;
const SIGN_OF_LIFE_MS = 1_500;
/** Late lines and prompts come within this time of each other, over radio too. */
const QUIET_MS = 150;
const SYNC_TRIES_MAX = 3;
/** How long a chip may print what makes no sense before its port is opened anew. */
const GARBLED_MAX_MS = 12_000;

const noFault = fault('malformed', 'elm327.unreadable', 'line', 'a line that cannot be read');

const heardOf = (input: Extract<Input<Event>, { kind: 'event' | 'malformed' }>): Heard =>
  input.kind === 'event'
    ? { raw: input.raw, event: input.event, fault: undefined }
    : { raw: input.raw, event: undefined, fault: input.fault };

type Asking = Extract<Link, { kind: 'asked' }>;
type Syncing = Extract<Link, { kind: 'syncing' }>;

/**
 * Begins to look for the prompt, and for the name that the chip has: while that comes broken, so would everything
 * else. What was heard of an unfinished reply must have its fates already.
 */
export const synchronise = (turn: Turn, unanswered: Asked | undefined): void => {
  upset(turn, 'syncs');
  interrupt(turn, { tries: 0, since: turn.now, heard: 0, unanswered });
};

const interrupt = (turn: Turn, known: Pick<Syncing, 'tries' | 'since' | 'heard' | 'unanswered'>): void => {
  turn.commands.push({ kind: 'nudge' });
  const proved = turn.facts.name === undefined;
  const deadline = after(turn, INTERRUPT_MS);
  turn.link = { kind: 'syncing', stage: 'interrupt', ...known, deadline, proved };
};

const interruptAgain = (turn: Turn, { tries, since, heard, unanswered }: Syncing): void => {
  upset(turn, 'syncs');
  interrupt(turn, { tries: tries + 1, since, heard, unanswered });
};

/** A line that shows that the chip lost its settings, by what it says. */
const resetWords = ({ event }: Heard, link: Link): string | undefined => {
  if (event?.kind === 'trouble' && TROUBLE_ACTION[event.trouble] === 'reset') {
    return 'the dongle lost power for a moment (LV RESET); check its supply, and the battery while cranking';
  }
  if (event?.kind === 'error-number') return `the dongle reports its internal error ${event.number}`;
  const asksIdentity = link.kind === 'asked' && link.asked.command.kind !== 'request';
  const isReading = link.kind === 'asked' || link.kind === 'idle';
  if (event?.kind !== 'text' || asksIdentity || !isReading) return undefined;
  return /ELM3\d\d v\d/.test(event.text) ? 'the dongle started anew by itself' : undefined;
};

/** The longest command, one with a header of eight digits, with a NUL here and there. */
const ECHO_MAX_BYTES = 48;

const isEcho = ({ event, raw }: Heard, asked: Asked): boolean => {
  const { command } = asked;
  if (event === undefined || event.kind === 'prompt' || raw.length > ECHO_MAX_BYTES) return false;
  const printed = Array.from(raw, (byte) => String.fromCharCode(byte))
    .join('')
    .replaceAll(/[\0 ]/g, '')
    .toUpperCase();
  if (command.kind === 'at') return printed === `AT${command.text}`;
  if (command.kind === 'other') return printed === command.text;
  if (command.kind !== 'request') return false;
  if (command.header !== undefined) return printed === commandText(command).replaceAll(' ', '');
  let sent = '';
  for (const byte of command.bytes) sent += byte.toString(16).toUpperCase().padStart(2, '0');
  return printed === `${sent}${command.lines ?? ''}`;
};

const dropAll = (turn: Turn, lines: readonly Heard[], reason: string): void =>
  settle(turn, lines, (line) =>
    line.event === undefined ? quarantined(noFault)(line) : { kind: 'dropped', reason },
  );

/** More starts than this without reading a car in between end the connection. */
const RESETS_MAX = 5;

const startedAnew = (turn: Turn, words: string): Outcome => {
  upset(turn, 'resets', 'resetsInSetup');
  noteTrouble(turn, words);
  if (turn.upsets.resetsInSetup > RESETS_MAX) {
    turn.reopen = fault('unreachable', 'elm327.resets', 'dongle', `it keeps starting anew: ${words}.`);
  }
  return RESET;
};

const timesOf = (turn: Turn, link: Asking): Pick<Printed, 'firstMs' | 'tailMs'> => ({
  firstMs: elapsedMs(link.at, link.firstAt ?? turn.now),
  tailMs: elapsedMs(link.lastAt ?? turn.now, turn.now),
});

/** A control unit that asks for patience may take 5 s more (P2*, ISO 14229-2); the chip goes on listening. */
const PATIENCE_MS = 5_500;
const ASKS_FOR_PATIENCE = /7F[0-9A-F]{2}78/;

const patienceMs = ({ event }: Heard, { timeoutMs }: Asked): number => {
  const asks = event?.kind === 'hex' && ASKS_FOR_PATIENCE.test(event.groups.join(''));
  return asks ? Math.max(PATIENCE_MS, timeoutMs) : timeoutMs;
};

const whileAsked = (turn: Turn, link: Asking, heard: Heard): Outcome => {
  const { asked, lines } = link;
  if (heard.event?.kind === 'prompt') {
    turn.fates.push(CONTROL);
    turn.link = { kind: 'idle' };
    return { kind: 'reply', printed: { asked, lines, silent: false, ...timesOf(turn, link) } };
  }
  const timeoutMs = heard.event?.kind === 'searching' ? SEARCH_TIMEOUT_MS : patienceMs(heard, asked);
  const deadline = after(turn, timeoutMs);
  if (lines.length === 0 && isEcho(heard, asked)) {
    turn.fates.push(CONTROL);
    turn.link = { ...link, deadline };
    const forgot = turn.phase.kind !== 'setup' && turn.facts.capabilities['E0'] === true;
    return forgot ? startedAnew(turn, 'the dongle echoes again: it has lost its settings') : WAITING;
  }
  const all = [...lines, heard];
  turn.link = { ...link, deadline, firstAt: link.firstAt ?? turn.now, lastAt: turn.now, lines: all };
  if (all.length < REPLY_LINES_MAX) return WAITING;
  dropAll(turn, all, 'flood');
  strike(
    turn,
    fault('malformed', 'elm327.flood', 'dongle', `${REPLY_LINES_MAX} lines came without a prompt`),
  );
  synchronise(turn, asked);
  return WAITING;
};

const whileSyncing = (turn: Turn, link: Syncing, heard: Heard): Outcome => {
  const asks = link.stage === 'ask' || link.stage === 'prove';
  const proves = asks && heard.event?.kind === 'text' && heard.event.text === turn.facts.name;
  const next = { ...link, heard: link.heard + 1, proved: link.proved || proves };
  turn.link = next;
  if (heard.event?.kind !== 'prompt') {
    dropAll(turn, [heard], 'resynchronising');
    if (link.stage === 'drain' && next.heard < REPLY_LINES_MAX) {
      turn.link = { ...next, deadline: after(turn, QUIET_MS) };
    }
    return WAITING;
  }
  turn.fates.push(CONTROL);
  // An idle chip took the nudge for the first letter of the first question: only the second one says its name.
  if (link.stage === 'interrupt') askForLife(turn, next, 'ask');
  else if (link.stage === 'ask' && !next.proved) askForLife(turn, next, 'prove');
  else turn.link = { ...next, stage: 'drain', deadline: after(turn, QUIET_MS) };
  return WAITING;
};

const askForLife = (turn: Turn, link: Syncing, stage: 'ask' | 'prove'): void => {
  turn.commands.push({ kind: 'at', text: 'I' });
  turn.link = { ...link, stage, deadline: after(turn, SIGN_OF_LIFE_MS) };
};

const hearIdle = (turn: Turn, heard: Heard): void => {
  if (heard.event?.kind === 'prompt') turn.fates.push(CONTROL);
  else dropAll(turn, [heard], 'unsolicited');
};

/** `ACT ALERT` may stand between any two lines and belongs to no reply: the next command keeps the chip awake. */
const isAlert = ({ event }: Heard): boolean =>
  event?.kind === 'trouble' && event.groups.length === 0 && TROUBLE_ACTION[event.trouble] === 'alert';

const hear = (turn: Turn, heard: Heard): Outcome => {
  const { link } = turn;
  const words = resetWords(heard, link);
  if (words !== undefined) {
    if (link.kind === 'asked') dropAll(turn, link.lines, 'device-reset');
    turn.fates.push(CONTROL);
    return startedAnew(turn, words);
  }
  if (isAlert(heard)) {
    turn.fates.push(CONTROL);
    return WAITING;
  }
  if (link.kind === 'asked') return whileAsked(turn, link, heard);
  if (link.kind === 'syncing') return whileSyncing(turn, link, heard);
  if (link.kind === 'finding') {
    if (hearProbed(turn, link, heard)) synchronise(turn, undefined);
    return WAITING;
  }
  if (link.kind === 'raising') {
    if (hearRaised(turn, link, heard) === 'done') synchronise(turn, undefined);
    return WAITING;
  }
  hearIdle(turn, heard);
  return WAITING;
};

/** The prompt did not show up in time. */
const syncOverdue = (turn: Turn, link: Syncing): Outcome => {
  if (link.stage === 'interrupt') {
    askForLife(turn, link, 'ask');
    return WAITING;
  }
  if (link.stage === 'drain' && link.proved) {
    turn.link = { kind: 'idle' };
    const { unanswered } = link;
    if (unanswered === undefined) return { kind: 'synced' };
    return { kind: 'reply', printed: { asked: unanswered, lines: [], silent: true, firstMs: 0, tailMs: 0 } };
  }
  const mayGoOn =
    link.heard === 0
      ? link.tries + 1 < SYNC_TRIES_MAX
      : !overdue(turn, monoAfterMs(link.since, GARBLED_MAX_MS));
  if (mayGoOn) {
    if (link.stage === 'drain') askForLife(turn, link, 'prove');
    else interruptAgain(turn, link);
    return WAITING;
  }
  const words =
    link.heard === 0
      ? 'it says nothing; is it a dongle, is the baud rate right, and is it powered?'
      : 'what it says makes no sense; is it an ELM327, and is the baud rate right?';
  turn.reopen = fault('unreachable', 'elm327.silent', 'dongle', words);
  return WAITING;
};

const overdue = (turn: Turn, deadline: MonoNs): boolean => elapsedMs(turn.now, deadline) <= 0;

const silence = (turn: Turn): Outcome => {
  const { link } = turn;
  if (link.kind === 'idle' || !overdue(turn, link.deadline)) return WAITING;
  if (link.kind === 'syncing') return syncOverdue(turn, link);
  if (link.kind === 'finding') {
    rateOverdue(turn, link);
    return WAITING;
  }
  if (link.kind === 'raising') {
    raiseOverdue(turn, link);
    synchronise(turn, undefined);
    return WAITING;
  }
  const reason = fault(
    'malformed',
    'elm327.no-prompt',
    'dongle',
    'a reply did not come to its prompt in time',
  );
  settle(turn, link.lines, quarantined(reason));
  strike(turn, reason);
  synchronise(turn, link.asked);
  return WAITING;
};

/** One input to the exchange. Moves the link on and says what the phase must know. */
export const exchange = (turn: Turn, input: Input<Event>): Outcome => {
  switch (input.kind) {
    case 'opened':
      turn.facts = { ...turn.facts, rate: input.rate };
      if (input.rate?.auto === true) findRate(turn);
      else synchronise(turn, undefined);
      return WAITING;
    case 'silence':
      return silence(turn);
    case 'event':
    case 'malformed':
      return hear(turn, heardOf(input));
  }
};
