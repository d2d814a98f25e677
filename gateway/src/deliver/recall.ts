import type { Journal, Kept, Offset } from '../journal/contract.ts';

/** Ends, and intents, of earlier runs that are held at once: a batch has 2,048, a lost cursor makes it all there ever were. */
export const RECALL_MAX = 65_536;
/** A network is brought things in order, a batch at a time: what ended so many ends earlier is not asked for any more. */
const SLACK = 4_096;

/** What an entry says of the things that a network was brought. */
export interface Left<Key> {
  /** Whose way is over. */
  readonly ended: readonly Key[];
  /** What may have been sent. */
  readonly intended: readonly Offset[];
}

export interface RecallParts<Key> {
  readonly journal: Pick<Journal, 'start' | 'end' | 'read' | 'position'>;
  readonly reader: string;
  /** A second one would be paid for, or would harm. */
  readonly takesOnce: boolean;
  /** Undefined where it says nothing of this network. */
  read(entry: Kept): Left<Key> | undefined;
  readonly max?: number;
}

/**
 * What earlier runs of this program wrote down of things that stand behind the cursor: an end that is on the disk is the
 * end, even where a crash came before the cursor moved.
 *
 * It reads no further ahead than `max` ends, and goes on as these are passed. What is asked for while that is full, and
 * is not among it, may stand further on: it counts as one that may have been sent where the network must not get it
 * twice, and ends as `unknown`; else it is sent again, and the network knows it by its id.
 */
export interface Recall<Key> {
  /** Nothing of it is left. */
  readonly isOver: boolean;
  /** Things must be asked for in the order of the journal, nearly. */
  of(place: Offset, key: Key): Promise<'ended' | 'doubtful' | 'new'>;
  /** The cursor has come to this place. */
  passed(end: Offset): void;
}

export const newRecall = <Key>({
  journal,
  reader,
  takesOnce,
  read,
  max = RECALL_MAX,
}: RecallParts<Key>): Recall<Key> => {
  /** In the order in which they were written down. */
  const ended = new Map<Key, number>();
  const intended = new Set<Offset>();
  let entries: AsyncIterator<Kept> | undefined;
  let from = 0n as Offset;
  let to: Offset | undefined;
  let count = 0;
  let isRead = false;

  const isFull = (): boolean => ended.size >= max || intended.size >= max;

  const readOn = async (): Promise<void> => {
    if (entries === undefined) {
      const saved = journal.position(reader);
      from = saved < journal.start ? journal.start : saved;
      to = journal.end;
      entries = journal.read(from, to)[Symbol.asyncIterator]();
    }
    const step = await entries.next();
    isRead = step.done === true;
    const left = step.done === true ? undefined : read(step.value);
    for (const key of left?.ended ?? []) {
      ended.set(key, count);
      count += 1;
    }
    for (const place of left?.intended ?? []) if (place >= from) intended.add(place);
  };

  const forget = (place: Offset, ordinal: number): void => {
    for (const [key, each] of ended) {
      if (each >= ordinal - SLACK) break;
      ended.delete(key);
    }
    for (const each of intended) {
      if (each >= place) break;
      intended.delete(each);
    }
  };

  return {
    get isOver() {
      return isRead && ended.size === 0 && intended.size === 0;
    },
    async of(place, key) {
      while (!isRead && !ended.has(key) && !isFull()) await readOn();
      const ordinal = ended.get(key);
      if (ordinal !== undefined) {
        ended.delete(key);
        intended.delete(place);
        forget(place, ordinal);
        return 'ended';
      }
      if (intended.delete(place)) return 'doubtful';
      return isRead || !takesOnce ? 'new' : 'doubtful';
    },
    passed(end) {
      if (to === undefined || !isRead || end < to) return;
      ended.clear();
      intended.clear();
    },
  };
};
