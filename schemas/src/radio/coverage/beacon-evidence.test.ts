import { describe, expect, it } from 'vitest';
import { equalBytes, fromHex, type ReceptionBody } from '../../words/index.ts';
import { BEACON_EU868, beaconPhy, buildBeacon, type HexGrid } from '../helium/index.ts';
import h3 from '../helium/vectors/h3.json' with { type: 'json' };
import { type BeaconEntropy, type HeliumEvidence, openBeacons } from './beacon-evidence.ts';
import type { SignedReception } from './signed-reception.ts';
import { CAR, HOTSPOT, located, MODULE, north, OTHER, START_MS, signed } from './testing.ts';

const LOC0 = 631615575095659519n;
const LOC1 = 631615576056478207n;

const joins = (x: string, y: string, a: bigint, b: bigint): boolean =>
  (BigInt(x) === a && BigInt(y) === b) || (BigInt(x) === b && BigInt(y) === a);

const grid: HexGrid = {
  centreDistanceM: (a, b) => h3.pairs.find((pair) => joins(pair.a, pair.b, a, b))?.centreDistanceM,
  steps: (a, b) => h3.pairs.find((pair) => joins(pair.a11, pair.b11, a, b))?.steps,
  disk: () => [],
};

const HOUR_MS = 3_600_000;

const entropyAt = (ms: number): BeaconEntropy => ({
  localEntropy: fromHex('e94619b0')!,
  remoteEntropy: {
    bytes: fromHex('b6aa3f80d9355f139d998626b8d1ff1776cda36ae11a10006a8d516546276b09')!,
    timestampS: Math.floor((START_MS + ms) / 1_000) - 60,
    version: 0,
  },
});

const GAIN_DBI = 2;

const beaconAt = (ms: number) => {
  const { remoteEntropy, localEntropy } = entropyAt(ms);
  const made = buildBeacon(remoteEntropy, localEntropy, BEACON_EU868, GAIN_DBI * 10);
  if (!made.ok) throw new Error(made.fault.words);
  return made.value;
};

const onAir = (ms: number): Partial<ReceptionBody> => ({
  phy: beaconPhy(beaconAt(ms)),
  frequencyHz: beaconAt(ms).frequencyHz,
  modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
});

const sent = (key: string, ms: number, over: Partial<ReceptionBody> = {}) =>
  signed(key, ms, {
    ...onAir(ms),
    direction: 'sent',
    location: located(0),
    powerDeciDbm: (beaconAt(ms).conductedDbm + GAIN_DBI) * 10,
    ...over,
  });

const heard = (key: string, ms: number, late: number, over: Partial<ReceptionBody> = {}) =>
  signed(key, ms + late, {
    ...onAir(ms),
    location: located(22.7),
    rssiDeciDbm: -1_060,
    signalRssiDeciDbm: undefined,
    ...over,
  });

const evidence: HeliumEvidence = {
  grid,
  cellAt: ({ latitude }) => (latitude === north(0).latitude ? LOC0 : LOC1),
  region: BEACON_EU868,
  gainDbi: () => GAIN_DBI,
  placeOf: ({ body }) => body.location,
  entropy: (payload) => {
    const made = [0, HOUR_MS, 49 * HOUR_MS, 50 * HOUR_MS].find((ms) =>
      equalBytes(beaconAt(ms).payload, payload),
    );
    return made === undefined ? undefined : entropyAt(made);
  },
};

const explained = (all: readonly SignedReception[], over: Partial<HeliumEvidence> = {}) => {
  const book = openBeacons({ ...evidence, ...over });
  for (const each of all) book.take(each);
  return book.explain();
};

