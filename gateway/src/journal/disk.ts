import { type FileHandle, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

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

/** read(2) and write(2) may do less than they were asked for, on a full disk for one. */
const wrap = (handle: FileHandle): DiskFile => ({
  async read(into, position) {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  },
  async write(bytes, position) {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  },
  truncate: (bytes) => handle.truncate(bytes),
  datasync: () => handle.datasync(),
  sizeBytes: async () => (await handle.stat()).size,
  close: () => handle.close(),
});

const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The machine's own file system. All calls run on the thread pool; none holds up the event loop. */
export const nodeDisk = (): Disk => ({
  open: async (path, mode) => wrap(await open(path, FLAGS[mode], OWNER_ONLY_FILE)),
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
});
