import { platformEquation } from '@outpost/gateway';
import { clearedEncoding, type HeliumKey, heliumVerifies, readKey } from '@outpost/gateway/helium';

/**
 * Whether a message is signed by this key, as Helium's servers find out: taken apart, the signature cleared, put
 * together again canonically, and that is what must be signed.
 */
export const isSignedBy = (key: HeliumKey, message: Uint8Array, signatureField: number): boolean => {
  const cleared = clearedEncoding(message, signatureField);
  return cleared !== undefined && heliumVerifies(key, cleared.signed, cleared.signature, platformEquation);
};

/** The same by a key in its binary form; false where those bytes are no key. */
export const isSignedByBytes = (key: Uint8Array, message: Uint8Array, signatureField: number): boolean => {
  const read = readKey(key);
  return read.ok && isSignedBy(read.value, message, signatureField);
};
