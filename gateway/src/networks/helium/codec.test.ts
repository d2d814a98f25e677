import { readFileSync } from 'node:fs';
import { fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformEquation, platformSigner } from '../../keys/signer.ts';
import { encodeSigned, encodeUp, SIGNED, type SignedLayout, signedBytes } from './codec.ts';
import { clearedEncoding } from './testing/independent.ts';
import { decode, encode, type Message, type Scalar } from './wire.ts';

type Name = keyof typeof SIGNED;
interface Vector {
  readonly signed: string;
  readonly signature: string;
  readonly bytes: number;
}
const raw = JSON.parse(readFileSync(new URL('./vectors/messages.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const hex = (text: unknown): Uint8Array => fromHex(text as string)!;
const none = new Uint8Array(0);
const signer = platformSigner(hex('f8374ea8637b16cb24fa88566e77c6aaf8374ea8637b16cb24fa88566e77c6aa'));
const common = { gateway: hex(raw['gateway']), signature: none };
const payload = hex(raw['payload']);
const timestamp = 1_677_163_770_000_000_000n;
const frequency = 867_900_000n;

const check = <L extends SignedLayout>(name: string, layout: L, message: Message<L>): void => {
  const vector = raw[name] as Vector;
  const signed = signedBytes(layout, message);
  const wire = encodeSigned(layout, message, signer.sign);
  const back = decode(layout, wire);
  expect(toHex(signed)).toBe(vector.signed);
  expect(signed).toHaveLength(vector.bytes);
  expect(back).toEqual({ ok: true, value: { ...message, signature: hex(vector.signature) } });
};

describe('a message to Helium', () => {
  it('is signed byte for byte as the vectors say', () => {
    const nonce = hex(raw['nonce']);
    const sessionKey = hex(raw['sessionKey']);
    const region = { region: 99, address: common.gateway, signature: none };
    const entropy = { localEntropy: hex(raw['localEntropy']), remoteEntropy: hex(raw['remoteEntropy']) };
    const power = { channel: 0, datarate: 0, txPower: 8, tmst: 0 };
    const heard = { tmst: 123_456_789, signal: -1_050, snr: -75, frequency, datarate: 0 };
    const session = { sessionCapable: true, packetAckInterval: 0 };
    check('witness', SIGNED.witnessReport, { ...common, payload, timestamp, ...heard });
    check('beacon', SIGNED.beaconReport, { ...common, payload, timestamp, frequency, ...entropy, ...power });
    check('sessionInit', SIGNED.sessionInit, { ...common, nonce, sessionKey });
    check('register', SIGNED.register, { ...common, timestamp: 1_677_163_770_000n, ...session });
    check('regionParamsRequest', SIGNED.regionParamsRequest, region);
  });

  it('stands in the envelope of its kind', () => {
    expect(toHex(encodeUp('packet', Uint8Array.of(1, 2)))).toBe('12020102');
    expect(toHex(encodeUp('sessionInit', none))).toBe('1a00');
  });

  it('is never read where it is bent, and never throws', () => {
    const wire = encode(SIGNED.sessionInit, { ...common, nonce: payload, sessionKey: payload });
    expect(decode(SIGNED.sessionInit, wire.slice(0, -1)).ok).toBe(false);
    expect(decode(SIGNED.register, wire).ok).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
        expect(typeof decode(SIGNED.packetUp, noise).ok).toBe('boolean');
      }),
    );
  });
});

const arbitrary: Readonly<Record<Scalar, fc.Arbitrary<Uint8Array | bigint | number | boolean>>> = {
  bytes: fc.uint8Array({ maxLength: 80 }),
  uint64: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  uint32: fc.oneof(fc.constant(0), fc.nat(4_294_967_295)),
  int32: fc.oneof(fc.constant(0), fc.integer()),
  sint32: fc.oneof(fc.constant(0), fc.integer()),
  float: fc.oneof(fc.constant(0), fc.constant(-0), fc.float({ noNaN: true })),
  bool: fc.boolean(),
};

describe('an independent verifier', () => {
  it.each(Object.keys(SIGNED) as Name[])('accepts every random %s, zero fields included', (name) => {
    const layout: SignedLayout = SIGNED[name];
    const fields = Object.entries(layout).map(([key, { type }]) => [key, arbitrary[type]] as const);
    fc.assert(
      fc.property(fc.record(Object.fromEntries(fields)), (message) => {
        const wire = encodeSigned(layout, message as Message<SignedLayout>, signer.sign);
        const cleared = clearedEncoding(wire, layout.signature.number)!;
        expect(platformEquation(signer.publicKey, cleared.signed, cleared.signature)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a message whose encoder wrote a zero and signed it', () => {
    const padded = Uint8Array.of(0x08, 0x00);
    expect(clearedEncoding(padded, 3)?.signed).toEqual(none);
  });
});
