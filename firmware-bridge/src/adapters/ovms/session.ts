import { elapsedMs, type Fault, fault, type MonoNs } from '@outpost/schemas/words';
import { atPointer, bodyOfValue, readPayload, withMeaning } from '../../mapping/index.ts';
import type { Message } from '../../message.ts';
import { type LastKnown, lastKnownFacts, NOTHING_KNOWN, withLastKnown } from '../../mqtt/last-known.ts';
import { type Heard, listeningStep } from '../../mqtt/listening-step.ts';
import { originOfTopic } from '../../mqtt/simulated.ts';
import type { DeviceStatus, Fate, Input, Said, Session, Step } from '../../session.ts';
import { metricOf } from './metrics.ts';
import { readNotice } from './notices.ts';
import type { OvmsOptions } from './options.ts';
import { angleOf, joinPlace, LATITUDE, LONGITUDE, placeBodies } from './place.ts';
import { type Topic, topicOf } from './topic.ts';

type Phase = 'waiting' | 'online' | 'offline' | 'silent';

interface Counts {
  readonly messages: number;
  readonly readings: number;
  readonly badValues: number;
  readonly records: number;
}

export interface State {
  readonly phase: Phase;
  /** Whose topics are read: the first that speaks. */
  readonly prefix: string | undefined;
  readonly counts: Counts;
  /** The message with the latest latitude; a longitude that follows makes a position of it. */
  readonly latitude: Uint8Array | undefined;
  /** The latest records, to know one that comes again. */
  readonly records: readonly string[];
  readonly lastKnown: LastKnown;
  readonly trouble: string | undefined;
  readonly reportedAt: MonoNs | undefined;
}

const RECORDS_MAX = 32;
/** Counts are told no more often than this. */
const REPORT_EVERY_MS = 60_000;

const WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting for the first message.',
  online: 'readings are coming.',
  offline: 'the module has left its broker: it sleeps, or is out of reach of its network.',
  silent: 'nothing has come for long; is the module on, and are its topics those of the address?',
};

/** What became of one message. */
interface Outcome {
  readonly fate: Fate;
  readonly said: readonly Said[];
  readonly state: State;
}

const dropped = (state: State, reason: string): Outcome => ({
  state,
  said: [],
  fate: { kind: 'dropped', reason },
});

const aside = (state: State, why: Fault, raw: Uint8Array): Outcome => ({
  state: { ...state, trouble: why.words, counts: { ...state.counts, badValues: state.counts.badValues + 1 } },
  said: [],
  fate: { kind: 'quarantined', fault: why, raw },
});

const spoken = (state: State, said: readonly Said[]): Outcome => ({
  state: { ...state, counts: { ...state.counts, readings: state.counts.readings + said.length } },
  said,
  fate: { kind: 'observed' },
});

const badAngle = fault('malformed', 'ovms.angle', 'message', 'it holds no angle in degrees.');

const takePlace = (state: State, name: string, { topic, payload }: Message, raw: Uint8Array): Outcome => {
  const isLatitude = name === LATITUDE;
  if (angleOf(payload, isLatitude ? 90 : 180) === undefined) return aside(state, badAngle, raw);
  if (isLatitude) return { state: { ...state, latitude: raw }, said: [], fate: { kind: 'control' } };
  if (state.latitude === undefined) return dropped(state, 'no-latitude');
  const joined = joinPlace(state.latitude, raw);
  const said = placeBodies(joined).map((body) => ({ body, raw: joined, origin: originOfTopic(topic) }));
  return spoken(state, said);
};

const takeMetric = (
  state: State,
  name: string,
  message: Message,
  raw: Uint8Array,
  options: OvmsOptions,
): Outcome => {
  const metric = metricOf(name, options.signals);
  if (metric === undefined) return dropped(state, 'not-mapped');
  const document = readPayload(message.payload, metric.format);
  if (!document.ok) return aside(state, document.fault, raw);
  const said: Said[] = [];
  const faults: Fault[] = [];
  for (const rule of metric.rules) {
    const value = atPointer(document.value, rule.pointer);
    const body = bodyOfValue(rule, value);
    if (!body.ok) faults.push(body.fault);
    else if (body.value !== undefined) {
      said.push({
        body: body.value,
        raw: withMeaning(raw, rule, metric.format, value),
        origin: originOfTopic(message.topic),
      });
    }
  }
  const [first] = faults;
  if (said.length > 0) return spoken(first === undefined ? state : { ...state, trouble: first.words }, said);
  return first === undefined ? dropped(state, 'no-value') : aside(state, first, raw);
};

const takeNotice = (state: State, message: Message, raw: Uint8Array): Outcome => {
  const read = readNotice(message);
  if (!read.ok) return aside(state, read.fault, raw);
  if (read.value.length === 0) return dropped(state, 'no-value');
  return spoken(
    state,
    read.value.map((body) => ({ body, raw, origin: originOfTopic(message.topic) })),
  );
};

