import { describe, expect, it } from 'vitest';
import { fromHex } from '../../words/index.ts';
import { BEACON_EU868, buildBeacon } from './beacon.ts';
import { type Cell, type HexGrid, parentCell } from './hex-grid.ts';
import { HELIUM_REASONS, type HeliumReason } from './profile.ts';
import type { BeaconReport, HeliumGateway, HeliumWorld, WitnessReport } from './reports.ts';
import h3 from './vectors/h3.json' with { type: 'json' };
import { verifyHelium } from './verify.ts';

const bytes = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (read === undefined) throw new Error(hex);
  return read;
};

const LOC0 = 631615575095659519n;
const LOC1 = 631615576056478207n;
const LOC2 = 631278052025960447n;
const LOC3 = 627111975468974079n;
const LOC4 = 627111975465463807n;

/** What h3-js says of the cells of the oracle's own tests. */
const grid: HexGrid = {
  centreDistanceM: (a, b) =>
    h3.pairs.find((pair) => BigInt(pair.a) === a && BigInt(pair.b) === b)?.centreDistanceM,
  steps: (a, b) => h3.pairs.find((pair) => BigInt(pair.a11) === a && BigInt(pair.b11) === b)?.steps,
  disk: () => [],
};

const START_S = 1_677_163_710;
const NOW = START_S * 1_000 + 60_000;
const remoteEntropy = {
  bytes: bytes('b6aa3f80d9355f139d998626b8d1ff1776cda36ae11a10006a8d516546276b09'),
  timestampS: START_S,
  version: 0,
};
const localEntropy = bytes('e94619b0');
const made = buildBeacon(remoteEntropy, localEntropy, BEACON_EU868, 20);
if (!made.ok) throw new Error(made.fault.words);

const beacon: BeaconReport = {
  key: 'beaconer',
  payload: made.value.payload,
  frequencyHz: made.value.frequencyHz,
  rate: made.value.rate,
  conductedDbm: 27,
  localEntropy,
  remoteEntropy,
  receivedMs: NOW,
};
const witness: WitnessReport = {
  key: 'witness',
  payload: beacon.payload,
  frequencyHz: beacon.frequencyHz,
  signalDdbm: -1_060,
  receivedMs: NOW + 2_000,
};

const gatewayAt = (location: Cell, gainDdbi: number, region = 'EU868'): HeliumGateway => ({
  fullHotspot: true,
  asserted: { location, gainDdbi, region },
});

interface Changes {
  readonly beacon?: Partial<BeaconReport>;
  readonly witnesses?: readonly Partial<WitnessReport>[];
  readonly beaconer?: HeliumGateway | 'unknown';
  readonly witnessGateway?: HeliumGateway | 'unknown';
  readonly world?: Partial<HeliumWorld>;
}

const judged = (changes: Changes = {}) => {
  const gateways = new Map<string, HeliumGateway | 'unknown'>([
    ['beaconer', changes.beaconer ?? gatewayAt(LOC0, 20)],
    ['witness', changes.witnessGateway ?? gatewayAt(LOC1, 20)],
  ]);
  const world: HeliumWorld = {
    gateway: (key) => {
      const found = gateways.get(key);
      return found === 'unknown' ? undefined : found;
    },
    region: (name) => (name === 'EU868' ? BEACON_EU868 : undefined),
    denied: () => false,
    deniedEdge: () => false,
    lastBeaconMs: () => undefined,
    lastValidWitnessMs: () => NOW - 1,
    lastValidBeaconMs: () => NOW - 1,
    scale: () => undefined,
    grid,
    ...changes.world,
  };
  const reports = (changes.witnesses ?? [{}]).map((over) => ({ ...witness, ...over }));
  return verifyHelium({ ...beacon, ...changes.beacon }, reports, world);
};

const H = 3_600_000;
const BUCKET = Math.floor(NOW / (6 * H)) * 6 * H;

