import { randomInt } from 'node:crypto';
import { type Clock, fail, ok, type Result } from '@outpost/schemas/words';
import { newAdmission } from './admission.ts';
import { newCommitter } from './committer.ts';
import { contextAt } from './context-at.ts';
import type { Journal, Offset } from './contract.ts';
import { loadCursors, openCursors } from './cursors.ts';
import type { Disk } from './disk.ts';
import { errorCode, unusable } from './errors.ts';
import { type Migration, prepareDirectory } from './format.ts';
import { type Holder, thisProcess } from './holder.ts';
import {
  COMMIT_EVERY_MS,
  commitBytesMax,
  FREE_BYTES_MIN,
  SEGMENT_BYTES,
  SEGMENT_BYTES_MAX,
  SEGMENT_BYTES_MIN,
} from './limits.ts';
import { loadSegments } from './load.ts';
import { type Lock, takeLock } from './lock.ts';
import { followEntries, newDamages, newGrowth, readEntries } from './reading.ts';
import { newRecent } from './recent.ts';
import { repair } from './repair.ts';
import { newRetention, type RetentionLimits } from './retention.ts';
import { newSegmentFiles, type SegmentFiles } from './segment-files.ts';
import { newSegmentList } from './segment-list.ts';
import { newSpace } from './space.ts';
import type { Damage, JournalState } from './state.ts';
import { spansOf, statsOf } from './stats.ts';
import { newWriter } from './writer.ts';

export interface JournalOptions extends RetentionLimits {
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Everybody who follows. What they are not done with is never deleted; others' positions hold nothing back. */
  readonly readers: readonly string[];
  /** Heads of all chains or the like: repeated in each segment's header, asked for when one is made. */
  context(): Uint8Array;
  /** A multiple of 4 KiB. Segments made earlier keep their own. */
  readonly segmentBytes?: number;
  readonly commitEveryMs?: number;
  readonly freeBytesMin?: number;
  readonly holder?: Holder;
  readonly migrations?: readonly Migration[];
  /** 32 random bits for each segment; whoever knows them can make bytes that look like a record. */
  salt?(): number;
  /** Told once when the disk has failed for good: every append is rejected from then on. */
  broken?(error: unknown): void;
  /** Told once for each damaged stretch. */
  damaged?(damage: Damage): void;
}

const randomSalt = (): number => randomInt(2 ** 32);

const check = (segmentBytes: number): void => {
  const fits =
    segmentBytes >= SEGMENT_BYTES_MIN && segmentBytes <= SEGMENT_BYTES_MAX && segmentBytes % 4096 === 0;
  if (!fits) {
    throw new RangeError(
      `A segment has ${SEGMENT_BYTES_MIN} to ${SEGMENT_BYTES_MAX} bytes in whole pages, not ${segmentBytes}.`,
    );
  }
};

/** Everything that is on the disk, as it may be used. */
const gather = async ({ directory, disk, readers, damaged }: JournalOptions, files: SegmentFiles) => {
  const saved = await loadCursors(disk, directory);
  const furthest = [...saved.positions.values()].reduce((max, at) => (at > max ? at : max), 0n);
  const loaded = await loadSegments(disk, directory, furthest);
  const repaired = await repair(disk, directory, files, loaded, saved, furthest);
  const list = newSegmentList(repaired.held, repaired.floor);
  const cursors = await openCursors(disk, directory, saved, readers, list.start);
  // After a kill the last segment's name may not be on the disk yet, and it is about to take data.
  await disk.syncDirectory(directory);

  const damages = newDamages((damage) => damaged?.(damage));
  for (const damage of repaired.damages) damages.add(damage);
  const recovery = { ...repaired.recovery, readersMoved: cursors.moved };
  return { list, cursors, damages, recovery, context: loaded.context, resumed: repaired.resumed };
};

const assemble = async (options: JournalOptions, lock: Lock): Promise<Journal & JournalState> => {
  const { directory, disk, clock, segmentBytes = SEGMENT_BYTES } = options;
  check(segmentBytes);
  const files = newSegmentFiles({
    disk,
    directory,
    segmentBytes,
    wall: () => clock.wall(),
    context: () => options.context(),
    salt: options.salt ?? randomSalt,
  });
  const { list, cursors, damages, recovery, context, resumed } = await gather(options, files);
  const retention = newRetention(list, files, clock, options, () => cursors.least);
  await retention.sweep(0);
  const space = newSpace(disk, directory, clock);
  space.look();
  await space.settled();
  const limits = {
    directory,
    bytesMax: options.bytesMax,
    freeBytesMin: options.freeBytesMin ?? FREE_BYTES_MIN,
  };
  const admission = newAdmission(limits, retention, space);
  const growth = newGrowth(list);
  const recent = newRecent();
  const makeRoom = (): Promise<void> => retention.sweep(segmentBytes);
  const committer = newCommitter({ disk, files, list, resumed, makeRoom });
  const writer = newWriter({
    directory,
    clock,
    committer,
    commitEveryMs: options.commitEveryMs ?? COMMIT_EVERY_MS,
    commitBytesMax: commitBytesMax(segmentBytes),
    admit: admission.admit,
    ranOut: admission.ranOut,
    broken: (error) => options.broken?.(error),
    committed(bytes, kept) {
      recent.add(kept);
      space.wrote(bytes);
      space.look();
      growth.grown();
    },
  });
  const position = (reader: string): Offset => cursors.position(reader) as Offset;

  return {
    recovery,
    context,
    get start() {
      return list.start as Offset;
    },
    get end() {
      return list.end as Offset;
    },
    get spans() {
      return spansOf(list);
    },
    get damages() {
      return damages.listed;
    },
    stats: () => statsOf({ list, cursors, retention, admission, committer, writer, files, damages }),
    room: () => admission.room(writer.pendingBytes),
    append: (entries, urgency) =>
      entries.length === 0 ? Promise.resolve(ok(list.end as Offset)) : writer.append(entries, urgency),
    follow: (reader, follow, signal) =>
      followEntries({ disk, list, damages, growth, recent }, position(reader), follow, signal),
    read: (from, to) => readEntries(disk, list, damages, from, to),
    async commit(reader, end) {
      if (end > list.end) throw new RangeError(`'${reader}' cannot be done with what is not durable yet.`);
      await cursors.commit(reader, end);
    },
    position,
    contextAt: (offset) => contextAt(disk, list, offset),
    forget: (reader) => cursors.forget(reader),
    async [Symbol.asyncDispose]() {
      try {
        await writer.close();
        await space.settled();
      } finally {
        await cursors.close();
        await lock.release();
      }
    },
  };
};

/**
 * Opens the durable line of a directory, or makes it. Faults: `journal.locked` (another process has it),
 * `journal.format` (a newer version wrote it), `journal.directory` (rights, mount), `journal.disk-full`.
 */
export const openJournal = async (options: JournalOptions): Promise<Result<Journal & JournalState>> => {
  const { directory, disk, holder = thisProcess(), migrations = [] } = options;
  let lock: Lock | undefined;
  try {
    await disk.makeDirectory(directory);
    const taken = await takeLock(disk, directory, holder);
    if (!taken.ok) return taken;
    lock = taken.value;
    const prepared = await prepareDirectory(disk, directory, migrations);
    if (prepared.ok) return ok(await assemble(options, lock));
    await lock.release();
    return prepared;
  } catch (error) {
    await lock?.release().catch(() => undefined);
    if (errorCode(error) === undefined || error instanceof RangeError) throw error;
    return fail(unusable(directory, error));
  }
};
