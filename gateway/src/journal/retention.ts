import { type Clock, NS_PER_S } from '@outpost/schemas/words';
import type { SegmentFiles } from './segment-files.ts';
import { type SegmentList, usedBytes } from './segment-list.ts';

export interface RetentionLimits {
  /** Cap of everything on the disk; see `unsettledBytes`. */
  readonly bytesMax: number;
  /** How long and how much of what every reader has done with is kept. */
  readonly archiveDays: number;
  readonly archiveBytesMax: number;
}

/** Which segments may go. A segment that every reader is behind of is settled: it is the archive. */
export interface Retention {
  readonly archiveBytes: number;
  /**
   * Bytes that readers still need, and the segment that is written. Only they count against the cap, because the
   * archive gives way to them.
   */
  readonly unsettledBytes: number;
  readonly deletedSegments: number;
  /** Deletes the oldest of the archive while it is too old or too large, or `extraBytes` would break the cap. */
  sweep(extraBytes: number): Promise<void>;
}

const NS_PER_DAY = 86_400n * NS_PER_S;
/**
 * 2024-01-01. A box without a clock of its own starts in the past; times before this say nothing about age, so such
 * segments go by size alone.
 */
const CLOCK_SET_AFTER_NS = 1_704_067_200n * NS_PER_S;

export const newRetention = (
  list: SegmentList,
  files: SegmentFiles,
  clock: Clock,
  limits: RetentionLimits,
  least: () => bigint | undefined,
): Retention => {
  let deletedSegments = 0;
  let known = { behind: -1n, segments: 0, deleted: 0, count: 0, bytes: 0 };

  /** How many are settled and their bytes, found anew when a cursor moved or a segment came or went. */
  const settled = (): { readonly count: number; readonly bytes: number } => {
    const behind = least() ?? list.end;
    if (known.behind === behind && known.segments === list.all.length && known.deleted === deletedSegments)
      return known;
    let bytes = 0;
    // The last segment is never settled: it is being written.
    const sealed = list.all.slice(0, -1).filter(({ end }) => end <= behind);
    for (const held of sealed) bytes += usedBytes(held);
    known = { behind, segments: list.all.length, deleted: deletedSegments, count: sealed.length, bytes };
    return known;
  };

  /** A segment was last written when its successor was made. */
  const isOld = (index: number): boolean => {
    const sealed = list.all[index + 1]?.segment.created ?? 0n;
    const now = clock.wall();
    if (sealed < CLOCK_SET_AFTER_NS || now < CLOCK_SET_AFTER_NS) return false;
    return now - sealed > BigInt(limits.archiveDays) * NS_PER_DAY;
  };

  return {
    get archiveBytes() {
      return settled().bytes;
    },
    get unsettledBytes() {
      return list.bytes - settled().bytes;
    },
    get deletedSegments() {
      return deletedSegments;
    },
    async sweep(extraBytes) {
      for (;;) {
        const { count, bytes } = settled();
        const oldest = list.all[0];
        if (oldest === undefined || count === 0) return;
        const tooMuch = bytes > limits.archiveBytesMax || list.bytes + extraBytes > limits.bytesMax;
        if (!tooMuch && !isOld(0)) return;
        list.shift();
        deletedSegments += 1;
        await files.remove(oldest.segment.path);
      }
    },
  };
};
