import { expect, test } from 'vitest';
import { type Epoch, fromHex, monoNs, wallNs } from '../words/index.ts';
import {
  decodeLeaf,
  encodeLeaf,
  type Leaf,
  leafHash,
  leafSalt,
  readAttestation,
  readLeafReceipt,
  receiptForLeaf,
  type Statement,
  saltKey,
  sealAttestation,
  signedByReceipt,
  treeRoot,
} from './index.ts';

const epoch = new Uint8Array(16).fill(7) as Epoch;
const salts = saltKey(new Uint8Array(32).fill(9), epoch, 'car/telemetry');
const raw = new TextEncoder().encode('7E804410C1AF8');

const leafAt = (sequence: number): Leaf => ({
  sequence,
  mono: monoNs(BigInt(sequence) * 100_000_000n + 2n ** 62n),
  body: { kind: 'number', signal: 268, mantissa: 172_600, ecu: 0x7e8 },
  raw,
  salt: leafSalt(salts, sequence),
});

test('a leaf and its attestation read back as they were written', () => {
  const leaves = [0, 1, 2].map(leafAt);
  const encoded = leaves.map(encodeLeaf);
  expect(decodeLeaf(encoded[1]!)).toEqual({ ok: true, value: leaves[1] });
  const hashes = encoded.map((leaf) => leafHash(leaf));
  const statement: Statement = {
    deviceKey: new Uint8Array(32).fill(1),
    gatewayKey: new Uint8Array(32).fill(2),
    keyKind: 'file',
    stream: 'car/telemetry',
    epoch,
    epochReason: 'started',
    counter: 0,
    previous: null,
    size: 3,
    firstSequence: 0,
    firstMono: leaves[0]!.mono,
    lastMono: leaves[2]!.mono,
    anchor: { wall: wallNs(1_700_000_000_000_000_000n), mono: monoNs(2n ** 62n), trust: 'ntp' },
    origin: 'live',
    authenticated: 'wired',
    software: 'outpost 0.1.0',
  };
  const bytes = sealAttestation(statement, treeRoot(hashes), () => fromHex('5a'.repeat(64))!);
  const read = readAttestation(bytes);
  expect(read.ok && read.value.statement).toEqual(statement);
  const receipt = receiptForLeaf(bytes, hashes, 2);
  if (!receipt.ok) throw new Error(receipt.fault.words);
  const proof = readLeafReceipt(receipt.value);
  if (!proof.ok || !read.ok) throw new Error();
  expect(signedByReceipt(proof.value, encoded[2]!)).toEqual(read.value.signed);
});
