import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeyRecord, type Verify } from '@outpost/schemas/evidence';
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
import { errorCode, isSystemError, keyDisk, onDisk } from '../../keys/key-disk.ts';
import { gatewayOf } from '../../keys/key-history.ts';
import { keyText, parseKeyText } from '../../keys/key-text.ts';
import { newSeed, ownershipFault } from '../../keys/seed-file.ts';
import { platformVerifier } from '../../keys/signer.ts';
import { addressOfSecret, checksummed, erc191Digest, signatureText, signerOf } from './signatures.ts';

/** The box's second identity, towards DIMO alone. Whoever holds one cannot get at its secret. */
export interface DimoKey {
  readonly address: string;
  /** 0x and 130 hex digits over a 32-byte digest. */
  sign(digest: Uint8Array): string;
}

/**
 * What says that an address and a gateway's key are of one box: both have signed the same text. From the gateway's key
 * its endorsements lead on to the keys of its devices, by which readings are signed.
 */
export interface Binding {
  readonly text: string;
  /** Ed25519 by the gateway's key over the text, 128 hex digits. */
  readonly gateway: string;
  /** ERC-191 by the address over the text, 0x and 130 hex digits. */
  readonly dimo: string;
}

export interface Bound {
  readonly address: string;
  readonly gatewayKey: Uint8Array;
}

const KEY_FILE = 'key';
const BINDING_FILE = 'identity.json';
const FILE_MAX_BYTES = 4_096;
const LINE = /^outpost-dimo-secret ([0-9a-f]{64}) (0x[0-9a-fA-F]{40})\n$/;
const TEXT =
  /^outpost dimo identity 1\naddress (0x[0-9a-fA-F]{40})\ngateway (outpost-ed25519:[0-9a-f]{64})\n$/;

const wrong = (code: string, path: string, words: string): Fault =>
  fault('misconfigured', `dimo.${code}`, path, words);

/** The file's bytes; undefined where there is none. One that others may open is a fault. */
const readOurs = async (path: string): Promise<Result<Uint8Array | undefined>> => {
  try {
    await using file = await open(path, 'r');
    const owner = ownershipFault(await file.stat(), path, '600');
    if (owner !== undefined) return fail(owner);
    const bytes = new Uint8Array(FILE_MAX_BYTES);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return ok(bytes.subarray(0, bytesRead));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = errorCode(error);
    return code === 'ENOENT' ? ok(undefined) : fail(wrong('key', path, `cannot be read (${code}).`));
  }
};

/** The key of a 32-byte scalar; throws where that is out of range. The scalar may be wiped afterwards. */
export const dimoKeyOf = (secret: Uint8Array): DimoKey => {
  const scalar = Uint8Array.from(secret);
  return { address: addressOfSecret(scalar), sign: (digest) => signatureText(digest, scalar) };
};

/** Undefined where none was made yet. */
export const readDimoKey = async (directory: string): Promise<Result<DimoKey | undefined>> => {
  const path = join(directory, KEY_FILE);
  const bytes = await readOurs(path);
  if (!bytes.ok || bytes.value === undefined) return bytes.ok ? ok(undefined) : bytes;
  const match = LINE.exec(asciiText(bytes.value));
  const secret = fromHex(match?.[1] ?? '');
  if (match === null || secret === undefined) {
    return fail(wrong('key', path, 'holds no key of this kind; restore it from a backup.'));
  }
  const key = dimoKeyOf(secret);
  return key.address === match[2]
    ? ok(key)
    : fail(wrong('key', path, 'its secret and address do not belong together; restore it from a backup.'));
};

/** The key, made where there is none: 0600, durable before this returns. */
export const ensureDimoKey = async (directory: string): Promise<Result<DimoKey>> => {
  const found = await readDimoKey(directory);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  const path = join(directory, KEY_FILE);
  return await onDisk(path, async () => {
    const secret = await newSeed();
    const key = dimoKeyOf(secret);
    await keyDisk().create(path, asciiBytes(`outpost-dimo-secret ${toHex(secret)} ${key.address}\n`));
    secret.fill(0);
    return ok(key);
  });
};

/** Both sign that they are one box. */
export const sealBinding = (
  key: DimoKey,
  gateway: { readonly publicKey: Uint8Array; sign(bytes: Uint8Array): Uint8Array },
): Binding => {
  const text = `outpost dimo identity 1\naddress ${key.address}\ngateway ${keyText(gateway.publicKey)}\n`;
  const bytes = asciiBytes(text);
  return { text, gateway: toHex(gateway.sign(bytes)), dimo: key.sign(erc191Digest(bytes)) };
};

/** Whom a binding binds, if both of its signatures hold. */
export const checkBinding = ({ text, gateway, dimo }: Binding, verify: Verify): Bound | undefined => {
  const match = TEXT.exec(text);
  const address = checksummed(match?.[1] ?? '');
  const key = parseKeyText(match?.[2] ?? '', 'identity');
  const [byGateway, byDimo] = [fromHex(gateway), fromHex(dimo.replace(/^0x/, ''))];
  if (address === undefined || address !== match?.[1] || !key.ok) return undefined;
  if (byGateway === undefined || byDimo === undefined) return undefined;
  const bytes = asciiBytes(text);
  if (!verify(key.value, bytes, byGateway)) return undefined;
  return signerOf(erc191Digest(bytes), byDimo) === address ? { address, gatewayKey: key.value } : undefined;
};

/** A binding out of JSON; undefined where it is none. */
export const bindingFrom = (value: unknown): Binding | undefined => {
  const { text, gateway, dimo } = (value ?? {}) as Partial<Record<keyof Binding, unknown>>;
  return typeof text === 'string' && typeof gateway === 'string' && typeof dimo === 'string'
    ? { text, gateway, dimo }
    : undefined;
};

/**
 * The gateway's key that the address is bound to on this box; undefined where the binding is not there, does not hold,
 * or is with a key that the gateway has replaced since, for which nobody could take the readings of now for ours.
 * @param records the box's key records, oldest first; where there are none, whatever the binding says is taken.
 */
export const boundGateway = async (
  directory: string,
  address: string,
  records: readonly Uint8Array[],
): Promise<Uint8Array | undefined> => {
  const binding = await readBinding(directory);
  const bound = binding === undefined ? undefined : checkBinding(binding, platformVerifier());
  if (bound === undefined || bound.address !== address) return undefined;
  const read = records.flatMap((bytes) => {
    const record = readKeyRecord(bytes);
    return record.ok ? [record.value] : [];
  });
  const now = gatewayOf(read);
  return now === undefined || equalBytes(now, bound.gatewayKey) ? bound.gatewayKey : undefined;
};

export const writeBinding = (directory: string, binding: Binding): Promise<Result<void>> => {
  const path = join(directory, BINDING_FILE);
  return onDisk(path, async () => {
    await keyDisk().replace(path, asciiBytes(`${JSON.stringify(binding)}\n`));
    return ok(undefined);
  });
};

/** Undefined where none was made yet, or it does not read: it can be made again at any time. */
export const readBinding = async (directory: string): Promise<Binding | undefined> => {
  const bytes = await readOurs(join(directory, BINDING_FILE));
  if (!bytes.ok || bytes.value === undefined) return undefined;
  try {
    return bindingFrom(JSON.parse(asciiText(bytes.value)));
  } catch {
    return undefined;
  }
};
