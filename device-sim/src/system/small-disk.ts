import { execFile } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHUNK = new Uint8Array(1 << 20);

/** A file system of its own that a test can fill up. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  freeBytes(): Promise<number>;
  /** Takes all that is free but about this much; 0 leaves not one page. */
  fill(leaveBytes: number): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
}

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOSPC';

/**
 * Mounts a file system that lives in memory at `path`. Gives the reason instead where that is not allowed, which
 * takes root and, in a container, the right to mount.
 */
export const mountSmallDisk = async (path: string, mebibytes: number): Promise<SmallDisk | string> => {
  await mkdir(path, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'outpost-test', path]);
  } catch (error) {
    return `no file system can be mounted here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
  const ballast = join(path, 'ballast');
  const freeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  };
  return {
    path,
    freeBytes,
    async fill(leaveBytes) {
      const file = await open(ballast, 'a');
      try {
        for (let left = (await freeBytes()) - leaveBytes; left > 0; left -= CHUNK.length) {
          await file.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)));
        }
        // The other programs write meanwhile, and what was asked about free pages a moment ago is no promise.
        while (leaveBytes === 0) await file.write(CHUNK.subarray(0, 4096));
      } catch (error) {
        if (!isFull(error)) throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', path]);
    },
  };
};
