import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EvidenceItem, encodeEvidence } from '@outpost/schemas/evidence';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  type SampleKey,
  sampleEndorsement,
  sampleEpoch,
  sampleKey,
  sampleReception,
} from '@outpost/schemas/testing';
import { type Body, type ReceptionBody, type StreamId, toHex, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const coverage = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  return { code: await outpost(['coverage', ...args, '--adapter', 'none'], terminal), out, err };
};

const KM = 89_932;
const place = (km: number): ReceptionBody['location'] => ({
  latitude: 475_000_000 + Math.round(km * KM),
  longitude: 85_000_000,
  altitudeCm: undefined,
  source: 'gnss',
});
const at = (ms: number) => ({
  gatewayTime: wallNs(SAMPLE_ANCHOR.wall + BigInt(ms) * 1_000_000n),
  tmst: ms * 1_000,
  fineNs: undefined,
});
const phy = (byte: number) => new Uint8Array(20).fill(byte);

/** Evidence of one box with one radio, and the key that vouches for it. */
const evidenceOf = (gateway: SampleKey, device: SampleKey, bodies: readonly Body[]) => {
  const stream: StreamId = 'car/coverage';
  const batch = sampleEpoch({ device, gateway, stream }).next(bodies);
  const items: readonly EvidenceItem[] = [
    SAMPLE_HEADER,
    { kind: 'key-record', bytes: sampleEndorsement(gateway, device) },
    ...batchItems(batch),
  ];
  return items.flatMap((item) => [...encodeEvidence(item)]);
};

const [boxA, radioA, boxB, radioB] = [sampleKey(1), sampleKey(2), sampleKey(3), sampleKey(4)];

const heardByA: readonly Body[] = [
  sampleReception({ ...at(0), phy: phy(1), location: place(0), rssiDeciDbm: -1_050 }),
  sampleReception({ ...at(100), phy: phy(2), location: place(0), rssiDeciDbm: -970, snrDeciDb: undefined }),
  sampleReception({ ...at(200), phy: phy(3), location: place(0), frequencyHz: undefined, crc: 'unknown' }),
  sampleReception({ ...at(300), phy: phy(9), location: place(0), direction: 'sent', powerDeciDbm: 140 }),
];
const sentByB: readonly Body[] = [
  sampleReception({
    ...at(0),
    phy: phy(1),
    gateway: new Uint8Array(8).fill(0xbb),
    location: place(14.3),
    direction: 'sent',
    powerDeciDbm: 140,
  }),
  sampleReception({
    ...at(100),
    phy: phy(2),
    gateway: new Uint8Array(8).fill(0xbb),
    location: place(14.3),
    direction: 'sent',
    powerDeciDbm: 140,
  }),
  sampleReception({
    ...at(310),
    phy: phy(9),
    gateway: new Uint8Array(8).fill(0xbb),
    location: place(14.3),
    rssiDeciDbm: -1_100,
  }),
];

const twoFiles = async (directory: string) => {
  const [a, b] = [join(directory, 'a.evidence'), join(directory, 'b.evidence')];
  await writeFile(a, Uint8Array.from(evidenceOf(boxA, radioA, heardByA)));
  await writeFile(b, Uint8Array.from(evidenceOf(boxB, radioB, sentByB)));
  return { a, b, keys: ['--key', toHex(boxA.publicKey), toHex(boxB.publicKey)] };
};

