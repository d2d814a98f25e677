import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, type Result, toHex, wallNs } from '../words/index.ts';
import { encodeCbor } from './cbor.ts';
import {
  EVIDENCE_ITEM_MAX_BYTES,
  type EvidenceItem,
  encodeEvidence,
  evidenceReader,
  readEvidence,
  readEvidenceBytes,
} from './evidence-file.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

const items: fc.Arbitrary<EvidenceItem> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('key-record' as const, 'attestation' as const, 'leaf' as const, 'receipt' as const),
    bytes,
  }),
  fc.record({ kind: fc.constant('proof' as const), leaf: bytes, receipt: bytes }),
  fc.record({ kind: fc.constant('note' as const), text: fc.string({ unit: 'grapheme', maxLength: 30 }) }),
);

const header: EvidenceItem = { kind: 'header', from: null, to: wallNs(1_767_225_600_000_000_000n) };

const file = (content: readonly EvidenceItem[]): Uint8Array =>
  concatBytes(...[header, ...content].map(encodeEvidence));

const faultsOf = (results: readonly Result<unknown>[]): string[] =>
  results.flatMap((result) => (result.ok ? [] : [result.fault.code]));

async function* inPieces(whole: Uint8Array, sizes: readonly number[]): AsyncIterable<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < whole.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield whole.subarray(at, at + size);
    at += size;
  }
}

test('a file begins with the same bytes whatever it holds', () => {
  expect(toHex(file([]).subarray(0, 21))).toBe(
    '8500706f7574706f73742d65766964656e636501f6'.padEnd(42, '0').slice(0, 42),
  );
});

test('whatever is written is read again, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(items, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      async (content, sizes) => {
        const whole = file(content);
        const expected = [header, ...content].map((value) => ({ ok: true, value }));
        expect(readEvidenceBytes(whole)).toEqual(expected);
        const read: Result<EvidenceItem>[] = [];
        for await (const item of readEvidence(inPieces(whole, sizes))) read.push(item);
        expect(read).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('a file that ends within an item says so, wherever it is cut', () => {
  const leaf: EvidenceItem = { kind: 'leaf', bytes: new Uint8Array(40) };
  const whole = file([leaf]);
  const begins = file([]).length;
  for (let end = 0; end < whole.length; end += 1) {
    const expected = end === 0 ? 'evidence.order' : end === begins ? [] : 'evidence.cut';
    expect([end, ...faultsOf(readEvidenceBytes(whole.subarray(0, end)))]).toEqual([end, expected].flat());
  }
});

test('a file begins with one header of a version that is known', () => {
  const wrong = (content: Parameters<typeof encodeCbor>[0]): string[] =>
    faultsOf(readEvidenceBytes(encodeCbor(content)));
  expect(wrong([0, 'outpost-evidence', 1, null, null])).toEqual([]);
  expect(wrong([0, 'outpost-evidence', 2, null, null])).toEqual(['evidence.version']);
  expect(wrong([0, 'inpost-evidence', 1, null, null])).toEqual(['evidence.malformed']);
  expect(wrong([0, 'outpost-evidence', 1, null, -1])).toEqual(['evidence.malformed']);
  expect(wrong(new Uint8Array(3))).toEqual(['evidence.order']);
  expect(faultsOf(readEvidenceBytes(concatBytes(file([]), file([]))))).toEqual(['evidence.order']);
});

test('items that evidence is not made of end the reading, and nothing after them is believed', () => {
  const strange = [
    [],
    [1],
    [6, new Uint8Array(1)],
    [1, 'text'],
    [4, new Uint8Array(1)],
    'text',
    7,
    [5, 'x', 'y'],
    null,
  ];
  for (const content of strange) {
    const whole = concatBytes(file([]), encodeCbor(content), encodeEvidence({ kind: 'note', text: 'after' }));
    const results = readEvidenceBytes(whole);
    expect([results.length, ...faultsOf(results)]).toEqual([2, 'evidence.malformed']);
  }
  const reader = evidenceReader();
  reader.push(Uint8Array.of(0xff));
  expect(reader.push(file([]))).toEqual([]);
  expect(reader.end().ok).toBe(true);
});

test('no item is longer than a mebibyte, announced or written', () => {
  expect(faultsOf(readEvidenceBytes(concatBytes(file([]), Uint8Array.of(0x5a, 0x00, 0x10, 0, 0))))).toEqual([
    'evidence.malformed',
  ]);
  expect(() => encodeEvidence({ kind: 'leaf', bytes: new Uint8Array(EVIDENCE_ITEM_MAX_BYTES) })).toThrow(
    RangeError,
  );
});

test('random bytes end in at most one fault, which is the last, and throw nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, begun) => {
      const results = readEvidenceBytes(begun ? concatBytes(file([]), noise) : noise);
      const faults = results.filter(({ ok }) => !ok);
      expect(faults.length).toBeLessThanOrEqual(1);
      expect(results.findIndex(({ ok }) => !ok)).toBe(faults.length === 0 ? -1 : results.length - 1);
    }),
    { numRuns: 1_000 },
  );
});
