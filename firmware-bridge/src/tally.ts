import type { Tally } from './adapter.ts';
import type { Fate } from './session.ts';

/** The reason under which items are counted that a dialogue had not decided when it ended. */
export const DIALOGUE_ENDED = 'dialogue-ended';

const dropped = (tally: Tally, reason: string, count: number): void => {
  tally.dropped.set(reason, (tally.dropped.get(reason) ?? 0) + count);
};

/** Items of one dialogue on their way to a fate. */
export interface Undecided {
  readonly count: number;
  received(): void;
  /** Throws a Bug where a session decides more items than it was given. */
  decided(fates: readonly Fate[]): void;
  /** What is still open can no longer be decided. */
  ended(): void;
}

export const trackUndecided = (tally: Tally): Undecided => {
  let count = 0;
  return {
    get count() {
      return count;
    },
    received: () => {
      count += 1;
      tally.items += 1;
    },
    decided: (fates) => {
      if (fates.length > count) {
        throw new Error(`A session decided ${fates.length} items and was given ${count}.`);
      }
      count -= fates.length;
      for (const fate of fates) {
        switch (fate.kind) {
          case 'observed':
            tally.observed += 1;
            break;
          case 'control':
            tally.control += 1;
            break;
          case 'quarantined':
            tally.quarantined += 1;
            break;
          case 'dropped':
            dropped(tally, fate.reason, 1);
            break;
        }
      }
    },
    ended: () => {
      if (count > 0) dropped(tally, DIALOGUE_ENDED, count);
      count = 0;
    },
  };
};

/** Items without a fate so far; never below 0, and 0 once every dialogue of this tally has ended. */
export const undecided = (tally: Tally): number => {
  let decided = tally.observed + tally.control + tally.quarantined;
  for (const count of tally.dropped.values()) decided += count;
  return tally.items - decided;
};
