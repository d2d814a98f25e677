import type { Offset } from '../journal/contract.ts';
import { chainsAt } from '../run/history.ts';
import { type Placed, readingsAt, type StreamReadings } from '../trips/stream-readings.ts';
import type { LedgerSource } from './source.ts';

/**
 * Readings that are at hand behind the last one that was asked for: a network answers nearly in order, with 2,048 under
 * way at most.
 */
const HELD_MAX = 4_096;
/** Further ahead than this reading begins anew. */
const NEAR_BYTES = 16n << 20n;
/** How often one network's way may begin anew; whoever answers without any order is told less of. */
const BEGINNINGS_MAX = 256;

/**
 * Readings by their place, read again: each network has its own way through the journal, so that memory does not depend
 * on how far one lies behind another.
 */
export interface KnownReadings extends AsyncDisposable {
  /** Undefined where it does not read any more, or its stream's time is not known. */
  at(network: string, place: Offset): Promise<Placed | undefined>;
}

interface Way {
  readonly readings: StreamReadings;
  readonly entries: AsyncIterator<Parameters<StreamReadings['take']>[0]>;
  readonly held: Map<Offset, Placed>;
  /** Where it began, and how far it has come. */
  readonly from: Offset;
  next: Offset;
}

const beginWay = async (source: LedgerSource, from: Offset): Promise<Way> => {
  const where = { journal: source, chainsAt: (offset: Offset) => chainsAt(source, offset) };
  const readings = await readingsAt(where, from);
  const entries = source.read(from, source.end)[Symbol.asyncIterator]();
  return { readings, entries, held: new Map(), from, next: from };
};

const goTo = async (way: Way, place: Offset): Promise<Placed | undefined> => {
  const { readings, entries, held } = way;
  while (way.next <= place) {
    const step = await entries.next();
    if (step.done === true) return undefined;
    const entry = step.value;
    way.next = entry.next;
    const placed = readings.take(entry);
    if (placed === undefined) continue;
    held.set(entry.offset, placed);
    const oldest = held.size > HELD_MAX ? held.keys().next().value : undefined;
    if (oldest !== undefined) held.delete(oldest);
  }
  return held.get(place);
};

export const newKnownReadings = (source: LedgerSource): KnownReadings => {
  const ways = new Map<string, { way: Way | undefined; beginnings: number }>();

  /** Whether a way can go on to a place, or has passed it not long ago. */
  const reaches = ({ from, next, held }: Way, place: Offset): boolean => {
    if (place >= next) return place - next <= NEAR_BYTES;
    const oldest = held.keys().next().value;
    return place >= (held.size < HELD_MAX ? from : (oldest ?? from));
  };

  return {
    async at(network, place) {
      const own = ways.get(network) ?? { way: undefined, beginnings: 0 };
      ways.set(network, own);
      if (own.way === undefined || !reaches(own.way, place)) {
        if (own.beginnings >= BEGINNINGS_MAX || place < source.start) return undefined;
        own.beginnings += 1;
        await own.way?.entries.return?.();
        own.way = await beginWay(source, place);
      }
      return own.way === undefined ? undefined : goTo(own.way, place);
    },
    async [Symbol.asyncDispose]() {
      for (const { way } of ways.values()) await way?.entries.return?.();
    },
  };
};
