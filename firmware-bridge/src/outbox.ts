/** Items between one that makes them and one that takes them, in order. The maker asks `full` before it goes on. */
export interface Outbox<T> extends AsyncIterable<T, void, void> {
  readonly full: boolean;
  push(item: T, weight: number): void;
  /** Nothing more comes; what is there can still be taken. */
  end(): void;
  /** What nobody took. */
  drain(): readonly T[];
}

/** `roomAgain` is called when a full outbox has room again. */
export const createOutbox = <T>(weightMax: number, roomAgain: () => void): Outbox<T> => {
  const items: { readonly item: T; readonly weight: number }[] = [];
  let weight = 0;
  let ended = false;
  let waiting: (() => void) | undefined;

  const wakeTaker = (): void => {
    waiting?.();
    waiting = undefined;
  };

  return {
    get full() {
      return weight >= weightMax;
    },
    push: (item, added) => {
      items.push({ item, weight: added });
      weight += added;
      wakeTaker();
    },
    end: () => {
      ended = true;
      wakeTaker();
    },
    drain: () => {
      weight = 0;
      return items.splice(0).map(({ item }) => item);
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const wasFull = weight >= weightMax;
        const first = items.shift();
        if (first !== undefined) {
          weight -= first.weight;
          if (wasFull && weight < weightMax) roomAgain();
          yield first.item;
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
