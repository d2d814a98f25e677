import { pathToFileURL } from 'node:url';
import type { KeyRecord } from '@outpost/schemas/evidence';
import { type DeviceName, equalBytes, type Fault, fault, toHex, type WallNs } from '@outpost/schemas/words';
import { deviceKeyOf, gatewayOf, isEndorsed, isRevoked, namedAt } from './key-history.ts';
import {
  type KeyName,
  maySignStill,
  type RingFiles,
  recordsPath,
  retiredPath,
  seedPath,
} from './ring-files.ts';
import { type KeyKind, type StoredSeed, saltSecretOf } from './seed-file.ts';
import { platformSigner, type Signer } from './signer.ts';

/** A key in force. Its secrets are inside functions, so printing the object in whatever way shows none. */
export interface RingKey extends Signer {
  readonly name: KeyName;
  readonly kind: KeyKind;
  /** 32 bytes for `saltKey` of `@outpost/schemas/evidence`; a secret. */
  saltSecret(): Uint8Array;
}

/** A key as it is listed to people and scripts. */
export interface KeyEntry {
  readonly name: KeyName | undefined;
  readonly publicKey: Uint8Array;
  readonly kind: KeyKind;
  readonly state: 'active' | 'retired' | 'revoked';
  /** `file:///…`, where its seed is. */
  readonly uri: string;
  /** By the record that names it first; undefined where none does yet. */
  readonly since: WallNs | undefined;
}

/** What is in force: made from the files, whose seeds it does not keep. */
export interface RingState {
  readonly records: readonly KeyRecord[];
  readonly keys: ReadonlyMap<KeyName, RingKey>;
  /** By public key in hex: the keys in force and those that may finish what they began. */
  readonly signers: ReadonlyMap<string, Signer>;
  readonly entries: readonly KeyEntry[];
}

const ringKey = (name: KeyName, stored: StoredSeed): RingKey => {
  const signer = platformSigner(stored.seed);
  const secret = saltSecretOf(stored.seed);
  return { name, kind: stored.kind, ...signer, saltSecret: () => secret.slice() };
};

const retiredEntry = (directory: string, records: readonly KeyRecord[], stored: StoredSeed): KeyEntry => ({
  name: undefined,
  publicKey: stored.publicKey,
  kind: stored.kind,
  state:
    isRevoked(records, stored.publicKey) || !maySignStill(records, stored.publicKey) ? 'revoked' : 'retired',
  uri: pathToFileURL(retiredPath(directory, stored.publicKey)).href,
  since: namedAt(records, stored.publicKey),
});

export const ringState = (directory: string, files: RingFiles): RingState => {
  const { records } = files;
  const keys = new Map<KeyName, RingKey>();
  const signers = new Map<string, Signer>();
  const entries: KeyEntry[] = [];
  for (const [name, stored] of files.current) {
    const key = ringKey(name, stored);
    keys.set(name, key);
    signers.set(toHex(key.publicKey), key);
    const uri = pathToFileURL(seedPath(directory, name)).href;
    const since = namedAt(records, key.publicKey);
    entries.push({ name, publicKey: key.publicKey, kind: key.kind, state: 'active', uri, since });
  }
  for (const stored of files.retired) {
    entries.push(retiredEntry(directory, records, stored));
    if (maySignStill(records, stored.publicKey))
      signers.set(toHex(stored.publicKey), platformSigner(stored.seed));
  }
  return { records, keys, signers, entries };
};

/** Devices with a key that the gateway's present key has not endorsed: a new device, or a new gateway key. */
export const unendorsed = ({ records, keys }: RingState, gateway: Uint8Array): readonly RingKey[] =>
  [...keys.values()].filter(
    ({ name, publicKey }) => name !== 'gateway' && !isEndorsed(records, gateway, publicKey),
  );

/** What would make a ring sign for somebody else than it did before; undefined where all is well. */
export const stateFault = (
  directory: string,
  kind: KeyKind | undefined,
  { records, keys }: RingState,
): Fault | undefined => {
  const wrong = (code: string, where: string, words: string): Fault =>
    fault('misconfigured', code, where, words);
  const gateway = keys.get('gateway');
  const recorded = gatewayOf(records);
  const path = seedPath(directory, 'gateway');
  if (gateway === undefined) {
    if (recorded === undefined && keys.size === 0) return undefined;
    return wrong(
      'key.missing',
      path,
      'is gone, though there are keys that it vouched for; restore it from a backup.',
    );
  }
  if (recorded !== undefined && !equalBytes(recorded, gateway.publicKey)) {
    return wrong(
      'key.records',
      path,
      `is not the key that ${recordsPath(directory)} ends with; restore both from one backup.`,
    );
  }
  for (const key of keys.values()) {
    if (kind === undefined || key.kind === kind) continue;
    const other = `is a key of kind ${key.kind} and the configuration asks for ${kind}`;
    return wrong('key.kind', seedPath(directory, key.name), `${other}; give each its own data directory.`);
  }
  return undefined;
};

/** The fault of a device whose key was endorsed and is not on the disk any more. */
export const lostKeyFault = (
  directory: string,
  device: DeviceName,
  name: KeyName,
  { records, keys }: RingState,
): Fault | undefined => {
  const recorded = deviceKeyOf(records, device);
  const path = seedPath(directory, name);
  const key = keys.get(name);
  if (recorded === undefined || (key !== undefined && equalBytes(key.publicKey, recorded))) return undefined;
  const words = `is gone or another key; restore it from a backup, or give it up with: outpost keys revoke ${name}`;
  return fault('misconfigured', 'key.missing', path, words);
};
