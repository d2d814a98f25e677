import { elapsedMs, equalBytes, type Fault, fault, type MonoNs, toHex } from '@outpost/schemas/words';
import type { Message } from '../../message.ts';
import type { DeviceStatus, Fate, Input, Said, Session, Step } from '../../session.ts';
import { bodiesOf } from './bodies.ts';
import type { SignedMessage } from './codec.ts';
import type { SignedOptions } from './options.ts';
import { judgeSequence, NO_SEQUENCES, type Sequences, withSequence } from './sequences.ts';

/** Whether a signature of a key is over these bytes. */
export type Verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

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

const untrusted = (state: State, code: string, words: string, raw: Uint8Array): Outcome => {
  const counts = { ...state.counts, untrusted: state.counts.untrusted + 1 };
  return aside({ ...state, counts, phase: 'untrusted' }, fault('untrusted', code, 'signed', words), raw);
};

const takeNew = (state: State, { reading }: SignedMessage, raw: Uint8Array): Outcome => {
  const { sequences, counts } = state;
  const { highest } = sequences;
  const ahead = highest < 0 ? 0 : Math.max(-1, reading.sequence - highest - 1);
  const after: State = {
    ...state,
    phase: 'receiving',
    sequences: withSequence(sequences, reading.sequence),
    counts: { ...counts, messages: counts.messages + 1, missing: Math.max(0, counts.missing + ahead) },
  };
  const bodies = bodiesOf(reading);
  if (!bodies.ok) return aside(after, bodies.fault, raw);
  const said = bodies.value.map((body): Said => ({ body, raw, origin: 'live' }));
  return { state: after, fates: [{ kind: 'observed' }], said };
};

/** The cheap checks first: who sends noise with a wrong key costs no signature. */
const take = (
  state: State,
  message: SignedMessage,
  raw: Uint8Array,
  { key }: SignedOptions,
  verify: Verify,
): Outcome => {
  const { reading } = message;
  if (!equalBytes(reading.key, key)) {
    const shown = toHex(reading.key).slice(0, SHOWN_KEY_DIGITS);
    return untrusted(state, 'signed.key', `is signed by another key, ${shown}….`, raw);
  }
  if (!verify(reading.key, reading.signed, reading.signature)) {
    return untrusted(state, 'signed.signature', 'has a signature that does not hold.', raw);
  }
  switch (judgeSequence(state.sequences, reading.sequence)) {
    case 'new':
      return takeNew(state, message, raw);
    case 'repeated': {
      const counts = { ...state.counts, repeated: state.counts.repeated + 1 };
      return { state: { ...state, counts }, fates: [{ kind: 'dropped', reason: 'repeated' }], said: [] };
    }
    case 'old': {
      const { highest } = state.sequences;
      const words = `has the sequence ${reading.sequence} after ${highest}: replayed, or its device has lost count.`;
      return untrusted(state, 'signed.sequence', words, raw);
    }
  }
};

const outcomeOf = (
  state: State,
  input: Input<SignedMessage>,
  options: SignedOptions,
  verify: Verify,
): Outcome => {
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
      if (input.retained === true)
        return { state, fates: [{ kind: 'dropped', reason: 'retained' }], said: [] };
      return take(state, input.event, input.raw, options, verify);
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
export const signedSession = (
  options: SignedOptions,
  verify: Verify,
): Session<State, Message, SignedMessage> => ({
  initial: INITIAL,
  step(before, input, now): Step<State, Message> {
    const { state: after, fates, said } = outcomeOf(before, input, options, verify);
    const news = isNews(before, after, now);
    return {
      state: news ? { ...after, reportedAt: now } : after,
      commands: [],
      said,
      fates,
      whenKept: [],
      silenceAfterMs: options.silentAfterMs,
      ...(news ? { status: statusOf(after) } : {}),
    };
  },
});
