import { equalBytes, type TripBody, type TripEndReason, type WallNs } from '../../words/index.ts';
import { distanceM, endOf, type Leg, type Mark } from './leg.ts';
import { TRIP_LIMITS } from './limits.ts';

/** What ended the waiting for more of a trip. */
export type Why = 'rest' | 'new-start' | 'limit';

interface Ended {
  readonly end: Mark;
  readonly endedBy: TripEndReason;
}

/** A trip ends with the last sign of life; where the car only stood and idled before it, with the last movement. */
const endedAs = (leg: Leg, why: Why): Ended => {
  const { last, lastMoved, stoodAt } = leg;
  if (lastMoved !== undefined) {
    const idle = leg.last.at - lastMoved.at >= TRIP_LIMITS.standstillNs;
    const stood =
      !leg.engineOff && stoodAt !== undefined && stoodAt - lastMoved.at >= TRIP_LIMITS.standstillNs;
    if (idle || stood) return { end: lastMoved, endedBy: 'standstill' };
  }
  if (why === 'limit') return { end: last, endedBy: 'limit' };
  if (leg.engineRan && leg.engineOff) return { end: last, endedBy: 'engine-off' };
  return { end: last, endedBy: why === 'new-start' ? 'new-start' : 'silence' };
};

/** Where a trip would end if nothing more of it came. */
export const endMark = (leg: Leg): Mark => endedAs(leg, 'rest').end;

/** The start by the clock of the end where both lie in one epoch: a clock that was set meanwhile moves both. */
const startWall = ({ first, startAt }: Leg, end: Mark): WallNs => {
  const isSame = equalBytes(first.epoch, end.epoch);
  const wall = isSame ? end.wall - (end.at - startAt) : first.wall - (first.at - startAt);
  const bounded = wall > end.wall ? end.wall : wall;
  return (bounded < 0n ? 0n : bounded) as WallNs;
};

const ML_PER_LH_S = 1_000 / 3_600;
const WH_PER_WS = 1 / 3_600;

/** The record of a trip that is over. */
export const bodyOf = (leg: Leg, why: Why): { readonly body: TripBody; readonly end: Mark } => {
  const { end, endedBy } = endedAs(leg, why);
  const start = { ...endOf(leg.first), wall: startWall(leg, end) };
  const body: TripBody = {
    kind: 'trip',
    start,
    startedBy: leg.startedBy,
    end: endOf(end),
    endedBy,
    distanceM: Math.round(distanceM(leg)),
    fuelMl: leg.fuel.measured ? Math.round(Math.max(0, leg.fuel.sum) * ML_PER_LH_S) : undefined,
    // The signals count what goes into the pack, a trip counts what it took out.
    energyWh: leg.packWs.measured ? Math.round(-leg.packWs.sum * WH_PER_WS) + 0 : undefined,
    odometerStartM: leg.odometerFirstM,
    odometerEndM: leg.odometerLastM,
  };
  return { body, end };
};
