import { open } from 'node:fs/promises';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

const SECRET_MAX_BYTES = 4_096;
const OTHERS = 0o077;

/**
 * The text of a file that only its owner may read, without the white space around it; never empty. A fault is
 * `misconfigured` and has none of the text in it.
 */
export const readSecretFile = async (path: string, code: string): Promise<Result<string>> => {
  const wrong = (words: string): Result<never> => fail(fault('misconfigured', code, path, words));
  try {
    await using file = await open(path, 'r');
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0) return wrong('others can read the secret in it; run "chmod 600" on it.');
    if (size > SECRET_MAX_BYTES) return wrong(`is longer than ${SECRET_MAX_BYTES} bytes; no secret is.`);
    const text = (await file.readFile('utf8')).trim();
    return text === '' ? wrong('is empty; the secret belongs into it.') : ok(text);
  } catch (error) {
    const { code: why = 'unknown' } = error as NodeJS.ErrnoException;
    return wrong(`cannot be read (${why}).`);
  }
};
