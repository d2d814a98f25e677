import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/**
 * SHA-256 of `bytes`, 32 bytes in memory of their own; `bytes` may be reused once it returns. A platform's own is
 * several times faster and may be passed instead; in Node the fastest is
 * `asciiBytes(hash('sha256', bytes, 'binary'))`, because a string costs less than a Buffer.
 */
export type Hash = (bytes: Uint8Array) => Uint8Array;

export const HASH_BYTES = 32;

export const sha256: Hash = nobleSha256;
