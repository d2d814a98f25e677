import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
  webcrypto,
} from 'node:crypto';
import { expect, test } from 'vitest';
import { concatBytes, fromHex, toHex } from '../words/index.ts';
import {
  checkKey,
  nobleEquation,
  publicKeyOfSeed,
  signWithSeed,
  strictVerifier,
  type Verify,
} from './ed25519.ts';
import rfc8032 from './vectors/rfc8032-ed25519.json' with { type: 'json' };
import speccheck from './vectors/speccheck-cases.json' with { type: 'json' };
import wycheproof from './vectors/wycheproof-ed25519.json' with { type: 'json' };

interface Case {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const hex = (text: string): Uint8Array => fromHex(text)!;

const keyObject = (key: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') },
    format: 'jwk',
  });

const openssl: Verify = (key, message, signature) => verify(null, message, keyObject(key), signature);

const byNoble = strictVerifier();
const byOpenssl = strictVerifier(openssl);

const byWebCrypto = async ({ key, message, signature }: Case): Promise<boolean> => {
  if (!checkKey(key).ok) return false;
  const imported = await webcrypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  return webcrypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message);
};

/** One letter a case, A accepted, R refused; throws unless all three decide alike. */
const decide = async (cases: readonly Case[]): Promise<string> => {
  let table = '';
  for (const each of cases) {
    const { key, message, signature } = each;
    const decisions = [
      byNoble(key, message, signature),
      byOpenssl(key, message, signature),
      await byWebCrypto(each),
    ];
    const letters = decisions.map((accepted) => (accepted ? 'A' : 'R')).join('');
    if (letters !== 'AAA' && letters !== 'RRR') throw new Error(`${letters} for ${toHex(signature)}`);
    table += letters[0];
  }
  return table;
};

const wycheproofCases: readonly (Case & { readonly expected: string })[] = wycheproof.testGroups.flatMap(
  ({ publicKey, tests }) =>
    tests.map(({ msg, sig, result }) => ({
      key: hex(publicKey.pk),
      message: hex(msg),
      signature: hex(sig),
      expected: result === 'valid' ? 'A' : 'R',
    })),
);

/**
 * Signatures whose R has a component of order 2, 4 or 8 under a sound key: a verifier with cofactor accepts them,
 * one without refuses. Made with nothing but node:crypto and the curve's own formulas, so that no code under test
 * had a hand in them.
 */

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const SQRT_MINUS_ONE = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

const mod = (value: bigint): bigint => ((value % P) + P) % P;

const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n;
  for (let [square, rest] = [mod(base), exponent]; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
};

const inverse = (value: bigint): bigint => power(value, P - 2n);

/** Affine addition on −x² + y² = 1 + d x² y² (RFC 8032 §5.1.4). */
const add = (a: Affine, b: Affine): Affine => {
  const product = mod(D * a.x * b.x * a.y * b.y);
  return {
    x: mod((a.x * b.y + b.x * a.y) * inverse(1n + product)),
    y: mod((a.y * b.y + a.x * b.x) * inverse(1n - product)),
  };
};

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
const encodeLe = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'))!.reverse();
const pointBytes = ({ x, y }: Affine): Uint8Array => encodeLe(y | ((x & 1n) << 255n));

const pointOf = (bytes: Uint8Array): Affine => {
  const encoded = littleEndian(bytes);
  const y = encoded & (2n ** 255n - 1n);
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * SQRT_MINUS_ONE);
  if (mod(x * x) !== square) throw new Error('no point has this y');
  return { x: (x & 1n) === encoded >> 255n ? x : P - x, y };
};

