import type { Entry, Kept, Offset } from './contract.ts';
import type { Disk, DiskFile } from './disk.ts';
import { isNoSpace, withoutCode } from './errors.ts';
import { COMMIT_BYTES_MAX, PAGE_BYTES, pageCeil, pageFloor } from './limits.ts';
import {
  encodedBytes,
  endCommit,
  imageOf,
  paddedBytesMax,
  putRecord,
  recordStart,
  TAIL_BYTES_MAX,
} from './records.ts';
import { capacityBytes, encodeSlot, slotPosition } from './segment.ts';
import type { SegmentFiles } from './segment-files.ts';
import type { Held, SegmentList } from './segment-list.ts';

/** The segment that is written. */
interface Current {
  readonly held: Held;
  readonly file: DiskFile;
  /** Number of its last commit. */
  sequence: number;
  /** The disk was full in the middle of full pages: none may follow them here, or leavings of both could mix. */
  spent: boolean;
}

/** Where writing goes on in a segment that was recovered whole. */
export interface Resumed {
  readonly held: Held;
  readonly tail: Uint8Array;
  readonly sequence: number;
}

export interface CommitterParts {
  readonly disk: Disk;
  readonly files: SegmentFiles;
  readonly list: SegmentList;
  readonly resumed: Resumed | undefined;
  /** Deletes what may go before a new segment is made. */
  makeRoom(): Promise<void>;
}

export interface CommitTally {
  commits: number;
  records: number;
  recordBytes: number;
  abandonedSegments: number;
}

type Appends = readonly (readonly Entry[])[];

/** Brings appends to the disk, one commit at a time. */
export interface Committer {
  readonly tally: Readonly<CommitTally>;
  /**
   * Writes the appends together; resolves, once they are durable, with the entries of all at their places.
   * Throws with the operating system's code where the disk is full: then nothing of them was kept.
   *
   * A sync that failed is never repeated: the kernel has marked the pages clean, so the repetition would succeed
   * without having written anything. Instead the segment is left where its last good commit ended, and what was not
   * acknowledged is written anew into a fresh one. If that fails too, the error is thrown and this is the end.
   */
  commit(appends: Appends): Promise<readonly Kept[]>;
  /** `finished` says on the disk that the last commit was acknowledged, so that the next start need not wonder. */
  close(how: 'finished' | 'broken'): Promise<void>;
}

