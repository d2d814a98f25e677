import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { applyMapping, type Lines, type MappedMessage } from '../../mapping/index.ts';
import type { Message } from '../../message.ts';
import { type LastKnown, lastKnownFacts, NOTHING_KNOWN, withLastKnown } from '../../mqtt/last-known.ts';
import { type Heard, listeningStep } from '../../mqtt/listening-step.ts';
import { isSeen, NO_MOMENTS, type SeenMoments, withMoment } from '../../mqtt/seen-moments.ts';
import { originOfTopic } from '../../mqtt/simulated.ts';
import type { DeviceStatus, Fate, Input, Said, Session, Step } from '../../session.ts';
import type { MappedOptions } from './options.ts';

type Phase = 'waiting' | 'receiving' | 'silent';

/** What is worked out once: how the raw bytes of each rule's readings end. */
type Prepared = MappedOptions & { readonly lines: Lines };

interface Counts {
  readonly messages: number;
  readonly readings: number;
  /** Values that could not be read, also beside good ones of the same message. */
  readonly badValues: number;
  /** Messages of topics that the mapping does not name. */
  readonly unmapped: number;
}

export interface State {
  readonly phase: Phase;
  readonly counts: Counts;
  readonly moments: SeenMoments;
  readonly lastKnown: LastKnown;
  readonly trouble: string | undefined;
  /** When the owner was told last. */
  readonly reportedAt: MonoNs | undefined;
}

const INITIAL: State = {
  phase: 'waiting',
  counts: { messages: 0, readings: 0, badValues: 0, unmapped: 0 },
  moments: NO_MOMENTS,
  lastKnown: NOTHING_KNOWN,
  trouble: undefined,
  reportedAt: undefined,
};

/** Counts are told no more often than this. */
const REPORT_EVERY_MS = 60_000;

const WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting for the first message.',
  receiving: 'readings are coming.',
  silent: 'nothing has come for long; is the device on, and are its topics those of the address?',
};

interface Outcome {
  readonly state: State;
  readonly fate: Fate;
  readonly said: readonly Said[];
}

const drop = (state: State, reason: string): Outcome => ({
  state,
  fate: { kind: 'dropped', reason },
  said: [],
});

const counted = (state: State, { values, faults, isMapped }: MappedMessage, readings: number): State => ({
  ...state,
  counts: {
    messages: state.counts.messages + 1,
    readings: state.counts.readings + readings,
    badValues: state.counts.badValues + faults.length,
    unmapped: state.counts.unmapped + (isMapped ? 0 : 1),
  },
  phase: values.length > 0 ? 'receiving' : state.phase,
  trouble: faults[0]?.words ?? state.trouble,
});

const take = (
  before: State,
  message: Message,
  raw: Uint8Array,
  isRetained: boolean,
  options: Prepared,
): Outcome => {
  const mapped = applyMapping(options.mapping, message, raw, options.lines);
  const { values, faults, clockMs, isMapped } = mapped;
  if (isRetained) {
    const lastKnown = withLastKnown(
      before.lastKnown,
      values.map(({ body }) => body),
    );
    return drop({ ...before, lastKnown }, 'retained');
  }
  if (clockMs !== undefined && isSeen(before.moments, message.topic, clockMs)) {
    return drop(counted(before, { ...mapped, values: [], faults: [] }, 0), 'repeated');
  }
  // The device's clock alone says nothing worth keeping.
  const readings = values.length === (clockMs === undefined ? 0 : 1) ? [] : values;
  const state = counted(before, mapped, readings.length);
  const [first] = faults;
  const origin = originOfTopic(message.topic);
  if (readings.length === 0) {
    if (first !== undefined) return { state, fate: { kind: 'quarantined', fault: first, raw }, said: [] };
    return drop(state, isMapped ? 'no-value' : 'not-mapped');
  }
  const moments = clockMs === undefined ? state.moments : withMoment(state.moments, message.topic, clockMs);
  return {
    state: { ...state, moments },
    fate: { kind: 'observed' },
    said: readings.map((each) => ({ body: each.body, raw: each.raw, origin })),
  };
};

const statusOf = ({ phase, counts, lastKnown, trouble }: State): DeviceStatus => ({
  phase,
  words:
    trouble === undefined
      ? WORDS[phase]
      : `${WORDS[phase]} The last value that could not be read: ${trouble}`,
  facts: { ...counts, ...lastKnownFacts(lastKnown) },
});

const isNews = (before: State, after: State, now: MonoNs): boolean =>
  before.reportedAt === undefined ||
  before.phase !== after.phase ||
  before.trouble !== after.trouble ||
  before.lastKnown.size !== after.lastKnown.size ||
  (before.counts !== after.counts && elapsedMs(before.reportedAt, now) >= REPORT_EVERY_MS);

const outcomeOf = (state: State, input: Input<Message>, options: Prepared): Heard<State> => {
  switch (input.kind) {
    case 'opened':
      return { state, said: [], fates: [] };
    case 'silence':
      return {
        state: { ...state, phase: state.phase === 'waiting' ? 'waiting' : 'silent' },
        said: [],
        fates: [],
      };
    case 'malformed':
      return { state, said: [], fates: [{ kind: 'quarantined', fault: input.fault, raw: input.raw }] };
    case 'event': {
      const { fate, ...rest } = take(state, input.event, input.raw, input.retained === true, options);
      return { ...rest, fates: [fate] };
    }
  }
};

/** Applies the owner's mapping to every message; nothing is ever sent. */
export const mappedSession = (given: MappedOptions): Session<State, Message, Message> => {
  const options: Prepared = { ...given, lines: new Map() };
  return {
    initial: INITIAL,
    step(before, input, now): Step<State, Message> {
      const heard = outcomeOf(before, input, options);
      const news = isNews(before, heard.state, now) ? statusOf(heard.state) : undefined;
      return listeningStep(heard, news, options.silentAfterMs, now);
    },
  };
};
