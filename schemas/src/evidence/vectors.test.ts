import { expect, test } from 'vitest';
import { type Body, type DeviceName, fromHex, monoNs, toHex, wallNs } from '../words/index.ts';
import { attestationHash, attestationToBeSigned, readAttestation } from './attestation.ts';
import { type EvidenceItem, encodeEvidence, readEvidenceBytes } from './evidence-file.ts';
import { sha256 } from './hash.ts';
import { readKeyRecord, sealEndorsement, sealRevocation, sealRotation } from './key-record.ts';
import { decodeLeaf, encodeLeaf } from './leaf.ts';
import { readLeafReceipt, receiptForLeaf } from './leaf-receipt.ts';
import { readReceipt, sealReceipt } from './receipt.ts';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  type SampleBatch,
  sampleEpoch,
  sampleEpochName,
  sampleKey,
  sampleNumber,
  sampleReception,
} from './sample.ts';
import { inclusionPath, leafHashes, treeRoot } from './tree.ts';
import vectors from './vectors/evidence-v1.json' with { type: 'json' };
import { verifyEvidence } from './verify.ts';

/** As JSON can hold it: bytes in hex, bigints in decimal. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
};

const gateway = sampleKey(1);
const device = sampleKey(2);
const network = sampleKey(3);
const nextGateway = sampleKey(5);
const nextDevice = sampleKey(6);

const BODIES: readonly Body[] = [
  { kind: 'anchor', anchor: SAMPLE_ANCHOR },
  sampleNumber(),
  { kind: 'text', signal: 260, text: 'naïve', ecu: 0 },
  { kind: 'codes', status: 'stored', codes: ['P0301', 'U0100'], ecu: 0x7e8 },
  { kind: 'identity', of: 'vin', text: 'WVWZZZ1JZ3W386752', ecu: 0x18da_f110 },
  { kind: 'gap', reason: 'disconnected', count: 3 },
  {
    kind: 'position',
    fix: '3d',
    latitude: 481_173_000,
    longitude: -115_166_667,
    altitudeCm: 54_540,
    speedCmS: 1_152,
    courseCdeg: 8_440,
    hdopCenti: 90,
    satellites: 8,
    fixedAt: SAMPLE_ANCHOR.wall,
  },
  {
    kind: 'trip',
    start: { epoch: sampleEpochName(0xe0), sequence: 1, wall: SAMPLE_ANCHOR.wall },
    startedBy: 'run-time',
    end: { epoch: sampleEpochName(0xe0), sequence: 5, wall: wallNs(SAMPLE_ANCHOR.wall + 1_800_000_000_000n) },
    endedBy: 'engine-off',
    distanceM: 23_266,
    fuelMl: 1_310,
    energyWh: undefined,
    odometerStartM: 48_211_000,
    odometerEndM: 48_234_300,
  },
  { kind: 'redacted', what: 'position', reason: 'zone' },
  sampleReception(),
];

const leafVector = (bytes: Uint8Array): unknown => {
  const leaf = decodeLeaf(bytes);
  if (!leaf.ok) throw new Error(leaf.fault.words);
  return plain({ ...leaf.value, bytes });
};

const attestationVector = ({ attestation, leaves, statement }: SampleBatch): unknown => {
  const hashes = leafHashes(leaves);
  const root = treeRoot(hashes);
  return plain({
    statement,
    leafHashes: hashes,
    paths: hashes.map((_, index) => inclusionPath(hashes, index)),
    root,
    toBeSigned: attestationToBeSigned(statement, root),
    bytes: attestation,
    hash: attestationHash(attestation),
  });
};

const receiptBytes = ({ attestation, leaves }: SampleBatch, index: number): Uint8Array => {
  const receipt = receiptForLeaf(attestation, leafHashes(leaves), index);
  if (!receipt.ok) throw new Error(receipt.fault.words);
  return receipt.value;
};

const after = (seconds: bigint) => wallNs(SAMPLE_ANCHOR.wall + seconds * 1_000_000_000n);

const makeRecords = (): readonly Uint8Array[] => {
  const endorsement = sealEndorsement(
    {
      number: 0,
      previous: null,
      time: after(0n),
      gatewayKey: gateway.publicKey,
      deviceKey: device.publicKey,
      name: 'car' as DeviceName,
      keyKind: 'file',
    },
    gateway.sign,
  );
  const rotation = sealRotation(
    {
      number: 1,
      previous: sha256(endorsement),
      time: after(60n),
      role: 'device',
      from: device.publicKey,
      to: nextDevice.publicKey,
      keyKind: 'sealed',
    },
    nextDevice.sign,
    device.sign,
  );
  const gatewayRotation = sealRotation(
    {
      number: 2,
      previous: sha256(rotation),
      time: after(120n),
      role: 'gateway',
      from: gateway.publicKey,
      to: nextGateway.publicKey,
      keyKind: 'file',
    },
    nextGateway.sign,
    gateway.sign,
  );
  const revocation = sealRevocation(
    {
      number: 3,
      previous: sha256(gatewayRotation),
      time: after(180n),
      key: nextDevice.publicKey,
      by: nextGateway.publicKey,
      reason: 'lost',
      words: 'The box was stolen with the car.',
    },
    nextGateway.sign,
  );
  return [endorsement, rotation, gatewayRotation, revocation];
};

const make = () => {
  const epoch = sampleEpoch({ device, gateway });
  const first = epoch.next(BODIES);
  const second = epoch.next([sampleNumber(1_727)]);
  const third = sampleEpoch({
    device,
    gateway,
    epoch: sampleEpochName(0xe1),
    parent: second.head,
    reason: 'restored',
    anchor: { wall: wallNs(SAMPLE_ANCHOR.wall + 5_000_000_000n), mono: monoNs(7n), trust: 'none' },
    origin: 'simulated',
    authenticated: 'none',
  }).next([sampleNumber(-40), sampleNumber(0)]);
  const receipt = sealReceipt(
    {
      networkKey: network.publicKey,
      network: 'outpost',
      attestation: first.head.hash,
      deviceKey: device.publicKey,
      stream: 'car/telemetry',
      time: after(2n),
      refused: [{ first: 2, count: 2, code: 'schema.unknown', words: 'This signal is not known here.' }],
      highest: second.head,
    },
    network.sign,
  );
  const records = makeRecords();
  const items: readonly EvidenceItem[] = [
    SAMPLE_HEADER,
    ...records.map((bytes): EvidenceItem => ({ kind: 'key-record', bytes })),
    ...[first, second, third].flatMap(batchItems),
    { kind: 'receipt', bytes: receipt },
    { kind: 'proof', leaf: first.leaves[1]!, receipt: receiptBytes(first, 1) },
    { kind: 'note', text: 'The journal had a damaged record at 17.' },
  ];
  return { batches: [first, second, third], receipt, records, items };
};

const { batches, receipt, records, items } = make();

const recordVector = (bytes: Uint8Array): unknown => {
  const read = readKeyRecord(bytes);
  if (!read.ok) throw new Error(read.fault.words);
  return plain({ content: read.value.content, signed: read.value.signed, bytes });
};

const receiptVector = (bytes: Uint8Array): unknown => {
  const read = readReceipt(bytes);
  if (!read.ok) throw new Error(read.fault.words);
  return plain({ content: read.value.content, signed: read.value.signed, bytes });
};

const made = {
  keys: plain({ gateway, device, network, nextGateway, nextDevice }),
  leaves: batches[0]!.leaves.map(leafVector),
  attestations: batches.map(attestationVector),
  leafReceipts: batches[0]!.leaves.map((_, index) => toHex(receiptBytes(batches[0]!, index))),
  keyRecords: records.map(recordVector),
  receipt: receiptVector(receipt),
  file: items.map((item) => toHex(encodeEvidence(item))),
};

test('everything that is signed has the bytes that it had when this format was fixed', () => {
  expect(JSON.parse(JSON.stringify(made))).toEqual(vectors);
});

const hex = (text: string): Uint8Array => fromHex(text)!;

test('the vectors read back as what they say', () => {
  for (const leaf of vectors.leaves) {
    expect(leafVector(hex(leaf.bytes))).toEqual(leaf);
    const read = decodeLeaf(hex(leaf.bytes));
    expect(read.ok && toHex(encodeLeaf(read.value))).toBe(leaf.bytes);
  }
  for (const { bytes, statement, root, toBeSigned, hash } of vectors.attestations) {
    const read = readAttestation(hex(bytes));
    if (!read.ok) throw new Error(read.fault.words);
    const { signed } = read.value;
    expect(plain(read.value.statement)).toEqual(statement);
    expect([toHex(read.value.root), toHex(signed.message)]).toEqual([root, toBeSigned]);
    expect(toHex(attestationHash(hex(bytes)))).toBe(hash);
  }
  for (const record of vectors.keyRecords) expect(recordVector(hex(record.bytes))).toEqual(record);
  expect(receiptVector(hex(vectors.receipt.bytes))).toEqual(vectors.receipt);
  for (const [index, bytes] of vectors.leafReceipts.entries()) {
    const read = readLeafReceipt(hex(bytes));
    if (!read.ok) throw new Error(read.fault.words);
    expect(read.value.index).toBe(index);
    expect(plain(read.value.path)).toEqual(vectors.attestations[0]!.paths[index]);
  }
});

test('the file of the vectors is judged as docs/evidence.md says', () => {
  const read = readEvidenceBytes(hex(vectors.file.join('')));
  const content = read.map((item) => {
    if (!item.ok) throw new Error(item.fault.words);
    return item.value;
  });
  const { verdict, counts, checked, networks } = verifyEvidence(content, { key: gateway.publicKey });
  expect(Object.fromEntries(counts)).toEqual({
    'gap.stated': 1,
    'receipt.refused': 1,
    'origin.simulated': 1,
    'clock.untrusted': 1,
  });
  expect(verdict).toBe('holds');
  expect(checked).toEqual({
    attestations: 3,
    leaves: 13,
    proofs: 1,
    signatures: 11,
    redecoded: 0,
    keyRecords: 4,
    receipts: 1,
  });
  expect([...networks]).toEqual([['outpost', { receipts: 1, acceptedReadings: 8, refusedReadings: 2 }]]);
});
