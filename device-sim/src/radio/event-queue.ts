/** Things in the order of their time; what is due at the same time comes as it was put. */
export interface EventQueue<Event> {
  put(atUs: number, event: Event): void;
  /** The time of the first; undefined where there is none. */
  nextUs(): number | undefined;
  take(): Event | undefined;
  readonly size: number;
}

interface Entry<Event> {
  readonly atUs: number;
  readonly order: number;
  readonly event: Event;
}

const before = <Event>(a: Entry<Event>, b: Entry<Event>): boolean =>
  a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);

/** A binary heap; it holds what its owner puts, one entry for each device and each emission on the air. */
export const eventQueue = <Event>(): EventQueue<Event> => {
  const heap: Entry<Event>[] = [];
  let order = 0;

  const swap = (a: number, b: number): void => {
    const [first, second] = [heap[a], heap[b]];
    if (first === undefined || second === undefined) return;
    heap[a] = second;
    heap[b] = first;
  };
  const isBefore = (a: number, b: number): boolean => {
    const [first, second] = [heap[a], heap[b]];
    return first !== undefined && (second === undefined || before(first, second));
  };
  const rise = (from: number): void => {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isBefore(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = isBefore(right, left) ? right : left;
      if (child >= heap.length || !isBefore(child, at)) return;
      swap(at, child);
      at = child;
    }
  };

  return {
    put(atUs, event) {
      heap.push({ atUs, order, event });
      order += 1;
      rise(heap.length - 1);
    },
    nextUs: () => heap[0]?.atUs,
    take() {
      const [first] = heap;
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first?.event;
      heap[0] = last;
      sink(0);
      return first.event;
    },
    get size() {
      return heap.length;
    },
  };
};
