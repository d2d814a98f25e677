import { keccak_256 } from '@noble/hashes/sha3.js';

/** Keccak-256 as Ethereum has it, which is not SHA3-256. The only file of this network that knows the hash library. */
export const keccak256 = (bytes: Uint8Array): Uint8Array => keccak_256(bytes);
