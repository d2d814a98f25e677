import type { Arrival } from '../port.ts';

/** More unread arrivals than this pause the source, however small they are. */
const ARRIVALS_PAUSE_AT = 1024;

export interface InboxParts {
  /** Unread bytes at which the source is told to stop reading. What it has in hand is still taken. */
  readonly pauseAtBytes: number;
  pause(): void;
  /** Called when half of that is read. */
  resume(): void;
}

/** Arrivals between a source that pushes and the one reader that pulls. */
export interface Inbox {
  readonly arrivals: AsyncIterable<Arrival>;
  readonly unreadBytes: number;
  push(arrival: Arrival): void;
  /** Nothing more comes; what is unread can still be read. */
  end(): void;
}

export const createInbox = ({ pauseAtBytes, pause, resume }: InboxParts): Inbox => {
  const unread: Arrival[] = [];
  let unreadBytes = 0;
  let paused = false;
  let ended = false;
  let iterated = false;
  let waiting: ((result: IteratorResult<Arrival, undefined>) => void) | undefined;

  const take = (): Arrival | undefined => {
    const arrival = unread.shift();
    if (arrival === undefined) return undefined;
    unreadBytes -= arrival.bytes.length;
    if (paused && !ended && unreadBytes <= pauseAtBytes / 2 && unread.length <= ARRIVALS_PAUSE_AT / 2) {
      paused = false;
      resume();
    }
    return arrival;
  };

  const end = (): void => {
    ended = true;
    waiting?.({ done: true, value: undefined });
    waiting = undefined;
  };

  const iterator: AsyncIterator<Arrival, undefined> = {
    next: () => {
      const arrival = take();
      if (arrival !== undefined) return Promise.resolve({ done: false, value: arrival });
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    return: () => {
      // A reader that left keeps nothing: the source pauses when the inbox fills, and the owner closes the port.
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
  };

  return {
    arrivals: {
      [Symbol.asyncIterator]: () => {
        if (iterated) throw new Error('The arrivals of a port can be read once.');
        iterated = true;
        return iterator;
      },
    },
    get unreadBytes() {
      return unreadBytes;
    },
    push: (arrival) => {
      if (ended) return;
      if (waiting !== undefined) {
        const deliver = waiting;
        waiting = undefined;
        deliver({ done: false, value: arrival });
        return;
      }
      unread.push(arrival);
      unreadBytes += arrival.bytes.length;
      if (!paused && (unreadBytes >= pauseAtBytes || unread.length >= ARRIVALS_PAUSE_AT)) {
        paused = true;
        pause();
      }
    },
    end,
  };
};
