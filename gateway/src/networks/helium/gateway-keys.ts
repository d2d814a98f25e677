import { constants, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { keyDisk } from '../../keys/key-disk.ts';
import { newSeed, ownershipFault } from '../../keys/seed-file.ts';
import { platformSigner } from '../../keys/signer.ts';
import { errorCode } from '../../store/whole-file.ts';
import { P256_COMPACT, SECP256K1 } from './curves.ts';
import { type HeliumKeypair, keyBytes, keypairOf, readKeyFile, writeKeyFile } from './keys.ts';

/** Signs for one gateway or one session. Whoever holds it cannot get at the secret. */
export interface HeliumSigner {
  /** Public key, binary form. */
  readonly key: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

export const signerOf = (pair: HeliumKeypair): HeliumSigner => {
  const key = keyBytes(pair);
  if (pair.kind === 'ed25519') return { key, sign: platformSigner(pair.secret).sign };
  const curve = pair.kind === 'ecc-compact' ? P256_COMPACT : SECP256K1;
  return { key, sign: (bytes) => curve.sign(bytes, pair.secret) };
};

const newPair = async (): Promise<HeliumKeypair> => {
  const pair = keypairOf('mainnet', 'ed25519', await newSeed());
  if (!pair.ok) throw new Error('An Ed25519 seed gave no key.');
  return pair.value;
};

/** A key for one session: of mainnet and Ed25519, whatever the gateway's own is. */
export const newSessionSigner = async (): Promise<HeliumSigner> => signerOf(await newPair());

const KEY_FILE_MAX_BYTES = 65;
const SUFFIX = '.gateway_key.bin';
const EUI = /^[0-9a-f]{16}$/;

export const isEui = (text: string): boolean => EUI.test(text);

/** Where the key of a gateway is, below the directory of its network. */
export const keyPathOf = (directory: string, eui: string): string => join(directory, `${eui}${SUFFIX}`);

const wrong = (path: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'helium.key-file', path, words));

/** Undefined where there is no such file; a file that others may open, or that is damaged, is `misconfigured`. */
export const readKeyAt = async (path: string, isOwn: boolean): Promise<Result<HeliumKeypair | undefined>> => {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return wrong(path, 'is no plain file.');
    const owner = isOwn ? ownershipFault(found, path, '600') : undefined;
    if (owner !== undefined) return fail(owner);
    const bytes = new Uint8Array(KEY_FILE_MAX_BYTES + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const pair = readKeyFile(bytes.slice(0, bytesRead));
    bytes.fill(0);
    return pair.ok ? pair : wrong(path, `holds no key of a Helium gateway: ${pair.fault.words}`);
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? ok(undefined) : wrong(path, `cannot be read (${code}).`);
  }
};

/** Writes a key, 0600 and durable; a key that is there is never overwritten. */
export const createKeyAt = async (
  directory: string,
  path: string,
  pair: HeliumKeypair,
): Promise<Result<void>> => {
  const bytes = writeKeyFile(pair);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await keyDisk().create(path, bytes);
    return ok(undefined);
  } catch (error) {
    const code = errorCode(error);
    return wrong(
      path,
      code === 'EEXIST' ? 'is there already and is never overwritten.' : `cannot be written (${code}).`,
    );
  } finally {
    bytes.fill(0);
  }
};

/** The key of a gateway, made where there is none yet. */
export const gatewayKey = async (directory: string, eui: string): Promise<Result<HeliumKeypair>> => {
  const path = keyPathOf(directory, eui);
  const found = await readKeyAt(path, true);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  const pair = await newPair();
  const written = await createKeyAt(directory, path, pair);
  if (written.ok) return ok(pair);
  // Two networks of one gateway may make its key at the same moment; the first one's counts.
  const first = await readKeyAt(path, true);
  return first.ok && first.value !== undefined ? ok(first.value) : written;
};

/** The EUIs of all gateways that have a key here, in order. */
export const gatewaysWithKeys = async (directory: string): Promise<readonly string[]> => {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .filter(isEui)
    .toSorted();
};
