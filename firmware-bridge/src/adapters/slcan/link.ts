import { elapsedMs, fault, type MonoNs } from '@outpost/schemas/words';
import type { Question, Reply } from '../../obd/question.ts';
import { CONTROL, quarantined, settle } from '../../obd/turn.ts';
import type { Input } from '../../session.ts';
import { askedUntil, isPartOf, notSent, replyWhenDone, takeFrame, takeMalformed } from './asked.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import type { Asked, Heard, Link, Traffic } from './state.ts';
import { after, type Turn } from './turn.ts';

/** What came of what the phase wanted. */
export type Outcome =
  /** How the adapter took a command: `silent` where it does not say. */
  | {
      readonly kind: 'told';
      readonly command: Command;
      readonly how: 'done' | 'refused' | 'silent';
      /** A line that answers the command; without a fate so far. */
      readonly heard: Heard | undefined;
    }
  | { readonly kind: 'reply'; readonly question: Question; readonly reply: Reply }
  | { readonly kind: 'listened'; readonly traffic: Traffic }
  /** A frame, or a line that may have been one, that nobody asked for; without a fate so far. */
  | { readonly kind: 'overheard'; readonly heard: Heard };

/** Commands in a row after which nothing at all was heard before the connection is given up. */
const UNHEARD_MAX = 6;

const silent = fault(
  'unreachable',
  'slcan.silent',
  'adapter',
  'it says nothing; is it a CAN adapter that speaks SLCAN, is the baud rate right, and is it powered?',
);

const unreadable = fault('malformed', 'slcan.not-known', 'line', 'a line that cannot be read');

const idle = (turn: Turn): void => {
  turn.link = { kind: 'idle' };
};

const overdue = (turn: Turn, moment: MonoNs): boolean => elapsedMs(turn.now, moment) <= 0;

/** Bits of a frame on the bus, without stuffing: 47 or 67 around its data, the space after it included. */
const bitsOf = (event: Extract<Event, { kind: 'frame' }>): number =>
  (event.frame.extended ? 67 : 47) + 8 * event.frame.data.length;

const drop = (turn: Turn, heard: Heard, reason: string): void =>
  settle(turn, [heard], () => ({ kind: 'dropped', reason }));

const ANSWERS: Partial<Record<Command['kind'], Event['kind']>> = {
  version: 'version',
  serial: 'serial',
  flags: 'flags',
};

/** Lines that stand for themselves, whatever is under way. */
const takeNotice = (turn: Turn, heard: Heard): boolean => {
  const { event } = heard;
  if (event?.kind === 'bus-state') turn.facts = { ...turn.facts, busState: event.state };
  else if (event?.kind !== 'bus-errors') return false;
  settle(turn, [heard], () => CONTROL);
  return true;
};

const whileTold = (
  turn: Turn,
  { command }: Extract<Link, { kind: 'told' }>,
  heard: Heard,
): Outcome | undefined => {
  const { event } = heard;
  if (event?.kind === 'frame' || event === undefined) return { kind: 'overheard', heard };
  if (event.kind === ANSWERS[command.kind]) {
    idle(turn);
    return { kind: 'told', command, how: 'done', heard };
  }
  settle(turn, [heard], () => CONTROL);
  if (event.kind !== 'ok' && event.kind !== 'error') return undefined;
  idle(turn);
  return { kind: 'told', command, how: event.kind === 'ok' ? 'done' : 'refused', heard: undefined };
};

const finished = (turn: Turn, before: Asked): Outcome | undefined => {
  const { asked, reply } = replyWhenDone(turn, before);
  turn.link = { kind: 'asked', asked };
  if (reply === undefined) return undefined;
  idle(turn);
  return { kind: 'reply', question: asked.question, reply };
};

const whileAsked = (
  turn: Turn,
  { asked }: Extract<Link, { kind: 'asked' }>,
  heard: Heard,
): Outcome | undefined => {
  const { event } = heard;
  if (event === undefined) return finished(turn, takeMalformed(asked, heard));
  if (event.kind === 'frame') {
    if (isPartOf(asked, event.frame)) return finished(turn, takeFrame(turn, asked, event.frame, heard));
    return finished(turn, asked) ?? { kind: 'overheard', heard };
  }
  // Nobody asked for a version now: it may be a frame with another first letter.
  if (event.kind === 'version' || event.kind === 'serial' || event.kind === 'flags') {
    return finished(turn, takeMalformed(asked, { ...heard, fault: unreadable }));
  }
  settle(turn, [heard], () => CONTROL);
  if (event.kind === 'error' && !asked.taken && asked.frames.length === 0) {
    idle(turn);
    return { kind: 'reply', question: asked.question, reply: notSent(turn, asked) };
  }
  const taken = asked.taken || event.kind === 'ok' || event.kind === 'taken';
  turn.link = { kind: 'asked', asked: { ...asked, taken } };
  return undefined;
};

