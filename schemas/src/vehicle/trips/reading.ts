import type { Origin, Reading, TimeTrust, TripBody } from '../../words/index.ts';

/** What trips are made of: the readings of one stream, all of them and in order. */
export interface TripReading
  extends Pick<Reading, 'epoch' | 'sequence' | 'mono' | 'wall' | 'origin' | 'body'> {
  /** Of the clock anchor that its wall-clock time follows from. */
  readonly trust: TimeTrust;
  /** Where it stands, in whatever whoever asks counts places; comes back where a place is told. */
  readonly place: bigint;
}

/** A trip that is over and will not change any more. */
export interface ClosedTrip {
  readonly body: TripBody;
  /** Of all its readings. */
  readonly origin: Origin;
}
