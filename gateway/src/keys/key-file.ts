import { readFile, stat } from 'node:fs/promises';
import type { Result } from '@outpost/schemas/words';
import { KEY_TEXT_PREFIX, notAKey, parseKeyText } from './key-text.ts';

/** A key file holds one line; more than this is some other file. */
const KEY_FILE_MAX_BYTES = 4096;

/** A public key on the command line: its text, or the path of a file that holds the text. */
export const readKey = async (given: string, where: string): Promise<Result<Uint8Array>> => {
  const direct = parseKeyText(given, where);
  if (direct.ok || given.trim().startsWith(KEY_TEXT_PREFIX)) return direct;
  try {
    const found = await stat(given);
    if (!found.isFile() || found.size > KEY_FILE_MAX_BYTES)
      return notAKey(where, `${given} is no file with a public key.`);
    return parseKeyText(await readFile(given, 'utf8'), given);
  } catch {
    return notAKey(
      where,
      `"${given}" is neither a public key (${KEY_TEXT_PREFIX} and 64 hex digits) nor a readable file with one.`,
    );
  }
};
