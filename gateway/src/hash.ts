import { hash } from 'node:crypto';
import type { Hash } from '@outpost/schemas/evidence';
import { asciiBytes } from '@outpost/schemas/words';

/**
 * SHA-256 by the platform, equal by test to the one that also runs in a browser. Asked for as a Latin-1 text, because
 * Node makes a short string in half the time of a Buffer.
 */
export const platformHash: Hash = (bytes) => asciiBytes(hash('sha256', bytes, 'binary'));
