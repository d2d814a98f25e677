import type { Result } from '@outpost/schemas/words';

/** A place in the journal: strictly increasing, never reused, stable over restarts and deletions. */
export type Offset = bigint & { readonly unit: 'journal-offset' };

/** One record. The journal knows neither what a kind means nor what the bytes say. */
export interface Entry {
  /** 1 to 255; 0 is the journal's own. */
  readonly kind: number;
  /** Which stream of this run, 0 to 65,535; 0 is the box itself. */
  readonly stream: number;
  readonly bytes: Uint8Array;
}

export interface Kept extends Entry {
  readonly offset: Offset;
  /** The offset of whatever follows. */
  readonly next: Offset;
  /**
   * What the bytes were found to say, for whoever reads the same entry next: all followers are given one object. The
   * journal keeps it with the entry and never looks at it.
   */
  decoded?: unknown;
}

export interface Batch {
  readonly entries: readonly Kept[];
  /** Commit this to say that everything before it is done. */
  readonly end: Offset;
}

/**
 * How soon entries must be on the disk: `now` and `awaited` for what somebody waits for (natural batching while one
 * sync is under way), `soon` for the rest (within `commitEveryMs`, which is the stated loss of a power cut). Where
 * room runs short, only `now` may use the reserve that is kept for what the box itself has to write: what a device
 * brought is `awaited` at most.
 */
export type Urgency = 'now' | 'awaited' | 'soon';

export interface FollowOptions {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/** The durable line. Before it nothing waits for a network or a database; after it everything may be retried. */
export interface Journal extends AsyncDisposable {
  /** First offset still held. */
  readonly start: Offset;
  /** One past the last durable entry. */
  readonly end: Offset;
  /**
   * Keeps the entries together and in order; resolves, once they are on the disk, with the offset of the first.
   * A full disk or a full journal is a `refused` fault (`journal.disk-full`, `journal.full`): nothing was kept.
   */
  append(entries: readonly Entry[], urgency: Urgency): Promise<Result<Offset>>;
  /** Durable entries from the reader's committed position on, waiting for more until the signal aborts. */
  follow(reader: string, options: FollowOptions, signal: AbortSignal): AsyncIterable<Batch>;
  /** Durable entries in [from, to), for proofs and export; damaged records are skipped and counted. */
  read(from: Offset, to: Offset): AsyncIterable<Kept>;
  /** Durable on return. A cursor never goes back. */
  commit(reader: string, end: Offset): Promise<void>;
  position(reader: string): Offset;
}
