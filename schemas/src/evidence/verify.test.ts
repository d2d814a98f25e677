import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Body, concatBytes, monoNs, ok, wallNs } from '../words/index.ts';
import { strictVerifier } from './ed25519.ts';
import { type EvidenceItem, encodeEvidence, readEvidenceBytes } from './evidence-file.ts';
import { receiptForLeaf } from './leaf-receipt.ts';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  sampleEndorsement,
  sampleEpoch,
  sampleKey,
  sampleNumber,
} from './sample.ts';
import type { Statement } from './statement.ts';
import { leafHashes } from './tree.ts';
import { openVerification, type VerifyOptions, verifyEvidence } from './verify.ts';

const gateway = sampleKey(1);
const device = sampleKey(2);
const key = gateway.publicKey;
const endorsement: EvidenceItem = { kind: 'key-record', bytes: sampleEndorsement(gateway, device) };

const numbers = (count: number): Body[] => Array.from({ length: count }, (_, i) => sampleNumber(1_700 + i));
const epoch = sampleEpoch({ device, gateway });
const anchored: Body = { kind: 'anchor', anchor: SAMPLE_ANCHOR };
const first = epoch.next([anchored, ...numbers(3)]);
const second = epoch.next([...numbers(3), { kind: 'gap', reason: 'disconnected', count: 0 }]);

const report = (items: readonly EvidenceItem[], options: VerifyOptions = { key }) =>
  verifyEvidence([SAMPLE_HEADER, endorsement, ...items], options);

const codes = (items: readonly EvidenceItem[], options: VerifyOptions = { key }): string[] =>
  [...report(items, options).counts.keys()].sort();

const leafItems = (leaves: readonly Uint8Array[]): EvidenceItem[] =>
  leaves.map((bytes) => ({ kind: 'leaf', bytes }));

/** The first batch with its leaves exchanged for others. */
const withLeaves = (leaves: readonly Uint8Array[]): EvidenceItem[] => [
  { kind: 'attestation', bytes: first.attestation },
  ...leafItems(leaves),
];

const changed = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

test('evidence that the given key vouches for holds, and the report says what was checked', () => {
  const items = [SAMPLE_HEADER, endorsement, ...batchItems(first), ...batchItems(second)];
  const verification = openVerification({ key });
  for (const item of readEvidenceBytes(concatBytes(...items.map(encodeEvidence)))) verification.take(item);
  const { verdict, problems, checked, streams, networks, proven } = verification.finish();
  expect(verdict).toBe('holds');
  expect(problems.map(({ code, words }) => [code, words])).toEqual([
    ['gap.stated', 'The gateway says that it lost an unknown number of reading(s): disconnected.'],
  ]);
  expect(checked).toEqual({
    attestations: 2,
    leaves: 8,
    proofs: 0,
    signatures: 3,
    redecoded: 0,
    keyRecords: 1,
    receipts: 0,
  });
  expect([proven, networks.size]).toEqual([[], 0]);
  expect(streams).toEqual([
    {
      stream: 'car/telemetry',
      deviceKey: device.publicKey,
      gatewayKeys: [gateway.publicKey],
      signer: 'identified',
      keyKinds: ['file'],
      origins: ['live'],
      authenticated: ['wired'],
      software: ['outpost 0.1.0'],
      epochs: [
        {
          epoch: first.statement.epoch,
          reason: 'started',
          firstCounter: 0,
          lastCounter: 1,
          attestations: 2,
          readings: 8,
          from: SAMPLE_ANCHOR.wall,
          to: wallNs(SAMPLE_ANCHOR.wall + 700_000_000n),
          trust: ['ntp'],
        },
      ],
      gaps: [{ reason: 'disconnected', times: 1, readings: 0 }],
    },
  ]);
});

test('without a key nothing fails but the signer stays unidentified', () => {
  expect(report(batchItems(first), {}).verdict).toBe('unidentified');
  expect(report(batchItems(first), {}).streams[0]?.signer).toBe('unidentified');
});

test('a key that vouches for none of it fails', () => {
  const { verdict, problems } = report(batchItems(first), { key: sampleKey(9).publicKey });
  expect([verdict, problems[0]?.code]).toEqual(['fails', 'signer.unknown']);
});

