import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { asciiBytes, concatBytes, type Epoch, type StreamId } from '../words/index.ts';
import { HASH_BYTES, type Hash, sha256 } from './hash.ts';

export const SALT_BYTES = 16;

const DOMAIN = 'outpost leaf salts 1';

/**
 * The key from which the salts of one stream and epoch are drawn: HMAC-SHA256 of the box's secret over a domain
 * text, 0x00, the 16 bytes of the epoch and the stream's name. As secret as the secret itself.
 */
export const saltKey = (secret: Uint8Array, epoch: Epoch, stream: StreamId): Uint8Array => {
  const message = concatBytes(asciiBytes(DOMAIN), Uint8Array.of(0), epoch, asciiBytes(stream));
  return hmac(nobleSha256, secret, message);
};

/**
 * 16 bytes that make a leaf unguessable, so that a proof for one leaf says nothing of its neighbours: the first
 * half of SHA-256(key ‖ sequence as 8 bytes, big-endian). Key and message fill one block of one fixed length, so
 * length extension has nothing to extend, and it costs one block where an HMAC costs four.
 */
export const leafSalt = (key: Uint8Array, sequence: number, hash: Hash = sha256): Uint8Array => {
  const input = new Uint8Array(HASH_BYTES + 8);
  input.set(key);
  for (
    let [at, rest] = [HASH_BYTES + 7, sequence];
    at >= HASH_BYTES;
    at -= 1, rest = Math.floor(rest / 256)
  ) {
    input[at] = rest % 256;
  }
  return hash(input).subarray(0, SALT_BYTES);
};
