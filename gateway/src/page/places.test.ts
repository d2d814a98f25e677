import { sampleReception } from '@outpost/schemas/testing';
import { type Body, type DeviceName, monoNs, type PositionBody } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecorder } from '../record/recorder.ts';
import { newRecordTally } from '../record/tally.ts';
import { newTestBox, type TestBox } from '../run/testing.ts';
import { PLACES_API } from './api/places.ts';
import { type Places, placesIn } from './places.ts';
import { checked } from './shape.ts';
import { openTestPage, type TestPage } from './testing.ts';

const STEPS = 5_000;
const EUI = [0xaa, 0x55, 0x5a, 0, 0, 0, 0] as const;

let box: TestBox;
let page: TestPage;
let cookie: string;

const position = (at: number): PositionBody => ({
  kind: 'position',
  fix: '3d',
  latitude: 475_000_000 + at * 100,
  longitude: 85_000_000,
  altitudeCm: undefined,
  speedCmS: at % 2 === 0 ? 1_000 : undefined,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
});

/** PUSH_DATA of a gateway (PROTOCOL.md §3.2), as its places stand in the evidence. */
const pushed = (last: number): Uint8Array => Uint8Array.of(2, 7, 8, 0, ...EUI, last, 0x7b, 0x7d);

/** Two hotspots behind one UDP port: each says where it is, and they hear three frames. */
const observeHotspots = async ({ opened, clock }: TestBox): Promise<void> => {
  const { journal, run, reason, room } = opened;
  const recorder = openRecorder({
    device: 'car' as DeviceName,
    lane: 'coverage',
    authenticated: 'none',
    reason,
    journal,
    run,
    tally: newRecordTally(),
    admit: room.admit,
  });
  const heard = (last: number): readonly [Body, number] => [
    sampleReception({ location: undefined, gateway: Uint8Array.of(...EUI, last) }),
    last,
  ];
  const said = [[position(10), 1], [position(90_000), 2], heard(1), heard(1), heard(2)] as const;
  const readings = said.map(([body, last]) => ({
    body,
    raw: pushed(last),
    mono: clock.mono(),
    origin: 'live' as const,
  }));
  await recorder.observe({ readings, quarantined: [], kept: () => undefined, refused: () => undefined });
};

const observe = async (bodies: readonly Body[]): Promise<void> => {
  const readings = bodies.map((body) => ({
    body,
    raw: Uint8Array.of(1),
    mono: box.clock.mono(),
    origin: 'live' as const,
  }));
  await box.recorder.observe({ readings, quarantined: [], kept: () => undefined, refused: () => undefined });
};

const placesOf = async (query: string): Promise<Places> => {
  const answer = await page.get(`/api/places?${query}`, cookie);
  expect(answer.status).toBe(200);
  const given: unknown = await answer.json();
  expect(checked(given, PLACES_API['GET /api/places'].gives.shape)).toMatchObject({ ok: true });
  return given as Places;
};

let begun: number;

beforeAll(async () => {
  box = await newTestBox();
  begun = Number(box.clock.wall() / 1_000_000n);
  for (let at = 0; at < STEPS; at += 100) {
    await observe(Array.from({ length: 100 }, (_, each) => position(at + each)));
    await box.clock.advance(100);
  }
  const place = {
    latitude: 475_000_001,
    longitude: 85_000_001,
    altitudeCm: undefined,
    source: 'gnss',
  } as const;
  await observe([
    sampleReception({ location: place, rssiDeciDbm: -1_200, snrDeciDb: -50 }),
    sampleReception({ location: place, rssiDeciDbm: -900, snrDeciDb: undefined }),
    sampleReception({ location: { ...place, longitude: 85_100_000 } }),
    sampleReception({ location: undefined }),
    sampleReception({ location: place, direction: 'sent' }),
  ]);
  await observeHotspots(box);
  await box.until('it is on the disk', () => box.opened.journal.stats().pendingBytes === 0);
  const { journal, ring, chains } = box.opened;
  page = await openTestPage({
    clock: box.clock,
    journal,
    keyRecords: () => ring.records(),
    heads: () => chains.heads,
  });
  cookie = await page.claim();
});
afterAll(async () => {
  await page?.[Symbol.asyncDispose]();
  await box?.[Symbol.asyncDispose]();
});

describe('what belongs on a map', () => {
  it('is the whole way, thinned evenly where it is long, from its first to its last point', async () => {
    const { tracks, isWhole, hidden } = await placesOf(`from=${begun}`);
    expect([isWhole, hidden]).toEqual([true, 0]);
    expect(tracks.map(({ stream }) => stream)).toEqual(['car/telemetry', 'car/coverage', 'car/coverage']);
    const points = tracks[0]?.points ?? [];
    expect(points.length).toBeGreaterThan(1_000);
    expect(points.length).toBeLessThanOrEqual(4_096);
    expect(points[0]?.[1]).toBe(475_000_000);
    expect(points.at(-1)?.[1]).toBe(475_000_000 + (STEPS - 1) * 100);
    expect(
      new Set(points.slice(1, -1).map((point, at) => (point[1] - (points[at]?.[1] ?? 0)) / 100)).size,
    ).toBe(1);
    expect(points[0]?.[3]).toBe(1_000);
  });

  it('is what was heard, by cells, and where that is not known it is not there', async () => {
    const { heard } = await placesOf(`from=${begun}`);
    expect(heard).toEqual([
      { latitude: 475_010_000, longitude: 85_010_000, count: 2, bestRssiDeciDbm: -900, bestSnrDeciDb: -50 },
      { latitude: 475_010_000, longitude: 85_110_000, count: 1, bestRssiDeciDbm: -1_070, bestSnrDeciDb: 72 },
    ]);
  });

  it('is the place of each hotspot, with what it heard, where several share a stream', async () => {
    const { tracks } = await placesOf(`from=${begun}`);
    const hotspots = tracks.filter(({ gateway }) => gateway !== undefined);
    expect(
      hotspots.map(({ points, ...track }) => ({ ...track, north: points.map(([, north]) => north) })),
    ).toEqual([
      { stream: 'car/coverage', gateway: 'aa555a0000000001', frames: 2, north: [475_001_000] },
      { stream: 'car/coverage', gateway: 'aa555a0000000002', frames: 1, north: [484_000_000] },
    ]);
  });

  it('is of the period and of the device that is asked for, and no more than may be looked at', async () => {
    const { tracks } = await placesOf(`from=${begun}&to=${begun + 450}`);
    expect(tracks[0]?.points).toHaveLength(500);
    expect(await placesOf(`from=${begun}&device=other`)).toMatchObject({ tracks: [], heard: [] });
    expect((await placesOf('lastS=0')).tracks).toEqual([]);
    expect((await page.get('/api/places?from=2&to=1', cookie)).status).toBe(400);
    expect((await page.get('/api/places')).status).toBe(401);
    const cut = await placesIn(box.opened.journal, box.clock, { fromMs: begun, toMs: begun * 2 }, 100);
    expect([cut.isWhole, cut.tracks[0]?.points.length]).toEqual([false, 99]);
    let ms = 0n;
    const slow = {
      ...box.clock,
      mono: () => {
        ms += 20_000n;
        return monoNs(ms * 1_000_000n);
      },
    };
    const late = await placesIn(box.opened.journal, slow, { fromMs: begun, toMs: begun * 2 });
    expect([late.isWhole, (late.tracks[0]?.points.length ?? 0) < 1_100]).toEqual([false, true]);
  });
});
