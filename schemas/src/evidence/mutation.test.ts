import { createPublicKey, hash, verify as platformVerify } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiBytes, type Body, concatBytes, toHex } from '../words/index.ts';
import { strictVerifier, type Verify } from './ed25519.ts';
import { type EvidenceItem, encodeEvidence, readEvidenceBytes } from './evidence-file.ts';
import { sha256 } from './hash.ts';
import { sealRotation } from './key-record.ts';
import { receiptForLeaf } from './leaf-receipt.ts';
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
  sampleReception,
} from './sample.ts';
import { leafHashes } from './tree.ts';
import { openVerification, type VerifyOptions } from './verify.ts';

/** The full number is for `npm run test:full`. */
const MUTATIONS = process.env['OUTPOST_TESTS'] === 'full' ? 10_000 : 2_000;
const FILES = 4;

const gateway = sampleKey(1);
const device = sampleKey(2);
const newDevice = sampleKey(6);
const network = sampleKey(3);

const openssl: Verify = (key, message, signature) => {
  const x = Buffer.from(key).toString('base64url');
  return platformVerify(
    null,
    message,
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    signature,
  );
};

/** Remembers what it said: most signatures of a file with one changed byte are those of the file as it was. */
const remembering = (verify: Verify): Verify => {
  const said = new Map<string, boolean>();
  return (key, message, signature) => {
    const name = `${toHex(key)}${toHex(signature)}${toHex(sha256(message))}`;
    const known = said.get(name) ?? verify(key, message, signature);
    said.set(name, known);
    return known;
  };
};

const fast: VerifyOptions = {
  networkKeys: [network.publicKey],
  verify: remembering(strictVerifier(openssl)),
  hash: (bytes) => asciiBytes(hash('sha256', bytes, 'binary')),
};

const bodies: readonly Body[] = [
  { kind: 'anchor', anchor: SAMPLE_ANCHOR },
  sampleNumber(),
  { kind: 'codes', status: 'stored', codes: ['P0301'], ecu: 0x7e8 },
  sampleReception(),
];

const epoch = sampleEpoch({ device, gateway });
const [a, b] = [epoch.next(bodies), epoch.next([sampleNumber(1), sampleNumber(2)])];
const d = epoch.next([sampleNumber(5)]);
const later = sampleEpoch({ device: newDevice, gateway, epoch: sampleEpochName(0xe1), parent: b.head });
const c = later.next([sampleNumber(3), sampleNumber(4)]);

const endorsement = sampleEndorsement(gateway, device);
const rotation = sealRotation(
  {
    number: 1,
    previous: sha256(endorsement),
    time: SAMPLE_ANCHOR.wall,
    role: 'gateway',
    from: gateway.publicKey,
    to: sampleKey(5).publicKey,
    keyKind: 'file',
  },
  sampleKey(5).sign,
  gateway.sign,
);
const deviceRotation = sealRotation(
  {
    number: 2,
    previous: sha256(rotation),
    time: (SAMPLE_ANCHOR.wall + 60_000_000_000n) as typeof SAMPLE_ANCHOR.wall,
    role: 'device',
    from: device.publicKey,
    to: newDevice.publicKey,
    keyKind: 'file',
  },
  newDevice.sign,
  device.sign,
);

const proofOf = (index: number): EvidenceItem => {
  const receipt = receiptForLeaf(a.attestation, leafHashes(a.leaves), index);
  if (!receipt.ok) throw new Error(receipt.fault.words);
  return { kind: 'proof', leaf: a.leaves[index]!, receipt: receipt.value };
};

/** Everything that is signed: key records, three attestations in two epochs with all leaves, receipts, a proof. */
const signed: readonly EvidenceItem[] = [
  ...[endorsement, rotation, deviceRotation].map((bytes): EvidenceItem => ({ kind: 'key-record', bytes })),
  ...[a, b, c].flatMap(batchItems),
  ...[sampleReceipt(network, a), sampleReceipt(network, c)].map(
    (bytes): EvidenceItem => ({ kind: 'receipt', bytes }),
  ),
  proofOf(1),
  proofOf(3),
];

const header = encodeEvidence(SAMPLE_HEADER);

const judge = (content: Uint8Array, key = gateway.publicKey): { verdict: string; codes: string[] } => {
  const verification = openVerification({ ...fast, key });
  for (const item of readEvidenceBytes(concatBytes(header, content))) verification.take(item);
  const { verdict, counts } = verification.finish();
  return { verdict, codes: [...counts.keys()] };
};

const withheld = ({ attestation }: SampleBatch): EvidenceItem => ({
  kind: 'attestation',
  bytes: attestation,
});

/** Small files, so that many changes can be tried; each with the layers that a change has to reach. */
const files: Readonly<
  Record<string, { items: readonly EvidenceItem[]; key: Uint8Array; reached: string[] }>
> = {
  leaves: {
    items: batchItems(a),
    key: device.publicKey,
    reached: ['attestation.signature', 'attestation.root', 'leaf.malformed', 'evidence.malformed'],
  },
  proof: {
    items: [proofOf(1), proofOf(3)],
    key: device.publicKey,
    reached: ['proof.signature', 'proof.malformed'],
  },
  chain: {
    items: [withheld(a), withheld(b), withheld(d)],
    key: device.publicKey,
    reached: ['attestation.malformed', 'attestation.signature', 'chain.gap'],
  },
  records: {
    items: [...signed.slice(0, 2), withheld(a), { kind: 'receipt', bytes: sampleReceipt(network, a) }],
    key: gateway.publicKey,
    reached: ['key-record.signature', 'receipt.signature', 'key-record.malformed', 'receipt.malformed'],
  },
};
const change = fc.oneof(
  fc.integer({ min: 0, max: 7 }).map((bit) => 1 << bit),
  fc.integer({ min: 1, max: 255 }),
);

test('the evidence holds as long as it is whole', () => {
  expect(judge(concatBytes(...signed.map(encodeEvidence)))).toEqual({ verdict: 'holds', codes: [] });
});

test.each(Object.entries(files))(
  `of ${MUTATIONS / FILES} random changes of one bit or one byte none passes: %s`,
  (_, { items, key, reached }) => {
    const content = concatBytes(...items.map(encodeEvidence));
    expect(judge(content, key).verdict).toBe('holds');
    const passed: string[] = [];
    const found = new Set<string>();
    const numRuns = MUTATIONS / FILES;
    for (const [at, mask] of fc.sample(fc.tuple(fc.nat(content.length - 1), change), { numRuns, seed: 1 })) {
      const changed = Uint8Array.from(content);
      changed[at] = (changed[at] ?? 0) ^ mask;
      const { verdict, codes } = judge(changed, key);
      for (const code of codes) found.add(code);
      if (verdict !== 'fails') passed.push(`byte ${at} by ${mask}`);
    }
    expect(passed).toEqual([]);
    expect([...found]).toEqual(expect.arrayContaining(reached));
  },
);

test('no record, attestation or leaf can be left out, repeated or moved', () => {
  const encoded = signed.map(encodeEvidence);
  const inOrder = encoded.length - 4;
  for (const index of encoded.keys()) {
    if (index >= inOrder) continue;
    const without = encoded.filter((_, at) => at !== index);
    const variants = {
      'left out': without,
      repeated: [...encoded.slice(0, index + 1), ...encoded.slice(index)],
      moved: [...without.slice(0, index + 1), encoded[index]!, ...without.slice(index + 1)],
    };
    for (const [what, items] of Object.entries(variants)) {
      expect([index, what, judge(concatBytes(...items)).verdict]).toEqual([index, what, 'fails']);
    }
  }
});
