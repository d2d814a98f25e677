import { readFileSync } from 'node:fs';
import { asciiBytes, fromHex, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { platformSigner, platformVerifier } from '../../keys/signer.ts';
import { animalName } from './animal-name.ts';
import { P256_COMPACT, SECP256K1 } from './curves.ts';
import {
  addressOf,
  heliumVerifies,
  keyBytes,
  keypairOf,
  readAddress,
  readKey,
  readKeyFile,
  solanaAddressOf,
  writeKeyFile,
} from './keys.ts';

interface Vectors {
  readonly ed25519: Readonly<Record<'seed' | 'mainnet' | 'testnet' | 'solana' | 'signature', string>>;
  readonly signatures: readonly { readonly address: string; readonly signature: string }[];
  readonly addresses: readonly string[];
  readonly notOnCurve: string;
  readonly compactKeyFile: string;
  readonly names: Readonly<Record<string, string>>;
}
const vectors = JSON.parse(readFileSync(new URL('./vectors/keys.json', import.meta.url), 'utf8')) as Vectors;
const hex = (text: string): Uint8Array => fromHex(text)!;
const HELLO = asciiBytes('hello world');
const keyOf = (address: string) => {
  const read = readAddress(address);
  if (!read.ok) throw new Error(read.fault.words);
  return read.value;
};

describe('a Helium key', () => {
  it('has the forms that Helium itself gives it, on both networks', () => {
    for (const network of ['mainnet', 'testnet'] as const) {
      const pair = keypairOf(network, 'ed25519', hex(vectors.ed25519.seed));
      if (!pair.ok) throw new Error(pair.fault.words);
      expect(addressOf(pair.value)).toBe(vectors.ed25519[network]);
      expect(solanaAddressOf(pair.value)).toBe(vectors.ed25519.solana);
      expect(readKeyFile(writeKeyFile(pair.value))).toEqual(pair);
      expect(toHex(writeKeyFile(pair.value).slice(1, 33))).toBe(vectors.ed25519.seed);
      expect(writeKeyFile(pair.value)).toHaveLength(65);
    }
    const signature = platformSigner(hex(vectors.ed25519.seed)).sign(HELLO);
    expect(toHex(signature)).toBe(vectors.ed25519.signature);
  });

  it.each([...vectors.addresses, ...vectors.signatures.map(({ address }) => address)])(
    'comes back from the address %s as it was',
    (address) => {
      const key = keyOf(address);
      expect(addressOf(key)).toBe(address);
      expect(readKey(keyBytes(key))).toEqual({ ok: true, value: key });
    },
  );

  it.each(vectors.signatures)('verifies what $address signed elsewhere, and nothing else', (vector) => {
    const verify = platformVerifier();
    const signature = hex(vector.signature);
    expect(heliumVerifies(keyOf(vector.address), HELLO, signature, verify)).toBe(true);
    expect(heliumVerifies(keyOf(vector.address), asciiBytes('hello worle'), signature, verify)).toBe(false);
    expect(heliumVerifies(keyOf(vector.address), HELLO, signature.slice(0, 24), verify)).toBe(false);
  });

  it('signs by both ECDSA curves what its own public key verifies', () => {
    const secret = hex(vectors.compactKeyFile).slice(1);
    for (const [curve, kind] of [
      [P256_COMPACT, 'ecc-compact'],
      [SECP256K1, 'secp256k1'],
    ] as const) {
      const pair = keypairOf('mainnet', kind, secret);
      if (!pair.ok) throw new Error(pair.fault.words);
      const signature = curve.sign(HELLO, secret);
      expect(heliumVerifies(pair.value, HELLO, signature, platformVerifier())).toBe(true);
      expect(readKeyFile(writeKeyFile(pair.value))).toEqual(pair);
      expect(solanaAddressOf(pair.value)).toBeUndefined();
    }
    expect(
      toHex(writeKeyFile(((r) => (r.ok ? r.value : undefined))(readKeyFile(hex(vectors.compactKeyFile)))!)),
    ).toBe(vectors.compactKeyFile);
  });

  it('is refused off the curve, with a wrong checksum, tag, length, and for a scalar without compact form', () => {
    const address = vectors.ed25519.mainnet;
    const file = hex(`01${vectors.ed25519.seed}${'00'.repeat(32)}`);
    expect(readKey(hex(vectors.notOnCurve)).ok).toBe(false);
    expect(readAddress(`${address.slice(0, -1)}z`).ok).toBe(false);
    expect(readAddress('0OIl').ok).toBe(false);
    expect(readAddress('').ok).toBe(false);
    expect(readKey(hex(`02${'11'.repeat(32)}`)).ok).toBe(false);
    expect(readKey(hex(`21${'11'.repeat(32)}`)).ok).toBe(false);
    expect(readKey(hex(`01${'11'.repeat(31)}`)).ok).toBe(false);
    expect(readKeyFile(file).ok).toBe(false);
    const some = Array.from(
      { length: 16 },
      (_, i) => keypairOf('mainnet', 'ecc-compact', new Uint8Array(32).fill(i)).ok,
    );
    expect(some[0]).toBe(false);
    expect(new Set(some.slice(1))).toEqual(new Set([true, false]));
  });

  it.each(Object.entries(vectors.names))('%s is called %s', (address, name) => {
    expect(animalName(address)).toBe(name);
  });
});
