import { hash } from 'node:crypto';
import type { Hash } from '@outpost/schemas/evidence';

/** SHA-256 by the platform: three times the speed of the one that also runs in a browser, and equal by test. */
export const platformHash: Hash = (bytes) => hash('sha256', bytes, 'buffer');
