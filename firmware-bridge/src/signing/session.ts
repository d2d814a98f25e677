import {
  type Body,
  elapsedMs,
  equalBytes,
  type Fault,
  fault,
  type MonoNs,
  type Result,
  toHex,
} from '@outpost/schemas/words';
import type { Message } from '../message.ts';
import type { DeviceStatus, Fate, Input, Said, Session, Step } from '../session.ts';
import { judgeSequence, NO_SEQUENCES, type Sequences, withSequence } from './sequences.ts';

/** Whether a signature of a key is over these bytes. */
export type Verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** What a message says under its signature. */
export interface Signed {
  /** From 0 up, never the same twice for one key. */
  readonly sequence: number;
  /** By whom it says that it is signed; undefined where it does not. */
  readonly key: Uint8Array | undefined;
  /** What the signature is over. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** A kind of device that signs what it says. */
export interface SigningParts<Event> {
  /** What codes of faults begin with. */
  readonly name: string;
  /** The one key that is believed. */
  readonly key: Uint8Array;
  readonly silentAfterMs: number;
  readonly verify: Verify;
  signedIn(event: Event): Signed;
  bodiesIn(event: Event): Result<readonly Body[]>;
  /** Whether it says nothing, and only asks how far we are. */
  isGreeting?(event: Event): boolean;
}

type Phase = 'waiting' | 'receiving' | 'silent' | 'untrusted';

interface Counts {
  readonly messages: number;
  readonly repeated: number;
  /** Sequences below the highest that have not come; of this connection. */
  readonly missing: number;
  readonly untrusted: number;
}

export interface State {
  readonly phase: Phase;
  readonly sequences: Sequences;
  readonly counts: Counts;
  readonly trouble: string;
  readonly reportedAt: MonoNs | undefined;
}

const INITIAL: State = {
  phase: 'waiting',
  sequences: NO_SEQUENCES,
  counts: { messages: 0, repeated: 0, missing: 0, untrusted: 0 },
  trouble: '',
  reportedAt: undefined,
};

/** Counts are told no more often than this. */
const REPORT_EVERY_MS = 60_000;
const SHOWN_KEY_DIGITS = 16;

const WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting for the first signed message.',
  receiving: 'signed readings are coming.',
  silent: 'nothing has come for long; is the device on?',
  untrusted: 'the last message is not signed by the key that is configured, or its signature does not hold.',
};

interface Outcome {
  readonly state: State;
  readonly fates: readonly Fate[];
  readonly said: readonly Said[];
}

const aside = (state: State, why: Fault, raw: Uint8Array): Outcome => ({
  state: { ...state, trouble: why.words },
  fates: [{ kind: 'quarantined', fault: why, raw }],
  said: [],
});

const untrusted = (state: State, why: Omit<Fault, 'kind'>, raw: Uint8Array): Outcome => {
  const counts = { ...state.counts, untrusted: state.counts.untrusted + 1 };
  return aside(
    { ...state, counts, phase: 'untrusted' },
    fault('untrusted', why.code, why.where, why.words),
    raw,
  );
};

const drop = (state: State, reason: string): Outcome => ({
  state,
  fates: [{ kind: 'dropped', reason }],
  said: [],
});

const takeNew = (
  state: State,
  sequence: number,
  bodies: Result<readonly Body[]>,
  raw: Uint8Array,
): Outcome => {
  const { sequences, counts } = state;
  const { highest } = sequences;
  const ahead = highest < 0 ? 0 : Math.max(-1, sequence - highest - 1);
  const after: State = {
    ...state,
    phase: 'receiving',
    sequences: withSequence(sequences, sequence),
    counts: { ...counts, messages: counts.messages + 1, missing: Math.max(0, counts.missing + ahead) },
  };
  if (!bodies.ok) return aside(after, bodies.fault, raw);
  const said = bodies.value.map((body): Said => ({ body, raw, origin: 'live' }));
  return { state: after, fates: [{ kind: 'observed' }], said };
};

/** The cheap checks first: who sends noise with a wrong key costs no signature. */
const take = <Event>(state: State, event: Event, raw: Uint8Array, parts: SigningParts<Event>): Outcome => {
  const { name, key, verify } = parts;
  const { sequence, key: named, signed, signature } = parts.signedIn(event);
  const distrust = (code: string, words: string): Outcome =>
    untrusted(state, { code: `${name}.${code}`, where: name, words }, raw);
  if (named !== undefined && !equalBytes(named, key)) {
    const shown = toHex(named).slice(0, SHOWN_KEY_DIGITS);
    return distrust('key', `is signed by another key, ${shown}….`);
  }
  if (!verify(key, signed, signature)) return distrust('signature', 'has a signature that does not hold.');
  if (parts.isGreeting?.(event) === true) return drop(state, 'greeting');
  switch (judgeSequence(state.sequences, sequence)) {
    case 'new':
      return takeNew(state, sequence, parts.bodiesIn(event), raw);
    case 'repeated': {
      const counts = { ...state.counts, repeated: state.counts.repeated + 1 };
      return drop({ ...state, counts }, 'repeated');
    }
    case 'old': {
      const { highest } = state.sequences;
      const words = `has the sequence ${sequence} after ${highest}: replayed, or its device has lost count.`;
      return distrust('sequence', words);
    }
  }
};

const outcomeOf = <Event>(state: State, input: Input<Event>, parts: SigningParts<Event>): Outcome => {
  switch (input.kind) {
    case 'opened':
      return { state, fates: [], said: [] };
    case 'silence':
      return {
        state: { ...state, phase: state.phase === 'waiting' ? 'waiting' : 'silent' },
        fates: [],
        said: [],
      };
    case 'malformed':
      return aside(state, input.fault, input.raw);
    case 'event':
      return input.retained === true ? drop(state, 'retained') : take(state, input.event, input.raw, parts);
  }
};

const statusOf = ({ phase, counts, sequences, trouble }: State): DeviceStatus => ({
  phase,
  words: trouble === '' ? WORDS[phase] : `${WORDS[phase]} The last trouble: ${trouble}`,
  facts: { ...counts, sequence: sequences.highest },
});

const isNews = (before: State, after: State, now: MonoNs): boolean =>
  before.reportedAt === undefined ||
  before.phase !== after.phase ||
  before.trouble !== after.trouble ||
  (before.counts !== after.counts && elapsedMs(before.reportedAt, now) >= REPORT_EVERY_MS);

/** Believes what its one key signed, each sequence once; nothing is ever sent. */
export const signingSession = <Event>(parts: SigningParts<Event>): Session<State, Message, Event> => ({
  initial: INITIAL,
  step(before, input, now): Step<State, Message> {
    const { state: after, fates, said } = outcomeOf(before, input, parts);
    const news = isNews(before, after, now);
    return {
      state: news ? { ...after, reportedAt: now } : after,
      commands: [],
      said,
      fates,
      whenKept: [],
      silenceAfterMs: parts.silentAfterMs,
      ...(news ? { status: statusOf(after) } : {}),
    };
  },
});
