import { readFile, stat } from 'node:fs/promises';
import { fail, fault, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';
import { PUBLIC_KEY_BYTES } from './signer.ts';

const PREFIX = 'outpost-ed25519:';
/** A key file holds one line; more than this is some other file. */
const KEY_FILE_MAX_BYTES = 4096;

/** How a public key is shown and typed: `outpost-ed25519:` and 64 hex digits. */
export const keyText = (publicKey: Uint8Array): string => `${PREFIX}${toHex(publicKey)}`;

/** Sixteen digits in groups of four, for comparing two screens by eye; not a security check. */
export const shortKeyText = (publicKey: Uint8Array): string =>
  toHex(publicKey.subarray(0, 8)).replace(/(.{4})(?!$)/g, '$1-');

const notAKey = (where: string, words: string): Result<Uint8Array> =>
  fail(fault('misconfigured', 'key.text', where, words));

/**
 * Reads a public key as people give it: with the prefix or as bare hex digits. Whether the point is one that
 * may sign is decided at every verification, not here.
 * @param where what the text was given for, for the sentence.
 */
export const parseKeyText = (text: string, where: string): Result<Uint8Array> => {
  const trimmed = text.trim();
  const digits = trimmed.startsWith(PREFIX) ? trimmed.slice(PREFIX.length) : trimmed;
  const bytes = fromHex(digits);
  if (bytes?.length === PUBLIC_KEY_BYTES) return ok(bytes);
  return notAKey(where, `this is no public key; write ${PREFIX} and 64 hex digits, or the 64 digits alone.`);
};

/** A public key on the command line: its text, or the path of a file that holds the text. */
export const readKey = async (given: string, where: string): Promise<Result<Uint8Array>> => {
  const direct = parseKeyText(given, where);
  if (direct.ok || given.trim().startsWith(PREFIX)) return direct;
  try {
    const found = await stat(given);
    if (!found.isFile() || found.size > KEY_FILE_MAX_BYTES)
      return notAKey(where, `${given} is no file with a public key.`);
    return parseKeyText(await readFile(given, 'utf8'), given);
  } catch {
    return notAKey(
      where,
      `"${given}" is neither a public key (${PREFIX} and 64 hex digits) nor a readable file with one.`,
    );
  }
};
