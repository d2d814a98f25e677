import type { Clock } from '@outpost/schemas/words';
import { scoped } from './scope.ts';

/** One item ahead of a source, so that waiting for it can be given up and taken up again. */
export interface Inbox<T> {
  /** What has arrived, without waiting; undefined where nothing has. Asks the source for it if nobody has yet. */
  take(): T | undefined;
  readonly ended: boolean;
  /** Resolves when something has arrived, the source has ended, or `msMax` have passed. */
  wait(msMax: number, clock: Clock, signal: AbortSignal): Promise<void>;
}

/** Never asks for a second item before the first was taken: what is not wanted stays where it is. */
export const openInbox = <T>(source: AsyncIterable<T>): Inbox<T> => {
  const iterator = source[Symbol.asyncIterator]();
  let state:
    | { readonly kind: 'idle' | 'asked' | 'ended' }
    | { readonly kind: 'here'; readonly item: T }
    | { readonly kind: 'failed'; readonly error: unknown } = { kind: 'idle' };
  let wake: () => void = () => undefined;

  const ask = (): void => {
    if (state.kind !== 'idle') return;
    state = { kind: 'asked' };
    iterator.next().then(
      (next) => {
        state = next.done === true ? { kind: 'ended' } : { kind: 'here', item: next.value };
        wake();
      },
      (error: unknown) => {
        state = { kind: 'failed', error };
        wake();
      },
    );
  };

  return {
    take() {
      ask();
      if (state.kind === 'failed') throw state.error;
      if (state.kind !== 'here') return undefined;
      const { item } = state;
      state = { kind: 'idle' };
      return item;
    },
    get ended() {
      return state.kind === 'ended';
    },
    wait: (msMax, clock, parent) =>
      scoped(parent, async (signal) => {
        ask();
        if (state.kind !== 'asked') return;
        const arrived = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([arrived, clock.sleep(msMax, signal)]);
      }),
  };
};
