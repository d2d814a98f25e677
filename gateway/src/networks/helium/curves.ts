import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { concatBytes } from '@outpost/schemas/words';

// The only file of this network that knows the curve library: P-256 and secp256k1, ECDSA over SHA-256 in DER.

/** The two ECDSA curves as Helium writes their keys. */
export interface EcdsaCurve {
  /** Undefined where the scalar is out of range, or Helium has no form for its public key. */
  publicOf(scalar: Uint8Array): Uint8Array | undefined;
  isPoint(publicKey: Uint8Array): boolean;
  sign(message: Uint8Array, scalar: Uint8Array): Uint8Array;
  /** Never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Undefined for what the library throws on: bytes that are no scalar, point or signature. */
const attempt = <T>(make: () => T): T | undefined => {
  try {
    return make();
  } catch {
    return undefined;
  }
};

const P256_PRIME = p256.Point.CURVE().p;

/** Of the two points with this x, the one with the smaller y (draft-jivsov-ecc-compact-05, section 4.1). */
const compactPoint = (x: Uint8Array): InstanceType<typeof p256.Point> | undefined =>
  attempt(() => {
    const point = p256.Point.fromBytes(concatBytes(Uint8Array.of(2), x));
    return point.y <= P256_PRIME - point.y ? point : point.negate();
  });

/** NIST P-256 by x alone, 32 bytes. Half of all keys have the greater y, and no such form. */
export const P256_COMPACT: EcdsaCurve = {
  publicOf: (scalar) => {
    const sec1 = attempt(() => p256.getPublicKey(scalar, true));
    if (sec1 === undefined) return undefined;
    const x = sec1.slice(1);
    const point = compactPoint(x);
    return point !== undefined && (point.y & 1n) === BigInt((sec1[0] ?? 0) & 1) ? x : undefined;
  },
  isPoint: (x) => x.length === 32 && compactPoint(x) !== undefined,
  sign: (message, scalar) => p256.sign(message, scalar, { format: 'der', lowS: false }),
  verify: (x, message, signature) =>
    attempt(() => {
      const key = compactPoint(x)?.toBytes(true);
      return key !== undefined && p256.verify(signature, message, key, { format: 'der', lowS: false });
    }) ?? false,
};

/** secp256k1 in SEC 1 compressed form, 33 bytes; only signatures with the lower s count. */
export const SECP256K1: EcdsaCurve = {
  publicOf: (scalar) => attempt(() => secp256k1.getPublicKey(scalar, true)),
  isPoint: (key) => key.length === 33 && attempt(() => secp256k1.Point.fromBytes(key)) !== undefined,
  sign: (message, scalar) => secp256k1.sign(message, scalar, { format: 'der' }),
  verify: (key, message, signature) =>
    attempt(() => secp256k1.verify(signature, message, key, { format: 'der' })) ?? false,
};
