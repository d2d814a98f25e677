import { ok } from '@outpost/schemas/words';
import type { Batch, Entry, Journal, Kept, Offset } from '../../journal/contract.ts';

/** Where a crash comes: around the write of that number, with what is written on the disk or not. */
export interface Crash {
  readonly write: number;
  readonly isOnDisk: boolean;
}

/** What is on the disk, over all lives of the program. */
export interface CrashDisk {
  readonly entries: Kept[];
  readonly positions: Map<string, Offset>;
}

/** One life of a program over a disk: it ends at the crash, and nothing that waits for the journal ever hears of it. */
export interface CrashJournal {
  readonly journal: Journal;
  /** Writes so far, appends and commits. */
  readonly writes: number;
  readonly isDead: boolean;
  /** Every entry was handed out and all who follow ask for more. */
  readonly isIdle: boolean;
}

/** Offsets are ten apart, as if entries had bytes. */
const STEP = 10n;
const BATCH_ENTRIES = 5;

export const addEntry = ({ entries }: CrashDisk, entry: Entry): Offset => {
  const offset = (BigInt(entries.length) * STEP) as Offset;
  entries.push({ ...entry, offset, next: (offset + STEP) as Offset });
  return offset;
};

const forEver = (): Promise<never> => new Promise(() => undefined);

/** Until whatever stands in line now has run. */
const turn = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
};

export const openCrashJournal = (disk: CrashDisk, crash: Crash | undefined): CrashJournal => {
  const state = { writes: 0, isDead: false, followers: 0 };
  /** Those who follow and wait for more. */
  const idle = new Set<() => void>();
  const grown = (): void => {
    for (const wake of idle) wake();
    idle.clear();
  };

  /** One write: it happens, or the program ends before or behind it. */
  const write = async (act: () => void): Promise<void> => {
    if (state.isDead) return await forEver();
    state.writes += 1;
    if (state.writes !== crash?.write) {
      act();
      return;
    }
    state.isDead = true;
    if (crash.isOnDisk) act();
    await forEver();
  };

  const end = (): Offset => (BigInt(disk.entries.length) * STEP) as Offset;
  const position = (reader: string): Offset => disk.positions.get(reader) ?? (0n as Offset);

  async function* read(from: Offset, to: Offset): AsyncGenerator<Kept> {
    for (const entry of [...disk.entries]) if (entry.offset >= from && entry.offset < to) yield entry;
  }

  async function* follow(reader: string, _: object, signal: AbortSignal): AsyncGenerator<Batch> {
    let at = Number(position(reader) / STEP);
    state.followers += 1;
    for (;;) {
      if (signal.aborted) throw signal.reason;
      const entries = disk.entries.slice(at, at + BATCH_ENTRIES);
      const last = entries.at(-1);
      if (last !== undefined) {
        at += entries.length;
        yield { entries, end: last.next };
        continue;
      }
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        signal.addEventListener('abort', abort, { once: true });
        idle.add(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
      });
    }
  }

  const journal: Journal = {
    start: 0n as Offset,
    get end() {
      return end();
    },
    async append(entries, urgency) {
      // What need not be there at once goes to the disk a little later, in order.
      if (urgency === 'soon') await turn();
      let first: Offset | undefined;
      await write(() => {
        for (const entry of entries) {
          const offset = addEntry(disk, entry);
          first ??= offset;
        }
      });
      grown();
      return ok(first ?? end());
    },
    follow,
    read,
    commit: (reader, to) => write(() => void disk.positions.set(reader, to)),
    position,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    journal,
    get writes() {
      return state.writes;
    },
    get isDead() {
      return state.isDead;
    },
    get isIdle() {
      return state.followers > 0 && idle.size === state.followers;
    },
  };
};
