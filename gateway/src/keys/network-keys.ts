import { open } from 'node:fs/promises';
import type { CborValue } from '@outpost/schemas/evidence';
import { equalBytes, type Fault, fail, fault, isDeviceName, ok, type Result } from '@outpost/schemas/words';
import { errorCode, inDirectory, isSystemError, type KeyDisk, namesIn } from './key-disk.ts';
import { ownershipFault } from './seed-file.ts';

// Networks know the box by keys of their own kind, each in the network's own directory. Here they are only bytes: they
// go into a backup and come out of it as they are.

/** A file of one network that cannot be made again. The bytes are a secret. */
export interface NetworkKey {
  readonly network: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** DIMO's key and what binds it to the box, and the keys of Helium's gateways. */
const FILE = /^(?:key|identity\.json|[0-9a-f]{16}\.gateway_key\.bin)$/;
/** What follows from the keys: where one is there already, it is the newer. */
const DERIVED: ReadonlySet<string> = new Set(['identity.json']);
const FILE_MAX_BYTES = 4_096;
/** Of all networks together. */
const FILES_MAX = 256;

const wrong = (code: string, where: string, words: string): Fault =>
  fault('misconfigured', code, where, words);

const pathOf = (directory: string, { network, file }: Pick<NetworkKey, 'network' | 'file'>): string =>
  inDirectory(inDirectory(directory, network), file);

export const networkKeyName = ({ network, file }: NetworkKey): string => `networks/${network}/${file}`;

/** Undefined where there is no such file. */
const readFileOf = async (path: string): Promise<Result<Uint8Array | undefined>> => {
  try {
    await using handle = await open(path, 'r');
    const owner = ownershipFault(await handle.stat(), path, '600');
    if (owner !== undefined) return fail(owner);
    const buffer = new Uint8Array(FILE_MAX_BYTES + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const bytes = buffer.slice(0, bytesRead);
    buffer.fill(0);
    return bytesRead > FILE_MAX_BYTES
      ? fail(wrong('key.form', path, `is longer than any key of a network (${FILE_MAX_BYTES} bytes).`))
      : ok(bytes);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = errorCode(error);
    return code === 'ENOENT'
      ? ok(undefined)
      : fail(wrong('key.unreadable', path, `cannot be read (${code}).`));
  }
};

/** Every key of every network, in order; none where the directory is not there. */
export const readNetworkKeys = async (directory: string): Promise<Result<readonly NetworkKey[]>> => {
  const keys: NetworkKey[] = [];
  for (const network of await namesIn(directory)) {
    if (!isDeviceName(network)) continue;
    const names = await namesIn(inDirectory(directory, network));
    for (const file of names.filter((name) => FILE.test(name))) {
      const read = await readFileOf(pathOf(directory, { network, file }));
      if (!read.ok) return read;
      if (keys.length === FILES_MAX)
        return fail(wrong('key.too-many', directory, `holds more than ${FILES_MAX} keys of networks.`));
      if (read.value !== undefined) keys.push({ network, file, bytes: read.value });
    }
  }
  return ok(keys);
};

export const networkKeysCbor = (keys: readonly NetworkKey[]): CborValue =>
  keys.map(({ network, file, bytes }) => [network, file, bytes]);

/** Undefined where it is no list of keys; names that could lead elsewhere are none. */
export const networkKeysFrom = (value: CborValue | undefined): readonly NetworkKey[] | undefined => {
  if (!Array.isArray(value) || value.length > FILES_MAX) return undefined;
  const keys: NetworkKey[] = [];
  for (const each of value as readonly CborValue[]) {
    const [network, file, bytes] = Array.isArray(each) ? (each as readonly CborValue[]) : [];
    if (typeof network !== 'string' || typeof file !== 'string' || !(bytes instanceof Uint8Array))
      return undefined;
    if (!isDeviceName(network) || !FILE.test(file) || bytes.length > FILE_MAX_BYTES) return undefined;
    keys.push({ network, file, bytes });
  }
  return keys;
};

/** Those that are not there yet; a fault where another key stands in the place of one. */
export const missingNetworkKeys = async (
  directory: string,
  keys: readonly NetworkKey[],
): Promise<Result<readonly NetworkKey[]>> => {
  const missing: NetworkKey[] = [];
  for (const key of keys) {
    const path = pathOf(directory, key);
    const found = await readFileOf(path);
    if (!found.ok) return found;
    if (found.value === undefined) missing.push(key);
    else if (!DERIVED.has(key.file) && !equalBytes(found.value, key.bytes)) {
      const words = 'holds another key than the backup, and no key is ever overwritten; nothing was changed.';
      return fail(wrong('key.exists', path, words));
    }
  }
  return ok(missing);
};

/** Throws where the disk says no. */
export const writeNetworkKeys = async (
  disk: KeyDisk,
  directory: string,
  keys: readonly NetworkKey[],
): Promise<void> => {
  if (keys.length > 0) await disk.directory(directory);
  for (const key of keys) {
    await disk.directory(inDirectory(directory, key.network));
    await disk.create(pathOf(directory, key), key.bytes);
  }
};
