import type { Batch, FollowOptions, Kept, Offset } from './contract.ts';
import type { Disk } from './disk.ts';
import { DAMAGES_LISTED_MAX, WINDOW_BYTES } from './limits.ts';
import { damageAt } from './load.ts';
import type { Recent } from './recent.ts';
import { openScan, type ScanSource } from './scan.ts';
import type { SegmentList } from './segment-list.ts';
import type { Damage } from './state.ts';

/** What was found damaged, each stretch once however often it is read. */
export interface Damages {
  readonly listed: readonly Damage[];
  readonly count: number;
  add(damage: Damage): void;
}

/** Beyond this many stretches the same one may be counted again; a disk like that is to be replaced anyway. */
const REMEMBERED_MAX = 4096;

export const newDamages = (tell: (damage: Damage) => void): Damages => {
  const listed: Damage[] = [];
  const seen = new Set<bigint>();
  let count = 0;
  return {
    listed,
    get count() {
      return count;
    },
    add(damage) {
      if (seen.has(damage.from)) return;
      if (seen.size < REMEMBERED_MAX) seen.add(damage.from);
      count += 1;
      if (listed.length < DAMAGES_LISTED_MAX) listed.push(damage);
      tell(damage);
    },
  };
};

/** Entries that one step of `read` holds at once. */
const READ_ENTRIES_MAX = 1024;

const sourceOf = (disk: Disk, list: SegmentList, damages: Damages): ScanSource => ({
  disk,
  get start() {
    return list.start;
  },
  stretchAt: (offset) => list.stretchAt(offset),
  damaged: ({ path }, from, to) => damages.add(damageAt(path, from, to)),
});

/** Durable entries in [from, to). */
export async function* readEntries(
  disk: Disk,
  list: SegmentList,
  damages: Damages,
  from: Offset,
  to: Offset,
): AsyncGenerator<Kept> {
  const scan = openScan(sourceOf(disk, list, damages), from);
  const limits = { entriesMax: READ_ENTRIES_MAX, bytesMax: WINDOW_BYTES, to };
  try {
    for (let entries = await scan.take(limits); entries.length > 0; entries = await scan.take(limits)) {
      yield* entries;
    }
  } finally {
    await scan.close();
  }
}

/** Those who wait for the journal to grow. */
export interface Growth {
  /** Resolves once something is durable at or behind `offset`; rejects with the signal's reason. */
  beyond(offset: bigint, signal: AbortSignal): Promise<void>;
  grown(): void;
}

export const newGrowth = (list: SegmentList): Growth => {
  const waiting = new Set<() => void>();
  return {
    beyond: (offset, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        if (list.end > offset) {
          resolve();
          return;
        }
        const abort = (): void => {
          waiting.delete(wake);
          reject(signal.reason);
        };
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', abort);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        waiting.add(wake);
      }),
    grown() {
      for (const wake of waiting) wake();
    },
  };
};

export interface Following {
  readonly disk: Disk;
  readonly list: SegmentList;
  readonly damages: Damages;
  readonly growth: Growth;
  readonly recent: Recent;
}

/** What a follower that is close behind is given from memory, all others from the disk. */
export async function* followEntries(
  { disk, list, damages, growth, recent }: Following,
  from: Offset,
  { entriesMax, bytesMax }: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const scan = openScan(sourceOf(disk, list, damages), from);
  try {
    for (;;) {
      await growth.beyond(scan.offset, signal);
      const fresh = recent.take(scan.offset, entriesMax, bytesMax);
      const last = fresh.at(-1);
      if (last !== undefined) await scan.passTo(last.next);
      const entries = last === undefined ? await scan.take({ entriesMax, bytesMax, to: list.end }) : fresh;
      if (signal.aborted) throw signal.reason;
      if (entries.length > 0) yield { entries, end: scan.offset };
    }
  } finally {
    await scan.close();
  }
}
