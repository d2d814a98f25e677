import { describe, expect, it } from 'vitest';
import { leafHashes, receiptForLeaf, verifyEvidence } from '../../evidence/index.ts';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  sampleEpoch,
  sampleKey,
  sampleNumber,
  sampleReception,
} from '../../evidence/sample.ts';
import { toHex } from '../../words/index.ts';
import { leafTaker, receptionTaker } from './signed-reception.ts';

const device = sampleKey(2);
const gateway = sampleKey(1);
const body = sampleReception();

const batch = sampleEpoch({ device, gateway, stream: 'hotspot/coverage' }).next([
  { kind: 'anchor', anchor: SAMPLE_ANCHOR },
  body,
  sampleNumber(),
]);

/** A message as the box keeps it. */
const messageOf = (topic: string): readonly number[] => {
  const bytes = new TextEncoder().encode(topic);
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes, 0x0a, 0x00];
};

const expected = {
  deviceKey: toHex(device.publicKey),
  gatewayKey: toHex(gateway.publicKey),
  stream: 'hotspot/coverage',
  epoch: 'e0'.repeat(16),
  sequence: 1,
  origin: 'live',
  body,
  wall: SAMPLE_ANCHOR.wall + 100_000_000n,
  trust: 'ntp',
};

describe('receptions of an evidence file', () => {
  it('come out with who signed them, where they stand and when the box had them', () => {
    const take = receptionTaker();
    const found = [SAMPLE_HEADER, ...batchItems(batch)].map(take).filter((each) => each !== undefined);
    expect(found).toEqual([expected]);
  });

  it('come out of proofs of single readings as well', () => {
    const receipt = receiptForLeaf(batch.attestation, leafHashes(batch.leaves), 1);
    if (!receipt.ok) throw new Error(receipt.fault.words);
    expect(receptionTaker()({ kind: 'proof', leaf: batch.leaves[1]!, receipt: receipt.value })).toEqual(
      expected,
    );
  });

  it('come out of a verification as it goes on, of leaves and of proofs', () => {
    const take = leafTaker();
    const found: unknown[] = [];
    const receipt = receiptForLeaf(batch.attestation, leafHashes(batch.leaves), 1);
    if (!receipt.ok) throw new Error(receipt.fault.words);
    const proof = { kind: 'proof', leaf: batch.leaves[1]!, receipt: receipt.value } as const;
    const { verdict } = verifyEvidence([SAMPLE_HEADER, ...batchItems(batch), proof], {
      key: device.publicKey,
      see: (statement, leaf) => found.push(take(statement, leaf)),
    });
    expect([verdict, found]).toEqual(['holds', [undefined, expected, undefined, expected]]);
  });

  it('come with the places that gateways tell of themselves, by the EUI in front of their statistics', () => {
    const fix = { kind: 'position', fix: 'estimated', latitude: 1, longitude: 2 } as const;
    const nothing = { altitudeCm: undefined, speedCmS: undefined, courseCdeg: undefined } as const;
    const place = { ...fix, ...nothing, hdopCenti: undefined, satellites: undefined, fixedAt: undefined };
    const radioOf = (...raw: readonly number[]) => {
      const leaf = { sequence: 0, mono: batch.statement.firstMono, body: place, salt: new Uint8Array(16) };
      const signed = leafTaker()(batch.statement, { ...leaf, raw: Uint8Array.from(raw) });
      return signed !== undefined && 'radio' in signed ? signed.radio : 'none';
    };
    const eui = [0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1];
    expect(radioOf(2, 7, 8, 0, ...eui, 0x7b, 0x7d)).toBe('aa555a0000000001');
    expect(radioOf(1, 7, 8, 0, ...eui, 0x7b, 0x7d)).toBe('aa555a0000000001');
    expect(radioOf(2, 7, 8, 2, ...eui, 0x7b)).toBeUndefined();
    expect(radioOf(2, 7, 8, 0, ...eui)).toBeUndefined();
    expect(radioOf(0x24, 0x47, 0x50, 0x47)).toBeUndefined();
    expect(radioOf(...messageOf('eu868/gateway/aa555a0000000002/event/stats'))).toBe('aa555a0000000002');
    expect(radioOf(...messageOf('devices/aa555a0000000002/event'))).toBeUndefined();
  });

  it('are marked where they came through a broker, which may have held them', () => {
    const queued = (raw: readonly number[]) => {
      const leaf = { sequence: 0, mono: batch.statement.firstMono, body, salt: new Uint8Array(16) };
      const signed = leafTaker()(batch.statement, { ...leaf, raw: Uint8Array.from(raw) });
      return signed !== undefined && 'queued' in signed && signed.queued === true;
    };
    expect(queued(messageOf('gateway/aa555a0000000001/event/up'))).toBe(true);
    expect(queued(messageOf('gateway/nowhere/event/up'))).toBe(false);
    expect(queued([2, 7, 8, 0, 0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1, 0x7b, 0x7d])).toBe(false);
    expect(queued([])).toBe(false);
  });

  it('belong to the attestation right before them and to no other', () => {
    const take = receptionTaker();
    const [attestation, , leaf] = batchItems(batch);
    expect(take(leaf!)).toBeUndefined();
    take(attestation!);
    take({ kind: 'note', text: 'between' });
    expect(take(leaf!)).toBeUndefined();
    take({ kind: 'attestation', bytes: Uint8Array.of(1) });
    expect(take(leaf!)).toBeUndefined();
    take(attestation!);
    expect(take({ kind: 'leaf', bytes: Uint8Array.of(0xff) })).toBeUndefined();
    expect(take(leaf!)).toEqual(expected);
  });
});
