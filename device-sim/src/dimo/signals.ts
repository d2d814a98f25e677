import { dimoWire } from '@outpost/gateway';
import { momentOf } from './event.ts';

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
}

/** What the default module finds in `data`. */
export interface Payload {
  readonly signals: readonly unknown[];
  readonly events: readonly unknown[];
  readonly vin: string | undefined;
}

export interface Decoded<T> {
  readonly good: readonly T[];
  readonly errors: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly unknown[] | undefined => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : undefined;
};

/** Undefined where it is not of the module's form at all. */
export const payloadOf = (data: string | undefined): Payload | undefined => {
  if (data === undefined) return undefined;
  const members = JSON.parse(data) as Members | null;
  if (typeof members !== 'object' || members === null) return undefined;
  const [signals, events, vin] = [listOf(members['signals']), listOf(members['events']), members['vin']];
  if (signals === undefined || events === undefined) return undefined;
  if (vin !== undefined && typeof vin !== 'string') return undefined;
  const badTime = [...signals, ...events].some((each) => {
    const { timestamp } = (each ?? {}) as Members;
    return timestamp !== undefined && momentOf(timestamp) === undefined;
  });
  return badTime ? undefined : { signals, events, vin: vin === '' ? undefined : vin };
};

const isNumberText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  return isNumberText(value) ? Number(value) : undefined;
};

const placeOf = (value: unknown): StoredSignal['value'] | undefined => {
  const { latitude, longitude, hdop = 0 } = (value ?? {}) as Members;
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

const decodeOne = (each: unknown, latestMs: number): StoredSignal | string => {
  const { name, timestamp = '0001-01-01T00:00:00Z', value } = (each ?? {}) as Members;
  if (typeof name !== 'string' || !dimoWire.NAMES.has(name)) return `signal ${String(name)} is not defined`;
  const stored = storedValue(name, value);
  if (stored === undefined) return `signal ${name} has a value of the wrong type`;
  if ((momentOf(timestamp) ?? 0) > latestMs) return `signal ${name} has a timestamp in the future`;
  return { name, timestamp: String(timestamp), value: stored };
};

/** By moment, then by name; of two with both the same the last one wins, whatever its value. */
const pruned = (signals: readonly StoredSignal[]): readonly StoredSignal[] => {
  const byKey = new Map<string, StoredSignal>();
  for (const signal of signals) byKey.set(`${signal.timestamp} ${signal.name}`, signal);
  return [...byKey.values()].toSorted(
    (a, b) => (momentOf(a.timestamp) ?? 0) - (momentOf(b.timestamp) ?? 0) || (a.name < b.name ? -1 : 1),
  );
};

/** A receiver without a fix says 0, 0; the newer node looks at the range too, of nothing else. */
const placeError = ({ value }: StoredSignal, checksRange: boolean): string | undefined => {
  if (typeof value !== 'object') return undefined;
  if (value.latitude === 0 && value.longitude === 0) return 'the location is 0, 0';
  const isOut = Math.abs(value.latitude) > 90 || Math.abs(value.longitude) > 180;
  return checksRange && isOut ? 'the location is not on Earth' : undefined;
};

/** Decodes what it can; each error is of one signal, and the others go on. */
export const decodeSignals = (
  list: readonly unknown[],
  nowMs: number,
  checksRange: boolean,
): Decoded<StoredSignal> => {
  const errors: string[] = [];
  const good: StoredSignal[] = [];
  for (const each of list) {
    const decoded = decodeOne(each, nowMs + dimoWire.SKEW_MAX_MS);
    if (typeof decoded === 'string') errors.push(decoded);
    else good.push(decoded);
  }
  const kept = pruned(good).filter((signal) => {
    const error = placeError(signal, checksRange);
    if (error !== undefined) errors.push(error);
    return error === undefined;
  });
  return { good: kept, errors };
};

const isJson = (text: unknown): boolean => {
  try {
    JSON.parse(String(text));
    return true;
  } catch {
    return false;
  }
};

const eventError = ({ name, timestamp, metadata, tags }: Members): string | undefined => {
  if (typeof name !== 'string' || !dimoWire.EVENT_NAMES.includes(name))
    return `event ${String(name)} is not defined`;
  if (timestamp === undefined || String(timestamp).startsWith('0001-01-01T00:00:00'))
    return `event ${name} has no time`;
  if (metadata !== undefined && (typeof metadata !== 'string' || !isJson(metadata)))
    return `the metadata of event ${name} is no JSON`;
  const list = Array.isArray(tags) ? (tags as readonly unknown[]) : [];
  return list.some((tag) => String(tag) !== String(tag).toLowerCase())
    ? `a tag of event ${name} has capitals`
    : undefined;
};

export const decodeEvents = (list: readonly unknown[]): Decoded<StoredEvent> => {
  const errors: string[] = [];
  const good: StoredEvent[] = [];
  for (const each of list) {
    const members = (each ?? {}) as Members;
    const error = eventError(members);
    if (error !== undefined) errors.push(error);
    else good.push({ name: String(members['name']), timestamp: String(members['timestamp']) });
  }
  return { good, errors };
};
