import { elapsedMs, type MonoNs } from '@outpost/schemas/words';

export interface LimiterParts {
  /** As many at once. */
  readonly burst: number;
  /** One more comes back in this time. */
  readonly everyMs: number;
  /** Callers that are remembered; beyond it the ones that have used least are forgotten. */
  readonly callersMax: number;
}

/** How often each caller may do something. */
export interface Limiter {
  /** False where it is too often; such a try costs nothing. */
  take(caller: string, now: MonoNs): boolean;
  readonly callers: number;
}

interface Bucket {
  left: number;
  at: MonoNs;
}

/** A bucket of tokens for each caller. */
export const createLimiter = ({ burst, everyMs, callersMax }: LimiterParts): Limiter => {
  const buckets = new Map<string, Bucket>();
  const refilled = (bucket: Bucket, now: MonoNs): number =>
    Math.min(burst, bucket.left + elapsedMs(bucket.at, now) / everyMs);

  /** Full buckets say nothing; where all have been used, the fullest goes. */
  const makeRoom = (now: MonoNs): void => {
    let [fullest, most] = ['', -1];
    for (const [caller, bucket] of buckets) {
      const left = refilled(bucket, now);
      if (left >= burst) buckets.delete(caller);
      else if (left > most) [fullest, most] = [caller, left];
    }
    if (buckets.size >= callersMax) buckets.delete(fullest);
  };

  return {
    take: (caller, now) => {
      const known = buckets.get(caller);
      const left = known === undefined ? burst : refilled(known, now);
      if (left < 1) return false;
      if (known === undefined && buckets.size >= callersMax) makeRoom(now);
      buckets.set(caller, { left: left - 1, at: now });
      return true;
    },
    get callers() {
      return buckets.size;
    },
  };
};
