import type { Arrival, Arrivals } from '../port.ts';

/** So many unread arrivals pause the source, however small they are. */
const ARRIVALS_PAUSE_AT = 1024;

export interface InboxParts {
  /** Unread bytes at which the source is told to stop reading. What it has in hand is still taken. */
  readonly pauseAtBytes: number;
  pause(): void;
  /** Called when half of that is read. */
  resume(): void;
  /**
   * True where messages come one by one: the reader is woken once per turn of the event loop and then finds all that
   * came in it, so that they go on together.
   */
  readonly gathers?: boolean;
}

/** Arrivals between a source that pushes and the one reader that pulls. */
export interface Inbox {
  readonly arrivals: Arrivals;
  readonly unreadBytes: number;
  readonly unreadArrivals: number;
  push(arrival: Arrival): void;
  /** Nothing more comes; what is unread can still be read. */
  end(): void;
}

export const createInbox = ({ pauseAtBytes, pause, resume, gathers = false }: InboxParts): Inbox => {
  const unread: Arrival[] = [];
  let unreadBytes = 0;
  let paused = false;
  let ended = false;
  let iterated = false;
  let waiting: ((result: IteratorResult<Arrival, undefined>) => void) | undefined;
  let waking = false;

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

  const deliver = (): void => {
    waking = false;
    if (waiting === undefined) return;
    const arrival = take();
    if (arrival === undefined && !ended) return;
    const reader = waiting;
    waiting = undefined;
    reader(arrival === undefined ? { done: true, value: undefined } : { done: false, value: arrival });
  };

  const wake = (): void => {
    if (!gathers) deliver();
    else if (!waking) setImmediate(deliver);
    waking = gathers;
  };

  const end = (): void => {
    ended = true;
    deliver();
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
      take,
    },
    get unreadBytes() {
      return unreadBytes;
    },
    get unreadArrivals() {
      return unread.length;
    },
    push: (arrival) => {
      if (ended) return;
      unread.push(arrival);
      unreadBytes += arrival.bytes.length;
      if (waiting !== undefined) wake();
      if (!paused && (unreadBytes >= pauseAtBytes || unread.length >= ARRIVALS_PAUSE_AT)) {
        paused = true;
        pause();
      }
    },
    end,
  };
};
