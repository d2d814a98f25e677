/** What may also be taken without waiting, where it is there. */
export interface Source<T> extends AsyncIterable<T> {
  take?(): T | undefined;
}

/** The next item of a source, fetched ahead so that it can be waited for beside other things. */
export interface Puller<T> {
  readonly next: T | undefined;
  /** No item is left and none will come. */
  readonly ended: boolean;
  /** Throws what the source threw, after the last item. */
  take(): T | undefined;
  /** Nobody takes any more: what is there, and what still is being fetched, goes to `left`. */
  stop(left: (item: T) => void): void;
}

/** `ring` is called whenever `next` or `ended` changed by itself. */
export const createPuller = <T>(source: Source<T>, ring: () => void): Puller<T> => {
  const iterator = source[Symbol.asyncIterator]();
  let next: T | undefined;
  let ended = false;
  let thrown: { readonly error: unknown } | undefined;
  let left: ((item: T) => void) | undefined;

  const pull = (): void => {
    iterator.next().then(
      (result) => {
        if (result.done === true) ended = true;
        else if (left === undefined) next = result.value;
        else left(result.value);
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
      return ended && next === undefined;
    },
    take: () => {
      const item = next;
      if (item === undefined) {
        if (thrown !== undefined) throw thrown.error;
        return undefined;
      }
      next = source.take?.();
      if (next === undefined) pull();
      return item;
    },
    stop: (to) => {
      left = to;
      for (let item = next; item !== undefined; item = source.take?.()) to(item);
      next = undefined;
    },
  };
};
