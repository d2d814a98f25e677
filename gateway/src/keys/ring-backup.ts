import { readFile } from 'node:fs/promises';
import { type CborValue, decodeCbor, encodeCbor } from '@outpost/schemas/evidence';
import { concatBytes, equalBytes, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { BACKUP_COST, type Cost, seal, unseal } from './backup.ts';
import { errorCode, type KeyDisk, keyDisk, onDisk } from './key-disk.ts';
import { readHistory } from './key-history.ts';
import {
  missingNetworkKeys,
  type NetworkKey,
  networkKeyName,
  networkKeysCbor,
  networkKeysFrom,
  readNetworkKeys,
  writeNetworkKeys,
} from './network-keys.ts';
import { splitItems, writeRecordsFile } from './records-file.ts';
import {
  importedPath,
  type KeyName,
  parseKeyName,
  type RingFiles,
  readRingFiles,
  recordsPath,
  retiredDirectory,
  retiredPath,
  seedPath,
} from './ring-files.ts';
import { ringState, stateFault } from './ring-keys.ts';
import { createSeedFile, readSeedLine, type StoredSeed, seedLine } from './seed-file.ts';
import { platformVerifier } from './signer.ts';

/** Of the content. Without keys of networks it is 1, so that an older Outpost reads it; else it must not, for it would
 * leave them out without a word. */
const VERSION = 1;
const VERSION_WITH_NETWORKS = 2;

export interface ExportOptions {
  readonly directory: string;
  /** Where every network has its directory; without it no key of any network is in the backup. */
  readonly networksDirectory?: string;
  /** At least 10 characters. */
  readonly passphrase: string;
  /** Whatever the importing box must know about the chains so far; given back as it is. */
  readonly heads: Uint8Array;
  readonly cost?: Cost;
}

export interface ImportOptions {
  /** Made where it is not there; its parent must be there. */
  readonly directory: string;
  /** Where every network has its directory, likewise; without it a backup that has keys of networks is refused. */
  readonly networksDirectory?: string;
  readonly passphrase: string;
  readonly sealed: Uint8Array;
  /** The file's name, for the sentence. */
  readonly where: string;
  readonly disk?: KeyDisk;
}

export interface Imported {
  /** Keys that were not there before. */
  readonly added: readonly KeyName[];
  /** Keys of networks that were not there before, as `networks/NAME/FILE`. */
  readonly addedOfNetworks: readonly string[];
  readonly heads: Uint8Array;
}

const wrong = (code: string, where: string, words: string): Fault =>
  fault('misconfigured', code, where, words);

/** The whole key set, its records and the heads of its chains, encrypted under a passphrase. */
export const exportKeys = async (options: ExportOptions): Promise<Result<Uint8Array>> => {
  const { directory, networksDirectory, passphrase, heads, cost = BACKUP_COST } = options;
  const files = await readRingFiles(directory, platformVerifier());
  if (!files.ok) return files;
  const { current, retired, records } = files.value;
  const kind = current.get('gateway')?.kind;
  if (kind === undefined) return fail(wrong('key.none', directory, 'there are no keys to export.'));
  const problem = stateFault(directory, kind, ringState(directory, files.value));
  if (problem !== undefined) return fail(problem);
  const ofNetworks = networksDirectory === undefined ? ok([]) : await readNetworkKeys(networksDirectory);
  if (!ofNetworks.ok) return ofNetworks;
  const content = encodeCbor([
    ofNetworks.value.length === 0 ? VERSION : VERSION_WITH_NETWORKS,
    [...current].map(([name, stored]) => [name, seedLine(stored)]),
    retired.map(seedLine),
    concatBytes(...records.map(({ bytes }) => bytes)),
    heads,
    ...(ofNetworks.value.length === 0 ? [] : [networkKeysCbor(ofNetworks.value)]),
  ]);
  for (const { bytes } of ofNetworks.value) bytes.fill(0);
  const sealed = await seal(passphrase, content, cost);
  content.fill(0);
  return sealed;
};

interface Content {
  readonly files: Omit<RingFiles, 'next' | 'partial'>;
  readonly ofNetworks: readonly NetworkKey[];
  readonly heads: Uint8Array;
}

const isList = (value: CborValue | undefined): value is readonly CborValue[] => Array.isArray(value);

const readStored = (line: CborValue | undefined, where: string): Result<StoredSeed> =>
  line instanceof Uint8Array
    ? readSeedLine(line, where)
    : fail(wrong('backup.unreadable', where, 'does not hold what a backup of keys holds.'));

const readContent = (bytes: Uint8Array, where: string): Result<Content> => {
  const bad = fail(wrong('backup.unreadable', where, 'was made by a newer Outpost, or by something else.'));
  const decoded = decodeCbor(bytes);
  if (!decoded.ok || !isList(decoded.value)) return bad;
  const [version, keys, old, records, heads, more] = decoded.value;
  if (version !== VERSION && version !== VERSION_WITH_NETWORKS) return bad;
  const ofNetworks = version === VERSION ? [] : networkKeysFrom(more);
  if (ofNetworks === undefined || decoded.value.length !== (version === VERSION ? 5 : 6)) return bad;
  if (!isList(keys) || !isList(old) || !(records instanceof Uint8Array) || !(heads instanceof Uint8Array))
    return bad;
  const current = new Map<KeyName, StoredSeed>();
  for (const key of keys) {
    const [text, line] = isList(key) ? key : [];
    const name = typeof text === 'string' ? parseKeyName(text) : undefined;
    if (name === undefined) return bad;
    const stored = readStored(line, where);
    if (!stored.ok) return stored;
    current.set(name, stored.value);
  }
  const retired: StoredSeed[] = [];
  for (const line of old) {
    const stored = readStored(line, where);
    if (!stored.ok) return stored;
    retired.push(stored.value);
  }
  const items = splitItems(records);
  if (items === undefined || !current.has('gateway')) return bad;
  const history = readHistory(items, platformVerifier(), where);
  return history.ok
    ? ok({ files: { current, retired, records: history.value }, ofNetworks, heads })
    : history;
};

/** Why the backup cannot be laid over what is there; undefined where nothing of it contradicts. */
const conflict = (directory: string, there: RingFiles, backup: Content['files']): Fault | undefined => {
  for (const [name, stored] of backup.current) {
    const found = there.current.get(name);
    if (found === undefined || (equalBytes(found.seed, stored.seed) && found.kind === stored.kind)) continue;
    const words = 'holds another key than the backup, and no key is ever overwritten; nothing was changed.';
    return wrong('key.exists', seedPath(directory, name), words);
  }
  const shared = Math.min(there.records.length, backup.records.length);
  for (let at = 0; at < shared; at += 1) {
    const [own, other] = [there.records[at]?.bytes, backup.records[at]?.bytes];
    if (own !== undefined && other !== undefined && equalBytes(own, other)) continue;
    const words = `differs from the backup in record ${at}; nothing was changed.`;
    return wrong('key.records', recordsPath(directory), words);
  }
  const merged = ringState(directory, {
    ...there,
    current: new Map([...there.current, ...backup.current]),
    records: there.records.length > backup.records.length ? there.records : backup.records,
  });
  return stateFault(directory, backup.current.get('gateway')?.kind ?? 'file', merged);
};

/** The gateway's key last: without it nothing starts, so an interrupted import is noticed and done again. */
const writeKeys = async (
  disk: KeyDisk,
  directory: string,
  there: RingFiles,
  { files, heads }: Content,
): Promise<Result<readonly KeyName[]>> => {
  await disk.replace(importedPath(directory), heads);
  if (files.records.length > there.records.length) {
    const written = await writeRecordsFile(
      disk,
      recordsPath(directory),
      files.records.map(({ bytes }) => bytes),
    );
    if (!written.ok) return written;
  }
  await disk.directory(retiredDirectory(directory));
  for (const stored of files.retired) {
    if (there.retired.some(({ publicKey }) => equalBytes(publicKey, stored.publicKey))) continue;
    const created = await createSeedFile(disk, retiredPath(directory, stored.publicKey), stored);
    if (!created.ok) return created;
  }
  const missing = [...files.current].filter(([name]) => !there.current.has(name));
  missing.sort(([a], [b]) => Number(a === 'gateway') - Number(b === 'gateway'));
  for (const [name, stored] of missing) {
    const created = await createSeedFile(disk, seedPath(directory, name), stored);
    if (!created.ok) return created;
  }
  return ok(missing.map(([name]) => name));
};

export interface Places {
  readonly directory: string;
  readonly networksDirectory?: string | undefined;
}

/** Those keys of networks that are to be written; a fault where they cannot be. */
const missingOf = async (
  { networksDirectory }: Places,
  { ofNetworks }: Content,
  where: string,
): Promise<Result<readonly NetworkKey[]>> => {
  if (ofNetworks.length === 0) return ok([]);
  return networksDirectory === undefined
    ? fail(wrong('backup.networks', where, 'holds keys of networks, and there is no place for them.'))
    : await missingNetworkKeys(networksDirectory, ofNetworks);
};

/** Lays what a backup holds, decrypted, into its places; `importKeys` says how. */
export const layKeys = async (
  places: Places,
  bytes: Uint8Array,
  where: string,
  disk: KeyDisk,
): Promise<Result<Imported>> => {
  const content = readContent(bytes, where);
  if (!content.ok) return content;
  const { directory, networksDirectory = '' } = places;
  return await onDisk(directory, async () => {
    await disk.directory(directory);
    const there = await readRingFiles(directory, platformVerifier());
    if (!there.ok) return there;
    const problem = conflict(directory, there.value, content.value.files);
    if (problem !== undefined) return fail(problem);
    const missing = await missingOf(places, content.value, where);
    if (!missing.ok) return missing;
    const addedOfNetworks = missing.value.map(networkKeyName);
    await writeNetworkKeys(disk, networksDirectory, missing.value);
    const added = await writeKeys(disk, directory, there.value, content.value);
    return added.ok ? ok({ added: added.value, addedOfNetworks, heads: content.value.heads }) : added;
  });
};

/**
 * Lays the keys of a backup into a directory. All of them or, where one contradicts what is there, none; doing it
 * twice changes nothing. Leaves a note with the heads, which `importedHeads` finds until `forgetImport`: the next
 * epoch of every stream is one of reason `imported`.
 */
export const importKeys = async (options: ImportOptions): Promise<Result<Imported>> => {
  const { directory, networksDirectory, passphrase, sealed, where, disk = keyDisk() } = options;
  const opened = await unseal(passphrase, sealed, where);
  if (!opened.ok) return opened;
  const laid = await layKeys({ directory, networksDirectory }, opened.value, where, disk);
  opened.value.fill(0);
  return laid;
};

const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT';

/** The heads that came with an import which no epoch has been opened for yet; undefined where there is none. */
export const importedHeads = (directory: string): Promise<Result<Uint8Array | undefined>> =>
  onDisk(importedPath(directory), async () => {
    try {
      return ok(Uint8Array.from(await readFile(importedPath(directory))));
    } catch (error) {
      if (isMissing(error)) return ok(undefined);
      throw error;
    }
  });

/** To be called once the epochs that an import asks for are durable. */
export const forgetImport = (directory: string, disk: KeyDisk = keyDisk()): Promise<Result<void>> =>
  onDisk(importedPath(directory), async () => {
    try {
      await disk.remove(importedPath(directory));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return ok(undefined);
  });