describe('outpost coverage verify', () => {
  it('explains each reception of two boxes, and names both who met', async () => {
    await using directory = await scratch();
    const { a, b, keys } = await twoFiles(directory.path);
    const stub = ['--region', 'EU868', ...keys, '--gain', 'aa555a0000000001=0'];
    const { code, out, err } = await coverage('verify', a, b, ...stub);
    expect(err).toEqual([]);
    const about = (what: RegExp) => out.filter((line) => what.test(line));
    expect(about(/would be rejected: RSSI/)).toEqual([
      '2026-01-01T00:00:00.100Z car/coverage 1 aa555a0000000001 SF7BW125 868.1000 MHz -97.0 dBm 20 bytes: ' +
        'would be rejected: RSSI 3.3 dB above what 14.3 km allows',
    ]);
    expect(about(/cannot be judged, because the radio tells no frequency$/)).toHaveLength(1);
    expect(about(/^\d+ receptions/)).toEqual([
      '4 receptions: 2 would be accepted, 0 doubtful, 0 reported twice, 1 would be rejected, ' +
        '1 cannot be judged; 3 sent',
    ]);
    const told = await coverage('verify', a, b, '--region', 'EU868', ...keys, '--gain', 'aa555a0000000001=6');
    expect([told.code, told.out.filter((line) => /rejected: RSSI|dBi/.test(line))]).toEqual([0, []]);
    const untold = await coverage('verify', a, b, '--region', 'EU868', ...keys);
    expect([untold.code, untold.out.filter((line) => /dBi/.test(line))]).toEqual([
      0,
      [
        expect.stringMatching(
          /would be accepted: .*RSSI 3\.3 dB above what 14\.3 km allows an antenna of 0 dBi \(nobody tells its gain\)/,
        ),
        '  up to 9 dBi were allowed for the antennas of aa555a0000000001, which nobody has told; say them by --gain',
      ],
    ]);
    expect(about(/rules broken/)).toEqual(['  rules broken: free-space 1']);
    const [first, second] = [radioA, radioB].map((key) => toHex(key.publicKey).slice(0, 8)).toSorted();
    expect(about(/met:/)).toEqual([
      `  met: ${first} and ${second} heard each other: 1 frame and 1 frame, 14.3 km apart`,
    ]);
    expect(about(/^HOLDS/)).toHaveLength(2);
    expect(code).toBe(1);
  });

  it('ends with the exit codes of verify where no reception would be rejected', async () => {
    await using directory = await scratch();
    const { b } = await twoFiles(directory.path);
    expect((await coverage('verify', b, '--key', toHex(boxB.publicKey))).code).toBe(0);
    expect((await coverage('verify', b)).code).toBe(2);
    expect((await coverage('verify', join(directory.path, 'none'))).code).toBe(1);
    expect((await coverage('verify', b, '--region', 'XX')).code).toBe(78);
    expect((await coverage('verify', b, '--key', 'a', 'b', 'c')).code).toBe(78);
  });

  it('says nothing of receptions where one byte was changed', async () => {
    await using directory = await scratch();
    const { a } = await twoFiles(directory.path);
    const bytes = Uint8Array.from(evidenceOf(boxA, radioA, heardByA));
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    await writeFile(a, bytes);
    const { code, out } = await coverage('verify', a, '--key', toHex(boxA.publicKey));
    expect(code).toBe(1);
    expect(out.join('\n')).not.toMatch(/would be|cannot be judged/);
    expect(out.at(-1)).toBe('The receptions were not looked at, because the evidence does not hold.');
  });

  it('gives scripts one object a line', async () => {
    await using directory = await scratch();
    const { a, b } = await twoFiles(directory.path);
    const { out } = await coverage('verify', a, b, '--json', '--brief', '--gain', 'aa555a0000000001=0');
    const objects = out.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(objects.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['reception', 'rejected'],
      ['reception', 'unjudged'],
      ['encounter', undefined],
      ['summary', undefined],
    ]);
    expect(objects[0]).toMatchObject({ deviceKey: toHex(radioA.publicKey), sequence: 1, score: 0 });
    expect(objects[0]?.['body']).toMatchObject({ phy: '02'.repeat(20), gateway: 'aa555a0000000001' });
    expect(objects.at(-1)).toMatchObject({ verdicts: { accepted: 2, rejected: 1 }, forgotten: 0 });
  });
});

describe('outpost coverage map', () => {
  it('writes cells with the best signal for scripts, and polygons for maps', async () => {
    await using directory = await scratch();
    const { a, b, keys } = await twoFiles(directory.path);
    const [json, geo] = [join(directory.path, 'cells.json'), join(directory.path, 'cells.geojson')];
    const stub = ['--gain', 'aa555a0000000001=0'];
    expect((await coverage('map', a, b, '--out', json, ...keys, ...stub)).code).toBe(0);
    const map = JSON.parse(await readFile(json, 'utf8')) as { readonly cells: readonly object[] };
    expect(map).toMatchObject({ format: 'outpost-coverage-map', version: 1, resolution: 9 });
    expect(map.cells).toHaveLength(3);
    expect(map.cells).toContainEqual(
      expect.objectContaining({ side: 'sender', count: 1, bestSnrDb: 7.2, bestRssiDbm: -105, radios: 1 }),
    );
    expect(map.cells).toContainEqual(expect.objectContaining({ side: 'receiver', count: 0, unjudged: 1 }));
    const drawn = await coverage('map', a, b, '--out', geo, '--resolution', '7', ...stub);
    expect(drawn.code).toBe(2);
    const { features } = JSON.parse(await readFile(geo, 'utf8')) as {
      readonly features: readonly { readonly geometry: { readonly coordinates: readonly unknown[][] } }[];
    };
    expect(features).toHaveLength(3);
    for (const { geometry } of features) expect(geometry.coordinates[0]).toHaveLength(7);
    expect((await coverage('map', a, '--out', geo)).code).toBe(78);
    expect((await coverage('map', a, '--out', 'x.json', '--resolution', '13')).code).toBe(78);
  });

  it('draws nothing of evidence that does not hold', async () => {
    await using directory = await scratch();
    const { a } = await twoFiles(directory.path);
    await writeFile(a, (await readFile(a)).subarray(0, -3));
    const { code, err } = await coverage('map', a, '--out', join(directory.path, 'no.json'));
    expect(code).toBe(1);
    expect(err[0]).toMatch(/the evidence does not hold/);
    await expect(readFile(join(directory.path, 'no.json'))).rejects.toThrow(/ENOENT/);
  });
});
