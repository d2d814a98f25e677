import { momentOf } from './event.ts';
import type { Stored } from './judge.ts';

/** What is remembered; of more the oldest are forgotten, so that a day of load needs no more memory than this. */
const EVENTS_MAX = 250_000;
/** Within this the newer node's log takes a second message with the same key for the first. */
const WINDOW_MS = 120_000;

/** Where events are stored, by the key that DIMO tells them apart by. */
export interface Shelf {
  put(events: readonly Stored[], nowMs: number): void;
  /** In the order of their first arrival. */
  readonly events: ReadonlyMap<string, Stored>;
  /** Messages that came again and were the same event by its key. */
  readonly repeated: number;
  /** Of these, those that the newer node's log no longer remembered, and the table's order put together. */
  readonly late: number;
}

/** subject!time!type!source!id, the time to the second. */
export const keyOf = ({ subject, time, type, source, id }: Stored): string => {
  const second = new Date(Math.floor((momentOf(time) ?? 0) / 1_000) * 1_000).toISOString();
  return [subject, second, type, source, id].join('!');
};

export const openShelf = (): Shelf => {
  const events = new Map<string, Stored>();
  const seenAt = new Map<string, number>();
  const counts = { repeated: 0, late: 0 };
  return {
    events,
    get repeated() {
      return counts.repeated;
    },
    get late() {
      return counts.late;
    },
    put: (list, nowMs) => {
      for (const event of list) {
        const key = keyOf(event);
        if (events.has(key)) {
          counts.repeated += 1;
          if (nowMs - (seenAt.get(key) ?? 0) > WINDOW_MS) counts.late += 1;
        }
        // A map keeps a key's first place: the order is that of first arrival.
        events.set(key, event);
        seenAt.set(key, nowMs);
        if (events.size <= EVENTS_MAX) continue;
        const [first = ''] = events.keys();
        events.delete(first);
        seenAt.delete(first);
      }
    },
  };
};
