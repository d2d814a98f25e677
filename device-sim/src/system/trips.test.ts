import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  attestationHash,
  type EvidenceItem,
  encodeEvidence,
  encodeLeaf,
  leafHashes,
  publicKeyOfSeed,
  sealAttestation,
  signWithSeed,
  treeRoot,
} from '@outpost/schemas/evidence';
import { asciiBytes, concatBytes, type Epoch, monoNs, type Reading, wallNs } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readingsOf } from '../cheats/drive-track.ts';
import { outpost } from './programs.ts';

type Said = Pick<Reading, 'mono' | 'body'>;

const SEED = new Uint8Array(32).fill(7);
const HOUR_NS = 3_600_000_000_000n;
const BATCH = 2_048;
const EPOCH = new Uint8Array(16).fill(0xe0) as Epoch;
const ANCHOR = { wall: wallNs(1_767_225_600_000_000_000n), mono: monoNs(0n), trust: 'ntp' } as const;

/** The evidence of these readings, signed as a gateway signs it. */
const evidenceOf = (said: readonly Said[]): Uint8Array => {
  const items: EvidenceItem[] = [{ kind: 'header', from: null, to: null }];
  let previous: Uint8Array | null = null;
  const key = publicKeyOfSeed(SEED);
  for (let from = 0; from < said.length; from += BATCH) {
    const part = said.slice(from, from + BATCH);
    const leaves = part.map(({ mono, body }, i) =>
      encodeLeaf({
        sequence: from + i,
        mono,
        body,
        raw: body.kind === 'anchor' ? new Uint8Array(0) : asciiBytes('41'),
        salt: new Uint8Array(16),
      }),
    );
    const attestation = sealAttestation(
      {
        deviceKey: key,
        gatewayKey: key,
        keyKind: 'demo',
        stream: 'car/telemetry',
        epoch: EPOCH,
        epochReason: 'started',
        counter: from / BATCH,
        previous,
        size: part.length,
        firstSequence: from,
        firstMono: part[0]!.mono,
        lastMono: part.at(-1)!.mono,
        anchor: ANCHOR,
        origin: 'simulated',
        authenticated: 'none',
        software: 'outpost test',
      },
      treeRoot(leafHashes(leaves)),
      (message) => signWithSeed(message, SEED),
    );
    previous = attestationHash(attestation);
    items.push({ kind: 'attestation', bytes: attestation });
    items.push(...leaves.map((bytes): EvidenceItem => ({ kind: 'leaf', bytes })));
  }
  return concatBytes(...items.map(encodeEvidence));
};

const later = (said: readonly Said[], ns: bigint): readonly Said[] =>
  said.map(({ mono, body }) => ({ mono: monoNs(mono + ns), body }));

/** The same drive with a speed that is told half as high again. */
const boasted = (said: readonly Said[]): readonly Said[] =>
  said.map(({ mono, body }) => ({
    mono,
    body:
      body.kind === 'number' && body.signal === 1
        ? { ...body, mantissa: Math.min(255, Math.round(1.5 * body.mantissa)) }
        : body,
  }));

/** The supply of a parked car, looked at for a quarter of an hour. */
const PARKED: readonly Said[] = Array.from({ length: 30 }, (_, i) => ({
  mono: monoNs(BigInt(i) * 30_000_000_000n),
  body: { kind: 'number', signal: 3, mantissa: 1_250, ecu: 0 },
}));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-trips-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('outpost trips', () => {
  it('finds the trips of an evidence file and says what speaks against one that was boasted of', async () => {
    const drive = { vehicle: 'petrol-manual', carSeed: 4, seconds: 300 } as const;
    const [honest, other] = [readingsOf({ ...drive, driveSeed: 1 }), readingsOf({ ...drive, driveSeed: 2 })];
    const said = [
      ...honest,
      ...later(PARKED, HOUR_NS / 2n),
      ...later(boasted(other), HOUR_NS),
      ...later(PARKED, 2n * HOUR_NS),
    ];
    const file = join(directory, 'drives.outpost');
    await writeFile(file, evidenceOf(said));

    const told = await outpost(['trips', file]);
    expect(told.code).toBe(1);
    const lines = told.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^2026-01-01T00:00:\d\d.*car\/telemetry {2}\d+\.\d km in \d+ min, 0\.\d\d l · believable/,
    );
    expect(lines[1]).toMatch(/^2026-01-01T01:00:\d\d.*DOUBTFUL/);
    expect(told.out).toMatch(/ {4}odometer: the odometer counts \d+ m where the speed makes \d+ m\./);
    expect(told.out).toMatch(/ {4}satellites: satellites see \d+ m/);

    const json = await outpost(['trips', '--json', file]);
    const judged = JSON.parse(json.out) as readonly { readonly verdict: { readonly believable: boolean } }[];
    expect(judged.map(({ verdict }) => verdict.believable)).toEqual([true, false]);
  });
});
