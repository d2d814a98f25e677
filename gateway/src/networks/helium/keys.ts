import { createHash } from 'node:crypto';
import type { Verify } from '@outpost/schemas/evidence';
import { concatBytes, equalBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { publicKeyOf } from '../../keys/signer.ts';
import { fromBase58, toBase58 } from './base58.ts';
import { P256_COMPACT, SECP256K1 } from './curves.ts';

// Forms of keys: helium/helium-crypto-rs, src/lib.rs. Tag byte = network (high nibble) | kind (low nibble).

export type HeliumNetwork = 'mainnet' | 'testnet';
export type HeliumKeyKind = 'ecc-compact' | 'ed25519' | 'secp256k1';

export interface HeliumKey {
  readonly network: HeliumNetwork;
  readonly kind: HeliumKeyKind;
  /** Ed25519: 32 bytes; P-256: x, 32 bytes; secp256k1: SEC 1 compressed, 33 bytes. */
  readonly key: Uint8Array;
}

/** A key with its secret: the seed (Ed25519) or the scalar, 32 bytes. */
export interface HeliumKeypair extends HeliumKey {
  readonly secret: Uint8Array;
}

const KINDS: ReadonlyMap<number, HeliumKeyKind> = new Map([
  [0, 'ecc-compact'],
  [1, 'ed25519'],
  [3, 'secp256k1'],
]);
const KIND_CODES: Readonly<Record<HeliumKeyKind, number>> = { 'ecc-compact': 0, ed25519: 1, secp256k1: 3 };
const KEY_BYTES: Readonly<Record<HeliumKeyKind, number>> = { 'ecc-compact': 32, ed25519: 32, secp256k1: 33 };
const SECRET_BYTES = 32;
const CHECKSUM_BYTES = 4;

const refuse = (words: string): Result<never> => fail(fault('malformed', 'helium.key', 'helium key', words));

const readTag = (tag: number | undefined): Pick<HeliumKey, 'network' | 'kind'> | undefined => {
  if (tag === undefined) return undefined;
  const kind = KINDS.get(tag & 0x0f);
  const network = tag >> 4 === 0 ? 'mainnet' : tag >> 4 === 1 ? 'testnet' : undefined;
  return kind === undefined || network === undefined ? undefined : { network, kind };
};

const tagOf = ({ network, kind }: Pick<HeliumKey, 'network' | 'kind'>): Uint8Array =>
  Uint8Array.of((network === 'testnet' ? 0x10 : 0) | KIND_CODES[kind]);

/** The binary form: tag, then the key. */
export const keyBytes = (key: HeliumKey): Uint8Array => concatBytes(tagOf(key), key.key);

/** Reads the binary form. An ECDSA key must be a point of its curve; of Ed25519 only the length is looked at. */
export const readKey = (bytes: Uint8Array): Result<HeliumKey> => {
  const tag = readTag(bytes[0]);
  if (tag === undefined) return refuse('The first byte of the key names no network and kind that is known.');
  const key = bytes.slice(1);
  if (key.length !== KEY_BYTES[tag.kind]) {
    return refuse(`A key of the kind ${tag.kind} has ${KEY_BYTES[tag.kind] + 1} bytes, not ${bytes.length}.`);
  }
  const curve = tag.kind === 'ecc-compact' ? P256_COMPACT : tag.kind === 'secp256k1' ? SECP256K1 : undefined;
  if (curve?.isPoint(key) === false) return refuse(`The key is no point of the curve of ${tag.kind}.`);
  return ok({ ...tag, key });
};

const sha256 = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(bytes).digest());
const checksum = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes)).slice(0, CHECKSUM_BYTES);

/** The address that people and the network use: Base58 of a zero, the binary form, and a checksum. */
export const addressOf = (key: HeliumKey): string => {
  const body = concatBytes(Uint8Array.of(0), keyBytes(key));
  return toBase58(concatBytes(body, checksum(body)));
};

export const readAddress = (text: string): Result<HeliumKey> => {
  const bytes = fromBase58(text);
  if (bytes === undefined) return refuse('The address has a character that Base58 does not, or is too long.');
  const body = bytes.slice(0, -CHECKSUM_BYTES);
  if (bytes.length <= CHECKSUM_BYTES || !equalBytes(checksum(body), bytes.slice(-CHECKSUM_BYTES))) {
    return refuse('The address has a wrong checksum: copy it again.');
  }
  return body[0] === 0 ? readKey(body.slice(1)) : refuse('The address has a version that is not known.');
};

/** The same key as an account of Solana: plain Base58. Only Ed25519 keys are accounts there. */
export const solanaAddressOf = ({ kind, key }: HeliumKey): string | undefined =>
  kind === 'ed25519' ? toBase58(key) : undefined;

/** The pair of a secret; a fault where the scalar is out of range, or its P-256 key has no compact form. */
export const keypairOf = (
  network: HeliumNetwork,
  kind: HeliumKeyKind,
  secret: Uint8Array,
): Result<HeliumKeypair> => {
  if (secret.length !== SECRET_BYTES) return refuse(`A secret key has ${SECRET_BYTES} bytes.`);
  const key =
    kind === 'ed25519'
      ? publicKeyOf(secret)
      : (kind === 'ecc-compact' ? P256_COMPACT : SECP256K1).publicOf(secret);
  return key === undefined
    ? refuse(`The secret gives no public key that ${kind} can write; make another one.`)
    : ok({ network, kind, key, secret });
};

/** `gateway_key.bin`: tag, secret, and for Ed25519 the public key too (65 bytes), else 33. */
export const writeKeyFile = (pair: HeliumKeypair): Uint8Array =>
  concatBytes(tagOf(pair), pair.secret, pair.kind === 'ed25519' ? pair.key : new Uint8Array(0));

/** Reads `gateway_key.bin`; a public key in it must be that of the secret. */
export const readKeyFile = (bytes: Uint8Array): Result<HeliumKeypair> => {
  const tag = readTag(bytes[0]);
  if (tag === undefined) return refuse('The key file does not begin with a network and kind that are known.');
  const length = 1 + SECRET_BYTES + (tag.kind === 'ed25519' ? KEY_BYTES.ed25519 : 0);
  if (bytes.length !== length) {
    return refuse(`A key file of the kind ${tag.kind} has ${length} bytes, not ${bytes.length}.`);
  }
  const pair = keypairOf(tag.network, tag.kind, bytes.slice(1, 1 + SECRET_BYTES));
  if (!pair.ok) return pair;
  return tag.kind === 'ed25519' && !equalBytes(pair.value.key, bytes.slice(1 + SECRET_BYTES))
    ? refuse('The public key in the key file is not that of its secret: the file is damaged.')
    : pair;
};

/**
 * Whether the signature is this key's: 64 bytes, by the given verifier of Ed25519, or ECDSA over SHA-256 in DER.
 * Never throws.
 */
export const heliumVerifies = (
  { kind, key }: HeliumKey,
  message: Uint8Array,
  signature: Uint8Array,
  ed25519: Verify,
): boolean =>
  kind === 'ed25519'
    ? ed25519(key, message, signature)
    : (kind === 'ecc-compact' ? P256_COMPACT : SECP256K1).verify(key, message, signature);
