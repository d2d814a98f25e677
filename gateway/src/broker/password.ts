import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fromHex, toHex } from '@outpost/schemas/words';
import type { Proof } from './enrolment.ts';

const PASSWORD_BYTES = 20;
const SALT_BYTES = 16;
/** No letters or digits that look alike: somebody may type it into a dongle's web page. 32 of them: 5 bits each. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789A';

const digestOf = (salt: Uint8Array, password: Uint8Array): Uint8Array =>
  createHmac('sha256', salt).update(password).digest();

/**
 * A password of 100 random bits and what is kept of it. A slow hash would add nothing to so many bits, and would let
 * whoever guesses wrong keep a small computer busy.
 */
export const newPassword = (): { readonly password: string; readonly proof: Proof } => {
  const password = [...randomBytes(PASSWORD_BYTES)].map((byte) => LETTERS[byte & 31]).join('');
  const salt = randomBytes(SALT_BYTES);
  const digest = digestOf(salt, new TextEncoder().encode(password));
  return { password, proof: { kind: 'password', salt: toHex(salt), digest: toHex(digest) } };
};

export const isPassword = (proof: Proof, password: Uint8Array): boolean => {
  if (proof.kind !== 'password') return false;
  const [salt, digest] = [fromHex(proof.salt), fromHex(proof.digest)];
  return salt !== undefined && digest !== undefined && timingSafeEqual(digestOf(salt, password), digest);
};
