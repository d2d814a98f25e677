import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { applyMapping, type MappedMessage, type Memo, newMemo } from '../../mapping/index.ts';
import type { Message } from '../../message.ts';
import { type LastKnown, lastKnownFacts, NOTHING_KNOWN, withLastKnown } from '../../mqtt/last-known.ts';
import { type Heard, listeningStep } from '../../mqtt/listening-step.ts';
import { isSeen, NO_MOMENTS, type SeenMoments, withMoment } from '../../mqtt/seen-moments.ts';
import { originOfTopic } from '../../mqtt/simulated.ts';
import type { DeviceStatus, Fate, Input, Said, Session, Step } from '../../session.ts';
import type { MappedOptions } from './options.ts';

type Phase = 'waiting' | 'receiving' | 'silent';

type Prepared = MappedOptions & { readonly memo: Memo };

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

const drop = (state: State, reason: string): Heard<State> => ({
  state,
  fates: [{ kind: 'dropped', reason }],
  said: [],
});

/** Member by member: this is done for every message, and a spread costs five times as much. */
const counted = (before: State, mapped: MappedMessage, readings: number, moments = before.moments): State => {
  const { values, faults, isMapped } = mapped;
  const { counts, phase, lastKnown, trouble, reportedAt } = before;
  return {
    phase: values.length > 0 ? 'receiving' : phase,
    counts: {
      messages: counts.messages + 1,
      readings: counts.readings + readings,
      badValues: counts.badValues + faults.length,
      unmapped: counts.unmapped + (isMapped ? 0 : 1),
    },
    moments,
    lastKnown,
    trouble: faults[0]?.words ?? trouble,
    reportedAt,
  };
};

const OBSERVED: readonly Fate[] = [{ kind: 'observed' }];

const take = (
  before: State,
  message: Message,
  raw: Uint8Array,
  isRetained: boolean,
  options: Prepared,
): Heard<State> => {
  const mapped = applyMapping(options.mapping, message, raw, options.memo);
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
  const [first] = faults;
  if (readings.length === 0) {
    const state = counted(before, mapped, 0);
    if (first !== undefined) return { state, fates: [{ kind: 'quarantined', fault: first, raw }], said: [] };
    return drop(state, isMapped ? 'no-value' : 'not-mapped');
  }
  const moments = clockMs === undefined ? undefined : withMoment(before.moments, message.topic, clockMs);
  const origin = originOfTopic(message.topic);
  const said: Said[] = [];
  for (const each of readings) said.push({ body: each.body, raw: each.raw, origin });
  return { state: counted(before, mapped, readings.length, moments), fates: OBSERVED, said };
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
    case 'event':
      return take(state, input.event, input.raw, input.retained === true, options);
  }
};

/** Applies the owner's mapping to every message; nothing is ever sent. */
export const mappedSession = (given: MappedOptions): Session<State, Message, Message> => {
  const options: Prepared = { ...given, memo: newMemo(given.mapping.topics) };
  return {
    initial: INITIAL,
    step(before, input, now): Step<State, Message> {
      const heard = outcomeOf(before, input, options);
      const news = isNews(before, heard.state, now) ? statusOf(heard.state) : undefined;
      return listeningStep(heard, news, options.silentAfterMs, now);
    },
  };
};