/** A record comes again, with a greater age, until the module hears that it was kept. */
const takeRecord = (
  state: State,
  topic: Extract<Topic, { kind: 'record' }>,
  message: Message,
  raw: Uint8Array,
  options: OvmsOptions,
): Outcome => {
  if (!options.records) return dropped(state, 'record');
  const text = new TextDecoder().decode(message.payload);
  const mark = `${topic.subtype}/${topic.id} ${text}`;
  if (state.records.includes(mark)) return dropped(state, 'repeated');
  const outcome = takeNotice(state, message, raw);
  if (outcome.fate.kind !== 'observed') return outcome;
  const { counts } = outcome.state;
  const records = [...state.records, mark].slice(-RECORDS_MAX);
  return {
    ...outcome,
    state: { ...outcome.state, records, counts: { ...counts, records: counts.records + 1 } },
  };
};

const phaseAfter = (topic: Topic, { payload }: Message): Phase => {
  const isWill = topic.kind === 'metric' && topic.name === 's/v3/connected';
  return isWill && new TextDecoder().decode(payload).trim() === 'no' ? 'offline' : 'online';
};

const takeTopic = (
  state: State,
  topic: Topic,
  message: Message,
  raw: Uint8Array,
  options: OvmsOptions,
): Outcome => {
  switch (topic.kind) {
    case 'metric':
      if (topic.name === LATITUDE || topic.name === LONGITUDE)
        return takePlace(state, topic.name, message, raw);
      if (topic.name === 'v/vin') return takeNotice(state, message, raw);
      return takeMetric(state, topic.name, message, raw, options);
    case 'event':
    case 'notice':
      return takeNotice(state, message, raw);
    case 'record':
      return takeRecord(state, topic, message, raw, options);
    case 'event-topic':
      return dropped(state, 'said-by-event');
    case 'client':
      return { state, said: [], fate: { kind: 'control' } };
  }
};

const take = (
  before: State,
  message: Message,
  raw: Uint8Array,
  isRetained: boolean,
  options: OvmsOptions,
): Outcome => {
  const topic = topicOf(message.topic);
  const counts = { ...before.counts, messages: before.counts.messages + 1 };
  const state: State = { ...before, counts };
  if (topic === undefined) return dropped(state, 'other-topic');
  if (before.prefix !== undefined && before.prefix !== topic.prefix) return dropped(state, 'stranger');
  const ours: State = { ...state, prefix: topic.prefix };
  if (isRetained) {
    const { said } = takeTopic({ ...ours, latitude: undefined }, topic, message, raw, options);
    const lastKnown = withLastKnown(
      ours.lastKnown,
      said.map(({ body }) => body),
    );
    return dropped({ ...ours, lastKnown }, 'retained');
  }
  return takeTopic({ ...ours, phase: phaseAfter(topic, message) }, topic, message, raw, options);
};

const wordsOf = ({ phase, trouble }: State): string =>
  trouble === undefined ? WORDS[phase] : `${WORDS[phase]} The last that could not be read: ${trouble}`;

const statusOf = (state: State): DeviceStatus => ({
  phase: state.phase,
  words: wordsOf(state),
  facts: {
    ...(state.prefix === undefined ? {} : { prefix: state.prefix }),
    ...state.counts,
    ...lastKnownFacts(state.lastKnown),
  },
});

const isNews = (before: State, after: State, now: MonoNs): boolean =>
  before.reportedAt === undefined ||
  wordsOf(before) !== wordsOf(after) ||
  before.lastKnown.size !== after.lastKnown.size ||
  (before.counts !== after.counts && elapsedMs(before.reportedAt, now) >= REPORT_EVERY_MS);

const outcomeOf = (state: State, input: Input<Message>, options: OvmsOptions): Heard<State> => {
  switch (input.kind) {
    case 'opened':
      // A position is not put together over a gap.
      return { state: { ...state, latitude: undefined }, said: [], fates: [] };
    case 'silence':
      return { state: state.phase === 'online' ? { ...state, phase: 'silent' } : state, said: [], fates: [] };
    case 'malformed':
      return { state, said: [], fates: [{ kind: 'quarantined', fault: input.fault, raw: input.raw }] };
    case 'event': {
      const { fate, ...rest } = take(state, input.event, input.raw, input.retained === true, options);
      return { ...rest, fates: [fate] };
    }
  }
};

/** Reads what an OVMS module publishes; nothing is ever sent. */
export const ovmsSession = (options: OvmsOptions): Session<State, Message, Message> => ({
  initial: {
    phase: 'waiting',
    prefix: undefined,
    counts: { messages: 0, readings: 0, badValues: 0, records: 0 },
    latitude: undefined,
    records: [],
    lastKnown: NOTHING_KNOWN,
    trouble: undefined,
    reportedAt: undefined,
  },
  step(before, input, now): Step<State, Message> {
    const heard = outcomeOf(before, input, options);
    const news = isNews(before, heard.state, now) ? statusOf(heard.state) : undefined;
    return listeningStep(heard, news, options.silentAfterMs, now);
  },
});
