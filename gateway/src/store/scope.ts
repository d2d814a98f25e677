import type { Clock } from '@outpost/schemas/words';

/**
 * Runs `act` with a signal that aborts with the parent, and in any case once `act` is done, so that timers and waits
 * begun inside end with it. Unlike `AbortSignal.any` it leaves nothing behind on a parent that lives for months.
 */
export const scoped = async <T>(
  parent: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  parent.throwIfAborted();
  const inner = new AbortController();
  const follow = (): void => inner.abort(parent.reason);
  parent.addEventListener('abort', follow, { once: true });
  try {
    return await act(inner.signal);
  } finally {
    parent.removeEventListener('abort', follow);
    inner.abort(new Error('the scope has ended'));
  }
};

/** What `act` gives, or `late` once `ms` have passed. Rejects with the signal's reason when that comes first. */
export const within = <T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'late'> =>
  scoped(parent, (signal) => Promise.race([act(signal), clock.sleep(ms, signal).then((): 'late' => 'late')]));
