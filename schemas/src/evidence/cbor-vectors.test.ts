import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../words/index.ts';
import vectors from './vectors/evidence-v1.json' with { type: 'json' };

const OPTIONS = { useMaps: true, strict: true, rejectDuplicateMapKeys: true, tags: Tagged.preserve(18) };

const throughCborg = (bytes: Uint8Array): unknown => {
  const value: unknown = decode(bytes, OPTIONS);
  expect(toHex(encode(value, rfc8949EncodeOptions))).toBe(toHex(bytes));
  return value;
};

/** Byte strings that are CBOR themselves: headers, payloads and nested records. */
const nested = (value: unknown): void => {
  const [header, , payload] = (value as Tagged).value as [Uint8Array, unknown, Uint8Array | null];
  throughCborg(header);
  if (payload !== null && payload.length !== 32) {
    const inner = throughCborg(payload);
    if (inner instanceof Uint8Array) nested(throughCborg(inner));
  }
};

test('every signed thing of the vectors is written by cborg in the same bytes', () => {
  const signed = [
    ...vectors.attestations.map(({ bytes }) => bytes),
    ...vectors.keyRecords.map(({ bytes }) => bytes),
    ...vectors.leafReceipts,
    vectors.receipt.bytes,
  ];
  expect(signed).toHaveLength(18);
  for (const bytes of signed) nested(throughCborg(fromHex(bytes)!));
  for (const { bytes } of vectors.leaves) throughCborg(fromHex(bytes)!);
  for (const item of vectors.file) throughCborg(fromHex(item)!);
  for (const { toBeSigned } of vectors.attestations) throughCborg(fromHex(toBeSigned)!);
});
