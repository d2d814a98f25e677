import { secp256k1 } from '@noble/curves/secp256k1.js';

// The only file of this network that knows the curve library.

/** r ‖ s ‖ v with v 27 or 28, 65 bytes, over a 32-byte digest; s is the lower one. Throws on a scalar out of range. */
export const signDigest = (digest: Uint8Array, scalar: Uint8Array): Uint8Array => {
  const signature = secp256k1.sign(digest, scalar, { prehash: false, format: 'recovered' });
  return Uint8Array.of(...signature.subarray(1), 27 + (signature[0] ?? 0));
};

/** The uncompressed key (64 bytes, without its 04) that made the signature; undefined where none did. */
export const recoverKey = (digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined => {
  const v = signature[64];
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return undefined;
  try {
    const recovered = Uint8Array.of(v - 27, ...signature.subarray(0, 64));
    const key = secp256k1.recoverPublicKey(recovered, digest, { prehash: false });
    return secp256k1.Point.fromBytes(key).toBytes(false).slice(1);
  } catch {
    // The library throws where r and s are no signature.
    return undefined;
  }
};

/** The uncompressed key of a scalar, 64 bytes; throws where it is out of range. */
export const uncompressedKeyOf = (scalar: Uint8Array): Uint8Array =>
  secp256k1.getPublicKey(scalar, false).slice(1);
