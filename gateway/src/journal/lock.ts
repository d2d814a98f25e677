import { join } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Disk } from './disk.ts';
import { errorCode, isMissing } from './errors.ts';
import type { Holder } from './holder.ts';

export interface Lock {
  release(): Promise<void>;
}

const NAME = /^lock\.([1-9][0-9]{0,8})$/;
const TEXT_BYTES_MAX = 256;
/** Others may make the same number first; each time the next one is tried. */
const ATTEMPTS_MAX = 8;

const read = async (disk: Disk, path: string): Promise<string> => {
  const file = await disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(TEXT_BYTES_MAX);
    return new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, 0)));
  } finally {
    await file.close();
  }
};

const unlessMissing = (error: unknown): undefined => {
  if (isMissing(error)) return undefined;
  throw error;
};

/** Numbers of the lock files, highest first. */
const numbers = async (disk: Disk, directory: string): Promise<readonly number[]> =>
  (await disk.list(directory))
    .map((name) => Number(NAME.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => b - a);

const pathOf = (directory: string, number: number): string => join(directory, `lock.${number}`);

/** The running process that has a lock other than `own`; undefined where there is none. */
const livePid = async (
  disk: Disk,
  directory: string,
  holder: Holder,
  own: number | undefined,
): Promise<number | undefined> => {
  for (const number of await numbers(disk, directory)) {
    if (number === own) continue;
    const text = await read(disk, pathOf(directory, number)).catch(unlessMissing);
    const [pid, started] = text?.split('\n') ?? [];
    if (started !== undefined && holder.isRunning(Number(pid), started)) return Number(pid);
  }
  return undefined;
};

const create = async (disk: Disk, path: string, { pid, started }: Holder): Promise<boolean> => {
  try {
    const file = await disk.open(path, 'create');
    try {
      await file.write(new TextEncoder().encode(`${pid}\n${started}\n`), 0);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

const locked = (directory: string, by: string) =>
  fail(
    fault(
      'refused',
      'journal.locked',
      directory,
      `${by} is using this directory; stop that gateway first, or give this one a dataDirectory of its own.`,
    ),
  );

/**
 * One process in a directory. The lock is the highest of the files `lock.N`; a dead one is succeeded by `lock.N+1`,
 * which exclusive creation gives to exactly one. Whoever made one then looks again and yields to any other live one:
 * of two that start at once, the one that wrote its text last sees the other. Both may yield; never do both stay.
 */
export const takeLock = async (disk: Disk, directory: string, holder: Holder): Promise<Result<Lock>> => {
  const remove = (number: number): Promise<void> =>
    disk.unlink(pathOf(directory, number)).catch(unlessMissing);

  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const before = await livePid(disk, directory, holder, undefined);
    if (before !== undefined) return locked(directory, `process ${before}`);
    const own = ((await numbers(disk, directory))[0] ?? 0) + 1;
    if (!(await create(disk, pathOf(directory, own), holder))) continue;
    const rival = await livePid(disk, directory, holder, own);
    if (rival !== undefined) {
      await remove(own);
      return locked(directory, `process ${rival}`);
    }
    for (const number of await numbers(disk, directory)) if (number !== own) await remove(number);
    return ok({ release: () => remove(own) });
  }
  return locked(directory, 'another process');
};
