import { fdatasyncSync, writeSync } from 'node:fs';
import { constants, type FileHandle, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '@outpost/schemas/words';
import { newPace, type Pace } from './pace.ts';

/**
 * `create` makes a new file and fails with EEXIST where there is one; `update` writes into an existing file;
 * `read` never changes anything.
 */
export type OpenMode = 'read' | 'update' | 'create';

export interface DiskFile {
  /** Fills `into` from `position` on as far as the file goes; resolves with the bytes that were there. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all of it or throws. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(bytes: number): Promise<void>;
  /** Everything written before the call, and the size, is on the disk afterwards (fdatasync(2)). */
  datasync(): Promise<void>;
  /**
   * Writes all of it, which is on the disk afterwards (O_DSYNC of open(2)); what was written before need not be.
   * One system call, and so at most one turn on the thread pool, where a write and a sync take two.
   */
  writeThrough(bytes: Uint8Array, position: number): Promise<void>;
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}

/**
 * What the journal asks of a file system; it does all of its I/O through here, so that one that fails can stand in.
 * A failure is thrown with the operating system's `code`. None of these can be aborted: a system call under way
 * ends by itself, and what it did must be known before anything else may happen.
 */
export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  list(directory: string): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** With its parents, for the owner alone, durably; no error where it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Makes creations, renames and deletions inside it durable. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that this process may still write. */
  freeBytes(directory: string): Promise<number>;
}

const FLAGS = { read: 'r', update: 'r+', create: 'wx+' } as const;
const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** write(2) may do less than it was asked for, on a full disk for one. */
const writeAll = async (handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
};

const writeAllSync = (handle: FileHandle, bytes: Uint8Array, position: number): void => {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(handle.fd, bytes, done, bytes.length - done, position + done);
  }
};

/** Whatever is not more may be written and synced on the loop of a quick disk. */
const SMALL_BYTES = 16_384;

/** `through` writes the same file with O_DSYNC; not every platform has it. */
const wrap = (handle: FileHandle, through: FileHandle | undefined, pace: Pace): DiskFile => {
  let unsyncedBytes = 0;
  const isSmall = (bytes: number): boolean => pace.isQuick && bytes <= SMALL_BYTES;
  const datasync = async (): Promise<void> => {
    const isInline = isSmall(unsyncedBytes);
    unsyncedBytes = 0;
    await pace.timed(isInline, () => (isInline ? fdatasyncSync(handle.fd) : handle.datasync()));
  };
  const write = async (bytes: Uint8Array, position: number): Promise<void> => {
    unsyncedBytes += bytes.length;
    if (isSmall(unsyncedBytes)) writeAllSync(handle, bytes, position);
    else await writeAll(handle, bytes, position);
  };
  return {
    async read(into, position) {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    write,
    datasync,
    async writeThrough(bytes, position) {
      if (through === undefined) {
        await write(bytes, position);
        await datasync();
        return;
      }
      const isInline = isSmall(bytes.length);
      await pace.timed(isInline, () => (isInline ? writeAllSync : writeAll)(through, bytes, position));
    },
    truncate: (bytes) => handle.truncate(bytes),
    sizeBytes: async () => (await handle.stat()).size,
    async close() {
      await through?.close();
      await handle.close();
    },
  };
};

const openFile = async (path: string, mode: OpenMode, pace: Pace): Promise<DiskFile> => {
  const handle = await open(path, FLAGS[mode], OWNER_ONLY_FILE);
  if (mode === 'read' || constants.O_DSYNC === undefined) return wrap(handle, undefined, pace);
  try {
    return wrap(handle, await open(path, constants.O_RDWR | constants.O_DSYNC), pace);
  } catch (error) {
    await handle.close();
    throw error;
  }
};

const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const PLAIN: Omit<Disk, 'open'> = {
  list: (directory) => readdir(directory),
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  async makeDirectory(path) {
    const first = await mkdir(path, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    if (first === undefined) return;
    for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made))
      await syncDirectory(dirname(made));
  },
  syncDirectory,
  async freeBytes(directory) {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },
};

/**
 * The machine's own file system. All calls run on the thread pool and none holds up the event loop, but for small
 * writes and syncs on a disk that `clock` has shown to be quick; without a clock, none at all.
 */
export const nodeDisk = (clock?: Pick<Clock, 'mono'>): Disk => {
  const pace = newPace(clock);
  return { ...PLAIN, open: (path, mode) => openFile(path, mode, pace) };
};
