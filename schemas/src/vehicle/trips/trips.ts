import type { Origin, TripBody } from '../../words/index.ts';
import { type Axis, advance } from './axis.ts';
import { bodyOf, endMark, type Why } from './close.ts';
import { extended, isAlive, type Leg, type Mark, markOf, merged, newLeg, withOdometer } from './leg.ts';
import { TRIP_LIMITS } from './limits.ts';
import type { ClosedTrip, TripReading } from './reading.ts';
import { isRestarted } from './restarted.ts';
import { type SaidOfTrip, saidOfTrip } from './said.ts';

/** The end of the trip before: nothing starts before it, and what came of it is known. */
interface Floor {
  readonly at: bigint;
  readonly place: bigint;
}

/**
 * What is known of the trips of one stream. Immutable. All that follows from a trip that is over is in `floor` and
 * `idling`, so the work can be taken up again behind any trip with the same outcome.
 */
export interface Trips {
  readonly axis: Axis | undefined;
  readonly origin: Origin | undefined;
  /** A trip under way, or resting and perhaps not over. */
  readonly trip: Leg | undefined;
  /** The car alive outside of the trip: the beginning of the next one, or the continuation of this. */
  readonly leg: Leg | undefined;
  /** Nothing says how long it was from the last epoch to this one, and the trip has not gone on since. */
  readonly lost: boolean;
  readonly floor: Floor | undefined;
  /** An engine that idles on after a trip that ended by standing does not begin the next one. */
  readonly idling: boolean;
  readonly idledAt: bigint;
}

export const NEW_TRIPS: Trips = {
  axis: undefined,
  origin: undefined,
  trip: undefined,
  leg: undefined,
  lost: false,
  floor: undefined,
  idling: false,
  idledAt: 0n,
};

export interface Stepped {
  readonly trips: Trips;
  readonly closed: readonly ClosedTrip[];
}

const unchanged = (trips: Trips): Stepped => ({ trips, closed: [] });

/** A leg that went far enough and has no trip before it that it could belong to is the next trip. */
const promoted = (before: Trips): Trips =>
  before.trip === undefined && before.leg?.isTrip === true
    ? { ...before, trip: before.leg, leg: undefined }
    : before;

const close = (before: Trips, why: Why): Stepped => {
  const { trip, origin } = before;
  if (trip === undefined || origin === undefined) return unchanged(before);
  const { body, end } = bodyOf(trip, why);
  const trips: Trips = {
    ...before,
    trip: undefined,
    lost: false,
    floor: { at: end.at, place: end.place },
    idling: body.endedBy === 'standstill',
    idledAt: trip.last.at,
  };
  return { trips: promoted(trips), closed: [{ body, origin }] };
};

/**
 * Joins the leg to the trip before it, or ends that one. Called once the car had time to tell its run time. An engine
 * that only idles joins nothing yet.
 */
const decide = (before: Trips): Stepped => {
  const { trip, leg, lost } = before;
  if (trip === undefined || leg === undefined) return unchanged(before);
  const restarted = isRestarted(trip, leg, lost);
  const isNear = !lost && leg.first.at - trip.last.at <= TRIP_LIMITS.reopenNs;
  if (restarted ?? !isNear) return close(before, restarted === true ? 'new-start' : 'rest');
  if (leg.lastMoved === undefined) return unchanged(before);
  return unchanged({ ...before, trip: merged(trip, leg), leg: undefined, lost: false });
};

const isTooLong = (leg: Leg | undefined, at: bigint): boolean =>
  leg !== undefined && at - leg.startAt >= TRIP_LIMITS.tripNs;

/** Idling engine or not, the car stood for too long to be under way still. */
const hasStood = ({ last, lastMoved }: Leg, at: bigint): boolean =>
  lastMoved !== undefined &&
  last.at - lastMoved.at >= TRIP_LIMITS.standstillNs &&
  at - lastMoved.at >= TRIP_LIMITS.standstillNs + TRIP_LIMITS.reopenNs;

