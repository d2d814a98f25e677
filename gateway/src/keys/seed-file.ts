import { hkdfSync, randomFill } from 'node:crypto';
import { constants, lstat, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  asciiBytes,
  asciiText,
  equalBytes,
  type Fault,
  fail,
  fault,
  fromHex,
  ok,
  type Result,
  toHex,
} from '@outpost/schemas/words';
import { errorCode, isSystemError, type KeyDisk } from './key-disk.ts';
import { publicKeyOf, SEED_BYTES } from './signer.ts';

/** `file`: a seed on the disk. `demo`: the same, but every attestation says that it is worth nothing. */
export type KeyKind = 'file' | 'demo';

/** What a seed file holds. `seed` is a secret: keep it in a closure, never in anything that may be printed. */
export interface StoredSeed {
  readonly kind: KeyKind;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

const GROUP_AND_OTHERS = 0o077;
const SALT_DOMAIN = 'outpost leaf salt secret 1';

/**
 * One line: `outpost-ed25519-seed <kind> <seed> <public key>`, in hex. The public key stands there so that a
 * flipped bit in either is noticed instead of quietly becoming another identity.
 */
const LINE = /^outpost-ed25519-seed (file|demo) ([0-9a-f]{64}) ([0-9a-f]{64})\n$/;
const LINE_MAX_BYTES = 'outpost-ed25519-seed file \n'.length + 1 + 128;

const wrong = (code: string, path: string, words: string): Fault => fault('misconfigured', code, path, words);

export const seedLine = ({ kind, seed, publicKey }: StoredSeed): Uint8Array =>
  asciiBytes(`outpost-ed25519-seed ${kind} ${toHex(seed)} ${toHex(publicKey)}\n`);

export const readSeedLine = (bytes: Uint8Array, path: string): Result<StoredSeed> => {
  const match = LINE.exec(asciiText(bytes));
  const [seed, publicKey] = [fromHex(match?.[2] ?? ''), fromHex(match?.[3] ?? '')];
  if (seed?.length !== SEED_BYTES || publicKey === undefined) {
    return fail(
      wrong(
        'key.form',
        path,
        `holds ${bytes.length} bytes that are no Outpost key; restore it from a backup.`,
      ),
    );
  }
  if (!equalBytes(publicKeyOf(seed), publicKey)) {
    return fail(
      wrong('key.damaged', path, 'its seed and public key do not belong together; restore it from a backup.'),
    );
  }
  return ok({ kind: match?.[1] === 'demo' ? 'demo' : 'file', seed, publicKey });
};

interface Ownership {
  readonly mode: number;
  readonly uid: number;
}

/** Whether a file or directory is ours and nobody else's; undefined where it is, or the platform has no owners. */
export const ownershipFault = (found: Ownership, path: string, wanted: '600' | '700'): Fault | undefined => {
  const us = process.geteuid?.();
  if (us === undefined) return undefined;
  if (found.uid !== us) {
    return wrong('key.owner', path, `belongs to user ${found.uid} and this is user ${us}; run as its owner.`);
  }
  if ((found.mode & GROUP_AND_OTHERS) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
    return wrong('key.mode', path, `may be opened by others (mode ${mode}); run: chmod ${wanted} ${path}`);
  }
  return undefined;
};

/** Undefined where there is no such file. Everything else that is not a sound key of ours is `misconfigured`. */
export const readSeedFile = async (path: string): Promise<Result<StoredSeed | undefined>> => {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    // O_NONBLOCK so that a named pipe in its place is refused below instead of waited for.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (!found.isFile()) return fail(wrong('key.form', path, 'is no plain file.'));
    const owner = ownershipFault(found, path, '600');
    if (owner !== undefined) return fail(owner);
    const buffer = new Uint8Array(LINE_MAX_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const stored = readSeedLine(buffer.subarray(0, bytesRead), path);
    buffer.fill(0);
    return stored;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT') return ok(undefined);
    if (code === 'ELOOP') return fail(wrong('key.form', path, 'is a link; put the key file itself there.'));
    return fail(wrong('key.unreadable', path, `cannot be read (${code}).`));
  } finally {
    await handle?.close();
  }
};

const fillRandom = promisify<Uint8Array, void>(randomFill);

/**
 * 32 bytes from the platform's generator. OpenSSL, behind node:crypto, seeds itself by getrandom(2) without
 * GRND_NONBLOCK, and that blocks until the kernel's own pool has been seeded; so on a first boot this waits for
 * entropy (in a worker thread, not on the event loop) instead of giving two cards of one image the same key.
 * The check for zeros is for a generator that fills nothing and says nothing.
 */
export const newSeed = async (): Promise<Uint8Array> => {
  const seed = new Uint8Array(SEED_BYTES);
  await fillRandom(seed);
  if (seed.every((byte) => byte === 0)) throw new Error('the random generator gave nothing but zeros');
  return seed;
};

/** Writes a new key: 0600, durable before this returns, and a fault where the name is taken. */
export const createSeedFile = async (
  disk: KeyDisk,
  path: string,
  stored: StoredSeed,
): Promise<Result<void>> => {
  const line = seedLine(stored);
  try {
    await disk.create(path, line);
    return ok(undefined);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = errorCode(error);
    if (code === 'EEXIST')
      return fail(wrong('key.exists', path, 'is there already and is never overwritten.'));
    return fail(wrong('key.unwritable', path, `a new key cannot be written there (${code}).`));
  } finally {
    line.fill(0);
  }
};

/** Checks that the directory of the keys is ours alone. */
export const checkKeyDirectory = async (directory: string): Promise<Result<void>> => {
  try {
    const found = await lstat(directory);
    if (!found.isDirectory()) return fail(wrong('key.directory', directory, 'is no directory.'));
    const owner = ownershipFault(found, directory, '700');
    return owner === undefined ? ok(undefined) : fail(owner);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail(
      wrong('key.directory', directory, `the directory of the keys cannot be opened (${errorCode(error)}).`),
    );
  }
};

/**
 * 32 bytes that the salts of a key's leaves are drawn from (HKDF-SHA256, RFC 5869, no salt, a domain of its own),
 * so that salts can be made again from the seed and say nothing about it.
 */
export const saltSecretOf = (seed: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', seed, new Uint8Array(0), asciiBytes(SALT_DOMAIN), 32));
