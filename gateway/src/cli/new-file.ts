import { open, rm } from 'node:fs/promises';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Writes a file that must not be there yet, whole or not at all. */
export const createWholeFile = async (
  path: string,
  bytes: Uint8Array,
  mode: number,
): Promise<Result<void>> => {
  const wrong = (words: string) => fail(fault('misconfigured', 'file.unwritable', path, words));
  try {
    await using file = await open(path, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return ok(undefined);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return wrong(
      code === 'EEXIST'
        ? 'is already there and is left as it is; name another file.'
        : `cannot be written: ${message}.`,
    );
  }
};
