import type { Clock } from '@outpost/schemas/words';

/** Sleeps until a moment that may move nearer. */
export const createWaker = (clock: Clock, wake: () => void) => {
  let sleeping: AbortController | undefined;
  return {
    at: (ms: number): void => {
      sleeping?.abort();
      const mine = new AbortController();
      sleeping = mine;
      clock.sleep(ms, mine.signal).then(wake, () => undefined);
    },
    stop: (): void => sleeping?.abort(),
  };
};
