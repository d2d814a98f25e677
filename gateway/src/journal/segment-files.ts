import { join } from 'node:path';
import { concatBytes, type WallNs } from '@outpost/schemas/words';
import type { Disk, DiskFile } from './disk.ts';
import { isMissing } from './errors.ts';
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

export interface SegmentFiles {
  readonly tally: Readonly<DiskTally>;
  write(file: DiskFile, bytes: Uint8Array, position: number): Promise<void>;
  sync(file: DiskFile): Promise<void>;
  /** Takes data only after its header and its place in the directory are durable. */
  create(base: bigint): Promise<{ readonly segment: Segment; readonly file: DiskFile }>;
  /** Durably, for a segment that came back could hide what was written since. */
  remove(path: string): Promise<void>;
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

  const syncDirectory = async (): Promise<void> => {
    tally.syncs += 1;
    await disk.syncDirectory(directory);
  };

  const remove = async (path: string): Promise<void> => {
    await disk.unlink(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    await syncDirectory();
  };

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
    remove,
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
      const file = await disk.open(segment.path, 'create');
      try {
        await file.truncate(segmentBytes);
        // The slots too, so that their blocks are there when the disk is full.
        await write(file, concatBytes(encodeHeader(segment, context), new Uint8Array(PAGE_BYTES)), 0);
        await write(file, new Uint8Array(PAGE_BYTES), segment.dataEnd);
        await sync(file);
        await syncDirectory();
        return { segment, file };
      } catch (error) {
        await file.close();
        await remove(segment.path);
        throw error;
      }
    },
  };
};
