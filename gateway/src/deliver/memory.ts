import type { Offset } from '../journal/contract.ts';
import { newSuspects, type Suspects } from '../suspects.ts';
import { newRecall, type Recall, type RecallParts } from './recall.ts';

/** Ends that are remembered since the cursor last moved; then it moves. */
export const DONE_MAX = 8_192;

/** What outlives a follower's own deaths; `Key` is what its things are known by where their end is written down. */
export interface Memory<Key> {
  readonly suspects: Suspects<Offset>;
  /** What has ended, or is withheld, since the cursor last moved: read again after a death, but not sent again. */
  readonly done: Set<Offset>;
  /** What may have been sent beside a Bug of which nothing more is known. */
  readonly doubtful: Set<Offset>;
  /** That of which this run has written down the intent. */
  readonly intended: Set<Offset>;
  /** What earlier runs left. */
  readonly recall: Recall<Key>;
  /** How far it has read. */
  reached: Offset;
  /** Before this it died: things are sent one by one, to find out which it is. */
  aloneTo: Offset;
}

export const newMemory = <Key>(parts: RecallParts<Key>): Memory<Key> => ({
  suspects: newSuspects(String),
  done: new Set(),
  doubtful: new Set(),
  intended: new Set(),
  recall: newRecall(parts),
  reached: 0n as Offset,
  aloneTo: 0n as Offset,
});

/** Forgets what the cursor has passed. */
export const passed = ({ done, doubtful, intended, recall }: Memory<unknown>, end: Offset): void => {
  recall.passed(end);
  for (const set of [done, doubtful, intended]) {
    for (const offset of set) if (offset < end) set.delete(offset);
  }
};

/** How a thing stands by what this run and those before it know; what has ended is remembered as such. */
export const standingOf = async <Key>(
  { done, doubtful, recall }: Memory<Key>,
  place: Offset,
  key: Key,
): Promise<'ended' | 'doubtful' | 'new'> => {
  const left = recall.isOver ? 'new' : await recall.of(place, key);
  if (left === 'ended') done.add(place);
  // Read again after a death, it is still one that may have been sent.
  if (left === 'doubtful') doubtful.add(place);
  return left === 'new' && doubtful.has(place) ? 'doubtful' : left;
};
