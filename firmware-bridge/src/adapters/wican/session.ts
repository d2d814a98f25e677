import { elapsedMs, type Fault, type MonoNs } from '@outpost/schemas/words';
import type { Message } from '../../message.ts';
import { type LastKnown, lastKnownFacts, NOTHING_KNOWN, withLastKnown } from '../../mqtt/last-known.ts';
import { originOfTopic } from '../../mqtt/simulated.ts';
import type { DeviceStatus, Fate, Happening, Input, Said, Session, Step } from '../../session.ts';
import type { Event } from './event.ts';
import type { WicanOptions } from './options.ts';
import { NO_RECEPTIONS, overhear, type Receptions } from './overheard.ts';
import { readValues } from './values.ts';

type Phase = 'waiting' | 'online' | 'offline' | 'silent';

interface Counts {
  readonly messages: number;
  readonly frames: number;
  readonly readings: number;
  readonly badValues: number;
}

export interface State {
  readonly phase: Phase;
  /** Whose topics are read. */
  readonly device: string | undefined;
  readonly counts: Counts;
  readonly receptions: Receptions;
  readonly lastKnown: LastKnown;
  /** Parameters that nobody gave a signal. */
  readonly unknown: readonly string[];
  readonly strangers: readonly string[];
  readonly trouble: string | undefined;
  readonly reportedAt: MonoNs | undefined;
}

const UNKNOWN_MAX = 16;
const STRANGERS_MAX = 16;
/** Counts are told no more often than this. */
const REPORT_EVERY_MS = 60_000;

const WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting for the first message.',
  online: 'readings are coming.',
  offline: 'the dongle has left its broker: the car sleeps, or is out of reach of its network.',
  silent: 'nothing has come for long; does the car sleep, and are its topics those of the address?',
};

interface Turn {
  readonly now: MonoNs;
  readonly options: WicanOptions;
  state: State;
  readonly said: Said[];
  readonly fates: Fate[];
  readonly happenings: Happening[];
}

const drop = (turn: Turn, reason: string): void => {
  turn.fates.push({ kind: 'dropped', reason });
};

const quarantine = (turn: Turn, fault: Fault, raw: Uint8Array): void => {
  turn.fates.push({ kind: 'quarantined', fault, raw });
  turn.state = { ...turn.state, trouble: fault.words };
};

const count = (turn: Turn, more: Partial<Counts>): void => {
  const { counts } = turn.state;
  turn.state = {
    ...turn.state,
    counts: {
      messages: counts.messages + (more.messages ?? 0),
      frames: counts.frames + (more.frames ?? 0),
      readings: counts.readings + (more.readings ?? 0),
      badValues: counts.badValues + (more.badValues ?? 0),
    },
  };
};

/** Whether a topic belongs to the dongle that is read; the first one that speaks is. */
const isOurs = (turn: Turn, topic: string): boolean => {
  const [, id] = /^wican\/([0-9a-f]{12})\//.exec(topic) ?? [];
  if (id === undefined) return true;
  const { device, strangers } = turn.state;
  if (device === undefined) turn.state = { ...turn.state, device: id };
  if (device === undefined || device === id) return true;
  if (!strangers.includes(id) && strangers.length < STRANGERS_MAX) {
    turn.state = { ...turn.state, strangers: [...strangers, id] };
    const words = `WiCAN ${id} speaks on these topics too; only ${device} is read. Give each its own device.`;
    turn.happenings.push({ what: 'stranger', words });
  }
  return false;
};

const withUnknown = (known: readonly string[], names: readonly string[]): readonly string[] => {
  const added = names.filter((name) => !known.includes(name));
  return added.length === 0 ? known : [...known, ...added].slice(0, UNKNOWN_MAX);
};

const phaseAfter = (document: unknown): Phase =>
  Object(document).status === 'offline' ? 'offline' : 'online';

const takeValues = (
  turn: Turn,
  event: Extract<Event, { kind: 'values' }>,
  raw: Uint8Array,
  isRetained: boolean,
): void => {
  const { topic, document } = event;
  count(turn, { messages: 1 });
  const isCommand = topic.endsWith('/cmd') && Object.hasOwn(Object(document), 'cmd');
  if (isCommand) {
    turn.fates.push({ kind: 'control' });
    return;
  }
  const { said, faults, unknown } = readValues(turn.options, topic, document, raw);
  if (isRetained) {
    const lastKnown = withLastKnown(
      turn.state.lastKnown,
      said.map(({ body }) => body),
    );
    turn.state = { ...turn.state, lastKnown };
    drop(turn, 'retained');
    return;
  }
  const { error } = Object(document);
  const trouble = typeof error === 'string' ? `the dongle says: ${error.slice(0, 100)}` : faults[0]?.words;
  turn.state = {
    ...turn.state,
    phase: phaseAfter(document),
    unknown: withUnknown(turn.state.unknown, typeof error === 'string' ? [] : unknown),
    trouble: trouble ?? turn.state.trouble,
  };
  count(turn, { readings: said.length, badValues: faults.length });
  const [first] = faults;
  for (const each of said) turn.said.push({ ...each, origin: originOfTopic(topic) });
  if (said.length > 0) turn.fates.push({ kind: 'observed' });
  else if (first !== undefined) quarantine(turn, first, raw);
  else if (typeof error === 'string') drop(turn, 'device-error');
  else drop(turn, unknown.length > 0 ? 'not-mapped' : 'no-value');
};

