import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The code of a failed system call (`ENOENT`), or the text of whatever else was thrown. */
export const errorCode = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? String(error);

const syncAndClose = async (handle: FileHandle): Promise<void> => {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes a file's contents, or the names in a directory, survive a power cut. */
export const syncPath = async (path: string): Promise<void> => syncAndClose(await open(path, 'r'));

/**
 * Puts a text in the place of a file, for our eyes only: after a power cut there is the old or the new, never a
 * mixture. One process at a time writes to `path`.
 */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  const aside = `${path}.partial`;
  try {
    const handle = await open(aside, 'w', 0o600);
    await handle.writeFile(text).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    await syncAndClose(handle);
    await rename(aside, path);
  } catch (error) {
    await unlink(aside).catch(() => undefined);
    throw error;
  }
  await syncPath(dirname(path));
};