const hasRested = ({ restedNs }: Leg): boolean => restedNs >= TRIP_LIMITS.restNs + TRIP_LIMITS.reopenNs;

/** Ends a trip that time alone ends. */
const endByTime = (before: Trips, at: bigint): Stepped => {
  const { trip, leg } = before;
  if (trip === undefined) return unchanged(before);
  if (isTooLong(trip, at)) return close(before, trip.restedNs >= TRIP_LIMITS.restNs ? 'rest' : 'limit');
  const goesOn = leg?.lastMoved !== undefined;
  const isOver = !goesOn && (hasRested(trip) || hasStood(trip, at));
  return isOver ? close(before, 'rest') : unchanged(before);
};

const rested = (leg: Leg | undefined, seenNs: bigint): Leg | undefined =>
  leg === undefined ? undefined : { ...leg, restedNs: leg.restedNs + seenNs };

const isNothing = ({ trip, leg, floor, lost, idling }: Trips): boolean =>
  trip === undefined && leg === undefined && floor === undefined && !lost && !idling;

/** What the passing of time brings. */
const pass = (before: Trips, axis: Axis, elapsedNs: bigint, unknown: boolean): Stepped => {
  // Nothing is under way, nothing was: to most streams time brings nothing.
  if (isNothing(before)) return unchanged({ ...before, axis });
  const { at } = axis;
  const seenNs = elapsedNs < TRIP_LIMITS.unseenNs ? elapsedNs : TRIP_LIMITS.unseenNs;
  const legRests = before.leg !== undefined && (unknown || at - before.leg.last.at >= TRIP_LIMITS.restNs);
  const waited = before.leg !== undefined && at - before.leg.first.at >= TRIP_LIMITS.runTimeWithinNs;
  const decided = legRests || waited ? decide(before) : unchanged(before);
  const { trips: after } = decided;
  const isDropped = legRests || isTooLong(after.leg, at);
  const floorIsNear = after.floor !== undefined && at - after.floor.at < TRIP_LIMITS.tripNs;
  const passed: Trips = {
    ...after,
    axis,
    trip: rested(after.trip, seenNs),
    leg: isDropped ? undefined : rested(after.leg, seenNs),
    lost: after.trip !== undefined && (after.lost || unknown),
    idling: after.idling && !unknown && floorIsNear && at - after.idledAt < TRIP_LIMITS.restNs,
  };
  const ended = endByTime(passed, at);
  return { trips: ended.trips, closed: [...decided.closed, ...ended.closed] };
};

/** Whether the trip is still under way without any doubt. */
const isUnderWay = ({ trip, leg, lost }: Trips, at: bigint): boolean =>
  trip !== undefined && leg === undefined && !lost && at - trip.last.at < TRIP_LIMITS.restNs;

/** A sign of life where none of a trip's was to be expected: the beginning of something. */
const begin = (before: Trips, mark: Mark, { matter }: SaidOfTrip): Trips => {
  const byEngine = matter === 'engine-speed';
  if (byEngine && before.idling) return { ...before, idledAt: mark.at };
  return { ...before, leg: newLeg(mark, byEngine ? 'engine' : 'movement') };
};

/** What is seen of a car at rest says how its trip ended and how far it went. */
const atRest = (trip: Leg, mark: Mark, { matter, value }: SaidOfTrip): Leg => {
  if (matter === 'engine-speed') return { ...trip, engineOff: true };
  if (matter === 'speed') return { ...trip, stoodAt: mark.at };
  return matter === 'odometer' ? withOdometer(trip, value) : trip;
};

