import { readAttestation } from '@outpost/schemas/evidence';
import { wallAt } from '@outpost/schemas/words';
import { withheldBecause } from '../deliver/withhold.ts';
import { platformHash } from '../hash.ts';
import type { Journal, Kept } from '../journal/contract.ts';
import { readAttested } from '../record/entry.ts';
import { type End, endOf } from './ends.ts';
import { COLUMNS_MAX, type LifeSlots } from './life-slots.ts';
import type { Life } from './lines.ts';
import { newTrail, type Trail } from './trail.ts';

/** Of the latest attestations and ends, what they say is at hand; of others it is read again. */
const HOT_MAX = 1_024;
/** What an attestation says of itself. */
export type Said = Omit<Life, 'fates' | 'later' | 'networks'>;

/** Undefined where the entry does not read (damaged). */
export const saidOf = (entry: Kept): { readonly said: Said; readonly isReal: boolean } | undefined => {
  const attested = readAttested(entry.bytes);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  if (!attested.ok || !attestation.ok) return undefined;
  const { stream, epoch, counter, size, origin, keyKind, lastMono, anchor } = attestation.value.statement;
  const said = {
    offset: entry.offset,
    stream,
    // Entries are views of what was read at once; what is kept for long must not keep all of that.
    epoch: epoch.slice() as Life['epoch'],
    counter,
    readings: size,
    origin,
    hash: platformHash(attested.value.bytes),
    made: wallAt(anchor, lastMono),
    trust: anchor.trust,
  };
  return { said, isReal: withheldBecause({ origin, keyKind }, false) === undefined };
};

/** The latest of something, each by its key. */
const newHot = <T>() => {
  const held = new Map<number, T>();
  return {
    put(key: number, value: T): void {
      held.set(key, value);
      const oldest = held.size > HOT_MAX ? held.keys().next().value : undefined;
      if (oldest !== undefined) held.delete(oldest);
    },
    get: (key: number): T | undefined => held.get(key),
  };
};

/** What lives say, from memory or from the journal again. */
export interface Sayings {
  hold(ordinal: number, said: Said): void;
  holdEnd(ordinal: number, column: number, end: End): void;
  /** Undefined where its entry does not read any more. */
  life(ordinal: number): Promise<Said | undefined>;
  end(ordinal: number, column: number): Promise<End | undefined>;
  close(): Promise<void>;
}

export const newSayings = (journal: Pick<Journal, 'read' | 'end'>, slots: LifeSlots): Sayings => {
  const lives = newHot<Said>();
  const ends = newHot<End>();
  const lifeTrail = newTrail(journal);
  const endTrails: (Trail | undefined)[] = [];
  const keyOf = (ordinal: number, column: number): number => ordinal * COLUMNS_MAX + column;

  return {
    hold: (ordinal, said) => lives.put(ordinal, said),
    holdEnd: (ordinal, column, end) => ends.put(keyOf(ordinal, column), end),
    async life(ordinal) {
      const held = lives.get(ordinal);
      if (held !== undefined) return held;
      const entry = await lifeTrail.at(slots.placeOf(ordinal));
      return entry === undefined ? undefined : saidOf(entry)?.said;
    },
    async end(ordinal, column) {
      const held = ends.get(keyOf(ordinal, column));
      const place = slots.verdictOf(ordinal, column);
      if (held !== undefined || place === undefined) return held;
      const trail = endTrails[column] ?? newTrail(journal);
      endTrails[column] = trail;
      const entry = await trail.at(place);
      return entry === undefined ? undefined : endOf(entry);
    },
    async close() {
      for (const trail of [lifeTrail, ...endTrails]) await trail?.close();
    },
  };
};
