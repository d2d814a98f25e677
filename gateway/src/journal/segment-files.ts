import { join } from 'node:path';
import { concatBytes, type WallNs } from '@outpost/schemas/words';
import type { Disk, DiskFile } from './disk.ts';
import { isMissing, withoutCode } from './errors.ts';
import { contextBytesMax, PAGE_BYTES } from './limits.ts';
import { encodeHeader, headerBytes, type Segment, segmentName } from './segment.ts';

export interface SegmentFilesParts {
  readonly disk: Disk;
  readonly directory: string;
  readonly segmentBytes: number;
  wall(): WallNs;
  /** What the header repeats for the caller, asked for when a segment is made. */
  context(): Uint8Array;
  /** 32 bits that no device can guess. */
  salt(): number;
}

/** What was asked of the disk: bytes and syncs are what wears a card. */
export interface DiskTally {
  syncs: number;
  writtenBytes: number;
}

/** A segment that is being made; such a file that is found was never finished and is deleted. */
export const NEW = '.new';

export interface SegmentFiles {
  readonly tally: Readonly<DiskTally>;
  write(file: DiskFile, bytes: Uint8Array, position: number): Promise<void>;
  sync(file: DiskFile): Promise<void>;
  /** A write that is its own sync. */
  writeThrough(file: DiskFile, bytes: Uint8Array, position: number): Promise<void>;
  /**
   * Makes a segment under another name, whole, and then puts it in its place: there, a damaged header is never an
   * unfinished one. A segment of the same base, which holds nothing that counts, is replaced in the same step.
   */
  create(base: bigint): Promise<{ readonly segment: Segment; readonly file: DiskFile }>;
  /** Durably, so that the oldest go first whatever happens. */
  remove(path: string): Promise<void>;
  syncDirectory(): Promise<void>;
}

export const newSegmentFiles = (parts: SegmentFilesParts): SegmentFiles => {
  const { disk, directory, segmentBytes } = parts;
  const tally: DiskTally = { syncs: 0, writtenBytes: 0 };

  const write = async (file: DiskFile, bytes: Uint8Array, position: number): Promise<void> => {
    tally.writtenBytes += bytes.length;
    await file.write(bytes, position);
  };

  const sync = async (file: DiskFile): Promise<void> => {
    tally.syncs += 1;
    await file.datasync();
  };

  const writeThrough = async (file: DiskFile, bytes: Uint8Array, position: number): Promise<void> => {
    tally.writtenBytes += bytes.length;
    tally.syncs += 1;
    await file.writeThrough(bytes, position);
  };

  const syncDirectory = async (): Promise<void> => {
    tally.syncs += 1;
    await disk.syncDirectory(directory);
  };

  const unlink = (path: string): Promise<void> =>
    disk.unlink(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });

  const contextNow = (): Uint8Array => {
    const context = parts.context();
    const bytesMax = contextBytesMax(segmentBytes);
    if (context.length <= bytesMax) return context;
    throw new RangeError(`A journal context has at most ${bytesMax} bytes, not ${context.length}.`);
  };

  return {
    tally,
    write,
    sync,
    writeThrough,
    async remove(path) {
      await unlink(path);
      await syncDirectory();
    },
    syncDirectory,
    async create(base) {
      const context = contextNow();
      const segment: Segment = {
        path: join(directory, segmentName(base)),
        base,
        created: parts.wall(),
        salt: parts.salt() >>> 0,
        dataStart: headerBytes(context.length) + PAGE_BYTES,
        dataEnd: segmentBytes - PAGE_BYTES,
      };
      const path = `${segment.path}${NEW}`;
      await unlink(path);
      const file = await disk.open(path, 'create');
      try {
        await file.truncate(segmentBytes);
        // The slots too, so that their blocks are there when the disk is full.
        await write(file, concatBytes(encodeHeader(segment, context), new Uint8Array(PAGE_BYTES)), 0);
        await write(file, new Uint8Array(PAGE_BYTES), segment.dataEnd);
        await sync(file);
        await disk.rename(path, segment.path);
        await syncDirectory().catch((error: unknown) => {
          throw withoutCode(error);
        });
        return { segment, file };
      } catch (error) {
        await file.close();
        await unlink(path);
        throw error;
      }
    },
  };
};
