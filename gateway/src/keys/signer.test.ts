import { checkKey, publicKeyOfSeed, signWithSeed } from '@outpost/schemas/evidence';
import { fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformEquation, platformSigner, platformVerifier, publicKeyOf } from './signer.ts';

// RFC 8032 §7.1, tests 1 to 3.
const RFC_8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

describe('platformSigner', () => {
  it.each(RFC_8032)('signs as RFC 8032 §7.1 says for message "$message"', (row) => {
    const signer = platformSigner(fromHex(row.seed)!);
    const message = fromHex(row.message)!;
    expect(toHex(signer.publicKey)).toBe(row.publicKey);
    expect(toHex(publicKeyOf(fromHex(row.seed)!))).toBe(row.publicKey);
    expect(toHex(signer.sign(message))).toBe(row.signature);
    expect(platformEquation(signer.publicKey, message, signer.sign(message))).toBe(true);
  });

  it('signs to the byte what the library behind every other verifier signs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array(), (seed, message) => {
        const signer = platformSigner(seed);
        expect(toHex(signer.publicKey)).toBe(toHex(publicKeyOfSeed(seed)));
        expect(toHex(signer.sign(message))).toBe(toHex(signWithSeed(message, seed)));
        expect(checkKey(signer.publicKey).ok).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps working after the seed that it was made from was wiped', () => {
    const seed = new Uint8Array(32).fill(7);
    const signer = platformSigner(seed);
    const before = toHex(signer.sign(seed));
    const message = seed.slice();
    seed.fill(0);
    expect(toHex(signer.sign(message))).toBe(before);
  });

  it('refuses every signature with a flipped bit and every other length', () => {
    const signer = platformSigner(new Uint8Array(32).fill(3));
    const message = Uint8Array.of(1, 2, 3);
    const signature = signer.sign(message);
    for (let bit = 0; bit < 512; bit += 1) {
      const flipped = signature.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(platformEquation(signer.publicKey, message, flipped)).toBe(false);
    }
    expect(platformEquation(signer.publicKey, message, signature.subarray(0, 63))).toBe(false);
    expect(platformEquation(signer.publicKey.subarray(1), message, signature)).toBe(false);
  });

  it('never shows its seed, however it is printed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const shown = `${JSON.stringify(platformSigner(seed))}${String(Object.values(platformSigner(seed)))}`;
        expect(shown).not.toContain(toHex(seed));
      }),
      { numRuns: 20 },
    );
  });
});

describe('platformVerifier', () => {
  it('refuses a key of small order, which the bare equation of some platforms accepts', () => {
    // A and R are both the neutral element and S is zero: [0]B − [k]A = R for every message.
    const key = Uint8Array.of(1, ...new Uint8Array(31));
    const signature = Uint8Array.of(1, ...new Uint8Array(63));
    const message = Uint8Array.of(1, 2, 3);
    // Its equation: OpenSSL 3.0 (Node 20) accepts it, 3.5 (Node 24) does not.
    expect(platformVerifier()(key, message, signature)).toBe(false);
  });
});
