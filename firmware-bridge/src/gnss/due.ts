import { type MonoNs, monoAfterMs } from '@outpost/schemas/words';

/** A receiver's second is not ours to the millisecond: so much of the interval may be missing. */
const EARLY_SHARE = 0.1;

/** Whether the next position is wanted. `dueAt` is undefined before the first. */
export const isDue = (dueAt: MonoNs | undefined, now: MonoNs, everyMs: number): boolean =>
  dueAt === undefined || monoAfterMs(now, everyMs * EARLY_SHARE) >= dueAt;

/** When the next one is wanted after one that was taken now: the interval is kept on average. */
export const nextDue = (dueAt: MonoNs | undefined, now: MonoNs, everyMs: number): MonoNs => {
  const kept = monoAfterMs(dueAt ?? now, everyMs);
  return kept > now ? kept : monoAfterMs(now, everyMs);
};
