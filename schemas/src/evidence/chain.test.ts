import { expect, test } from 'vitest';
import { type Body, concatBytes } from '../words/index.ts';
import type { EvidenceItem } from './evidence-file.ts';
import {
  batchItems,
  SAMPLE_HEADER,
  type SampleBatch,
  type SampleEpochOptions,
  sampleEndorsement,
  sampleEpoch,
  sampleEpochName,
  sampleKey,
  sampleNumber,
} from './sample.ts';
import { verifyEvidence } from './verify.ts';

const gateway = sampleKey(1);
const device = sampleKey(2);
const endorsement: EvidenceItem = { kind: 'key-record', bytes: sampleEndorsement(gateway, device) };
const two: Body[] = [sampleNumber(1), sampleNumber(2)];

const run = (count: number, options: Partial<SampleEpochOptions> = {}): SampleBatch[] => {
  const epoch = sampleEpoch({ device, gateway, ...options });
  return Array.from({ length: count }, () => epoch.next(two));
};

const judge = (batches: readonly SampleBatch[]) =>
  verifyEvidence([SAMPLE_HEADER, endorsement, ...batches.flatMap(batchItems)], { key: gateway.publicKey });

const codes = (batches: readonly SampleBatch[]): string[] => [...judge(batches).counts.keys()].sort();

const [a, b, c, d] = run(4) as [SampleBatch, SampleBatch, SampleBatch, SampleBatch];
const later = sampleEpochName(0xe1);
const latest = sampleEpochName(0xe2);

test('whole chains over several epochs hold', () => {
  const next = run(2, { epoch: later, parent: d.head, reason: 'interrupted' });
  expect(codes([a, b, c, d, ...next])).toEqual([]);
  const restored = run(1, { epoch: latest, parent: next[1]!.head, reason: 'restored' });
  expect(codes([a, b, c, d, ...next, ...restored])).toEqual([]);
});

test('a missing attestation is a gap, with the number of those missing', () => {
  const judged = judge([a, d]);
  expect([judged.verdict, [...judged.counts]]).toEqual(['fails', [['chain.gap', 1]]]);
  expect(judged.problems[0]).toMatchObject({ place: { counter: 3 }, severity: 'failure' });
  expect(judged.problems[0]?.words).toBe('2 attestation(s) before it are missing or not to be believed.');
});

test('a missing epoch or a missing beginning of an epoch is a gap', () => {
  const next = run(2, { epoch: later, parent: d.head });
  const last = run(1, { epoch: latest, parent: next[1]!.head });
  expect(codes([a, b, c, d, ...last])).toEqual(['chain.gap']);
  expect(codes([a, b, c, d, next[1]!])).toEqual(['chain.gap']);
});

test('a file that begins in the middle of a chain says so and holds', () => {
  expect(codes([c, d])).toEqual(['start.cut']);
  expect(codes(run(1, { epoch: later, parent: d.head }))).toEqual(['start.cut']);
  expect(judge([c, d]).verdict).toBe('holds');
});

test('the same attestation twice is a replay', () => {
  expect(codes([a, b, a, c])).toEqual(['chain.replay']);
});

test('attestations in another order are reordered', () => {
  expect(codes([a, c, b, d])).toEqual(['chain.reorder']);
  const next = run(1, { epoch: later, parent: d.head });
  expect(codes([...next, a, b, c, d])).toEqual(['chain.reorder']);
});

test('two attestations with one epoch and counter are a fork', () => {
  const epoch = sampleEpoch({ device, gateway });
  epoch.next(two);
  const other = epoch.next([sampleNumber(3), sampleNumber(4)]);
  expect(codes([a, b, other, c])).toEqual(['chain.fork']);
});

test('an attestation that continues another history than the file’s is named', () => {
  const epoch = sampleEpoch({ device, gateway });
  epoch.next(two);
  epoch.next([sampleNumber(3), sampleNumber(4)]);
  const other = epoch.next(two);
  expect(codes([a, b, other])).toEqual(['chain.previous']);
  const elsewhere = run(1, { epoch: later, parent: { ...d.head, hash: new Uint8Array(32) } });
  expect(codes([a, b, c, d, ...elsewhere])).toEqual(['chain.previous']);
  const misnamed = run(1, { epoch: later, parent: { ...d.head, counter: 2 } });
  expect(codes([a, b, c, d, ...misnamed])).toEqual(['chain.previous']);
});

test('two epochs with one parent are a branch, also where the parent is not in the file or is none', () => {
  const one = run(1, { epoch: later, parent: d.head });
  const two = run(1, { epoch: latest, parent: d.head });
  expect(codes([a, b, c, d, ...one, ...two])).toEqual(['chain.branch']);
  expect(codes([...one, ...two])).toContain('chain.branch');
  expect(codes([...run(1), ...run(1, { epoch: later })])).toEqual(['chain.branch']);
});

test('an epoch that continues what was continued already is a branch', () => {
  expect(codes([a, b, c, d, ...run(1, { epoch: later, parent: b.head })])).toEqual(['chain.branch']);
});

test('a branch that the gateway explains is a warning', () => {
  for (const reason of ['restored', 'imported', 'tail-lost'] as const) {
    const judged = judge([a, b, c, d, ...run(1, { epoch: later, parent: b.head, reason })]);
    expect([judged.verdict, [...judged.counts.keys()]]).toEqual(['holds', ['chain.branch-explained']]);
  }
  const cloned = [
    run(1, { epoch: later, parent: d.head }),
    run(1, { epoch: latest, parent: d.head, reason: 'restored' }),
  ];
  expect(codes([a, b, c, d, ...cloned.flat()])).toEqual(['chain.branch-explained']);
});

test('sequences have no holes and no repetitions between attestations', () => {
  const epoch = (): ReturnType<typeof sampleEpoch> => sampleEpoch({ device, gateway });
  const start = epoch().next(two);
  expect(codes([start, withoutLeaves(resumed(start, { firstSequence: 3 }))])).toContain('chain.sequence-gap');
  expect(codes([start, withoutLeaves(resumed(start, { firstSequence: 1 }))])).toContain(
    'chain.sequence-replay',
  );
  expect(codes([withoutLeaves(epoch().next(two, { firstSequence: 5 }))])).toContain('chain.sequence-gap');
});

test('time does not go back between attestations', () => {
  const back = { firstMono: a.statement.firstMono, lastMono: a.statement.firstMono };
  expect(codes([a, withoutLeaves(resumed(a, back))])).toContain('chain.time');
});

test('an epoch keeps its gateway, its reason and its kind of key', () => {
  expect(codes([a, withoutLeaves(resumed(a, { epochReason: 'restored' }))])).toContain('chain.epoch');
  const other = { gatewayKey: sampleKey(7).publicKey };
  expect(codes([a, withoutLeaves(resumed(a, other))])).toContain('chain.epoch');
});

/** A second attestation of the epoch, with some of its statement changed before signing. */
function resumed(start: SampleBatch, changes: Partial<SampleBatch['statement']>): SampleBatch {
  const epoch = sampleEpoch({ device, gateway });
  const again = epoch.next(two);
  expect(concatBytes(again.attestation)).toEqual(start.attestation);
  return epoch.next(two, changes);
}

function withoutLeaves(batch: SampleBatch): SampleBatch {
  return { ...batch, leaves: [] };
}
