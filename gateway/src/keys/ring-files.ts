import type { KeyRecord, Verify } from '@outpost/schemas/evidence';
import {
  type DeviceName,
  equalBytes,
  fail,
  fault,
  isDeviceName,
  ok,
  type Result,
  toHex,
} from '@outpost/schemas/words';
import { inDirectory, type KeyDisk, namesIn, onDisk, PARTIAL } from './key-disk.ts';
import { gatewayOf, isReplaced, isRevoked, isSuccessor, readHistory } from './key-history.ts';
import { readRecordsFile } from './records-file.ts';
import { checkKeyDirectory, readSeedFile, type StoredSeed } from './seed-file.ts';

/** `gateway`, or `device-` and the device's name. */
export type KeyName = 'gateway' | `device-${string}`;

export const deviceKeyName = (device: DeviceName): KeyName => `device-${device}`;

/** Undefined for the gateway's own key. */
export const deviceOf = (name: KeyName): DeviceName | undefined => {
  const device = name.slice('device-'.length);
  return name !== 'gateway' && isDeviceName(device) ? device : undefined;
};

export const parseKeyName = (text: string): KeyName | undefined => {
  if (text === 'gateway') return text;
  return text.startsWith('device-') && isDeviceName(text.slice('device-'.length))
    ? `device-${text.slice('device-'.length)}`
    : undefined;
};

export const seedPath = (directory: string, name: KeyName): string => inDirectory(directory, `${name}.seed`);
/** A key that is about to take the place of another. */
export const nextPath = (directory: string, name: KeyName): string => inDirectory(directory, `${name}.next`);
export const recordsPath = (directory: string): string => inDirectory(directory, 'records.cbor');
export const importedPath = (directory: string): string => inDirectory(directory, 'imported.cbor');
export const retiredDirectory = (directory: string): string => inDirectory(directory, 'retired');
export const retiredPath = (directory: string, publicKey: Uint8Array): string =>
  inDirectory(retiredDirectory(directory), `${toHex(publicKey)}.seed`);
const retiredRecordsPath = (directory: string, gateway: Uint8Array): string =>
  inDirectory(retiredDirectory(directory), `${toHex(gateway)}.records.cbor`);

/** Everything a ring has on the disk. The seeds are secrets: not to be kept longer than a call. */
export interface RingFiles {
  readonly records: readonly KeyRecord[];
  readonly current: ReadonlyMap<KeyName, StoredSeed>;
  readonly next: ReadonlyMap<KeyName, StoredSeed>;
  readonly retired: readonly StoredSeed[];
  readonly partial: readonly string[];
}

/** Keys of one box: the gateway's and one for each of 64 devices, all of them replaced a few times. */
const SEED_FILES_MAX = 1024;

const readSeeds = async (
  directory: string,
  names: readonly string[],
  ending: string,
): Promise<Result<Map<string, StoredSeed>>> => {
  const seeds = new Map<string, StoredSeed>();
  for (const name of names) {
    if (!name.endsWith(ending)) continue;
    const path = inDirectory(directory, name);
    if (seeds.size === SEED_FILES_MAX) {
      return fail(
        fault('misconfigured', 'key.too-many', directory, `holds more than ${SEED_FILES_MAX} keys.`),
      );
    }
    const read = await readSeedFile(path);
    if (!read.ok) return read;
    if (read.value !== undefined) seeds.set(name.slice(0, -ending.length), read.value);
  }
  return ok(seeds);
};

const named = (seeds: ReadonlyMap<string, StoredSeed>): Map<KeyName, StoredSeed> => {
  const keys = new Map<KeyName, StoredSeed>();
  for (const [text, seed] of seeds) {
    const name = parseKeyName(text);
    if (name !== undefined) keys.set(name, seed);
  }
  return keys;
};

/** Reads and checks every file of a ring. Faults are `misconfigured`, one sentence each. */
export const readRingFiles = async (directory: string, verify: Verify): Promise<Result<RingFiles>> => {
  const sound = await checkKeyDirectory(directory);
  if (!sound.ok) return sound;
  const bytes = await readRecordsFile(recordsPath(directory));
  if (!bytes.ok) return bytes;
  const records = readHistory(bytes.value, verify, recordsPath(directory));
  if (!records.ok) return records;
  return await onDisk(directory, async () => {
    const [names, old] = [await namesIn(directory), await namesIn(retiredDirectory(directory))];
    const current = await readSeeds(directory, names, '.seed');
    if (!current.ok) return current;
    const next = await readSeeds(directory, names, '.next');
    if (!next.ok) return next;
    const retired = await readSeeds(retiredDirectory(directory), old, '.seed');
    if (!retired.ok) return retired;
    const partial = [
      ...names.filter((name) => PARTIAL.test(name)).map((name) => inDirectory(directory, name)),
      ...old
        .filter((name) => PARTIAL.test(name))
        .map((name) => inDirectory(retiredDirectory(directory), name)),
    ];
    return ok({
      records: records.value,
      current: named(current.value),
      next: named(next.value),
      retired: [...retired.value.values()],
      partial,
    });
  });
};

type Change =
  | { readonly kind: 'move'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string };

const remove = (path: string): Change => ({ kind: 'remove', path });
const move = (from: string, to: string): Change => ({ kind: 'move', from, to });

/** What a rotation still has to do to the files of one key. */
const rotationChanges = (
  directory: string,
  name: KeyName,
  next: StoredSeed,
  files: RingFiles,
): readonly Change[] => {
  const current = files.current.get(name);
  const promote = move(nextPath(directory, name), seedPath(directory, name));
  const isNamed = files.records.some(
    ({ content }) => content.kind === 'rotation' && equalBytes(content.to, next.publicKey),
  );
  if (!isNamed) return [remove(nextPath(directory, name))];
  if (current === undefined || equalBytes(current.publicKey, next.publicKey)) return [promote];
  if (!isSuccessor(files.records, current.publicKey, next.publicKey)) return [];
  return [move(seedPath(directory, name), retiredPath(directory, current.publicKey)), promote];
};

/**
 * What is left to do so that the files agree with the records. A rotation and a revocation are done when their
 * record is durable; everything after that is here, so an interrupted one is finished by the next start.
 */
export const pendingChanges = (directory: string, files: RingFiles): readonly Change[] => {
  const changes: Change[] = files.partial.map(remove);
  for (const [name, next] of files.next) changes.push(...rotationChanges(directory, name, next, files));
  const gateway = gatewayOf(files.records);
  const isOver = gateway !== undefined && isRevoked(files.records, gateway);
  for (const [name, { publicKey }] of files.current) {
    if (isOver || isRevoked(files.records, publicKey)) {
      changes.push(move(seedPath(directory, name), retiredPath(directory, publicKey)));
    }
  }
  // Last: as long as the records are there, the rest can be done again.
  if (isOver) changes.push(move(recordsPath(directory), retiredRecordsPath(directory, gateway)));
  return changes;
};

export const applyChanges = async (
  disk: KeyDisk,
  directory: string,
  changes: readonly Change[],
): Promise<void> => {
  if (changes.some(({ kind }) => kind === 'move')) await disk.directory(retiredDirectory(directory));
  for (const change of changes) {
    if (change.kind === 'move') await disk.move(change.from, change.to);
    else await disk.remove(change.path);
  }
};

/** Retired keys that may still sign what was recorded while they were in force. */
export const maySignStill = (records: readonly KeyRecord[], key: Uint8Array): boolean =>
  isReplaced(records, key) && !isRevoked(records, key);
