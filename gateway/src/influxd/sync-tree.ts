import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, syncPath } from '../store/whole-file.ts';

/** What a program removed while we looked needs no sync. */
const unlessGone = async (act: Promise<void>): Promise<void> => {
  try {
    await act;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
};

/**
 * Puts every file and name below a directory on the disk, whoever wrote it. fsync also writes what another process
 * changed through a memory mapping, which influxd itself never syncs.
 */
export const syncTree = async (directory: string, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await unlessGone(syncTree(path, signal));
    else if (entry.isFile()) await unlessGone(syncPath(path));
  }
  await syncPath(directory);
};
