import type { Kept, Offset } from './contract.ts';
import { RECENT_BYTES_MAX, RECENT_ENTRIES_MAX } from './limits.ts';

/** The entries of the last commits, in memory. */
export interface Recent {
  /** Of one commit: what follows the last one added. */
  add(kept: readonly Kept[]): void;
  /**
   * Entries from `from` on, one at least, or none where that is not in memory.
   * @param bytesMax of what stands in them
   */
  take(from: Offset, entriesMax: number, bytesMax: number): readonly Kept[];
}

/** The entries of one commit. */
interface Commit {
  readonly kept: readonly Kept[];
  readonly from: Offset;
  readonly to: Offset;
}

/** What one reader still takes. */
interface Room {
  readonly entries: number;
  bytes: number;
}

const spanBytes = ({ from, to }: Commit): number => Number(to - from);

/** The index of the entry at `offset`; -1 where none begins there. */
const indexOf = (kept: readonly Kept[], offset: Offset): number => {
  let [low, high] = [0, kept.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = kept[middle]?.offset ?? offset;
    if (at === offset) return middle;
    if (at < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

/** Adds what fits; false where something did not. The first entry of all always does. */
const gather = (into: Kept[], from: readonly Kept[], first: number, room: Room): boolean => {
  for (let at = first; at < from.length; at += 1) {
    const entry = from[at];
    if (entry === undefined) break;
    room.bytes -= entry.bytes.length;
    if (into.length > 0 && (into.length >= room.entries || room.bytes < 0)) return false;
    into.push(entry);
  }
  return true;
};

export const newRecent = (bytesMax: number = RECENT_BYTES_MAX, entriesMax = RECENT_ENTRIES_MAX): Recent => {
  let commits: Commit[] = [];
  let bytes = 0;
  let entries = 0;

  const drop = (): void => {
    let gone = 0;
    while (gone < commits.length && (bytes > bytesMax || entries > entriesMax)) {
      const oldest = commits[gone];
      if (oldest !== undefined) {
        bytes -= spanBytes(oldest);
        entries -= oldest.kept.length;
      }
      gone += 1;
    }
    if (gone > 0) commits = commits.slice(gone);
  };

  return {
    add(kept) {
      const [first, last] = [kept[0], kept.at(-1)];
      if (first === undefined || last === undefined) return;
      const commit = { kept, from: first.offset, to: last.next };
      commits.push(commit);
      bytes += spanBytes(commit);
      entries += kept.length;
      drop();
    },
    take(from, countMax, sizeMax) {
      const taken: Kept[] = [];
      // The one wanted is the last or close to it.
      let at = commits.length - 1;
      while (at >= 0 && (commits[at]?.from ?? from) > from) at -= 1;
      const here = commits[at]?.kept;
      const first = here === undefined ? -1 : indexOf(here, from);
      if (here === undefined || first < 0) return taken;
      const room = { entries: countMax, bytes: sizeMax };
      let goesOn = gather(taken, here, first, room);
      for (at += 1; goesOn && at < commits.length; at += 1) {
        goesOn = gather(taken, commits[at]?.kept ?? [], 0, room);
      }
      return taken;
    },
  };
};
