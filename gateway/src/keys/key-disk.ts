import { randomBytes } from 'node:crypto';
import {
  constants,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, fault, type Result, toHex } from '@outpost/schemas/words';

const OURS_ALONE = 0o600;
const DIRECTORY_OURS_ALONE = 0o700;
/** What a file is called until it is whole. */
export const PARTIAL = /\.partial$/;

/**
 * The changes that keys make on a disk, each of them done wholly and durably before it returns, or not at all.
 * Tests stop after any of them.
 */
export interface KeyDisk {
  /** Makes the directory, mode 0700, where it is not there. */
  directory(path: string): Promise<void>;
  /** Creates a file, mode 0600; throws EEXIST where the name is taken. */
  create(path: string, bytes: Uint8Array): Promise<void>;
  /** Puts new contents in the place of the old. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Renames; throws EEXIST where the new name is taken by another file. */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** The code of a failed system call (`ENOENT`), or the text of whatever else was thrown. */
export const errorCode = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? String(error);

/** Whether the operating system said no; anything else that is thrown is a Bug and is thrown on. */
export const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

/** Makes a name that was added or removed in a directory survive a power cut. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writeWhole = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  let at = 0;
  while (at < bytes.length) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
  await handle.sync();
};

/** Writes under a name that nobody else has, so that a half-written file never has the real one. */
const writeAside = async (path: string, bytes: Uint8Array): Promise<string> => {
  const aside = `${path}.${toHex(randomBytes(8))}.partial`;
  const handle = await open(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, OURS_ALONE);
  try {
    await writeWhole(handle, bytes);
  } catch (error) {
    await unlink(aside);
    throw error;
  } finally {
    await handle.close();
  }
  return aside;
};

const sameFile = async (one: string, other: string): Promise<boolean> => {
  const [a, b] = [await lstat(one), await lstat(other)];
  return a.dev === b.dev && a.ino === b.ino;
};

/** Gives a file one more name. Unlike rename(2), link(2) cannot overwrite. */
const linkUnlessDone = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to);
  } catch (error) {
    // A power cut between the two halves of a move leaves both names.
    if (errorCode(error) !== 'EEXIST' || !(await sameFile(from, to))) throw error;
  }
};

export const keyDisk = (): KeyDisk => ({
  async directory(path) {
    try {
      await mkdir(path, { mode: DIRECTORY_OURS_ALONE });
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return;
      throw error;
    }
    await syncDirectory(dirname(path));
  },
  async create(path, bytes) {
    const aside = await writeAside(path, bytes);
    try {
      await link(aside, path);
    } finally {
      await unlink(aside);
    }
    await syncDirectory(dirname(path));
  },
  async replace(path, bytes) {
    await rename(await writeAside(path, bytes), path);
    await syncDirectory(dirname(path));
  },
  async move(from, to) {
    await linkUnlessDone(from, to);
    await syncDirectory(dirname(to));
    await unlink(from);
    await syncDirectory(dirname(from));
  },
  async remove(path) {
    await unlink(path);
    await syncDirectory(dirname(path));
  },
});

/** Names in a directory, sorted; none where it is not there. */
export const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};

export const inDirectory = (directory: string, name: string): string => join(directory, name);

/** A disk that says no is an expected failure, `misconfigured`; anything else that is thrown is a Bug. */
export const onDisk = async <T>(where: string, change: () => Promise<Result<T>>): Promise<Result<T>> => {
  try {
    return await change();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const words = `the keys cannot be read or written (${errorCode(error)}).`;
    return fail(fault('misconfigured', 'key.unwritable', where, words));
  }
};