const take = (before: Trips, mark: Mark, said: SaidOfTrip): Trips => {
  const { trip, floor } = before;
  if (trip !== undefined && isUnderWay(before, mark.at)) {
    return { ...before, trip: extended(trip, mark, said, floor?.at) };
  }
  const now = isAlive(said) && before.leg === undefined ? begin(before, mark, said) : before;
  if (now.leg !== undefined) {
    const floorAt = trip === undefined ? floor?.at : endMark(trip).at;
    const idledAt = isAlive(said) ? mark.at : now.idledAt;
    return promoted({ ...now, idledAt, leg: extended(now.leg, mark, said, floorAt) });
  }
  return trip === undefined || isAlive(said) ? now : { ...now, trip: atRest(trip, mark, said) };
};

/** Where a leg tells the engine's run time, that settles whether it belongs to the trip before. */
const settle = (before: Trips, { matter, value }: SaidOfTrip): Stepped =>
  matter === 'run-time' && value > 0 ? decide(before) : unchanged(before);

/** Other bytes than before: what a simulator did is no part of what a car does. */
const fromElsewhere = (before: Trips, { origin, body }: TripReading): Stepped => {
  const isBox = body.kind === 'anchor' || body.kind === 'gap' || body.kind === 'trip';
  if (isBox || before.origin === origin) return unchanged(before);
  if (before.origin === undefined) return unchanged({ ...before, origin });
  const decided = decide(before);
  const { trips, closed } = close(decided.trips, 'rest');
  return {
    trips: { ...trips, leg: undefined, idling: false, origin },
    closed: [...decided.closed, ...closed],
  };
};

/** Whether all that a reading brings is that time has passed, to a stream in which nothing is under way. */
export const isUneventful = (trips: Trips, { origin, body }: TripReading): boolean =>
  trips.axis !== undefined &&
  isNothing(trips) &&
  trips.origin === origin &&
  body.kind !== 'anchor' &&
  saidOfTrip(body) === undefined;

/** One reading more, of any kind and in order: time passes with every one of them. */
export const stepTrips = (before: Trips, reading: TripReading): Stepped => {
  const elsewhere = fromElsewhere(before, reading);
  const { axis, elapsedNs, unknown } = advance(before.axis, reading);
  const passed = pass(elsewhere.trips, axis, elapsedNs, unknown);
  const closed = [...elsewhere.closed, ...passed.closed];
  const said = saidOfTrip(reading.body);
  if (said === undefined) return { trips: passed.trips, closed };
  const settled = settle(take(passed.trips, markOf(reading, axis), said), said);
  return { trips: settled.trips, closed: [...closed, ...settled.closed] };
};

/**
 * The trips of a stream, from all its readings in order, as the gateway records them: anyone who holds the readings can
 * work them out again. A trip that is not certainly over is not among them.
 */
export const tripsOf = (readings: Iterable<TripReading>): readonly ClosedTrip[] => {
  const all: ClosedTrip[] = [];
  let trips = NEW_TRIPS;
  for (const reading of readings) {
    const stepped = stepTrips(trips, reading);
    trips = stepped.trips;
    all.push(...stepped.closed);
  }
  return all;
};

/** The state behind a trip, from its record and the reading that it ended with. */
export const tripsAfter = (body: TripBody, end: TripReading): Trips => {
  const { axis } = advance(undefined, end);
  return {
    ...NEW_TRIPS,
    axis,
    origin: end.origin,
    floor: { at: axis.at, place: end.place },
    idling: body.endedBy === 'standstill',
    idledAt: axis.at,
  };
};

/**
 * The place of the first reading that is still needed: beginning there, or behind the trip that ended there, gives the
 * same trips again. Undefined where nothing before the next reading is.
 */
export const neededFrom = ({ trip, leg, floor, axis, idling }: Trips): bigint | undefined => {
  const open = trip ?? leg;
  const at = open?.first.at ?? axis?.at;
  const floorCounts =
    floor !== undefined && at !== undefined && (idling || at - floor.at < TRIP_LIMITS.runTimeNs);
  return floorCounts ? floor.place : open?.first.place;
};
