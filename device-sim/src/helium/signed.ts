import { createPublicKey, type KeyObject, type PublicKeyInput, verify } from 'node:crypto';
import { clearedEncoding, heliumVerifies, readKey } from '@outpost/gateway/helium';
import { concatBytes, fromHex, toHex } from '@outpost/schemas/words';

/** RFC 8410 §4: what stands before the 32 bytes of a public Ed25519 key in DER. */
const PUBLIC_PREFIX = fromHex('302a300506032b6570032100') ?? new Uint8Array(0);
const KEYS_MAX = 4_096;

/** Whether a message is signed by the key with this binary form, whose signature is in that field. */
export type IsSigned = (key: Uint8Array, message: Uint8Array, signatureField: number) => boolean;

/** The platform's Ed25519, with the latest keys parsed once. */
const rememberingEquation = () => {
  const keys = new Map<string, KeyObject>();
  const keyOf = (publicKey: Uint8Array): KeyObject => {
    const name = toHex(publicKey);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const input: unknown = { key: concatBytes(PUBLIC_PREFIX, publicKey), format: 'der', type: 'spki' };
    const made = createPublicKey(input as PublicKeyInput);
    const oldest = keys.size >= KEYS_MAX ? keys.keys().next().value : undefined;
    if (oldest !== undefined) keys.delete(oldest);
    keys.set(name, made);
    return made;
  };
  return (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
    signature.length === 64 && verify(null, bytes, keyOf(publicKey), signature);
};

/**
 * As Helium's servers find out: the message taken apart, the signature cleared, put together again canonically, and
 * that is what must be signed. False where the bytes are no key or no message.
 */
export const signatureCheck = (): IsSigned => {
  const equation = rememberingEquation();
  return (key, message, signatureField) => {
    const read = readKey(key);
    const cleared = clearedEncoding(message, signatureField);
    return (
      read.ok &&
      cleared !== undefined &&
      heliumVerifies(read.value, cleared.signed, cleared.signature, equation)
    );
  };
};