interface Encoded {
  /** Place of the scratch's first byte in the segment's data. */
  readonly origin: number;
  readonly length: number;
  readonly kept: readonly Kept[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Encodes behind the present tail page, which the scratch begins with. */
const encode = (scratch: Uint8Array, { segment, end }: Held, appends: Appends): Encoded => {
  const used = Number(end - segment.base);
  const image = imageOf(scratch, pageFloor(used), segment.salt);
  const start = segment.base + BigInt(image.origin);
  const kept: Kept[] = [];
  let index = recordStart(image, used - image.origin);
  let offset = (start + BigInt(index)) as Offset;
  let left = sum(appends.map(({ length }) => length));
  for (const entries of appends) {
    for (const [at, entry] of entries.entries()) {
      const end = putRecord(image, index, entry, at === entries.length - 1);
      left -= 1;
      index = left === 0 ? endCommit(image, end) : recordStart(image, end);
      const next = (start + BigInt(index)) as Offset;
      const { kind, stream, bytes } = entry;
      kept.push({ offset, next, kind, stream, bytes, decoded: undefined });
      offset = next;
    }
  }
  return { origin: image.origin, length: index, kept };
};

/** The state and the two writes of a commit. */
const newPlace = ({ disk, files, list, resumed, makeRoom }: CommitterParts) => {
  const slotPage = new Uint8Array(PAGE_BYTES);
  let current: Current | undefined;
  let waiting = resumed;

  const fits = ({ held, spent }: Current, bytes: number): boolean => {
    const used = Number(held.end - held.segment.base);
    const padded = paddedBytesMax(bytes);
    if (used + padded > capacityBytes(held.segment)) return false;
    return !spent || (used % PAGE_BYTES) + padded <= TAIL_BYTES_MAX;
  };

  return {
    get current() {
      return current;
    },

    /** The segment that takes `bytes` of records: a new one if the present one cannot. */
    async roomFor(bytes: number, scratch: Uint8Array): Promise<Current> {
      if (waiting !== undefined) {
        const { held, tail, sequence } = waiting;
        const file = await disk.open(held.segment.path, 'update');
        waiting = undefined;
        scratch.set(tail);
        current = { held, file, sequence, spent: false };
      }
      if (current !== undefined && fits(current, bytes)) return current;
      const before = current;
      await makeRoom();
      const { segment, file } = await files.create(list.end);
      const held: Held = { segment, end: segment.base, tail: undefined };
      if (before?.held.segment.base === segment.base) list.pop();
      list.push(held);
      current = { held, file, sequence: 0, spent: false };
      await before?.file.close();
      return current;
    },

    /**
     * Puts the tail page into the slot whose turn it is, and syncs all of the commit. `alone` says that the slot is
     * all that the commit writes.
     */
    async putSlot(into: Current, pageStart: number, tail: Uint8Array, alone: boolean): Promise<void> {
      const { held, file, sequence } = into;
      const { segment, end } = held;
      const commitStart = Number(end - segment.base);
      encodeSlot(slotPage, segment, { sequence: sequence + 1, pageStart, commitStart, tail });
      const position = slotPosition(segment, sequence + 1);
      if (alone) {
        await files.writeThrough(file, slotPage, position);
        return;
      }
      await files.write(file, slotPage, position);
      await files.sync(file);
    },

    async leave(): Promise<void> {
      const { file } = current ?? {};
      current = undefined;
      await file?.close();
    },
  };
};

export const newCommitter = (parts: CommitterParts): Committer => {
  const { files, list } = parts;
  const scratch = new Uint8Array(pageCeil(paddedBytesMax(COMMIT_BYTES_MAX)) + 2 * PAGE_BYTES);
  const tally: CommitTally = { commits: 0, records: 0, recordBytes: 0, abandonedSegments: 0 };
  const place = newPlace(parts);

  /** Leaves the segment where its last good commit ended. One without any is replaced by its successor. */
  const abandon = async ({ held }: Current): Promise<void> => {
    tally.abandonedSegments += 1;
    await place.leave();
    if (held.end === held.segment.base) list.pop();
  };

  const putPages = async (into: Current, origin: number, full: number): Promise<void> => {
    const { held, file } = into;
    try {
      await files.write(file, scratch.subarray(0, full), held.segment.dataStart + origin);
    } catch (error) {
      // The slots are as they were, so what fits into one may still follow.
      if (isNoSpace(error)) into.spent = true;
      else await abandon(into);
      throw error;
    }
  };

  const put = async (into: Current, { origin, length }: Encoded): Promise<void> => {
    const { held } = into;
    const full = pageFloor(length);
    if (full > 0) await putPages(into, origin, full);
    const tail = scratch.slice(full, length);
    try {
      await place.putSlot(into, origin + full, tail, full === 0);
    } catch (error) {
      await abandon(into);
      throw withoutCode(error);
    }
    into.sequence += 1;
    held.end = held.segment.base + BigInt(origin + length);
    held.tail = tail;
    scratch.set(tail);
  };

  const putOnce = async (appends: Appends, bytes: number): Promise<readonly Kept[]> => {
    const into = await place.roomFor(bytes, scratch);
    const encoded = encode(scratch, into.held, appends);
    await put(into, encoded);
    return encoded.kept;
  };

  const putAgain = async (appends: Appends, bytes: number, failed: unknown): Promise<readonly Kept[]> => {
    if (isNoSpace(failed)) throw failed;
    return putOnce(appends, bytes).catch((error: unknown) => {
      throw withoutCode(error);
    });
  };

  return {
    tally,
    async commit(appends) {
      const bytes = sum(appends.map(encodedBytes));
      const kept = await putOnce(appends, bytes).catch((error: unknown) => putAgain(appends, bytes, error));
      tally.commits += 1;
      tally.records += kept.length;
      tally.recordBytes += bytes;
      return kept;
    },
    async close(how) {
      const { current } = place;
      if (how === 'finished' && current !== undefined && current.sequence > 0 && !current.spent) {
        const { held } = current;
        const used = Number(held.end - held.segment.base);
        const tail = held.tail ?? new Uint8Array(0);
        try {
          await place.putSlot(current, pageFloor(used), tail, true);
        } finally {
          await place.leave();
        }
      }
      await place.leave();
    },
  };
};
