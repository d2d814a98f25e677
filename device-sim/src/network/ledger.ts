import { constants, type FileHandle, open } from 'node:fs/promises';
import { type CborValue, decodeCbor, encodeCbor, itemExtent } from '@outpost/schemas/evidence';
import { concatBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** What a network must not forget, in the order in which it came to know it. */
export type LedgerEntry =
  | { readonly kind: 'key-record'; readonly bytes: Uint8Array }
  /** An attestation that took its place in a chain. */
  | { readonly kind: 'link'; readonly attestation: Uint8Array; readonly tainted: boolean }
  /** The last word on an attestation: what is said whenever it comes again. */
  | { readonly kind: 'settled'; readonly hash: Uint8Array; readonly receipt: Uint8Array }
  | { readonly kind: 'refused'; readonly hash: Uint8Array; readonly code: string; readonly words: string };

/** A network's memory: one file, a sequence of CBOR items, written to its end and synced. */
export interface Ledger extends AsyncDisposable {
  /** Durable on return. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
}

/** A simulated network that was given more is started over in another directory. */
export const LEDGER_MAX_BYTES = 1024 * 1024 * 1024;

const encode = (entry: LedgerEntry): Uint8Array => {
  switch (entry.kind) {
    case 'key-record':
      return encodeCbor([0, entry.bytes]);
    case 'link':
      return encodeCbor([1, entry.attestation, entry.tainted]);
    case 'settled':
      return encodeCbor([2, entry.hash, entry.receipt]);
    case 'refused':
      return encodeCbor([3, entry.hash, entry.code, entry.words]);
  }
};

const entryFrom = (value: CborValue): LedgerEntry | undefined => {
  if (!Array.isArray(value)) return undefined;
  const [kind, first, second, third] = value as readonly unknown[];
  if (!(first instanceof Uint8Array)) return undefined;
  if (kind === 0) return { kind: 'key-record', bytes: first };
  if (kind === 1 && typeof second === 'boolean') return { kind: 'link', attestation: first, tainted: second };
  if (kind === 2 && second instanceof Uint8Array) return { kind: 'settled', hash: first, receipt: second };
  if (kind === 3 && typeof second === 'string' && typeof third === 'string') {
    return { kind: 'refused', hash: first, code: second, words: third };
  }
  return undefined;
};

/** The first three bits of an array in CBOR. */
const ARRAY = 0x80;

/** Reads entry after entry; undefined where a whole one does not read. Half a one at the end was never answered for. */
const readEntries = (bytes: Uint8Array): { entries: readonly LedgerEntry[]; end: number } | undefined => {
  const entries: LedgerEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const extent = itemExtent(bytes, at);
    if (extent.kind === 'partial' && ((bytes[at] ?? 0) & 0xe0) === ARRAY) break;
    const decoded = extent.kind === 'whole' ? decodeCbor(bytes.subarray(at, extent.end)) : undefined;
    const entry = decoded?.ok ? entryFrom(decoded.value) : undefined;
    if (extent.kind !== 'whole' || entry === undefined) return undefined;
    entries.push(entry);
    at = extent.end;
  }
  return { entries, end: at };
};

const readAll = async (handle: FileHandle, size: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
};

const damaged = (path: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.ledger', path, words));

/** Opens the file, or makes it, and reads what it holds. */
export const openLedger = async (
  path: string,
): Promise<Result<{ readonly ledger: Ledger; readonly entries: readonly LedgerEntry[] }>> => {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const { size } = await handle.stat();
  const read = size <= LEDGER_MAX_BYTES ? readEntries(await readAll(handle, size)) : undefined;
  if (read === undefined) {
    await handle.close();
    return damaged(path, 'is no memory of a simulated network, or too long; give it another --state.');
  }
  await handle.truncate(read.end);
  let end = read.end;
  let last: Promise<void> = Promise.resolve();
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      at += (await handle.write(bytes, at, bytes.length - at, end + at)).bytesWritten;
    }
    await handle.datasync();
    end += bytes.length;
  };
  const ledger: Ledger = {
    append: (entries) => {
      // One after another; after one that failed, what is in memory is not on the disk, so that all the next fail too.
      last = last.then(() => (entries.length === 0 ? undefined : write(concatBytes(...entries.map(encode)))));
      return last;
    },
    [Symbol.asyncDispose]: async () => {
      await last.catch(() => undefined);
      await handle.close();
    },
  };
  return ok({ ledger, entries: read.entries });
};
