import { createPublicKey, verify } from 'node:crypto';
import { strictVerifier } from '@outpost/schemas/evidence';
import { concatBytes } from '@outpost/schemas/words';
import type { Verify } from './session.ts';

/** What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 §4). */
const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** The platform's verification of one key, made ready once: with the parsing of the key it would take twice as long. */
export const platformVerify = (key: Uint8Array): Verify => {
  const der = concatBytes(SPKI, key);
  const ready = createPublicKey({ key: der as never, format: 'der', type: 'spki' });
  return strictVerifier((_, message, signature) => verify(null, message, ready, signature));
};