const whileListening = (turn: Turn, link: Extract<Link, { kind: 'listening' }>, heard: Heard): void => {
  const { event } = heard;
  if (event === undefined) settle(turn, [heard], quarantined(unreadable));
  else if (event.kind !== 'frame') settle(turn, [heard], () => CONTROL);
  else {
    const { frames, bits, ms } = link.traffic;
    turn.link = { ...link, traffic: { frames: frames + 1, bits: bits + bitsOf(event), ms } };
    drop(turn, heard, 'not-asked');
  }
};

const hear = (turn: Turn, heard: Heard): Outcome | undefined => {
  const { link } = turn;
  turn.facts = turn.facts.unheard === 0 ? turn.facts : { ...turn.facts, unheard: 0 };
  if (takeNotice(turn, heard)) return undefined;
  switch (link.kind) {
    case 'told':
      return whileTold(turn, link, heard);
    case 'asked':
      return whileAsked(turn, link, heard);
    case 'listening':
      whileListening(turn, link, heard);
      return undefined;
    case 'idle':
      if (heard.event === undefined || heard.event.kind === 'frame') return { kind: 'overheard', heard };
      settle(turn, [heard], () => CONTROL);
      return undefined;
  }
};

/** Begins to listen to the bus for so long. */
export const listen = (turn: Turn, ms: number): void => {
  const traffic: Traffic = { frames: 0, bits: 0, ms };
  turn.link = { kind: 'listening', since: turn.now, until: after(turn, ms), traffic };
};

const unheard = (turn: Turn): void => {
  turn.facts = { ...turn.facts, unheard: turn.facts.unheard + 1 };
  if (turn.facts.unheard >= UNHEARD_MAX) turn.reopen = silent;
};

/** What the passing of time brings. On a busy bus it is looked at with every frame, for silence never comes there. */
const timePassed = (turn: Turn): Outcome | undefined => {
  const { link } = turn;
  switch (link.kind) {
    case 'idle':
      return undefined;
    case 'told':
      if (!overdue(turn, link.deadline)) return undefined;
      idle(turn);
      unheard(turn);
      return { kind: 'told', command: link.command, how: 'silent', heard: undefined };
    case 'asked':
      return finished(turn, link.asked);
    case 'listening': {
      if (!overdue(turn, link.until)) return undefined;
      idle(turn);
      return { kind: 'listened', traffic: link.traffic };
    }
  }
};

/** When to step again although nothing comes. */
export const linkUntil = (link: Link): MonoNs | undefined => {
  switch (link.kind) {
    case 'idle':
      return undefined;
    case 'told':
      return link.deadline;
    case 'asked':
      return askedUntil(link.asked);
    case 'listening':
      return link.until;
  }
};

const heardOf = (input: Extract<Input<Event>, { kind: 'event' | 'malformed' }>): Heard =>
  input.kind === 'event'
    ? { raw: input.raw, event: input.event, fault: undefined }
    : { raw: input.raw, event: undefined, fault: input.fault };

/** One input to the exchange. Moves the link on and says what the phase must know, in order. */
export const exchange = (turn: Turn, input: Input<Event>): readonly Outcome[] => {
  if (input.kind === 'opened') return [];
  // What was due before this input has its place before it.
  const due = timePassed(turn);
  const came = input.kind === 'silence' ? undefined : hear(turn, heardOf(input));
  return [due, came].filter((outcome) => outcome !== undefined);
};

/** The fate of what nobody asked for, where the phase has no use for it. */
export const dropOverheard = (turn: Turn, heard: Heard): void => {
  const { fault: reason, event } = heard;
  if (reason !== undefined) settle(turn, [heard], quarantined(reason));
  else if (event?.kind === 'frame') drop(turn, heard, 'not-asked');
  else settle(turn, [heard], () => CONTROL);
};
