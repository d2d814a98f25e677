import { expect, test } from 'vitest';
import { type Body, type DeviceName, wallNs } from '../words/index.ts';
import type { EvidenceItem } from './evidence-file.ts';
import { sha256 } from './hash.ts';
import { sealEndorsement, sealRevocation, sealRotation } from './key-record.ts';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  type SampleBatch,
  type SampleKey,
  sampleEndorsement,
  sampleEpoch,
  sampleEpochName,
  sampleKey,
  sampleNumber,
  sampleReceipt,
} from './sample.ts';
import { type VerifyOptions, verifyEvidence } from './verify.ts';

const gateway = sampleKey(1);
const newGateway = sampleKey(5);
const device = sampleKey(2);
const newDevice = sampleKey(6);
const network = sampleKey(3);
const stranger = sampleKey(4);
const two: Body[] = [sampleNumber(1), sampleNumber(2)];

const SECOND_NS = 1_000_000_000n;
const after = (seconds: bigint) => wallNs(SAMPLE_ANCHOR.wall + seconds * SECOND_NS);

const endorsement = sampleEndorsement(gateway, device);
const batch = sampleEpoch({ device, gateway }).next(two);

/** Where the next record of the log stands. */
const follows = (previous: Uint8Array, number: number, seconds = 10n) => ({
  number,
  previous: sha256(previous),
  time: after(seconds),
});

const rotationOf = (
  role: 'gateway' | 'device',
  from: SampleKey,
  to: SampleKey,
  previous = endorsement,
  number = 1,
) =>
  sealRotation(
    { ...follows(previous, number), role, from: from.publicKey, to: to.publicKey, keyKind: 'file' },
    to.sign,
    from.sign,
  );

const revocationOf = (
  key: SampleKey,
  by: SampleKey,
  reason: 'retired' | 'lost' | 'compromised',
  seconds: bigint,
): Uint8Array =>
  sealRevocation(
    { ...follows(endorsement, 1, seconds), key: key.publicKey, by: by.publicKey, reason, words: 'as asked' },
    by.sign,
  );

const judge = (
  records: readonly Uint8Array[],
  batches: readonly SampleBatch[] = [batch],
  options: VerifyOptions = { key: gateway.publicKey },
  more: readonly EvidenceItem[] = [],
) =>
  verifyEvidence(
    [
      SAMPLE_HEADER,
      ...records.map((bytes): EvidenceItem => ({ kind: 'key-record', bytes })),
      ...batches.flatMap(batchItems),
      ...more,
    ],
    options,
  );

const codes = (...judged: Parameters<typeof judge>): string[] => [...judge(...judged).counts.keys()].sort();

test('without an endorsement only the device’s own key identifies it', () => {
  expect(codes([])).toEqual(['endorsement.missing', 'signer.unknown']);
  expect(codes([], [batch], { key: device.publicKey })).toEqual(['endorsement.missing']);
  expect(judge([], [batch], { key: device.publicKey }).verdict).toBe('holds');
});

test('an endorsement for another device, gateway or kind of key is named', () => {
  const parts = {
    number: 0,
    previous: null,
    time: after(0n),
    gatewayKey: gateway.publicKey,
    deviceKey: device.publicKey,
    name: 'car' as DeviceName,
    keyKind: 'file' as const,
  };
  const other = sealEndorsement({ ...parts, name: 'van' as DeviceName }, gateway.sign);
  expect(codes([other])).toEqual(['endorsement.mismatch']);
  expect(codes([sealEndorsement({ ...parts, keyKind: 'sealed' }, gateway.sign)])).toEqual([
    'endorsement.mismatch',
  ]);
  const elsewhere = sealEndorsement({ ...parts, gatewayKey: stranger.publicKey }, stranger.sign);
  expect(codes([elsewhere], [batch], { key: stranger.publicKey })).toEqual(['endorsement.mismatch']);
});

test('a rotated gateway key vouches for what the old one did, and the old one for what the new one does', () => {
  const rotation = rotationOf('gateway', gateway, newGateway);
  expect(codes([endorsement, rotation], [batch], { key: newGateway.publicKey })).toEqual([]);
  const fresh = sealEndorsement(
    {
      ...follows(rotation, 2),
      gatewayKey: newGateway.publicKey,
      deviceKey: newDevice.publicKey,
      name: 'car' as DeviceName,
      keyKind: 'file',
    },
    newGateway.sign,
  );
  const later = sampleEpoch({ device: newDevice, gateway: newGateway }).next(two);
  expect(codes([endorsement, rotation, fresh], [later], { key: gateway.publicKey })).toEqual([]);
});

test('a rotated device key goes on with the chain, and the old one may not sign any more', () => {
  const rotation = rotationOf('device', device, newDevice);
  const epoch = sampleEpochName(0xe1);
  const next = sampleEpoch({ device: newDevice, gateway, epoch, parent: batch.head }).next(two);
  expect(codes([endorsement, rotation], [batch, next])).toEqual([]);
  expect(codes([endorsement, rotation], [batch, next], { key: newDevice.publicKey })).toEqual([]);
  const anchor = { ...SAMPLE_ANCHOR, wall: after(60n) };
  const late = sampleEpoch({ device, gateway, epoch, parent: batch.head, anchor }).next(two);
  expect(codes([endorsement, rotation], [batch, late])).toEqual(['key.rotated']);
});