describe('a beacon is judged', () => {
  it.each<[string, Changes, HeliumReason | undefined]>([
    ['valid', {}, undefined],
    ['by who sent it', { beaconer: 'unknown' }, 'gateway-not-found'],
    ['by his place', { beaconer: { fullHotspot: true, asserted: undefined } }, 'not-asserted'],
    ['by the deny list', { world: { denied: (key) => key === 'beaconer' } }, 'denied'],
    ['at the first moment of its entropy', { beacon: { receivedMs: START_S * 1_000 } }, undefined],
    ['before it', { beacon: { receivedMs: START_S * 1_000 - 1 } }, 'entropy-expired'],
    ['in the last second', { beacon: { receivedMs: START_S * 1_000 + 180_999 } }, undefined],
    ['after it', { beacon: { receivedMs: START_S * 1_000 + 181_000 } }, 'entropy-expired'],
    ['by his kind', { beaconer: { ...gatewayAt(LOC0, 20), fullHotspot: false } }, 'invalid-capability'],
    ['in the next interval', { world: { lastBeaconMs: () => BUCKET - 1 } }, undefined],
    ['in the same interval', { world: { lastBeaconMs: () => BUCKET } }, 'irregular-interval'],
    ['in an earlier interval', { world: { lastBeaconMs: () => BUCKET + 9 * H } }, 'irregular-interval'],
    ['by its bytes', { beacon: { payload: beacon.payload.map((b) => b ^ 1) } }, 'invalid-packet'],
    ['by its frequency', { beacon: { frequencyHz: 868_100_000 } }, 'invalid-packet'],
    ['by its data rate', { beacon: { rate: { ...beacon.rate, spreadingFactor: 7 } } }, 'invalid-packet'],
    ['whatever its power', { beacon: { conductedDbm: 3 } }, undefined],
    ['in a region nobody knows', { beaconer: gatewayAt(LOC0, 20, 'X') }, 'invalid-packet'],
    ['without having witnessed', { world: { lastValidWitnessMs: () => undefined } }, 'no-valid-witnesses'],
    ['48 h after', { world: { lastValidWitnessMs: () => NOW - 48 * H } }, 'no-valid-witnesses'],
    ['just before 48 h', { world: { lastValidWitnessMs: () => NOW - 48 * H + 1 } }, undefined],
  ])('%s', (_, changes, reason) => {
    const verdict = judged({ witnesses: [{ receivedMs: NOW + 1 }], ...changes });
    expect(verdict.reason).toBe(reason);
    if (reason !== undefined)
      expect(verdict.witnesses[0]).toMatchObject({ reason, side: 'beaconer', selected: false, share: 0 });
  });

  it('in one order: the first reason counts', () => {
    const world = { denied: () => true, lastBeaconMs: () => NOW };
    expect(judged({ world, beacon: { receivedMs: 0 } }).reason).toBe('denied');
    expect(judged({ world: { lastBeaconMs: () => NOW }, beacon: { receivedMs: 0 } }).reason).toBe(
      'entropy-expired',
    );
  });
});

