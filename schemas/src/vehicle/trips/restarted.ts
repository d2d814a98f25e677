import { NS_PER_S } from '../../words/index.ts';
import type { Leg } from './leg.ts';
import { TRIP_LIMITS } from './limits.ts';

/** Run time is whole seconds, and an answer may be late. */
const COUNT_SLACK_S = 2;
const START_SLACK_NS = 10n * NS_PER_S;

/**
 * Whether the engine was started anew between a trip and what came after it; undefined where its run time does not
 * tell. The counter begins at 0 with each ignition (SAE J1979, PID 1F) and stands still while the engine does.
 */
export const isRestarted = (trip: Leg, leg: Leg, lost: boolean): boolean | undefined => {
  const [before, now] = [trip.runTime, leg.runTime];
  // An engine that has not run says nothing: a hybrid leaves on its motor.
  if (before === undefined || now === undefined || before.seconds === 0 || now.seconds === 0)
    return undefined;
  const wentOnS = now.seconds - before.seconds;
  if (wentOnS < -COUNT_SLACK_S) return true;
  if (lost) return BigInt(Math.round(wentOnS)) * NS_PER_S > TRIP_LIMITS.reopenNs;
  // The engine of a hybrid comes and goes, so that it started late does not tell one trip from the next.
  if (trip.movedByMotor || wentOnS === 0) return undefined;
  const startedAt = now.at - BigInt(Math.round(now.seconds)) * NS_PER_S;
  return startedAt > trip.last.at + START_SLACK_NS;
};
