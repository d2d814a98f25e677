import type { Epoch } from '@outpost/schemas/words';
import type { Kept, Offset } from '../journal/contract.ts';
import type { StreamReadings } from '../trips/stream-readings.ts';
import type { ReadingLine } from './lines.ts';

/** Readings that are remembered by name until a network has answered for them. */
const KNOWN_MAX = 131_072;

type Known = ReadingLine['reading'];

/** What readings are called, for lines of single ones. */
export interface KnownReadings {
  take(entry: Kept): void;
  /** Undefined where that is forgotten, or was never told. */
  at(offset: Offset): Known;
}

export const newKnownReadings = (readings: StreamReadings): KnownReadings => {
  const known = new Map<Offset, Known>();
  return {
    take(entry) {
      const placed = readings.take(entry);
      if (placed === undefined) return;
      const { sequence, wall, epoch } = placed.reading;
      known.set(entry.offset, { stream: placed.stream, epoch: epoch as Epoch, sequence, wall });
      const oldest = known.size > KNOWN_MAX ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    },
    at: (offset) => known.get(offset),
  };
};
