import { getPublicKey, hashes, sign as nobleSign, Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, fail, fault, ok, type Result, toHex } from '../words/index.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from './shape.ts';

// The library does its synchronous work with whatever SHA-512 it is given; this is the one place that gives it.
hashes.sha512 = sha512;

/** Whether `signature` is this key's over `message`. Never throws. */
export type Verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Order of the prime-order subgroup, L in RFC 8032. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const WINDOW_BITS = 5;
const WINDOW = 1 << WINDOW_BITS;

/** Keys that one verifier remembers as sound; the one that was used longest ago is forgotten. */
const KNOWN_KEYS_MAX = 1_024;

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);

/** Signed digits, least significant first: each odd or zero, and below 2^(WINDOW_BITS − 1). */
const signedDigits = (scalar: bigint): number[] => {
  const digits: number[] = [];
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    const low = Number(rest & BigInt(WINDOW - 1));
    const digit = (low & 1) === 0 ? 0 : low < WINDOW / 2 ? low : low - WINDOW;
    rest -= BigInt(digit);
    digits.push(digit);
  }
  return digits;
};

/** 1·P, 3·P, 5·P … 15·P. */
const oddMultiples = (point: Point): readonly Point[] => {
  const twice = point.double();
  const multiples = [point];
  for (let last = point; multiples.length < WINDOW / 4; multiples.push(last)) last = last.add(twice);
  return multiples;
};

/**
 * Σ scalar · point by one shared chain of doublings (Straus). Takes a time that depends on its arguments, all of
 * which are public here. The library's own multiplication of the base point would build a table of 32 MB.
 */
const sumOfProducts = (terms: readonly (readonly [bigint, Point])[]): Point => {
  const prepared = terms.map(([scalar, point]) => ({
    digits: signedDigits(scalar),
    multiples: oddMultiples(point),
  }));
  let sum = Point.ZERO;
  for (let bit = Math.max(...prepared.map(({ digits }) => digits.length)) - 1; bit >= 0; bit -= 1) {
    sum = sum.double();
    for (const { digits, multiples } of prepared) {
      const digit = digits[bit] ?? 0;
      const multiple = multiples[(Math.abs(digit) - 1) / 2];
      if (multiple !== undefined) sum = sum.add(digit < 0 ? multiple.negate() : multiple);
    }
  }
  return sum;
};

const pointOf = (bytes: Uint8Array): Point | undefined => {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
};

const refuse = (code: string, words: string): Result<never> => fail(fault('untrusted', code, 'key', words));

/**
 * Whether this may be a key at all: 32 bytes, the canonical encoding of a point, not of small order, in the
 * prime-order subgroup. Without this the owner of a key could make signatures that one verifier accepts and
 * another refuses.
 */
export const checkKey = (publicKey: Uint8Array): Result<void> => {
  if (publicKey.length !== KEY_BYTES) {
    return refuse('key.length', `An Ed25519 public key has ${KEY_BYTES} bytes, not ${publicKey.length}.`);
  }
  const point = pointOf(publicKey);
  if (point === undefined) return refuse('key.encoding', 'The key is not the canonical encoding of a point.');
  if (point.double().double().double().is0()) return refuse('key.small-order', 'The key has a small order.');
  if (!sumOfProducts([[ORDER, point]]).is0()) {
    return refuse('key.mixed-order', 'The key is outside the prime-order subgroup.');
  }
  return ok(undefined);
};

/**
 * The equation alone, for keys that passed `checkKey`: S < L, and the encoding of [S]B − [k]A equals R byte for
 * byte, with k = SHA-512(R ‖ A ‖ M) mod L. Never the library's own `verify`, which multiplies by the cofactor
 * whatever its options say.
 */
export const nobleEquation: Verify = (key, message, signature) => {
  const point = pointOf(key);
  if (point === undefined || signature.length !== SIGNATURE_BYTES) return false;
  const r = signature.subarray(0, KEY_BYTES);
  const s = littleEndian(signature.subarray(KEY_BYTES));
  if (s >= ORDER) return false;
  const k = littleEndian(sha512(concatBytes(r, key, message))) % ORDER;
  const sum = sumOfProducts([
    [s, Point.BASE],
    [k, point.negate()],
  ]);
  return equalBytes(sum.toBytes(), r);
};

/**
 * The whole rule: `checkKey`, then `equation`. A platform's verification can be the equation if it is the one
 * without cofactor (OpenSSL, WebCrypto). The verifier remembers up to 1,024 sound keys; a check takes as long as
 * a verification.
 */
export const strictVerifier = (equation: Verify = nobleEquation): Verify => {
  const known = new Set<string>();
  const isSound = (key: Uint8Array): boolean => {
    const name = toHex(key);
    if (!known.delete(name) && !checkKey(key).ok) return false;
    known.add(name);
    const [oldest] = known;
    if (known.size > KNOWN_KEYS_MAX && oldest !== undefined) known.delete(oldest);
    return true;
  };
  return (key, message, signature) => {
    if (key.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    if (littleEndian(signature.subarray(KEY_BYTES)) >= ORDER) return false;
    return isSound(key) && equation(key, message, signature);
  };
};

/** 32 bytes of public key for a 32-byte seed (RFC 8032 §5.1.5). */
export const publicKeyOfSeed = (seed: Uint8Array): Uint8Array => getPublicKey(seed);

/**
 * RFC 8032 signature by a 32-byte seed, 64 bytes; ten times slower than a platform's, and the first call takes
 * 32 MB for good. For browsers, enrolment and tests; a gateway signs by its platform.
 */
export const signWithSeed = (message: Uint8Array, seed: Uint8Array): Uint8Array => nobleSign(message, seed);
