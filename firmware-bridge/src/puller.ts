import type { Arrival } from './port.ts';

/** The next arrival of a port, fetched ahead so that it can be waited for beside other things. */
export interface Puller {
  readonly next: Arrival | undefined;
  /** No arrival is left and none will come. Throws what the arrivals threw. */
  readonly ended: boolean;
  take(): Arrival | undefined;
}

/** `ring` is called whenever `next` or `ended` changed by itself. */
export const createPuller = (arrivals: AsyncIterable<Arrival>, ring: () => void): Puller => {
  const iterator = arrivals[Symbol.asyncIterator]();
  let next: Arrival | undefined;
  let ended = false;
  let thrown: { readonly error: unknown } | undefined;

  const pull = (): void => {
    iterator.next().then(
      (result) => {
        if (result.done === true) ended = true;
        else next = result.value;
        ring();
      },
      (error: unknown) => {
        thrown = { error };
        ended = true;
        ring();
      },
    );
  };
  pull();

  return {
    get next() {
      return next;
    },
    get ended() {
      if (thrown !== undefined && next === undefined) throw thrown.error;
      return ended && next === undefined;
    },
    take: () => {
      const arrival = next;
      next = undefined;
      if (arrival !== undefined) pull();
      return arrival;
    },
  };
};
