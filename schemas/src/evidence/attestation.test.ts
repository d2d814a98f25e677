import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Body, concatBytes, type Epoch, monoNs } from '../words/index.ts';
import {
  assembleAttestation,
  attestationHash,
  attestationToBeSigned,
  readAttestation,
} from './attestation.ts';
import { type CborTag, type CborValue, encodeCbor } from './cbor.ts';
import { decodeCbor } from './cbor-read.ts';
import { nobleEquation } from './ed25519.ts';
import { encodeEvidence } from './evidence-file.ts';
import { encodeLeaf } from './leaf.ts';
import { readLeafReceipt, receiptForLeaf, rootByReceipt, signedByReceipt } from './leaf-receipt.ts';
import { batchItems, sampleEpoch, sampleEpochName, sampleKey, sampleNumber } from './sample.ts';
import type { Statement } from './statement.ts';
import { leafHashes } from './tree.ts';

const gateway = sampleKey(1);
const device = sampleKey(2);
const numbers = (count: number): Body[] => Array.from({ length: count }, (_, i) => sampleNumber(i));
const epoch = sampleEpoch({ device, gateway });
const first = epoch.next(numbers(5));
const second = epoch.next(numbers(3));

/** The four items of the COSE_Sign1, to be put together in another way. */
const itemsOf = (bytes: Uint8Array): CborValue[] => {
  const read = decodeCbor(bytes);
  if (!read.ok) throw new Error(read.fault.words);
  return [...((read.value as CborTag).value as CborValue[])];
};

const rebuilt = (change: (items: CborValue[]) => CborValue, tag = 18): Uint8Array =>
  encodeCbor({ tag, value: change(itemsOf(first.attestation)) });

const withHeader = (change: (header: Map<number, CborValue>) => void): Uint8Array =>
  rebuilt(([protectedBytes, ...rest]) => {
    const read = decodeCbor(protectedBytes as Uint8Array);
    if (!read.ok) throw new Error(read.fault.words);
    const header = new Map(read.value as Map<number, CborValue>);
    change(header);
    return [encodeCbor(header), ...rest];
  });

const withStatement = (key: number, value: CborValue): Uint8Array =>
  withHeader((header) => {
    const statement = new Map(header.get(-70_001) as Map<number, CborValue>);
    statement.set(key, value);
    header.set(-70_001, statement);
  });

test('an attestation says exactly what was signed, by the key that it names', () => {
  for (const { attestation, statement } of [first, second]) {
    const read = readAttestation(attestation);
    if (!read.ok) throw new Error(read.fault.words);
    expect(read.value.statement).toEqual(statement);
    const { key, message, signature } = read.value.signed;
    expect(message).toEqual(attestationToBeSigned(statement, read.value.root));
    expect(key).toEqual(device.publicKey);
    expect(nobleEquation(key, message, signature)).toBe(true);
    expect(assembleAttestation(statement, read.value.root, signature)).toEqual(attestation);
  }
  expect(second.statement.previous).toEqual(attestationHash(first.attestation));
});

test('every other way to put the same attestation together is refused', () => {
  const [head, , root, signature] = itemsOf(first.attestation);
  const refused: readonly Uint8Array[] = [
    rebuilt((items) => items, 17),
    encodeCbor(itemsOf(first.attestation)),
    rebuilt((items) => items.slice(0, 3)),
    rebuilt((items) => [...items, null]),
    rebuilt(() => [head!, new Map([[4, device.publicKey]]), root!, signature!]),
    rebuilt(() => [head!, new Map(), null, signature!]),
    rebuilt(() => [head!, new Map(), (root as Uint8Array).subarray(1), signature!]),
    rebuilt(() => [head!, new Map(), root!, (signature as Uint8Array).subarray(1)]),
    withHeader((header) => header.set(1, -8)),
    withHeader((header) => header.set(16, 'application/vnd.outpost.receipt+cose')),
    withHeader((header) => header.set(395, 2)),
    withHeader((header) => header.delete(395)),
    withHeader((header) => header.set(2, 0)),
    withHeader((header) => header.set(4, device.publicKey.subarray(1))),
    concatBytes(first.attestation, Uint8Array.of(0)),
  ];
  for (const bytes of refused) expect(readAttestation(bytes).ok).toBe(false);
  expect(readAttestation(rebuilt((items) => items)).ok).toBe(true);
});

test('a statement with a member that does not fit is refused', () => {
  const hash = new Uint8Array(32);
  const wrong: readonly (readonly [number, CborValue])[] = [
    [1, 2],
    [2, hash.subarray(1)],
    [3, 0],
    [4, 'car'],
    [4, 'Car/telemetry'],
    [4, 'car/telemetry/x'],
    [5, hash],
    [6, 99],
    [7, 1],
    [7, -1],
    [8, hash],
    [8, [hash.subarray(16), 1, hash.subarray(1)]],
    [9, 0],
    [9, 65_537],
    [10, Number.MAX_SAFE_INTEGER],
    [11, 2n ** 62n],
    [12, 0],
    [13, [1, 2]],
    [13, [1, 2, 9]],
    [14, 0],
    [15, 9],
    [16, ''],
    [16, 'x'.repeat(65)],
    [17, 0],
  ];
  for (const [key, value] of wrong)
    expect([key, readAttestation(withStatement(key, value)).ok]).toEqual([key, false]);
  expect(readAttestation(withStatement(16, 'x'.repeat(64))).ok).toBe(true);
  expect(readAttestation(withStatement(8, [new Uint8Array(16), 3, hash])).ok).toBe(true);
});