describe('beacons of the evidence under the retired rules', () => {
  it('are accepted with their witnesses, each named by its key, in whatever order they stand', () => {
    const all = [heard(CAR, 0, 900), sent(HOTSPOT, 0), heard(OTHER, 0, 500)];
    const [one, ...rest] = explained(all);
    expect(rest).toEqual([]);
    expect(one?.verdict).toMatchObject({ reason: undefined, unit: 0.5 });
    expect(one?.words).toBe(
      'would be accepted with 2 of 2 witnesses; reciprocity before this evidence is taken as given',
    );
    expect(one?.witnesses.map(({ deviceKey }) => deviceKey)).toEqual([OTHER, CAR]);
  });

  it('tell hotspots apart that one signer has', () => {
    const gateway = fromHex('0016c00100000002');
    const [one] = explained([sent(HOTSPOT, 0), heard(HOTSPOT, 0, 500, { gateway })]);
    expect(one?.verdict?.witnesses.map(({ reason, selected }) => [reason, selected])).toEqual([
      [undefined, true],
    ]);
  });

  it('say by how much a witness is too strong for its distance', () => {
    const [one] = explained([sent(HOTSPOT, 0), heard(CAR, 0, 500, { rssiDeciDbm: -900 })]);
    expect(one?.verdict?.witnesses[0]).toMatchObject({ reason: 'bad-rssi', selected: false });
    expect(one?.verdict?.witnesses[0]?.words).toMatch(
      /^would be rejected: RSSI \d+\.\d dB above what 22\.7 km allows$/,
    );
  });

  it('fail by the oracle’s reasons: self, late, twice, without a place, another channel, too soon', () => {
    const reasons = (...all: readonly SignedReception[]) =>
      explained([sent(HOTSPOT, 0), ...all]).map(({ verdict }) =>
        verdict?.witnesses.map(({ reason }) => reason),
      );
    expect(reasons(heard(HOTSPOT, 0, 500))).toEqual([['self-witness']]);
    expect(reasons(heard(CAR, 0, 4_001))).toEqual([['too-late']]);
    expect(reasons(heard(CAR, 0, 500), heard(CAR, 0, 600))).toEqual([[undefined, 'duplicate']]);
    expect(reasons(heard(CAR, 0, 500, { location: undefined }))).toEqual([['not-asserted']]);
    expect(reasons(heard(CAR, 0, 500, { frequencyHz: 868_100_001 }))).toEqual([['invalid-frequency']]);
    const twice = explained([sent(HOTSPOT, 0), heard(CAR, 0, 500), sent(HOTSPOT, HOUR_MS)]);
    expect(twice.map(({ verdict }) => verdict?.reason)).toEqual([undefined, 'irregular-interval']);
    expect(explained([sent(HOTSPOT, 0, { frequencyHz: 868_100_000 })])[0]?.verdict?.reason).toBe(
      'invalid-packet',
    );
  });

  it('ask for reciprocity from the evidence as soon as it reaches back far enough', () => {
    const later = 50 * HOUR_MS;
    const alone = explained([sent(HOTSPOT, 0), heard(CAR, 0, 500), sent(HOTSPOT, later)]);
    expect(alone.at(-1)?.words).toBe(
      'would be rejected: the beaconer was no valid witness itself within 48 hours',
    );
    const before = 49 * HOUR_MS;
    const both = explained([
      sent(HOTSPOT, 0),
      heard(CAR, 0, 500),
      sent(CAR, before, { location: located(22.7) }),
      heard(HOTSPOT, before, 500, { location: located(0) }),
      sent(HOTSPOT, later),
      heard(CAR, later, 500),
    ]);
    expect(both.map(({ words }) => words)).toEqual([
      'would be accepted with 1 of 1 witnesses; reciprocity before this evidence is taken as given',
      'would be rejected: the beaconer was no valid witness itself within 48 hours',
      'would be accepted with 1 of 1 witnesses',
    ]);
  });

  it('cannot be judged without their entropy or their power; modules are no witnesses', () => {
    const [blind] = explained([sent(HOTSPOT, 0), heard(CAR, 0, 500)], { entropy: () => undefined });
    expect(blind).toMatchObject({ verdict: undefined, witnesses: [{ deviceKey: CAR }] });
    expect(blind?.words).toBe(
      'cannot be judged by helium-iot-2026-05, because nobody tells the entropy that it was made of',
    );
    expect(explained([sent(HOTSPOT, 0, { powerDeciDbm: undefined })])[0]?.words).toMatch(/no power$/);
    const weak = { ...MODULE, phy: beaconPhy(beaconAt(0)) };
    expect(explained([sent(HOTSPOT, 0), heard(CAR, 0, 500, weak)])[0]?.verdict?.witnesses).toEqual([]);
    expect(explained([heard(CAR, 0, 500), signed(CAR, 0, { direction: 'sent' })])).toEqual([]);
  });
});
