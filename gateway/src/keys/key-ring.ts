import type { RevocationReason, Verify } from '@outpost/schemas/evidence';
import {
  type Clock,
  type DeviceName,
  type Fault,
  fail,
  fault,
  ok,
  type Result,
  toHex,
} from '@outpost/schemas/words';
import { type KeyDisk, keyDisk, onDisk } from './key-disk.ts';
import { writeRecordsFile } from './records-file.ts';
import {
  applyChanges,
  deviceKeyName,
  type KeyName,
  nextPath,
  pendingChanges,
  readRingFiles,
  recordsPath,
  seedPath,
} from './ring-files.ts';
import {
  type KeyEntry,
  lostKeyFault,
  type RingKey,
  type RingState,
  ringState,
  stateFault,
} from './ring-keys.ts';
import { type Sealing, sealEndorsements, sealRevocations, sealRotationTo } from './ring-records.ts';
import { createSeedFile, type KeyKind, newSeed } from './seed-file.ts';
import { platformSigner, platformVerifier, publicKeyOf, type Signer } from './signer.ts';

export interface KeyRingOptions {
  /** The directory of the keys; made, mode 0700, where it is not there. Its parent must be there. */
  readonly directory: string;
  /** Of all keys; another kind on the disk is a fault. */
  readonly kind: KeyKind;
  readonly clock: Clock;
  /** Changes nothing on the disk and takes whichever kind is there: for looking at a gateway that may be running. */
  readonly readOnly?: boolean;
  readonly disk?: KeyDisk;
}

/** What came of a change: the key in force, and the records that were made, oldest first. */
export interface Changed {
  readonly key: RingKey;
  readonly records: readonly Uint8Array[];
}

/**
 * The keys of one box. One program at a time may change them: hold the data directory's lock. Every change is
 * durable, records included, before it is reported; changes are made one after another.
 */
export interface KeyRing {
  readonly kind: KeyKind;
  readonly directory: string;
  /** Throws once the identity was revoked. */
  gateway(): RingKey;
  /** The key of a device: made and endorsed on first use. */
  device(name: DeviceName): Promise<Result<Changed>>;
  /** By public key; also one that was replaced, for what was recorded under it. Never a revoked one. */
  signerOf(publicKey: Uint8Array): Signer | undefined;
  list(): readonly KeyEntry[];
  /** All key records in order, as exact bytes. */
  records(): readonly Uint8Array[];
  /** A new key in the place of the old, signed by both; the old one is kept aside in `retired/`. */
  rotate(name: KeyName): Promise<Result<Changed>>;
  /**
   * Says that a key is to be believed no longer. Revoking `gateway` ends the box's whole identity, its devices
   * included: nothing is signed any more and the next start makes new keys.
   * @param words for people, at most 256 bytes.
   */
  revoke(name: KeyName, reason: RevocationReason, words: string): Promise<Result<readonly Uint8Array[]>>;
}

/** As the record's own format has it (docs/evidence.md). */
const REVOCATION_WORDS_MAX_BYTES = 256;

const wrong = (code: string, where: string, words: string): Fault =>
  fault('misconfigured', code, where, words);

interface Tools {
  readonly disk: KeyDisk;
  readonly verify: Verify;
}

const createKey = async (disk: KeyDisk, path: string, kind: KeyKind): Promise<Result<Signer>> => {
  const seed = await newSeed();
  const created = await createSeedFile(disk, path, { kind, seed, publicKey: publicKeyOf(seed) });
  const signer = platformSigner(seed);
  seed.fill(0);
  return created.ok ? ok(signer) : created;
};

/** Reads the files, finishes on the disk what a record already says, and reads them again. */
const load = async (
  { directory, kind, readOnly }: KeyRingOptions,
  { disk, verify }: Tools,
): Promise<Result<RingState>> => {
  const found = await readRingFiles(directory, verify);
  if (!found.ok) return found;
  const changes = readOnly === true ? [] : pendingChanges(directory, found.value);
  await applyChanges(disk, directory, changes);
  const files = changes.length === 0 ? found : await readRingFiles(directory, verify);
  if (!files.ok) return files;
  const state = ringState(directory, files.value);
  const problem = stateFault(directory, readOnly === true ? undefined : kind, state);
  return problem === undefined ? ok(state) : fail(problem);
};

const gatewayKey = (state: RingState): RingKey => {
  const key = state.keys.get('gateway');
  if (key === undefined)
    throw new Error('the keys of this box were revoked and nothing may be signed any more');
  return key;
};