test('the device’s own key identifies the signer as the gateway’s does', () => {
  expect(report(batchItems(first), { key: device.publicKey }).verdict).toBe('holds');
});

test('leaves that are withheld are no failure, leaves that are missing are', () => {
  expect(report(withLeaves([])).verdict).toBe('holds');
  expect(codes(withLeaves([]))).toEqual(['leaves.withheld']);
  expect(codes(withLeaves(first.leaves.slice(0, 3)))).toEqual([
    'attestation.root',
    'leaf.gap',
    'leaf.time',
    'leaves.count',
  ]);
});

test('a leaf left out, repeated, exchanged, moved or changed is named', () => {
  const [l0, l1, l2, l3] = first.leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  expect(codes(withLeaves([l0, l1, l3, l2]))).toEqual(['attestation.root', 'leaf.reorder', 'leaf.time']);
  expect(codes(withLeaves([l0, l1, l1, l3]))).toEqual(['attestation.root', 'leaf.replay']);
  expect(codes(withLeaves([l0, l1, second.leaves[0]!, l3]))).toContain('leaf.gap');
  expect(codes(withLeaves([l0, changed(l1, l1.length - 1), l2, l3]))).toEqual(['attestation.root']);
  expect(codes(withLeaves([l0, Uint8Array.of(0xff), l2, l3]))).toContain('leaf.malformed');
});

test('a leaf without an attestation before it is named', () => {
  expect(codes([...leafItems(first.leaves), ...batchItems(first)])).toEqual(['evidence.order']);
});

test('an attestation with a changed byte has no valid signature, and what follows it is not judged', () => {
  const bytes = changed(first.attestation, first.attestation.length - 1);
  expect(codes([{ kind: 'attestation', bytes }, ...leafItems(first.leaves)])).toEqual([
    'attestation.signature',
  ]);
  expect(codes([{ kind: 'attestation', bytes: Uint8Array.of(1) }])).toEqual(['attestation.malformed']);
});

test('times and anchors that contradict the statement are named', () => {
  const lying = sampleEpoch({ device, gateway }).next(numbers(3), { lastMono: monoNs(1n << 60n) });
  expect(codes(batchItems(lying))).toEqual(['leaf.time']);
  const anchor = { ...SAMPLE_ANCHOR, wall: wallNs(SAMPLE_ANCHOR.wall + 1n) };
  expect(codes(batchItems(sampleEpoch({ device, gateway }).next([{ kind: 'anchor', anchor }])))).toEqual([
    'leaf.anchor',
  ]);
});

test('a value that its own raw frame does not say is named, and what cannot be decoded is not counted', () => {
  const redecode = () => [sampleNumber(1_700), sampleNumber(1_701)];
  const judged = report(batchItems(first), { key, redecode });
  expect([...judged.counts]).toEqual([['leaf.redecode', 1]]);
  expect(judged.checked.redecoded).toBe(3);
  expect(judged.problems[0]?.place).toEqual({ stream: 'car/telemetry', sequence: 3 });
  expect(report(batchItems(first), { key, redecode: () => undefined }).checked.redecoded).toBe(0);
});

test('simulated and replayed readings, demo keys and clocks that were never set are said aloud', () => {
  const anchor = { ...SAMPLE_ANCHOR, trust: 'none' as const };
  const demo: EvidenceItem = { kind: 'key-record', bytes: sampleEndorsement(gateway, device, 'demo') };
  const batch = sampleEpoch({ device, gateway, keyKind: 'demo', origin: 'simulated', anchor }).next(
    numbers(1),
  );
  const judged = verifyEvidence([SAMPLE_HEADER, demo, ...batchItems(batch)], { key });
  expect(judged.verdict).toBe('holds');
  expect([...judged.counts.keys()].sort()).toEqual(['clock.untrusted', 'key.demo', 'origin.simulated']);
  const replayed = sampleEpoch({ device, gateway, origin: 'replayed' }).next(numbers(1));
  expect(codes(batchItems(replayed))).toEqual(['origin.replayed']);
});

test('a step of the wall clock within an epoch is noted', () => {
  const stepped = sampleEpoch({ device, gateway });
  const before = stepped.next(numbers(1));
  const anchor = { ...SAMPLE_ANCHOR, wall: wallNs(SAMPLE_ANCHOR.wall + 5_000_000_000n) };
  const after = stepped.next(numbers(1), { anchor });
  const judged = report([...batchItems(before), ...batchItems(after)]);
  expect(judged.problems.map(({ words }) => words)).toEqual(['The wall clock was set by 5000 ms before it.']);
});

