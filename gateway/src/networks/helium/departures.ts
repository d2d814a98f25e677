import { type Clock, type MonoNs, monoAfterMs } from '@outpost/schemas/words';

/** Between two departures where there is much to send; so long may a packet wait for others. */
export const DEPARTURE_EVERY_MS = 20;
/** Departures that may follow each other at once before that, so that a packet by itself never waits. */
export const DEPARTURES_AT_ONCE = 16;
const CREDIT_MS = DEPARTURES_AT_ONCE * DEPARTURE_EVERY_MS;

/**
 * When what all gateways have to send is sent: together, because each write and each PING wakes the machine at both
 * ends, whatever it carries.
 */
export interface Departures {
  /** Does the work with the next departure; none follows after the signal aborts. */
  join(work: () => void, signal: AbortSignal): void;
}

/** A Bug in the work is told to `failed`, and the rest of the work is done. */
export const createDepartures = (clock: Clock, failed: (error: unknown) => void): Departures => {
  let waiting: (() => void)[] = [];
  let isPlanned = false;
  let nextAt: MonoNs = monoAfterMs(clock.mono(), -CREDIT_MS);

  const leave = (): void => {
    isPlanned = false;
    nextAt = monoAfterMs(nextAt, DEPARTURE_EVERY_MS);
    const leaving = waiting;
    waiting = [];
    for (const work of leaving) {
      try {
        work();
      } catch (error) {
        failed(error);
      }
    }
  };

  return {
    join: (work, signal) => {
      waiting.push(work);
      if (isPlanned) return;
      isPlanned = true;
      const now = clock.mono();
      const earliest = monoAfterMs(now, -CREDIT_MS);
      if (nextAt < earliest) nextAt = earliest;
      if (nextAt <= now) {
        // What else this turn of the event loop brings goes too.
        setImmediate(leave);
        return;
      }
      // All of these take the same time, which is what timers are quickest with.
      clock.sleep(DEPARTURE_EVERY_MS, signal).then(leave, () => {
        isPlanned = false;
        waiting = [];
      });
    },
  };
};