const ringOf = (options: KeyRingOptions, tools: Tools, first: RingState): KeyRing => {
  const { disk } = tools;
  const { directory, kind, clock } = options;
  let state = first;
  let last: Promise<unknown> = Promise.resolve();

  const reload = async (): Promise<Result<void>> => {
    const loaded = await load(options, tools);
    if (!loaded.ok) return loaded;
    state = loaded.value;
    return ok(undefined);
  };

  /** Makes records durable; what they mean for the files is done by reading the ring anew. */
  const keep = async (sealed: Sealing): Promise<Result<void>> => {
    if (sealed.made.length === 0) return ok(undefined);
    const written = await writeRecordsFile(disk, recordsPath(directory), sealed.all);
    return written.ok ? await reload() : written;
  };

  /** One change at a time, each beginning with what the one before left. */
  const change = <T>(make: () => Promise<Result<T>>): Promise<Result<T>> => {
    const run = last.then(() => {
      if (options.readOnly === true)
        return fail(wrong('key.read-only', directory, 'was opened for reading only.'));
      if (!state.keys.has('gateway'))
        return fail(wrong('key.over', directory, 'the keys of this box were revoked.'));
      return onDisk(directory, make);
    });
    last = run.catch(() => undefined);
    return run;
  };

  const device = async (name: KeyName, of: DeviceName): Promise<Result<Changed>> => {
    const lost = lostKeyFault(directory, of, name, state);
    if (lost !== undefined) return fail(lost);
    if (!state.keys.has(name)) {
      const created = await createKey(disk, seedPath(directory, name), kind);
      if (!created.ok) return created;
      const reloaded = await reload();
      if (!reloaded.ok) return reloaded;
    }
    return await changed(name, sealEndorsements(state, gatewayKey(state), clock.wall()));
  };

  const changed = async (name: KeyName, sealed: Sealing): Promise<Result<Changed>> => {
    const kept = await keep(sealed);
    if (!kept.ok) return kept;
    const key = state.keys.get(name);
    if (key === undefined) throw new Error(`${name} is gone after it was made`);
    return ok({ key, records: sealed.made });
  };

  const rotate = async (name: KeyName): Promise<Result<Changed>> => {
    // Cleans up after a change that the disk refused half-way.
    const fresh = await reload();
    if (!fresh.ok) return fresh;
    const old = state.keys.get(name);
    if (old === undefined) return fail(wrong('key.none', seedPath(directory, name), 'there is no such key.'));
    const signer = await createKey(disk, nextPath(directory, name), kind);
    if (!signer.ok) return signer;
    return await changed(name, sealRotationTo(state, gatewayKey(state), old, signer.value, clock.wall()));
  };

  const revoke = async (name: KeyName, reason: RevocationReason, words: string) => {
    if (new TextEncoder().encode(words).length > REVOCATION_WORDS_MAX_BYTES) {
      const long = `has more than ${REVOCATION_WORDS_MAX_BYTES} bytes; say it shorter.`;
      return fail(wrong('key.words', 'the reason of the revocation', long));
    }
    const fresh = await reload();
    if (!fresh.ok) return fresh;
    const sealed = sealRevocations(state, gatewayKey(state), name, { reason, words }, clock.wall());
    if (sealed.made.length === 0)
      return fail(wrong('key.none', seedPath(directory, name), 'there is no such key.'));
    const kept = await keep(sealed);
    return kept.ok ? ok(sealed.made) : kept;
  };

  return {
    kind: options.readOnly === true ? gatewayKey(first).kind : kind,
    directory,
    gateway: () => gatewayKey(state),
    device: (name) => change(() => device(deviceKeyName(name), name)),
    signerOf: (publicKey) => state.signers.get(toHex(publicKey)),
    list: () => state.entries,
    records: () => state.records.map(({ bytes }) => bytes),
    rotate: (name) => change(() => rotate(name)),
    revoke: (name, reason, words) => change(() => revoke(name, reason, words)),
  };
};

/**
 * Reads what is there, finishes what was interrupted, and makes the gateway's key at the first start. Every fault is
 * `misconfigured`: the program ends with exit code 78 and the sentence.
 */
export const openKeyRing = async (options: KeyRingOptions): Promise<Result<KeyRing>> => {
  const { directory, kind, readOnly = false, disk = keyDisk() } = options;
  const tools: Tools = { disk, verify: platformVerifier() };
  return await onDisk(directory, async () => {
    if (!readOnly) await disk.directory(directory);
    let loaded = await load(options, tools);
    if (loaded.ok && !loaded.value.keys.has('gateway')) {
      if (readOnly)
        return fail(wrong('key.none', directory, 'there are no keys yet; the first start makes them.'));
      const created = await createKey(disk, seedPath(directory, 'gateway'), kind);
      if (!created.ok) return created;
      loaded = await load(options, tools);
    }
    return loaded.ok ? ok(ringOf(options, tools, loaded.value)) : loaded;
  });
};
