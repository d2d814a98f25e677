import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../words/index.ts';
import { aes128 } from './aes.ts';
import { aesCmac } from './cmac.ts';

const bytes = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (read === undefined) throw new Error(hex);
  return read;
};

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('AES-128', () => {
  it('gives the example of FIPS 197 appendix C.1', () => {
    const cipher = aes128(bytes('000102030405060708090a0b0c0d0e0f'));
    expect(toHex(cipher(bytes('00112233445566778899aabbccddeeff')))).toBe('69c4e0d86a7b0430d8cdb78070b4c55a');
  });

  it('is the platform’s for any key and block', () => {
    fc.assert(
      fc.property(exactly(16), exactly(16), (key, block) => {
        const platform = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
        expect(toHex(aes128(key)(block))).toBe(platform.update(block).toString('hex'));
      }),
      { numRuns: 300 },
    );
  });

  it('takes no key of another length', () => {
    expect(() => aes128(new Uint8Array(24))).toThrow(RangeError);
  });
});

describe('AES-CMAC', () => {
  const key = bytes('2b7e151628aed2a6abf7158809cf4f3c');
  const message = bytes(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );

  // RFC 4493 §4.
  it.each([
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ])('of %d bytes is that of RFC 4493', (length, tag) => {
    expect(toHex(aesCmac(key, message.subarray(0, length)))).toBe(tag);
  });
});