test('one leaf proves itself by its COSE Receipt, without its neighbours', () => {
  for (const [index, leaf] of first.leaves.entries()) {
    const receipt = receiptForLeaf(first.attestation, leafHashes(first.leaves), index);
    if (!receipt.ok) throw new Error(receipt.fault.words);
    const item: EvidenceItem = { kind: 'proof', leaf, receipt: receipt.value };
    const judged = report([item]);
    expect([judged.verdict, judged.checked.proofs, judged.streams]).toEqual(['holds', 1, []]);
    expect(judged.proven.map(({ sequence }) => sequence)).toEqual([index]);
    const other = first.leaves[(index + 1) % 4]!;
    expect(codes([{ ...item, leaf: other }])).toEqual(['proof.signature']);
    expect(codes([{ ...item, receipt: first.attestation }])).toEqual(['proof.malformed']);
  }
});

test('a proven leaf at another place or time than the attestation states is named', () => {
  const proofOf = (changes: Partial<Statement>): EvidenceItem => {
    const { attestation, leaves } = sampleEpoch({ device, gateway }).next(numbers(2), changes);
    const receipt = receiptForLeaf(attestation, leafHashes(leaves), 1);
    if (!receipt.ok) throw new Error(receipt.fault.words);
    return { kind: 'proof', leaf: leaves[1]!, receipt: receipt.value };
  };
  expect(codes([proofOf({})])).toEqual([]);
  expect(codes([proofOf({ firstSequence: 5 })])).toEqual(['proof.leaf']);
  expect(codes([proofOf({ lastMono: SAMPLE_ANCHOR.mono })])).toEqual(['proof.leaf']);
});

test('a file with nothing to check and a file that breaks off fail', () => {
  expect(codes([])).toEqual(['evidence.empty']);
  const verification = openVerification({ key });
  const file = concatBytes(...[SAMPLE_HEADER, endorsement, ...batchItems(first)].map(encodeEvidence));
  for (const item of readEvidenceBytes(file.subarray(0, -1))) verification.take(item);
  expect([...verification.finish().counts.keys()]).toContain('evidence.cut');
});

test('what the file claims of itself is reported as a claim', () => {
  const header: EvidenceItem = { kind: 'header', from: wallNs(5n), to: wallNs(9n) };
  const verification = openVerification({ key });
  for (const item of [header, endorsement, ...batchItems(first)]) verification.take(ok(item));
  verification.take(ok({ kind: 'note', text: 'left the garage' }));
  const { claimed, verdict } = verification.finish();
  expect([claimed, verdict]).toEqual([{ from: 5n, to: 9n, notes: 1 }, 'holds']);
});

test('whatever stands in a file, in whatever order, nothing is thrown and nothing of it holds', () => {
  const real = [...batchItems(first), ...batchItems(second), endorsement];
  const bytes = fc.uint8Array({ maxLength: 60 });
  const noise: fc.Arbitrary<EvidenceItem> = fc.oneof(
    fc.constantFrom(...real),
    fc.record({ kind: fc.constantFrom('leaf' as const, 'receipt' as const, 'attestation' as const), bytes }),
    fc.record({ kind: fc.constant('key-record' as const), bytes }),
    fc.record({ kind: fc.constant('proof' as const), leaf: bytes, receipt: fc.constant(first.attestation) }),
  );
  const verify = strictVerifier();
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 12 }), bytes, (items, junk) => {
      const spoilt: EvidenceItem = { kind: 'receipt', bytes: junk };
      expect(verifyEvidence([...items, spoilt], { key, verify }).verdict).toBe('fails');
    }),
    { numRuns: 60 },
  );
});

test('a report spells out a thousand problems and counts the others', () => {
  const items = Array.from(
    { length: 1_200 },
    (): EvidenceItem => ({ kind: 'attestation', bytes: new Uint8Array(1) }),
  );
  const { problems, counts } = report(items);
  expect([problems.length, counts.get('attestation.malformed')]).toEqual([1_000, 1_200]);
});
