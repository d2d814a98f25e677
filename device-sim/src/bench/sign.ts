import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { platformHash } from '@outpost/gateway';
import {
  assembleAttestation,
  attestationToBeSigned,
  encodeLeaf,
  leafHash,
  leafSalt,
  type Statement,
  saltKey,
  treeRoot,
} from '@outpost/schemas/evidence';
import { asciiBytes, type Epoch, monoNs, type StreamId, wallNs } from '@outpost/schemas/words';
import type { Bench } from './result.ts';
import { median, rounds } from './rounds.ts';

const BATCH = 256;

const statement: Statement = {
  deviceKey: new Uint8Array(32).fill(1),
  gatewayKey: new Uint8Array(32).fill(2),
  keyKind: 'file',
  stream: 'car/telemetry' as StreamId,
  epoch: new Uint8Array(16) as Epoch,
  epochReason: 'started',
  counter: 1,
  previous: new Uint8Array(32),
  size: BATCH,
  firstSequence: 256,
  firstMono: monoNs(1_000_000_000_000n),
  lastMono: monoNs(1_030_000_000_000n),
  anchor: { wall: wallNs(1_790_000_000_000_000_000n), mono: monoNs(1n), trust: 'ntp' },
  origin: 'live',
  authenticated: 'none',
  software: 'outpost bench',
};

const key = () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createPrivateKey({
    key: privateKey.export({ format: 'der', type: 'pkcs8' }),
    format: 'der',
    type: 'pkcs8',
  });
};

const newWork = () => {
  const privateKey = key();
  const salts = saltKey(new Uint8Array(32).fill(9), statement.epoch, statement.stream);
  const raw = asciiBytes('7E804410C1AF8');
  const leaves = (from: number): Uint8Array[] =>
    Array.from({ length: BATCH }, (_, i) =>
      encodeLeaf({
        sequence: from + i,
        mono: monoNs(1_000_000_000_000n + BigInt(i) * 100_000_000n),
        body: { kind: 'number', signal: 2, mantissa: 6_904 + i, ecu: 0x7e8 },
        raw,
        salt: leafSalt(salts, from + i, platformHash),
      }),
    );
  const attest = (batch: readonly Uint8Array[]): Uint8Array => {
    const root = treeRoot(
      batch.map((leaf) => leafHash(leaf, platformHash)),
      platformHash,
    );
    return assembleAttestation(
      statement,
      root,
      sign(null, attestationToBeSigned(statement, root), privateKey),
    );
  };
  const signEach = (batch: readonly Uint8Array[]): void => {
    for (const leaf of batch) sign(null, leaf, privateKey);
  };
  return { leaves, attest, signEach };
};

/** Tree and signature over batches of 256 leaves, beside one platform signature for each leaf. */
export const run: Bench = async ({ quick, signal, say }) => {
  const { leaves, attest, signEach } = newWork();
  const batches = Array.from({ length: quick ? 4 : 40 }, (_, i) => leaves(i * BATCH));
  const readings = batches.length * BATCH;
  const perSecond = (ms: number): number => (readings / ms) * 1000;
  const timed = await rounds(
    {
      attest: () => {
        for (const batch of batches) attest(batch);
      },
      encodeAndAttest: () => {
        for (let i = 0; i < batches.length; i += 1) attest(leaves(i * BATCH));
      },
      signEach: () => {
        for (const batch of batches.slice(0, Math.ceil(batches.length / 10))) signEach(batch);
      },
    },
    { rounds: quick ? 2 : 9, signal, say },
  );
  const [attested, encoded] = [perSecond(median(timed.attest)), perSecond(median(timed.encodeAndAttest))];
  const each = perSecond(median(timed.signEach)) * (Math.ceil(batches.length / 10) / batches.length);
  const evidenceBytes =
    leaves(70_000).reduce((sum, leaf) => sum + leaf.length + 2, 0) + attest(leaves(0)).length;
  return {
    name: 'sign',
    ratios: [
      { what: 'tree and one signature, to one platform signature a reading', ratio: attested / each },
      { what: 'the same with encoding and salts', ratio: encoded / each },
    ],
    figures: [
      { what: 'tree and signature, batches of 256', value: attested, unit: 'readings/s', bar: '≥ 150,000' },
      { what: 'with encoding and salts', value: encoded, unit: 'readings/s', bar: '≥ 100,000' },
      { what: 'one signature a reading', value: each, unit: 'readings/s' },
      {
        what: 'evidence, attestation included',
        value: evidenceBytes / BATCH,
        unit: 'B/reading',
        bar: '≤ 72',
      },
    ],
  };
};
