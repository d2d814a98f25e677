import type { Epoch, TripEnd, TripStartReason, WallNs } from '../../words/index.ts';
import type { Axis } from './axis.ts';
import { TRIP_LIMITS } from './limits.ts';
import { joined, type Meter, metered, NEW_METER } from './meters.ts';
import type { TripReading } from './reading.ts';
import type { SaidOfTrip } from './said.ts';

/** A reading, and its moment on the axis. */
export interface Mark {
  readonly epoch: Epoch;
  readonly sequence: number;
  readonly wall: WallNs;
  readonly at: bigint;
  readonly place: bigint;
}

/** The car alive without a rest: a trip, or what may become one or the next part of one. */
export interface Leg {
  readonly first: Mark;
  /** Not after `first`. */
  readonly startAt: bigint;
  readonly startedBy: TripStartReason;
  /** The last sign of engine or movement. */
  readonly last: Mark;
  readonly lastMoved: Mark | undefined;
  /** The car was last seen standing; undefined while it moves. */
  readonly stoodAt: bigint | undefined;
  /** Time that was seen to pass since `last`. */
  readonly restedNs: bigint;
  /** Faster than a walk without a break since. */
  readonly fastSince: bigint | undefined;
  /** It went far or long enough to be a trip. */
  readonly isTrip: boolean;
  readonly engineRan: boolean;
  /** The engine was seen at rest since the last sign of life. */
  readonly engineOff: boolean;
  /** It moved while its engine stood still. */
  readonly movedByMotor: boolean;
  readonly runTime: { readonly at: bigint; readonly seconds: number } | undefined;
  /** km/h × s. */
  readonly way: Meter;
  /** l/h × s. */
  readonly fuel: Meter;
  /** W × s into the pack. */
  readonly packWs: Meter;
  readonly packVolts: number | undefined;
  readonly odometerFirstM: number | undefined;
  readonly odometerLastM: number | undefined;
}

export const markOf = ({ epoch, sequence, wall, place }: TripReading, { at }: Axis): Mark => ({
  epoch,
  sequence,
  wall,
  at,
  place,
});

export const isAlive = ({ matter, value }: SaidOfTrip): boolean =>
  (matter === 'speed' && value > 0) || (matter === 'engine-speed' && value > TRIP_LIMITS.runningRpm);

export const newLeg = (first: Mark, startedBy: TripStartReason): Leg => ({
  first,
  startAt: first.at,
  startedBy,
  last: first,
  lastMoved: undefined,
  stoodAt: undefined,
  restedNs: 0n,
  fastSince: undefined,
  isTrip: false,
  engineRan: false,
  engineOff: false,
  movedByMotor: false,
  runTime: undefined,
  way: NEW_METER,
  fuel: NEW_METER,
  packWs: NEW_METER,
  packVolts: undefined,
  odometerFirstM: undefined,
  odometerLastM: undefined,
});

const M_PER_KMH_S = 1 / 3.6;

export const distanceM = ({ way }: Leg): number => way.sum * M_PER_KMH_S;

const wentFar = (leg: Leg, at: bigint): boolean =>
  distanceM(leg) > TRIP_LIMITS.movingM ||
  (leg.fastSince !== undefined && at - leg.fastSince >= TRIP_LIMITS.movingForNs);

const withSpeed = (leg: Leg, mark: Mark, kmh: number, source: number): Leg => {
  const gap = leg.way.last === undefined ? 0n : mark.at - leg.way.last.at;
  const way = metered(leg.way, mark.at, kmh, source);
  if (kmh === 0) return { ...leg, way, fastSince: undefined, stoodAt: mark.at };
  const isFast = kmh > TRIP_LIMITS.movingKmh;
  const since = gap > TRIP_LIMITS.sampleGapNs ? undefined : leg.fastSince;
  return {
    ...leg,
    way,
    lastMoved: mark,
    stoodAt: undefined,
    fastSince: isFast ? (since ?? mark.at) : undefined,
    movedByMotor: leg.movedByMotor || (isFast && leg.engineOff),
  };
};

/** The odometer of a car that stands says how far its last trip went, too. */
export const withOdometer = (leg: Leg, km: number): Leg => {
  const odometerLastM = Math.round(km * 1_000);
  return { ...leg, odometerLastM, odometerFirstM: leg.odometerFirstM ?? odometerLastM };
};

/** What a reading adds, whether or not it is a sign of life. */
const withQuantity = (leg: Leg, mark: Mark, { matter, value, source }: SaidOfTrip): Leg => {
  switch (matter) {
    case 'speed':
      return withSpeed(leg, mark, value, source);
    case 'engine-speed':
      return value > TRIP_LIMITS.runningRpm
        ? { ...leg, engineRan: true, engineOff: false }
        : { ...leg, engineOff: true };
    case 'run-time':
      return { ...leg, runTime: { at: mark.at, seconds: value } };
    case 'odometer':
      return withOdometer(leg, value);
    case 'fuel-rate':
      return { ...leg, fuel: metered(leg.fuel, mark.at, value, source) };
    case 'pack-power':
      return { ...leg, packWs: metered(leg.packWs, mark.at, value, source) };
    case 'pack-voltage':
      return { ...leg, packVolts: value };
    case 'pack-current':
      if (leg.packVolts === undefined) return leg;
      return { ...leg, packWs: metered(leg.packWs, mark.at, leg.packVolts * value, source) };
  }
};

/**
 * The leg after one reading more. Where the engine's run time says that it was started before the leg's first sign of
 * life, the start moves there, but not to before `floorAt`.
 */
export const extended = (leg: Leg, mark: Mark, said: SaidOfTrip, floorAt: bigint | undefined): Leg => {
  const more = withQuantity(leg, mark, said);
  const next = { ...more, isTrip: more.isTrip || wentFar(more, mark.at) };
  if (isAlive(said)) return { ...next, last: mark, restedNs: 0n };
  if (said.matter !== 'run-time' || said.value <= 0) return next;
  const startAt = mark.at - BigInt(Math.round(said.value)) * 1_000_000_000n;
  if (startAt >= leg.startAt || (floorAt !== undefined && startAt < floorAt)) return next;
  return { ...next, startAt, startedBy: 'run-time' };
};

/** Two legs of one trip. */
export const merged = (first: Leg, second: Leg): Leg => ({
  ...second,
  first: first.first,
  startAt: first.startAt,
  startedBy: first.startedBy,
  lastMoved: second.lastMoved ?? first.lastMoved,
  engineRan: first.engineRan || second.engineRan,
  isTrip: first.isTrip || second.isTrip,
  movedByMotor: first.movedByMotor || second.movedByMotor,
  runTime: second.runTime ?? first.runTime,
  way: joined(first.way, second.way),
  fuel: joined(first.fuel, second.fuel),
  packWs: joined(first.packWs, second.packWs),
  packVolts: second.packVolts ?? first.packVolts,
  odometerFirstM: first.odometerFirstM ?? second.odometerFirstM,
  odometerLastM: second.odometerLastM ?? first.odometerLastM,
});

export const endOf = ({ epoch, sequence, wall }: Mark): TripEnd => ({ epoch, sequence, wall });
