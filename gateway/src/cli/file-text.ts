import { open } from 'node:fs/promises';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** No file that a command reads at once is larger; the largest published signal sets have half a megabyte. */
const TEXT_MAX_BYTES = 8 << 20;

/** Reads a file of UTF-8 text. The fault is `unreachable` where it cannot be read, `malformed` where it is no text. */
export const readWholeText = async (path: string): Promise<Result<string>> => {
  try {
    await using file = await open(path, 'r');
    const about = await file.stat();
    if (!about.isFile()) return fail(fault('malformed', 'file.kind', path, 'is no file.'));
    if (about.size > TEXT_MAX_BYTES) {
      const words = `has ${about.size} bytes; ${TEXT_MAX_BYTES} are read at most.`;
      return fail(fault('malformed', 'file.size', path, words));
    }
    const bytes = await file.readFile();
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return fail(fault('malformed', 'file.text', path, 'is no UTF-8 text.'));
    const { code } = error as NodeJS.ErrnoException;
    const words =
      code === 'ENOENT' ? 'there is no such file.' : `cannot be read: ${(error as Error).message}.`;
    return fail(fault('unreachable', 'file.read', path, words));
  }
};
