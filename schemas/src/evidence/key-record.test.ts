import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DeviceName, wallNs } from '../words/index.ts';
import { type CborValue, encodeCbor } from './cbor.ts';
import { type SignedType, seal, TYPE } from './cose.ts';
import { nobleEquation } from './ed25519.ts';
import { readKeyRecord, sealEndorsement, sealRevocation, sealRotation } from './key-record.ts';
import { readReceipt, sealReceipt } from './receipt.ts';
import { sampleEpochName, sampleKey } from './sample.ts';

const gateway = sampleKey(1);
const device = sampleKey(2);
const fresh = sampleKey(6);
const network = sampleKey(3);

const place = { number: 1, previous: new Uint8Array(32).fill(9), time: wallNs(1_767_225_600_000_000_000n) };
const endorsed = {
  ...place,
  gatewayKey: gateway.publicKey,
  deviceKey: device.publicKey,
  name: 'car' as DeviceName,
  keyKind: 'file' as const,
};
const rotated = {
  ...place,
  role: 'device' as const,
  from: device.publicKey,
  to: fresh.publicKey,
  keyKind: 'sealed' as const,
};
const revoked = {
  ...place,
  key: device.publicKey,
  by: gateway.publicKey,
  reason: 'lost' as const,
  words: 'left on the roof',
};
const received = {
  networkKey: network.publicKey,
  network: 'outpost',
  attestation: new Uint8Array(32).fill(1),
  deviceKey: device.publicKey,
  stream: 'car/telemetry' as const,
  time: place.time,
  refused: [
    { first: 0, count: 1, code: 'a', words: 'b' },
    { first: 4, count: 10, code: 'c', words: '' },
  ],
  highest: { epoch: sampleEpochName(3), counter: 12, hash: new Uint8Array(32).fill(2) },
};

test('key records say what was signed, and all their signatures hold', () => {
  const records = [
    [sealEndorsement(endorsed, gateway.sign), { kind: 'endorsement', ...endorsed }, 1],
    [sealRotation(rotated, fresh.sign, device.sign), { kind: 'rotation', ...rotated }, 2],
    [sealRevocation(revoked, gateway.sign), { kind: 'revocation', ...revoked }, 1],
  ] as const;
  for (const [bytes, content, signatures] of records) {
    const read = readKeyRecord(bytes);
    if (!read.ok) throw new Error(read.fault.words);
    expect(read.value.content).toEqual(content);
    expect(read.value.signed).toHaveLength(signatures);
    for (const { key, message, signature } of read.value.signed) {
      expect(nobleEquation(key, message, signature)).toBe(true);
    }
  }
});

test('a receipt says what was signed', () => {
  const bytes = sealReceipt(received, network.sign);
  const read = readReceipt(bytes);
  if (!read.ok) throw new Error(read.fault.words);
  expect(read.value.content).toEqual(received);
  const { key, message, signature } = read.value.signed;
  expect(nobleEquation(key, message, signature)).toBe(true);
});

test('records that no verifier would accept are never given out', () => {
  const { sign } = gateway;
  expect(() => sealEndorsement({ ...endorsed, number: 0 }, sign)).toThrow(RangeError);
  expect(() => sealEndorsement({ ...endorsed, previous: null }, sign)).toThrow(RangeError);
  expect(() => sealEndorsement({ ...endorsed, name: 'Car' as DeviceName }, sign)).toThrow(RangeError);
  expect(() => sealRotation({ ...rotated, to: rotated.from }, device.sign, device.sign)).toThrow(RangeError);
  expect(() => sealRevocation({ ...revoked, words: 'x'.repeat(257) }, sign)).toThrow(RangeError);
  expect(() => sealReceipt({ ...received, network: '' }, network.sign)).toThrow(RangeError);
  const overlapping = [received.refused[1]!, received.refused[0]!];
  expect(() => sealReceipt({ ...received, refused: overlapping }, network.sign)).toThrow(RangeError);
});

test('a rotation is by exactly the two keys that it names', () => {
  const other = sampleKey(7);
  const payload = (from: Uint8Array, to: Uint8Array): Uint8Array =>
    encodeCbor(
      new Map<number, CborValue>(
        [1, place.number, place.previous, place.time, 2, from, to, 1].map((value, i) => [i + 1, value]),
      ),
    );
  const built = (inner: Uint8Array, innerType: SignedType = TYPE.succession): boolean => {
    const succession = seal(innerType, fresh.publicKey, inner, fresh.sign);
    return readKeyRecord(seal(TYPE.rotation, device.publicKey, encodeCbor(succession), device.sign)).ok;
  };
  expect(built(payload(device.publicKey, fresh.publicKey))).toBe(true);
  expect(built(payload(other.publicKey, fresh.publicKey))).toBe(false);
  expect(built(payload(device.publicKey, other.publicKey))).toBe(false);
  expect(built(payload(device.publicKey, fresh.publicKey), TYPE.endorsement)).toBe(false);
});

test('what is signed under one domain tag is not accepted under another', () => {
  const payload = encodeCbor(new Map([[1, 1]]));
  const sealed = Object.values(TYPE).map((type) => seal(type, gateway.publicKey, payload, gateway.sign));
  for (const bytes of sealed)
    expect([readKeyRecord(bytes).ok, readReceipt(bytes).ok]).toEqual([false, false]);
  const endorsement = sealEndorsement(endorsed, gateway.sign);
  expect(readReceipt(endorsement)).toMatchObject({ fault: { code: 'cose.type' } });
  expect(readKeyRecord(sealReceipt(received, network.sign))).toMatchObject({
    fault: { code: 'key-record.type' },
  });
});

test('random bytes are no record and no receipt, and throw nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect([readKeyRecord(bytes).ok, readReceipt(bytes).ok]).toEqual([false, false]);
    }),
  );
});
