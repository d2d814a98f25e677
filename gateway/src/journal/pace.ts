import { setImmediate } from 'node:timers/promises';
import { type Clock, elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';

/** A sync that takes less may be waited for where one stands: the loop's own budget is 10 ms at p99. */
export const QUICK_MS = 2;
/** Quick syncs in a row before one is waited for, and what a slow one costs of them. */
export const TRUST_AFTER = 64;
const CREDIT_MAX = 2 * TRUST_AFTER;
/** Of the time of the loop, how much may be lost to a disk that stalls: for each millisecond so many without a risk. */
export const REST_SHARE = 100;
/** After so long on the loop, everything else has a turn. */
const TURN_MS = 1;

/**
 * Whether the next sync may be waited for on the event loop. An SSD takes about 0.1 ms, less than two turns through
 * the thread pool; a card takes 5 to 40 ms and never gets that far. A disk that is slow now and then holds the loop
 * up twice at most before 64 quick syncs in a row must show that it is quick again.
 */
export interface Pace {
  readonly isQuick: boolean;
  /** Syncs, and takes the time of it; `isInline` says that it holds up the loop. */
  timed(isInline: boolean, sync: () => void | Promise<void>): Promise<void>;
}

/** Without a clock no disk is quick. */
export const newPace = (clock: Pick<Clock, 'mono'> | undefined): Pace => {
  let credit = 0;
  let restsUntil: MonoNs | undefined;
  let turnSince: MonoNs | undefined;
  return {
    get isQuick() {
      if (credit < TRUST_AFTER || clock === undefined) return false;
      return restsUntil === undefined || clock.mono() >= restsUntil;
    },
    async timed(isInline, sync) {
      if (clock === undefined) {
        await sync();
        return;
      }
      const since = clock.mono();
      const waited = sync();
      if (waited !== undefined) await waited;
      const now = clock.mono();
      const tookMs = elapsedMs(since, now);
      const isQuick = tookMs < QUICK_MS;
      credit = isQuick ? Math.min(credit + 1, CREDIT_MAX) : Math.max(0, credit - TRUST_AFTER);
      if (!isQuick) restsUntil = monoAfterMs(now, REST_SHARE * tookMs);
      turnSince = isInline ? (turnSince ?? since) : undefined;
      if (turnSince === undefined || elapsedMs(turnSince, now) < TURN_MS) return;
      turnSince = undefined;
      await setImmediate();
    },
  };
};