test('a statement that no verifier would accept is never given out', () => {
  const lying = (changes: Partial<Statement>) => () =>
    sampleEpoch({ device, gateway }).next(numbers(1), changes);
  expect(lying({ previous: new Uint8Array(32) })).toThrow(RangeError);
  expect(lying({ size: 0 })).toThrow(RangeError);
  expect(lying({ software: '' })).toThrow(RangeError);
  expect(lying({ firstMono: monoNs(-1n) })).toThrow(RangeError);
  expect(lying({ epoch: new Uint8Array(15) as Epoch })).toThrow(RangeError);
  expect(() => assembleAttestation(first.statement, new Uint8Array(31), new Uint8Array(64))).toThrow(
    RangeError,
  );
});

test('evidence delivered in batches of 256 costs at most 72 bytes a reading', () => {
  const stream = sampleEpoch({ device, gateway, epoch: sampleEpochName(0xff) });
  stream.next(numbers(1));
  const { attestation, leaves } = stream.next(
    Array.from({ length: 256 }, (_, i) => ({
      kind: 'number',
      signal: 12,
      mantissa: 16_383_000 + i,
      ecu: 0x7e8,
    })),
  );
  const late = leaves.map(() =>
    encodeLeaf({
      sequence: 2 ** 32 - 1,
      mono: monoNs(2n ** 62n),
      body: { kind: 'number', signal: 0xffff, mantissa: 16_383_000, ecu: 0x7e8 },
      raw: new Uint8Array(18),
      salt: new Uint8Array(16),
    }),
  );
  const bytesOf = (batch: readonly Uint8Array[]): number =>
    concatBytes(
      encodeEvidence({ kind: 'attestation', bytes: attestation }),
      ...batch.map((bytes) => encodeEvidence({ kind: 'leaf', bytes })),
    ).length;
  expect(attestation.length).toBeLessThan(400);
  expect(bytesOf(leaves) / 256).toBeLessThan(62);
  expect(bytesOf(late) / 256).toBeLessThan(67);
  expect(batchItems(first)).toHaveLength(6);
});

test('a COSE Receipt has the bytes of its attestation, with the root taken out and the proof put in', () => {
  const hashes = leafHashes(first.leaves);
  for (const [index, leaf] of first.leaves.entries()) {
    const made = receiptForLeaf(first.attestation, hashes, index);
    if (!made.ok) throw new Error(made.fault.words);
    const [head, , root, signature] = itemsOf(first.attestation);
    const [headAgain, unprotected, payload, signatureAgain] = itemsOf(made.value);
    expect([headAgain, payload, signatureAgain]).toEqual([head, null, signature]);
    expect([...(unprotected as Map<number, CborValue>).keys()]).toEqual([396]);
    const read = readLeafReceipt(made.value);
    if (!read.ok) throw new Error(read.fault.words);
    expect(read.value.statement).toEqual(first.statement);
    expect(rootByReceipt(read.value, leaf)).toEqual(root);
    const { key, message, signature: signed } = signedByReceipt(read.value, root as Uint8Array);
    expect(nobleEquation(key, message, signed)).toBe(true);
    expect(readAttestation(made.value).ok).toBe(false);
  }
  expect(readLeafReceipt(first.attestation).ok).toBe(false);
});

test('a receipt is made for a leaf that is there, from the leaves that were signed', () => {
  const hashes = leafHashes(first.leaves);
  expect(receiptForLeaf(first.attestation, hashes, 5)).toMatchObject({ fault: { code: 'proof.index' } });
  expect(receiptForLeaf(first.attestation, hashes.toReversed(), 0)).toMatchObject({
    fault: { code: 'proof.root' },
  });
  expect(receiptForLeaf(new Uint8Array(3), hashes, 0).ok).toBe(false);
});

test('random and half-right bytes throw nothing, and what is read has no other bytes', () => {
  const { attestation } = first;
  const half = fc.tuple(fc.nat(attestation.length), fc.uint8Array({ maxLength: 40 })).map(([cut, noise]) => {
    return concatBytes(attestation.subarray(0, cut), noise, attestation.subarray(cut + noise.length));
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), half), (bytes) => {
      expect(readLeafReceipt(bytes).ok).toBe(false);
      const read = readAttestation(bytes);
      if (!read.ok) return;
      const { statement, root, signed } = read.value;
      expect(assembleAttestation(statement, root, signed.signature)).toEqual(bytes);
    }),
    { numRuns: 500 },
  );
});
