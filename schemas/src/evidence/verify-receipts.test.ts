import { expect, test } from 'vitest';
import { type Body, wallNs } from '../words/index.ts';
import type { EvidenceItem } from './evidence-file.ts';
import { receiptForLeaf } from './leaf-receipt.ts';
import { type ReceiptContent, readReceipt, sealReceipt } from './receipt.ts';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  type SampleBatch,
  sampleEndorsement,
  sampleEpoch,
  sampleEpochName,
  sampleKey,
  sampleNumber,
  sampleReceipt,
} from './sample.ts';
import { leafHashes } from './tree.ts';
import { type VerifyOptions, verifyEvidence } from './verify.ts';

const gateway = sampleKey(1);
const device = sampleKey(2);
const network = sampleKey(3);
const stranger = sampleKey(4);
const two: Body[] = [sampleNumber(1), sampleNumber(2)];
const options: VerifyOptions = { key: gateway.publicKey, networkKeys: [network.publicKey] };

const epoch = sampleEpoch({ device, gateway });
const [a, b, c] = [epoch.next(two), epoch.next(two), epoch.next(two)];
const next = sampleEpoch({ device, gateway, epoch: sampleEpochName(0xe1), parent: c.head }).next(two);

const judge = (
  batches: readonly SampleBatch[],
  receipts: readonly Uint8Array[],
  asked: VerifyOptions = options,
  header: EvidenceItem = SAMPLE_HEADER,
) =>
  verifyEvidence(
    [
      header,
      { kind: 'key-record', bytes: sampleEndorsement(gateway, device) },
      ...batches.flatMap(batchItems),
      ...receipts.map((bytes): EvidenceItem => ({ kind: 'receipt', bytes })),
    ],
    asked,
  );

const codes = (...judged: Parameters<typeof judge>): string[] => [...judge(...judged).counts.keys()].sort();

const altered = (receipt: Uint8Array, changes: Partial<ReceiptContent>, by = network): Uint8Array => {
  const read = readReceipt(receipt);
  if (!read.ok) throw new Error(read.fault.words);
  return sealReceipt({ ...read.value.content, ...changes }, by.sign);
};

test('receipts by a network whose key was given are counted', () => {
  const judged = judge([a, b], [sampleReceipt(network, a), sampleReceipt(network, b)]);
  expect([judged.verdict, [...judged.counts]]).toEqual(['holds', []]);
  expect([...judged.networks]).toEqual([
    ['outpost', { receipts: 2, acceptedReadings: 4, refusedReadings: 0 }],
  ]);
});

test('where no network’s key is given any network counts, and one that was not given counts for nothing', () => {
  const receipt = sampleReceipt(stranger, a);
  expect(judge([a], [receipt], { key: gateway.publicKey }).networks.size).toBe(1);
  const judged = judge([a], [receipt]);
  expect([judged.verdict, [...judged.counts.keys()], judged.networks.size]).toEqual([
    'holds',
    ['receipt.unpinned'],
    0,
  ]);
});

test('refused readings are counted with the network’s code and words', () => {
  const refused = [{ first: 1, count: 1, code: 'car.speed', words: 'faster than the sound' }];
  const judged = judge([a], [altered(sampleReceipt(network, a), { refused })]);
  expect(judged.problems.map(({ words }) => words)).toEqual([
    'outpost refused 1 reading(s): car.speed, faster than the sound.',
  ]);
  expect([...judged.networks.values()]).toEqual([{ receipts: 1, acceptedReadings: 1, refusedReadings: 1 }]);
});

test('a cut tail shows against the highest attestation that a network has seen', () => {
  const receipt = sampleReceipt(network, a, c.head);
  expect(codes([a, b, c], [receipt])).toEqual([]);
  expect(codes([a, b], [receipt])).toEqual(['tail.cut']);
  expect(judge([a], [receipt]).problems[0]?.words).toBe(
    'outpost has seen 2 attestation(s) after the last one of the file.',
  );
  expect(codes([a, b, c], [sampleReceipt(network, c, next.head)])).toEqual(['tail.cut']);
  expect(codes([a, b, c, next], [sampleReceipt(network, c, next.head)])).toEqual([]);
});

test('in an extract only what the network had seen well before its end is cut', () => {
  const receipt = sampleReceipt(network, a, c.head);
  const read = readReceipt(receipt);
  if (!read.ok) throw new Error(read.fault.words);
  const until = (seconds: bigint): EvidenceItem => ({
    kind: 'header',
    from: null,
    to: wallNs(read.value.content.time + seconds * 1_000_000_000n),
  });
  const soon = judge([a], [receipt], options, until(59n));
  expect([soon.verdict, [...soon.counts.keys()]]).toEqual(['holds', ['tail.beyond-extract']]);
  expect(codes([a], [receipt], options, until(60n))).toEqual(['tail.cut']);
  const anchor = { ...SAMPLE_ANCHOR, trust: 'none' as const };
  const unset = sampleEpoch({ device, gateway, anchor });
  const [x, y] = [unset.next(two), unset.next(two)];
  const received = sampleReceipt(network, x, y.head);
  expect(codes([x], [received], options, until(60n))).toEqual(['clock.untrusted', 'tail.beyond-extract']);
  expect(codes([x], [received])).toEqual(['clock.untrusted', 'tail.cut']);
});

test('a receipt for something before the file says nothing of its end', () => {
  const before = sampleEpoch({ device, gateway, epoch: sampleEpochName(0xd0) }).next(two);
  expect(codes([a], [sampleReceipt(network, before)])).toEqual([]);
});

test('a network that saw other bytes under the same epoch and counter proves a fork', () => {
  const other = sampleEpoch({ device, gateway });
  other.next(two);
  const twin = other.next([sampleNumber(8), sampleNumber(9)]);
  expect(codes([a, b], [sampleReceipt(network, a, twin.head)])).toEqual(['chain.fork']);
});

test('a receipt about another key, stream or number of readings is named', () => {
  const receipt = sampleReceipt(network, a);
  expect(codes([a], [altered(receipt, { stream: 'van/telemetry' })])).toEqual(['receipt.mismatch']);
  expect(codes([a], [altered(receipt, { deviceKey: stranger.publicKey })])).toEqual(['receipt.mismatch']);
  const refused = [{ first: 1, count: 2, code: 'x', words: 'y' }];
  expect(codes([a], [altered(receipt, { refused })])).toEqual(['receipt.mismatch']);
});

test('a receipt whose signature does not hold, or that is none, is named', () => {
  const forged = altered(sampleReceipt(network, a), {}, stranger);
  expect(codes([a], [forged])).toEqual(['receipt.signature']);
  expect(codes([a], [a.attestation])).toEqual(['receipt.malformed']);
});

test('a receipt also speaks for a reading that is proven by itself', () => {
  const proof = receiptForLeaf(a.attestation, leafHashes(a.leaves), 0);
  if (!proof.ok) throw new Error(proof.fault.words);
  const items: EvidenceItem[] = [
    { kind: 'proof', leaf: a.leaves[0]!, receipt: proof.value },
    { kind: 'receipt', bytes: sampleReceipt(network, a) },
  ];
  const judged = verifyEvidence([SAMPLE_HEADER, ...items], { ...options, key: device.publicKey });
  expect([judged.verdict, judged.networks.get('outpost')?.receipts]).toEqual(['holds', 1]);
});
