import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { asciiBytes, concatBytes, equalBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';

/**
 * A sealed file, in order: 16 bytes `outpost backup 1`, log2 N, r, p (one byte each), 16 bytes of scrypt salt,
 * 32 bytes that commit to the key, and AES-256-GCM's ciphertext with its 16-byte tag. Everything before the
 * ciphertext is authenticated with it.
 *
 * scrypt (RFC 7914) gives 64 bytes: the key, then the commitment, which tells a wrong passphrase from a damaged
 * file and makes GCM commit to its key. The key is new for every file because the salt is, so the nonce is zero.
 */
const MAGIC = asciiBytes('outpost backup 1');
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
const SALT_AT = MAGIC.length + 3;
const COMMITMENT_AT = SALT_AT + SALT_BYTES;
const HEADER_BYTES = COMMITMENT_AT + COMMITMENT_BYTES;
const NONCE = new Uint8Array(12);

/** The work of scrypt: 2^log2N · r · 128 bytes of memory, p times over. */
export interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 64 MiB and two passes: about a second on a small board, and as much work for whoever guesses. */
export const BACKUP_COST: Cost = { log2N: 16, r: 8, p: 2 };
/** What a file may demand of the machine that opens it: a gibibyte at the most, and no fewer than 2^15. */
const LOG2_N_MIN = 15;
const LOG2_N_MAX = 20;
const PASSES_MAX = 16;

/** Passphrases shorter than this are refused: the file is meant to be carried around. */
export const PASSPHRASE_MIN_CHARACTERS = 10;
/** A key set with its records and heads is tens of kilobytes. */
export const BACKUP_MAX_BYTES = 4 * 1024 * 1024;

const derive = (passphrase: string, salt: Uint8Array, { log2N, r, p }: Cost): Promise<Uint8Array> => {
  const N = 2 ** log2N;
  // Node refuses at exactly 128 N r, which leaves no room for the blocks of p.
  const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p + 2) };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES + COMMITMENT_BYTES, options, (error, derived) => {
      if (error === null) resolve(Uint8Array.from(derived));
      else reject(error);
    });
  });
};

/**
 * Encrypts under a passphrase. Needs 64 MiB of memory for about a second, so it belongs into a command, not into
 * the running gateway.
 */
export const seal = async (
  passphrase: string,
  content: Uint8Array,
  cost: Cost = BACKUP_COST,
): Promise<Result<Uint8Array>> => {
  if ([...passphrase].length < PASSPHRASE_MIN_CHARACTERS) {
    const words = `must have at least ${PASSPHRASE_MIN_CHARACTERS} characters.`;
    return fail(fault('misconfigured', 'backup.passphrase', 'the passphrase', words));
  }
  const salt = Uint8Array.from(randomBytes(SALT_BYTES));
  const derived = await derive(passphrase, salt, cost);
  const work = Uint8Array.of(cost.log2N, cost.r, cost.p);
  const header = concatBytes(MAGIC, work, salt, derived.subarray(KEY_BYTES));
  const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, KEY_BYTES), NONCE);
  cipher.setAAD(header);
  const sealed = concatBytes(header, cipher.update(content), cipher.final(), cipher.getAuthTag());
  derived.fill(0);
  return ok(sealed);
};

const noBackup = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'backup.unreadable', where, words));

const readCost = (bytes: Uint8Array): Cost | undefined => {
  const [log2N = 0, r = 0, p = 0] = bytes.subarray(MAGIC.length, SALT_AT);
  const bounded = log2N >= LOG2_N_MIN && log2N <= LOG2_N_MAX && r === 8 && p >= 1 && p <= PASSES_MAX;
  return bounded ? { log2N, r, p } : undefined;
};

const open = (sealed: Uint8Array, key: Uint8Array): Uint8Array | undefined => {
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, NONCE, { authTagLength: TAG_BYTES });
  decipher.setAAD(sealed.subarray(0, HEADER_BYTES));
  decipher.setAuthTag(sealed.subarray(end));
  const content = decipher.update(sealed.subarray(HEADER_BYTES, end));
  try {
    return concatBytes(content, decipher.final());
  } catch {
    return undefined;
  }
};

/** @param where the file's name, for the sentence. Every fault is `misconfigured`. */
export const unseal = async (
  passphrase: string,
  sealed: Uint8Array,
  where: string,
): Promise<Result<Uint8Array>> => {
  const whole = sealed.length >= HEADER_BYTES + TAG_BYTES && sealed.length <= BACKUP_MAX_BYTES;
  if (!whole || !equalBytes(sealed.subarray(0, MAGIC.length), MAGIC)) {
    return noBackup(where, 'is no backup of Outpost keys.');
  }
  const cost = readCost(sealed);
  if (cost === undefined)
    return noBackup(where, 'asks for more work than any backup of ours; it is damaged.');
  const derived = await derive(passphrase, sealed.subarray(SALT_AT, COMMITMENT_AT), cost);
  if (!equalBytes(derived.subarray(KEY_BYTES), sealed.subarray(COMMITMENT_AT, HEADER_BYTES))) {
    return noBackup(where, 'was not sealed with this passphrase, or its header is damaged.');
  }
  const content = open(sealed, derived.subarray(0, KEY_BYTES));
  derived.fill(0);
  return content === undefined ? noBackup(where, 'is damaged; use another copy.') : ok(content);
};
