import { type Clock, NS_PER_S } from '@outpost/schemas/words';

/** Holds back whoever comes too fast. */
export interface Pace {
  /** Resolves, in the order of the calls, as soon as the next one may go. */
  next(signal: AbortSignal): Promise<void>;
}

/**
 * So many a second, and as many at once as gather in a second of rest (the generic cell rate algorithm, ITU-T I.371):
 * after a day without a connection the other side is not flooded with what waits.
 */
export const createPace = (clock: Clock, perS: number): Pace => {
  const stepNs = NS_PER_S / BigInt(perS);
  let dueNs: bigint = clock.mono();
  return {
    next: async (signal) => {
      const now: bigint = clock.mono();
      const aheadNs = dueNs - now - NS_PER_S;
      dueNs = (dueNs > now ? dueNs : now) + stepNs;
      if (aheadNs >= 0n) await clock.sleep(Number(aheadNs + stepNs) / 1e6, signal);
    },
  };
};
