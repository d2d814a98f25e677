import { KEY_BYTES } from '@outpost/schemas/evidence';
import { fail, fault, fromHex, ok, type Result, toHex } from '@outpost/schemas/words';

export const KEY_TEXT_PREFIX = 'outpost-ed25519:';

/** How a public key is shown and typed: `outpost-ed25519:` and 64 hex digits. */
export const keyText = (publicKey: Uint8Array): string => `${KEY_TEXT_PREFIX}${toHex(publicKey)}`;

/** Sixteen digits in groups of four, for comparing two screens by eye; not a security check. */
export const shortKeyText = (publicKey: Uint8Array): string =>
  toHex(publicKey.subarray(0, 8)).replace(/(.{4})(?!$)/g, '$1-');

export const notAKey = (where: string, words: string): Result<Uint8Array> =>
  fail(fault('misconfigured', 'key.text', where, words));

/**
 * Reads a public key as people give it: with the prefix or as bare hex digits. Whether the point is one that
 * may sign is decided at every verification, not here.
 * @param where what the text was given for, for the sentence.
 */
export const parseKeyText = (text: string, where: string): Result<Uint8Array> => {
  const trimmed = text.trim();
  const digits = trimmed.startsWith(KEY_TEXT_PREFIX) ? trimmed.slice(KEY_TEXT_PREFIX.length) : trimmed;
  const bytes = fromHex(digits);
  if (bytes?.length === KEY_BYTES) return ok(bytes);
  return notAKey(
    where,
    `this is no public key; write ${KEY_TEXT_PREFIX} and 64 hex digits, or the 64 digits alone.`,
  );
};
