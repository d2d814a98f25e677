import type { WallNs } from '@outpost/schemas/words';
import type { Offset } from './contract.ts';

/** A stretch in which records do not pass their checks; it is stepped over and the rest is read. */
export interface Damage {
  /** File and place, for a person. */
  readonly where: string;
  readonly from: Offset;
  /** The next whole record, or the end of what the segment should hold. */
  readonly to: Offset;
}

/** What opening the journal found. */
export interface Recovery {
  /**
   * Acknowledged records are missing from the last segment: a damaged stretch has whole commits behind it, a cursor
   * stands behind the end, or both copies of the last page are gone. An ordinary power cut never leads to this.
   */
  readonly tailLost: boolean;
  /**
   * The last commit, or the making of a segment, was begun and not finished, as the power cut it; nobody was told of
   * it. Damage in the last commit of a journal that was not closed looks the same.
   */
  readonly unfinished: boolean;
  /** How much of it is cut off; 0 where that cannot be known. */
  readonly cutBytes: number;
  /** Both cursor files were unreadable: every reader starts again at the first entry that is held. */
  readonly cursorsLost: boolean;
  /** Readers whose next entries were deleted while they were not configured; they start at the first entry held. */
  readonly readersMoved: readonly string[];
  /** Whole records in the last segment. */
  readonly tailRecords: number;
  /** Damages of the last segment; sealed segments are checked when they are read. */
  readonly damages: readonly Damage[];
}

/** One segment's place; `end` is where the next one begins. */
export interface SegmentSpan {
  readonly base: Offset;
  readonly end: Offset;
  /** When it was made, by a wall clock that may have been wrong; 0 where that is not known any more. */
  readonly created: WallNs;
}

/** What the caller gave when the last segment was made; undefined in a new journal. */
export interface JournalContext {
  readonly bytes: Uint8Array;
  /** The entries from here on came after it. */
  readonly at: Offset;
}

export interface ReaderState {
  readonly name: string;
  readonly position: Offset;
  readonly behindBytes: number;
  /** When the segment of its oldest unread entry was made; undefined where nothing is unread. */
  readonly oldestUnread: WallNs | undefined;
}

export interface JournalStats {
  /** On the disk, the archive included, holes not. */
  readonly bytes: number;
  /** Of these, what every reader has done with. */
  readonly archiveBytes: number;
  readonly segments: number;
  /** Entries waiting for their commit. */
  readonly pendingBytes: number;
  /** Since opening, and so on for all that follow. */
  readonly records: number;
  readonly recordBytes: number;
  readonly commits: number;
  /** Syncs of segments, cursors and directories: what wears a card besides the bytes. */
  readonly syncs: number;
  readonly writtenBytes: number;
  readonly refusedFull: number;
  readonly refusedDiskFull: number;
  readonly refusedBusy: number;
  /** Segments left early because a write or a sync failed. */
  readonly abandonedSegments: number;
  readonly deletedSegments: number;
  /** Damaged stretches found, each once. */
  readonly damages: number;
  readonly readers: readonly ReaderState[];
}

/** What `soon` entries may still take before they are refused; 0 where they are. */
export interface JournalRoom {
  /**
   * On the disk, without the reserve for `now` entries, by a look at most FREE_CHECK_MS before the question;
   * undefined where the file system does not say.
   */
  readonly diskBytes: number | undefined;
  /** Under the journal's own cap, without what it reserves for `now` entries. */
  readonly capBytes: number;
}

/** What a caller may ask beside reading and writing. */
export interface JournalState {
  readonly recovery: Recovery;
  readonly context: JournalContext | undefined;
  /** Oldest first, the one that is written last. */
  readonly spans: readonly SegmentSpan[];
  /** The first damages found since opening, at most DAMAGES_LISTED_MAX. */
  readonly damages: readonly Damage[];
  /** The context in the header of the segment that holds `offset`, or of the nearest earlier one that reads. */
  contextAt(offset: Offset): Promise<JournalContext | undefined>;
  stats(): JournalStats;
  /** Looks at the disk again where the last look is old; that answer counts from the next question on. */
  room(): JournalRoom;
  /** Forgets a reader for good: its position is deleted and nothing is held back for it. */
  forget(reader: string): Promise<void>;
}
