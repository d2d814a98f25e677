import { readFileSync } from 'node:fs';
import { asciiBytes, fromHex, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import {
  addressOfSecret,
  checksummed,
  DIMO_POLYGON,
  domainSeparator,
  eip712Digest,
  erc191Digest,
  plainDigest,
  signatureText,
  signerOf,
} from './signatures.ts';

interface Vector {
  readonly data: string;
  readonly signature: string;
  readonly address: string;
}
const vectors = JSON.parse(
  readFileSync(new URL('./vectors/signatures.json', import.meta.url), 'utf8'),
) as Readonly<Record<'plain' | 'erc191', readonly Vector[]>>;
const SECRET = new Uint8Array(32).fill(7);

describe("DIMO's signatures", () => {
  it.each(vectors.plain)('recover $address from Keccak without a prefix, not from ERC-191', (vector) => {
    const signature = fromHex(vector.signature)!;
    expect(signerOf(plainDigest(asciiBytes(vector.data)), signature)).toBe(vector.address);
    expect(signerOf(erc191Digest(asciiBytes(vector.data)), signature)).not.toBe(vector.address);
  });

  it.each(vectors.erc191)('recover $address from ERC-191, not from plain Keccak', (vector) => {
    const signature = fromHex(vector.signature)!;
    expect(signerOf(erc191Digest(asciiBytes(vector.data)), signature)).toBe(vector.address);
    expect(signerOf(plainDigest(asciiBytes(vector.data)), signature)).not.toBe(vector.address);
  });

  it('have v 27 or 28: what ends otherwise, is cut or is noise recovers nobody', () => {
    const digest = plainDigest(asciiBytes(vectors.plain[1]!.data));
    const signature = fromHex(vectors.plain[1]!.signature)!;
    for (const v of [0, 1, 0x1a, 29]) {
      expect(signerOf(digest, Uint8Array.of(...signature.subarray(0, 64), v))).toBeUndefined();
    }
    expect(signerOf(digest, signature.subarray(0, 64))).toBeUndefined();
    expect(signerOf(digest, new Uint8Array(65).fill(27))).not.toBe(vectors.plain[1]!.address);
  });

  it('come back to the address of the key that made them, for all three', () => {
    const data = asciiBytes('{"vin":"W1N2539531F907299"}');
    const pair = eip712Digest(DIMO_POLYGON, 'PairAftermarketDeviceSign', [
      { name: 'aftermarketDeviceNode', type: 'uint256', value: 1n },
      { name: 'vehicleNode', type: 'uint256', value: 2n },
    ]);
    for (const digest of [plainDigest(data), erc191Digest(data), pair]) {
      const text = signatureText(digest, SECRET);
      expect(text).toMatch(/^0x[0-9a-f]{128}1[bc]$/);
      expect(signerOf(digest, fromHex(text.slice(2))!)).toBe(addressOfSecret(SECRET));
    }
  });

  it('separate domains as the example of EIP-712 does', () => {
    const mail = {
      name: 'Ether Mail',
      version: '1',
      chainId: 1n,
      verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
    };
    expect(toHex(domainSeparator(mail))).toBe(
      'f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f',
    );
  });

  it('name addresses with the capitals of EIP-55', () => {
    for (const { address } of vectors.plain) expect(checksummed(address.toLowerCase())).toBe(address);
    expect(checksummed('0x12')).toBeUndefined();
  });
});
