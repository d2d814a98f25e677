/**
 * The unit in which a card or a file system may lose or tear a write. All of the journal's crash rules count in it.
 * 4 KiB is the page of ext4 and of the page cache; larger flash pages are the card's own translation layer's work.
 */
export const PAGE_BYTES: number = 4096;

/** Default size of a segment: small enough to delete in steps, large enough that creating one costs nothing. */
export const SEGMENT_BYTES: number = 4 * 1024 * 1024;
export const SEGMENT_BYTES_MIN: number = 64 * 1024;
export const SEGMENT_BYTES_MAX: number = 256 * 1024 * 1024;

/**
 * Encoded bytes that one write and one sync carry, and so of one append and of one record; a larger append is a bug of
 * the caller and throws a RangeError. In small segments it is half of one, which an empty segment always has room for.
 */
export const COMMIT_BYTES_MAX: number = 1024 * 1024;

/** Encoded bytes that may wait for the disk; beyond it an append is refused (`journal.busy`). */
export const PENDING_BYTES_MAX: number = 8 * 1024 * 1024;

/** What a reader takes from a segment at once; its entries are views of this buffer. */
export const WINDOW_BYTES: number = 256 * 1024;

/**
 * What was committed last and stays in memory for those who follow closely, so that it is read, checked and decoded once
 * and not by each of them: 0.3 s of the most that a gateway takes.
 */
export const RECENT_BYTES_MAX: number = 2 * 1024 * 1024;
export const RECENT_ENTRIES_MAX = 8_192;

/** Bytes of checksum work spent on finding the next whole record behind a damaged one; then the rest is given up. */
export const RESYNC_BYTES_MAX: number = 16 * 1024 * 1024;

/** Bytes of a segment's context, further limited to an eighth of the segment. */
export const CONTEXT_BYTES_MAX: number = 256 * 1024;

/** Cursors kept, those of readers that are not configured at present included. */
export const READERS_MAX: number = 64;
export const READER_NAME_BYTES_MAX: number = 48;

/** Damages that are listed by place; all are counted. */
export const DAMAGES_LISTED_MAX: number = 64;

/** Free bytes on the disk below which only `now` entries are taken. */
export const FREE_BYTES_MIN: number = 64 * 1024 * 1024;

/** How old the last look at the free space may be. */
export const FREE_CHECK_MS: number = 1000;

/** The stated loss of a power cut for `soon` entries. */
export const COMMIT_EVERY_MS: number = 1000;

/** The part of the journal's cap that only `now` entries may use: a sixteenth, at most 8 MiB. */
export const capReserveBytes = (bytesMax: number): number => Math.min(8 * 1024 * 1024, bytesMax / 16);

export const contextBytesMax = (segmentBytes: number): number =>
  Math.min(CONTEXT_BYTES_MAX, Math.floor(segmentBytes / 8));

export const commitBytesMax = (segmentBytes: number): number =>
  Math.min(COMMIT_BYTES_MAX, Math.floor(segmentBytes / 2));

export const pageFloor = (bytes: number): number => bytes - (bytes % PAGE_BYTES);
export const pageCeil = (bytes: number): number => pageFloor(bytes + PAGE_BYTES - 1);
