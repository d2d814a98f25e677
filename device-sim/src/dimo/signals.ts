import { dimoWire } from '@outpost/gateway';
import { momentOf } from './event.ts';
import { pairPlaces } from './places.ts';

// The default module and what the ingest does with the signals it gives (docs/networks/dimo.md lists the rules).

/** A signal as it is stored. */
export interface StoredSignal {
  readonly name: string;
  /** As it was sent: nanoseconds matter. */
  readonly timestamp: string;
  readonly value:
    | number
    | string
    | { readonly latitude: number; readonly longitude: number; readonly hdop: number };
}

export interface StoredEvent {
  readonly name: string;
  readonly timestamp: string;
  readonly durationNs: number;
  /** JSON, or nothing. */
  readonly metadata: string;
  readonly tags: readonly string[];
}

/** What the default module finds in `data`. */
export interface Payload {
  readonly signals: readonly unknown[];
  readonly events: readonly unknown[];
  /** Whatever stands there as text, be it a VIN or not. */
  readonly vin: string | undefined;
}

export interface Decoded<T> {
  readonly good: readonly T[];
  readonly errors: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What is of another form counts as not there. */
export const payloadOf = (data: string | undefined): Payload | undefined => {
  let members: Members | null;
  try {
    members = JSON.parse(data ?? '') as Members | null;
  } catch {
    return undefined;
  }
  if (typeof members !== 'object' || members === null) return undefined;
  const { signals, events, vin } = members;
  const text = vin === null ? '' : String(vin);
  return { signals: listOf(signals), events: listOf(events), vin: vin === undefined ? undefined : text };
};

/** Numbers as Go reads them: no blanks around them, infinity and no number by their names. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NAMED: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
]);

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (NUMBER.test(value)) return Number.isFinite(Number(value)) ? Number(value) : undefined;
  const named = NAMED.get(value.replace(/^[+-]/, '').toLowerCase());
  return named !== undefined && value.startsWith('-') ? -named : named;
};

/** What is not there is 0; nothing looks whether a place is one. */
const placeOf = (value: unknown): StoredSignal['value'] | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { latitude = 0, longitude = 0, hdop = 0 } = value as Members;
  if (typeof latitude !== 'number' || typeof longitude !== 'number' || typeof hdop !== 'number')
    return undefined;
  return { latitude, longitude, hdop };
};

const storedValue = (name: string, value: unknown): StoredSignal['value'] | undefined => {
  switch (dimoWire.NAMES.get(name)?.kind) {
    case 'number':
    case 'flag':
      return numberOf(value);
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'location':
      return placeOf(value);
    case undefined:
      return undefined;
  }
};

const ZERO_TIME = '0001-01-01T00:00:00Z';

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a list reads at all: of one element that does not, the whole list is lost. */
const reads = (list: readonly unknown[], fits: (each: Members) => boolean): list is readonly Members[] =>
  list.every(
    (each) =>
      isMembers(each) &&
      (each['timestamp'] == null || momentOf(each['timestamp']) !== undefined) &&
      (each['name'] == null || typeof each['name'] === 'string') &&
      fits(each),
  );

const decodeOne = ({ name, timestamp, value }: Members): StoredSignal | string => {
  if (typeof name !== 'string' || !dimoWire.NAMES.has(name)) return `signal ${String(name)} is not defined`;
  if (value == null) return `signal ${name} is missing a value`;
  const stored = storedValue(name, value);
  return stored === undefined
    ? `signal ${name} has a value of the wrong type`
    : { name, timestamp: String(timestamp ?? ZERO_TIME), value: stored };
};

/** Moments to the nanosecond, as text that sorts. */
const sortable = (timestamp: string): string => {
  const second = new Date(Math.floor((momentOf(timestamp) ?? 0) / 1_000) * 1_000).toISOString();
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  return `${second} ${fraction.padEnd(9, '0')}`;
};

/** By moment, then by name; of two with both the same the last one wins, whatever its value. */
const pruned = (signals: readonly StoredSignal[]): readonly StoredSignal[] => {
  const byKey = new Map<string, StoredSignal>();
  for (const signal of signals) byKey.set(`${sortable(signal.timestamp)} ${signal.name}`, signal);
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, signal]) => signal);
};

/** What the ingest does with decoded signals: those of the future go, then repetitions, then places are made. */
export const sortOut = (
  signals: readonly StoredSignal[],
  nowMs: number,
  isNewer: boolean,
): Decoded<StoredSignal> => {
  const isAhead = ({ timestamp }: StoredSignal): boolean =>
    (momentOf(timestamp) ?? 0) > nowMs + dimoWire.SKEW_MAX_MS;
  const errors = signals.filter(isAhead).map(({ name }) => `signal ${name} has a timestamp in the future`);
  const paired = pairPlaces(pruned(signals.filter((each) => !isAhead(each))), { isNewer });
  return { good: paired.good, errors: [...errors, ...paired.errors] };
};

/** The default module gives all signals or none: one that it cannot decode costs all others of its message. */
export const decodeSignals = (
  list: readonly unknown[],
  nowMs: number,
  isNewer: boolean,
): Decoded<StoredSignal> => {
  if (!reads(list, () => true)) return { good: [], errors: ['the signals cannot be read'] };
  const decoded = list.map(decodeOne);
  const errors = decoded.filter((each): each is string => typeof each === 'string');
  if (errors.length > 0) return { good: [], errors };
  return sortOut(
    decoded.filter((each): each is StoredSignal => typeof each !== 'string'),
    nowMs,
    isNewer,
  );
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const isDuration = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;

const eventReads = ({ durationNs, metadata, tags }: Members): boolean =>
  (durationNs == null || isDuration(durationNs)) &&
  (metadata == null || typeof metadata === 'string') &&
  (tags == null || isTextList(tags));

const eventError = ({ name, timestamp, metadata, tags }: Members): string | undefined => {
  if (typeof name !== 'string' || name === '') return 'an event has no name';
  if (timestamp == null || String(timestamp).startsWith('0001-01-01T00:00:00'))
    return `event ${name} has no time`;
  if (!dimoWire.EVENT_NAMES.includes(name)) return `event ${name} is not defined`;
  if (typeof metadata === 'string' && metadata !== '' && !isJson(metadata))
    return `the metadata of event ${name} is no JSON`;
  return isTextList(tags) && tags.some((tag) => tag !== tag.toLowerCase())
    ? `a tag of event ${name} has capitals`
    : undefined;
};

/** Of events the good ones are kept. */
export const decodeEvents = (list: readonly unknown[]): Decoded<StoredEvent> => {
  if (!reads(list, eventReads)) return { good: [], errors: ['the events cannot be read'] };
  const errors: string[] = [];
  const good: StoredEvent[] = [];
  for (const members of list) {
    const error = eventError(members);
    const { name, timestamp, durationNs, metadata, tags } = members;
    if (error !== undefined) errors.push(error);
    else
      good.push({
        name: String(name),
        timestamp: String(timestamp),
        durationNs: Number(durationNs ?? 0),
        metadata: typeof metadata === 'string' ? metadata : '',
        tags: isTextList(tags) ? tags : [],
      });
  }
  return { good, errors };
};
