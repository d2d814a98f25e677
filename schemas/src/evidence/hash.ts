import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of `bytes`, 32 bytes. A platform's own is several times faster and may be passed instead. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

export const HASH_BYTES = 32;

export const sha256: Hash = nobleSha256;