describe('a witness is judged', () => {
  const at = (over: Partial<WitnessReport>): Changes => ({ witnesses: [over] });
  it.each<[string, Changes, HeliumReason | undefined]>([
    ['valid', {}, undefined],
    ['by who it is', { witnessGateway: 'unknown' }, 'gateway-not-found'],
    ['by its place', { witnessGateway: { fullHotspot: true, asserted: undefined } }, 'not-asserted'],
    ['by the deny list', { world: { denied: (key) => key === 'witness' } }, 'denied'],
    ['by its pair', { world: { deniedEdge: (a) => a === 'beaconer' } }, 'denied-edge'],
    ['by its pair, the other way round', { world: { deniedEdge: (a) => a === 'witness' } }, 'denied-edge'],
    ['by hearing itself', at({ key: 'beaconer' }), 'self-witness'],
    ['after the entropy', at({ receivedMs: START_S * 1_000 + 181_000 }), 'entropy-expired'],
    ['4,000 ms after the beacon', at({ receivedMs: NOW + 4_000 }), undefined],
    ['4,001 ms after the beacon', at({ receivedMs: NOW + 4_001 }), 'too-late'],
    ['by its bytes', at({ payload: bytes('00') }), 'invalid-packet'],
    ['by its kind', { witnessGateway: { ...gatewayAt(LOC1, 20), fullHotspot: false } }, 'invalid-capability'],
    ['90 kHz below', at({ frequencyHz: beacon.frequencyHz - 90_000 }), undefined],
    ['100 kHz above', at({ frequencyHz: beacon.frequencyHz + 100_000 }), undefined],
    ['110 kHz above', at({ frequencyHz: beacon.frequencyHz + 110_000 }), 'invalid-frequency'],
    ['110 kHz below', at({ frequencyHz: beacon.frequencyHz - 110_000 }), 'invalid-frequency'],
    ['by its region', { witnessGateway: gatewayAt(LOC1, 20, 'US915') }, 'invalid-region'],
    ['7 cells away', { witnessGateway: gatewayAt(LOC3, 20) }, 'below-min-distance'],
    ['28 cells away', { witnessGateway: gatewayAt(LOC4, 20) }, undefined],
    ['from Armenia', { witnessGateway: gatewayAt(LOC2, 20) }, 'max-distance-exceeded'],
    ['too loud', at({ signalDdbm: -190 }), 'bad-rssi'],
    ['without a beacon', { world: { lastValidBeaconMs: () => undefined } }, 'no-valid-beacons'],
    ['48 h after one', { world: { lastValidBeaconMs: () => NOW + 2_000 - 48 * H } }, 'no-valid-beacons'],
  ])('%s', (_, changes, reason) => {
    const verdict = judged(changes);
    expect([verdict.reason, verdict.witnesses[0]?.reason]).toEqual([undefined, reason]);
    expect(verdict.witnesses[0]?.side).toBe(reason === undefined ? undefined : 'witness');
  });

  it('by the first witness where the beacon came later', () => {
    const times = [1_500, 0, 1_501].map((ms, i) => ({ key: `w${i}`, receivedMs: NOW - 2_000 + ms }));
    const cells = { gateway: (key: string) => gatewayAt(key === 'beaconer' ? LOC0 : LOC1, 20) };
    const reasons = judged({ witnesses: times, world: cells }).witnesses.map((each) => [
      each.report.key,
      each.reason,
    ]);
    expect(reasons).toEqual([
      ['w1', undefined],
      ['w0', undefined],
      ['w2', 'too-late'],
    ]);
  });

  it('once only, whatever became of its first report', () => {
    const verdict = judged({ witnesses: [{ signalDdbm: 0 }, { receivedMs: NOW + 2_001 }] });
    expect(verdict.witnesses.map(({ reason }) => reason)).toEqual(['bad-rssi', 'duplicate']);
  });

  it('in words', () => {
    const wordsOf = (changes: Changes) => judged(changes).witnesses[0]?.words;
    expect(wordsOf({})).toBe('would be accepted');
    expect(wordsOf(at({ signalDdbm: -190 }))).toBe(
      'would be rejected: RSSI 68.3 dB above what 22.7 km allows',
    );
    expect(wordsOf({ witnessGateway: gatewayAt(LOC2, 20) })).toBe(
      'would be rejected: beaconer and witness are more than 100 km apart (2621.7 km)',
    );
    expect(wordsOf(at({ key: 'beaconer' }))).toBe('would be rejected: the beaconer heard itself');
    expect(wordsOf({ beaconer: 'unknown' })).toBe('would be rejected: the gateway is not known (the beacon)');
  });
});

describe('the first 14 valid witnesses', () => {
  it('are selected and share what the beaconer’s place is worth', () => {
    const witnesses = Array.from({ length: 20 }, (_, i) => ({
      key: i === 3 ? 'beaconer' : `w${i}`,
      receivedMs: NOW + 20 - i,
    }));
    const cells = (key: string) => gatewayAt(key === 'beaconer' ? LOC0 : LOC1, 20);
    const verdict = judged({ witnesses, world: { gateway: cells, scale: () => 0.5 } });
    expect(verdict).toMatchObject({ scale: 0.5, unit: 1.8926, share: 0.9463 });
    const selected = verdict.witnesses.filter((each) => each.selected);
    expect(selected.map((each) => each.report.key)).toEqual(
      [19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6].map((i) => `w${i}`),
    );
    expect(new Set(selected.map(({ unit, share }) => `${unit} ${share}`))).toEqual(new Set(['0.222 0.111']));
    expect(judged({ world: { gateway: cells } }).scale).toBe(0.2);
  });
});

describe('the codes', () => {
  it('are those of the protocol', () => {
    expect(Object.values(HELIUM_REASONS).map(([code]) => code)).toEqual([
      2, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24,
    ]);
    expect(parentCell(LOC0, 11)).toBe(BigInt(h3.pairs[1]?.a11 ?? 0));
  });
});