/** The y of a point of order 8, whose multiples are all eight points of small order. */
const ORDER_8 = pointOf(fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')!);

const torsionPoints = (): readonly Affine[] => {
  const points = [ORDER_8];
  for (let last = ORDER_8; points.length < 7; points.push(last)) last = add(last, ORDER_8);
  return points;
};

const sha512 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha512')
    .update(concatBytes(...parts))
    .digest();

/** RFC 8032 §5.1.5: the clamped scalar of a seed, and the point it stands for, by the platform. */
const keyOf = (seed: Uint8Array): { scalar: bigint; publicKey: Uint8Array } => {
  const head = Uint8Array.from(sha512(seed).subarray(0, 32));
  head[0] = head[0]! & 248;
  head[31] = (head[31]! & 127) | 64;
  const der = concatBytes(fromHex('302e020100300506032b657004220420')!, seed);
  const secret = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return { scalar: littleEndian(head), publicKey: Uint8Array.from(spki.subarray(-32)) };
};

/** `count` cases, the same at every run; the seven torsion points take turns. Without `torsion` they are valid. */
const mixedOrderCases = (count: number, torsion = true): readonly Case[] => {
  const points = torsionPoints();
  const seedOf = (label: string, index: number): Uint8Array =>
    Uint8Array.from(sha512(new TextEncoder().encode(`${label} ${index}`)).subarray(0, 32));
  const keys = Array.from({ length: 8 }, (_, index) => keyOf(seedOf('key', index)));
  return Array.from({ length: count }, (_, index) => {
    const { scalar, publicKey } = keys[index % keys.length]!;
    const nonce = keyOf(seedOf('nonce', index));
    const message = seedOf('message', index);
    const r = torsion
      ? pointBytes(add(pointOf(nonce.publicKey), points[index % points.length]!))
      : nonce.publicKey;
    const k = littleEndian(sha512(r, publicKey, message)) % L;
    const s = (nonce.scalar + k * scalar) % L;
    return { key: publicKey, message, signature: concatBytes(r, encodeLe(s)) };
  });
};

/** The full number is for `npm run test:full`; every torsion point has its turn in either. */
const MIXED = process.env['OUTPOST_TESTS'] === 'full' ? 1_000 : 140;
const mixedOrder = mixedOrderCases(MIXED);

test('the vectors of RFC 8032 are signed and verified byte for byte', () => {
  expect(rfc8032).toHaveLength(4);
  for (const { priv, pub, msg, sig } of rfc8032) {
    expect(toHex(publicKeyOfSeed(hex(priv)))).toBe(pub);
    expect(toHex(signWithSeed(hex(msg), hex(priv)))).toBe(sig);
    expect(byNoble(hex(pub), hex(msg), hex(sig))).toBe(true);
  }
});

test('all 151 Wycheproof cases are decided as published, by noble, OpenSSL and WebCrypto', async () => {
  expect(wycheproofCases).toHaveLength(151);
  expect(await decide(wycheproofCases)).toBe(wycheproofCases.map(({ expected }) => expected).join(''));
});

test('the 12 speccheck edge cases are refused alike: the key is unsound, or S is not below L', async () => {
  const cases = speccheck.map(({ message, pub_key, signature }) => ({
    key: hex(pub_key),
    message: hex(message),
    signature: hex(signature),
  }));
  expect(await decide(cases)).toBe('R'.repeat(12));
  expect(
    cases.map(({ key }) => checkKey(key)).map((checked) => (checked.ok ? 'sound' : checked.fault.code)),
  ).toEqual([
    'key.small-order',
    'key.small-order',
    'key.mixed-order',
    'key.mixed-order',
    'key.mixed-order',
    'key.mixed-order',
    'sound', // S ≥ L
    'sound', // S ≥ L
    'key.mixed-order',
    'key.mixed-order',
    'key.encoding',
    'key.encoding',
  ]);
});

test(`${MIXED} signatures with a mixed-order R under sound keys are refused alike`, async () => {
  expect(await decide(mixedOrder)).toBe('R'.repeat(MIXED));
});

test('the seven torsion points have orders 2, 4 and 8', () => {
  const orders = torsionPoints().map((point) => {
    let order = 1;
    for (let sum = point; sum.x !== 0n || sum.y !== 1n; order += 1) sum = add(sum, point);
    return order;
  });
  expect(orders).toEqual([8, 4, 8, 2, 8, 4, 8]);
});

test('the same signatures without the torsion component are accepted alike', async () => {
  const plain = mixedOrderCases(24, false);
  expect(await decide(plain)).toBe('A'.repeat(24));
});

test('signatures and public keys equal the platform’s', () => {
  const prefix = hex('302e020100300506032b657004220420');
  for (let index = 0; index < 16; index += 1) {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => (i * 7 + index * 31) & 0xff);
    const message = seed.subarray(0, 2 * index);
    const secret = createPrivateKey({
      key: Buffer.from(concatBytes(prefix, seed)),
      format: 'der',
      type: 'pkcs8',
    });
    const signature = Uint8Array.from(sign(null, message, secret));
    expect(signWithSeed(message, seed)).toEqual(signature);
    expect(byOpenssl(publicKeyOfSeed(seed), message, signature)).toBe(true);
    expect(nobleEquation(publicKeyOfSeed(seed), message, signature)).toBe(true);
  }
});

test('a verifier asks about a key once and forgets the one it has not seen for longest', () => {
  const asked: string[] = [];
  const verifier = strictVerifier((key) => asked.push(toHex(key)) > 0);
  const [first] = mixedOrder;
  expect(verifier(first!.key, first!.message, first!.signature)).toBe(true);
  expect(verifier(first!.key, first!.message, first!.signature)).toBe(true);
  expect(verifier(new Uint8Array(32), first!.message, first!.signature)).toBe(false);
  expect(asked).toHaveLength(2);
});
