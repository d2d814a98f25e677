import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type PrivateKeyInput,
  type PublicKeyInput,
  sign,
  verify,
} from 'node:crypto';
import { strictVerifier, type Verify } from '@outpost/schemas/evidence';
import { concatBytes, fromHex } from '@outpost/schemas/words';

/** Signs with one Ed25519 key (RFC 8032, pure). Whoever holds a Signer cannot get at its seed. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;

// RFC 8410 §7 and §4: what stands before the 32 bytes of a private and of a public Ed25519 key in DER.
const PRIVATE_PREFIX = fromHex('302e020100300506032b657004220420')!;
const PUBLIC_PREFIX = fromHex('302a300506032b6570032100')!;

// Node takes any view of bytes as DER (its documentation of createPrivateKey says so); its types name one only.
const privateKeyOf = (seed: Uint8Array): KeyObject => {
  const bytes = concatBytes(PRIVATE_PREFIX, seed);
  const input: unknown = { key: bytes, format: 'der', type: 'pkcs8' };
  const key = createPrivateKey(input as PrivateKeyInput);
  bytes.fill(0);
  return key;
};

const keyObjectOf = (publicKey: Uint8Array): KeyObject => {
  const input: unknown = { key: concatBytes(PUBLIC_PREFIX, publicKey), format: 'der', type: 'spki' };
  return createPublicKey(input as PublicKeyInput);
};

const publicBytesOf = (key: KeyObject): Uint8Array =>
  Uint8Array.from(
    createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length),
  );

/** 32 bytes of public key for a 32-byte seed. */
export const publicKeyOf = (seed: Uint8Array): Uint8Array => publicBytesOf(privateKeyOf(seed));

/**
 * The platform's Ed25519 with the key parsed once: parsing it at every signature costs 13 times as much as
 * signing. The seed may be wiped after this returns.
 */
export const platformSigner = (seed: Uint8Array): Signer => {
  const key = privateKeyOf(seed);
  return {
    publicKey: publicBytesOf(key),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
};

/**
 * The platform's equation alone. It accepts keys of small order, so it decides nothing about evidence unless
 * the key passed `checkKey` of `@outpost/schemas/evidence` first.
 */
export const platformEquation = (
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean => {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== 64) return false;
  return verify(null, bytes, keyObjectOf(publicKey), signature);
};

/** The whole rule of evidence with the platform's speed; it remembers the keys that it found sound. */
export const platformVerifier = (): Verify => strictVerifier(platformEquation);