const takeFrame = (
  turn: Turn,
  event: Extract<Event, { kind: 'frame' }>,
  raw: Uint8Array,
  isRetained: boolean,
): void => {
  count(turn, { frames: 1 });
  if (isRetained) {
    drop(turn, 'retained');
    return;
  }
  turn.state = { ...turn.state, phase: 'online' };
  // What the dongle sends, or somebody sends through it, says nothing about the car.
  if (event.direction === 'tx') {
    turn.fates.push({ kind: 'control' });
    return;
  }
  const { receptions, overheard } = overhear(turn.state.receptions, event.frame, raw, turn.now);
  turn.state = { ...turn.state, receptions };
  switch (overheard.kind) {
    case 'said': {
      const origin = originOfTopic(event.topic);
      count(turn, { readings: overheard.bodies.length });
      for (const body of overheard.bodies) turn.said.push({ body, raw: overheard.raw, origin });
      turn.fates.push({ kind: 'observed' });
      return;
    }
    // Fates come in the order of their items, and other items may come before the answer is whole.
    case 'part':
      turn.fates.push({ kind: 'control' });
      return;
    case 'dropped':
      drop(turn, overheard.reason);
      return;
    case 'broken':
      quarantine(turn, overheard.fault, overheard.raw);
  }
};

const take = (turn: Turn, input: Input<Event>): void => {
  switch (input.kind) {
    case 'opened':
      return;
    case 'silence':
      if (turn.state.phase === 'online') turn.state = { ...turn.state, phase: 'silent' };
      return;
    case 'malformed':
      quarantine(turn, input.fault, input.raw);
      return;
    case 'event': {
      const { event, raw, retained = false } = input;
      if (!isOurs(turn, event.topic)) drop(turn, 'stranger');
      else if (event.kind === 'frame') takeFrame(turn, event, raw, retained);
      else takeValues(turn, event, raw, retained);
    }
  }
};

const wordsOf = ({ phase, unknown, trouble }: State): string => {
  const nameless =
    unknown.length === 0
      ? ''
      : ` These parameters have no signal: ${unknown.slice(0, 5).join(', ')}; name one for each in the option "signals".`;
  const bad = trouble === undefined ? '' : ` The last that could not be read: ${trouble}`;
  return `${WORDS[phase]}${nameless}${bad}`;
};

const statusOf = (state: State): DeviceStatus => ({
  phase: state.phase,
  words: wordsOf(state),
  facts: {
    ...(state.device === undefined ? {} : { device: state.device }),
    ...state.counts,
    ...lastKnownFacts(state.lastKnown),
  },
});

const isNews = (before: State, after: State, now: MonoNs): boolean =>
  before.reportedAt === undefined ||
  before.phase !== after.phase ||
  wordsOf(before) !== wordsOf(after) ||
  before.lastKnown.size !== after.lastKnown.size ||
  (before.counts !== after.counts && elapsedMs(before.reportedAt, now) >= REPORT_EVERY_MS);

/** Reads what a WiCAN publishes; nothing is ever sent. */
export const wicanSession = (options: WicanOptions): Session<State, Message, Event> => ({
  initial: {
    phase: 'waiting',
    device: options.device,
    counts: { messages: 0, frames: 0, readings: 0, badValues: 0 },
    receptions: NO_RECEPTIONS,
    lastKnown: NOTHING_KNOWN,
    unknown: [],
    strangers: [],
    trouble: undefined,
    reportedAt: undefined,
  },
  step(before, input, now): Step<State, Message> {
    const turn: Turn = { now, options, state: before, said: [], fates: [], happenings: [] };
    take(turn, input);
    const { state, said, fates, happenings } = turn;
    const news = isNews(before, state, now);
    return {
      state: news ? { ...state, reportedAt: now } : state,
      commands: [],
      said,
      fates,
      whenKept: [],
      silenceAfterMs: options.silentAfterMs,
      ...(happenings.length === 0 ? {} : { happenings }),
      ...(news ? { status: statusOf(state) } : {}),
    };
  },
});
