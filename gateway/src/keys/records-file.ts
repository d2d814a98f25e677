import { constants, open } from 'node:fs/promises';
import { itemExtent } from '@outpost/schemas/evidence';
import { concatBytes, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { errorCode, isSystemError, type KeyDisk } from './key-disk.ts';

/** Endorsements, rotations and revocations of one box; at the limit nothing more can be signed by its keys' keeper. */
export const KEY_RECORDS_MAX_BYTES = 1024 * 1024;

const wrong = (code: string, path: string, words: string): Fault => fault('misconfigured', code, path, words);

/** A sequence of CBOR items (RFC 8742) cut into its items; undefined where it is not one. */
export const splitItems = (bytes: Uint8Array): Uint8Array[] | undefined => {
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const extent = itemExtent(bytes, at);
    if (extent.kind !== 'whole') return undefined;
    items.push(bytes.slice(at, extent.end));
    at = extent.end;
  }
  return items;
};

const readBounded = async (path: string): Promise<Uint8Array | undefined> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    if (size > KEY_RECORDS_MAX_BYTES) return undefined;
    const bytes = new Uint8Array(size);
    let at = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, at, size - at, at);
      at += bytesRead;
      if (bytesRead === 0 || at === size) return bytes.subarray(0, at);
    }
  } finally {
    await handle.close();
  }
};

/** The records in the order they were made; none where there is no file yet. */
export const readRecordsFile = async (path: string): Promise<Result<readonly Uint8Array[]>> => {
  try {
    const bytes = await readBounded(path);
    const items = bytes === undefined ? undefined : splitItems(bytes);
    if (items !== undefined) return ok(items);
    return fail(wrong('key.records', path, 'is damaged; restore the keys from a backup.'));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT') return ok([]);
    return fail(wrong('key.records', path, `cannot be read (${code}).`));
  }
};

/**
 * Makes the records durable. Records are only ever added, but the file is written anew and renamed into place: it
 * is small, written a few times a year, and so no power cut can leave half a record at its end.
 */
export const writeRecordsFile = async (
  disk: KeyDisk,
  path: string,
  records: readonly Uint8Array[],
): Promise<Result<void>> => {
  const bytes = concatBytes(...records);
  if (bytes.length > KEY_RECORDS_MAX_BYTES) {
    return fail(
      fault('refused', 'key.records-full', path, `would be longer than ${KEY_RECORDS_MAX_BYTES} bytes.`),
    );
  }
  try {
    await disk.replace(path, bytes);
    return ok(undefined);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail(wrong('key.records', path, `cannot be written (${errorCode(error)}).`));
  }
};
