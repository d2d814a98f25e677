import {
  type ClosedTrip,
  isUneventful,
  NEW_TRIPS,
  neededFrom,
  stepTrips,
  type TripReading,
  type Trips,
  tripsAfter,
} from '@outpost/schemas/vehicle';
import { equalBytes, type StreamId, type TripBody, toHex } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import type { Placed } from './stream-readings.ts';

/** A trip that is over and whose record is not known to be on the disk. */
export interface Waiting extends ClosedTrip {
  readonly from: Offset;
}

/** The trips of one stream as its durable readings tell them. */
export interface StreamTrips {
  trips: Trips;
  /** The last trip that was recorded before: everything up to its end is done. */
  done: TripBody | undefined;
  /** The last reading, where it brought nothing but time; not stepped through yet, for the next one may do as well. */
  passedOver: TripReading | undefined;
  /** At most as many as one restart can bring up: a few. */
  readonly waiting: Waiting[];
}

export const newStreamTrips = (done: TripBody | undefined): StreamTrips => ({
  trips: NEW_TRIPS,
  done,
  passedOver: undefined,
  waiting: [],
});

/** Takes the next reading of the stream. */
export const takeReading = (mine: StreamTrips, { reading }: Placed): void => {
  const { done, trips, waiting } = mine;
  if (done !== undefined) {
    const { epoch, sequence } = done.end;
    if (reading.sequence !== sequence || !equalBytes(reading.epoch, epoch)) return;
    mine.done = undefined;
    mine.trips = tripsAfter(done, reading);
    return;
  }
  const before = mine.passedOver;
  const isUsual = isUneventful(trips, reading);
  // Within an epoch time passes in one step as in many.
  if (before !== undefined && !(isUsual && before.epoch === reading.epoch)) {
    mine.trips = stepTrips(trips, before).trips;
  }
  mine.passedOver = isUsual ? reading : undefined;
  if (isUsual) return;
  const from = (neededFrom(mine.trips) ?? reading.place) as Offset;
  const stepped = stepTrips(mine.trips, reading);
  mine.trips = stepped.trips;
  for (const closed of stepped.closed) waiting.push({ ...closed, from });
};

/** Nothing of the stream before this is needed again; undefined where nothing is before what comes next. */
export const neededOf = ({ trips, waiting }: StreamTrips): Offset | undefined =>
  waiting[0]?.from ?? (neededFrom(trips) as Offset | undefined);

/** Finds out from a stretch of the journal which trips stand recorded in it. */
export interface Recorded {
  take(placed: Placed): void;
  /** The last trip of each stream whose record and whose end both stand in the stretch. */
  last(): ReadonlyMap<StreamId, TripBody>;
}

export const newRecorded = (): Recorded => {
  const last = new Map<StreamId, TripBody>();
  /** By stream and epoch, the first sequence that was seen. */
  const firsts = new Map<string, number>();
  const key = (stream: StreamId, epoch: Uint8Array): string => `${stream} ${toHex(epoch)}`;
  return {
    take({ stream, reading: { epoch, sequence, body } }) {
      const of = key(stream, epoch);
      if (!firsts.has(of)) firsts.set(of, sequence);
      if (body.kind !== 'trip') return;
      const first = firsts.get(key(stream, body.end.epoch));
      if (first !== undefined && first <= body.end.sequence) last.set(stream, body);
    },
    last: () => last,
  };
};
