import type { Clock } from '@outpost/schemas/words';

/** What the work came to, or undefined where it took longer; the work itself goes on. Throws where the signal aborts. */
export const within = async <T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> => {
  const over = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort(new Error('it is over'));
    late.catch(() => undefined);
  }
};
