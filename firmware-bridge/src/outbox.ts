/** Items between one that makes them and one that takes them, in order. The maker asks `full` before it goes on. */
export interface Outbox<T> extends AsyncIterable<T, void, void> {
  readonly full: boolean;
  push(item: T): void;
  /** Nothing more comes; what is there can still be taken. */
  end(): void;
}

/** `roomAgain` is called when a full outbox has room again. */
export const createOutbox = <T>(itemsMax: number, roomAgain: () => void): Outbox<T> => {
  const items: T[] = [];
  let ended = false;
  let waiting: (() => void) | undefined;

  const wakeTaker = (): void => {
    waiting?.();
    waiting = undefined;
  };

  return {
    get full() {
      return items.length >= itemsMax;
    },
    push: (item) => {
      items.push(item);
      wakeTaker();
    },
    end: () => {
      ended = true;
      wakeTaker();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const wasFull = items.length >= itemsMax;
        const item = items.shift();
        if (item !== undefined) {
          if (wasFull && items.length < itemsMax) roomAgain();
          yield item;
        } else if (ended) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            waiting = resolve;
          });
        }
      }
    },
  };
};