test('what a retired or lost key signed before its revocation holds, what it signed after does not', () => {
  for (const reason of ['retired', 'lost'] as const) {
    for (const by of [device, gateway]) {
      expect(codes([endorsement, revocationOf(device, by, reason, 10n)])).toEqual([]);
      expect(codes([endorsement, revocationOf(device, by, reason, -10n)])).toEqual(['key.revoked']);
    }
  }
  expect(codes([endorsement, revocationOf(gateway, gateway, 'retired', -10n)])).toEqual(['key.revoked']);
});

test('what a compromised key signed holds only where a network saw it before', () => {
  const revocation = revocationOf(device, gateway, 'compromised', 10n);
  expect(codes([endorsement, revocation])).toEqual(['key.revoked']);
  const epoch = sampleEpoch({ device, gateway });
  const [early, seen, unseen] = [epoch.next(two), epoch.next(two), epoch.next(two)];
  const receipt: EvidenceItem = { kind: 'receipt', bytes: sampleReceipt(network, seen) };
  const options = { key: gateway.publicKey, networkKeys: [network.publicKey] };
  expect(codes([endorsement, revocation], [early, seen], options, [receipt])).toEqual([]);
  expect(codes([endorsement, revocation], [early, seen], { key: gateway.publicKey }, [receipt])).toEqual([
    'key.revoked',
  ]);
  const judged = judge([endorsement, revocation], [early, seen, unseen], options, [receipt]);
  expect(judged.problems.map(({ code, place }) => [code, place.counter])).toEqual([['key.revoked', 2]]);
  const tooLate = revocationOf(device, gateway, 'compromised', 0n);
  expect(codes([endorsement, tooLate], [early, seen], options, [receipt])).toEqual(['key.revoked']);
});

test('a record by a key that may not say so changes nothing and is named', () => {
  expect(codes([endorsement, revocationOf(device, stranger, 'compromised', -10n)])).toEqual([
    'key-record.signer',
  ]);
  expect(codes([endorsement, rotationOf('device', stranger, newDevice)])).toEqual(['key-record.signer']);
  expect(codes([endorsement, rotationOf('gateway', stranger, newGateway)])).toEqual(['key-record.signer']);
});

test('a key that was replaced or revoked cannot appoint a successor', () => {
  const rotation = rotationOf('device', device, newDevice);
  const again = rotationOf('device', device, stranger, rotation, 2);
  expect(codes([endorsement, rotation, again])).toEqual(['key-record.signer']);
  for (const key of [device, gateway]) {
    const role = key === device ? 'device' : 'gateway';
    const revocation = revocationOf(key, key, 'compromised', 10n);
    const judged = judge([endorsement, revocation, rotationOf(role, key, stranger, revocation, 2)], [batch], {
      key: stranger.publicKey,
    });
    expect([...judged.counts.keys()]).toEqual(
      expect.arrayContaining(['key-record.signer', 'signer.unknown']),
    );
  }
});

test('a gateway key that was replaced can be revoked without taking with it what it endorsed', () => {
  const rotation = rotationOf('gateway', gateway, newGateway);
  const revocation = sealRevocation(
    {
      ...follows(rotation, 2, -10n),
      key: gateway.publicKey,
      by: newGateway.publicKey,
      reason: 'compromised',
      words: '',
    },
    newGateway.sign,
  );
  expect(codes([endorsement, rotation, revocation], [batch], { key: newGateway.publicKey })).toEqual([]);
});

test('a log of key records has no holes, no repetitions and no second ends', () => {
  const rotation = rotationOf('gateway', gateway, newGateway);
  expect(codes([endorsement, endorsement])).toEqual(['key-record.replay']);
  expect(codes([endorsement, rotation, rotationOf('device', device, newDevice)])).toEqual([
    'key-record.fork',
  ]);
  expect(codes([endorsement, rotationOf('device', device, newDevice, rotation, 2)])).toEqual([
    'key-record.gap',
  ]);
  expect(codes([endorsement, rotationOf('device', device, newDevice, endorsement, 2)])).toEqual([
    'key-record.gap',
  ]);
  expect(codes([endorsement, sampleEndorsement(gateway, newDevice)])).toEqual(['key-record.fork']);
});

test('a record whose signature does not hold, or that is none, is named', () => {
  const forged = sampleEndorsement({ ...gateway, sign: stranger.sign }, device);
  expect(codes([forged], [batch], { key: device.publicKey })).toEqual([
    'endorsement.missing',
    'key-record.signature',
  ]);
  expect(codes([endorsement, batch.attestation])).toEqual(['key-record.malformed']);
  const half = sealRotation(
    {
      ...follows(endorsement, 1),
      role: 'device',
      from: device.publicKey,
      to: newDevice.publicKey,
      keyKind: 'file',
    },
    newDevice.sign,
    stranger.sign,
  );
  expect(codes([endorsement, half])).toEqual(['key-record.signature']);
});
