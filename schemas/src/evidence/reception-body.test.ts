import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Modulation, monoNs, type ReceptionBody, wallNs } from '../words/index.ts';
import { encodeCbor } from './cbor.ts';
import { decodeCbor } from './cbor-read.ts';
import { checkReading, decodeLeaf, encodeLeaf, type Leaf } from './leaf.ts';
import { PHY_MAX_BYTES, receptionBoundBytes } from './reception-body.ts';

const open = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const whole = (min: number, max: number) => open(fc.integer({ min, max }));

const modulations: fc.Arbitrary<Modulation> = fc.oneof(
  fc.record({
    kind: fc.constant('lora' as const),
    spreadingFactor: fc.integer({ min: 5, max: 12 }),
    bandwidthHz: fc.constantFrom(7_800, 125_000, 500_000, 1_625_000),
    codingRate: fc.constantFrom('', '4/5', '4/5LI', 'OFF'),
  }),
  fc.record({
    kind: fc.constant('fsk' as const),
    bitsPerSecond: fc.integer({ min: 1, max: 300_000 }),
    deviationHz: whole(1, 200_000),
  }),
  fc.record({
    kind: fc.constant('lr-fhss' as const),
    codingRate: fc.constantFrom('1/3' as const, '1/2' as const, '2/3' as const, '5/6' as const),
    widthHz: fc.constantFrom(137_000, 336_000, 1_523_000),
    gridSteps: whole(0, 52),
  }),
);

const receptions: fc.Arbitrary<ReceptionBody> = fc.record({
  kind: fc.constant('reception' as const),
  direction: fc.constantFrom('heard' as const, 'sent' as const),
  gateway: open(fc.uint8Array({ minLength: 8, maxLength: 8 })),
  phy: fc.uint8Array({ maxLength: PHY_MAX_BYTES }),
  crc: fc.constantFrom('ok' as const, 'bad' as const, 'none' as const, 'unknown' as const),
  frequencyHz: open(fc.integer({ min: 1, max: 100_000_000_000 })),
  modulation: open(modulations),
  rssiDeciDbm: whole(-3_000, 1_000),
  signalRssiDeciDbm: whole(-3_000, 1_000),
  snrDeciDb: whole(-1_000, 1_000),
  powerDeciDbm: whole(-3_000, 1_000),
  tmst: whole(0, 0xffff_ffff),
  gatewayTime: open(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(wallNs)),
  fineNs: whole(0, 999_999_999),
  frequencyOffsetHz: whole(-10_000_000, 10_000_000),
  channel: whole(0, 65_535),
  rfChain: whole(0, 65_535),
  antenna: whole(0, 65_535),
  location: open(
    fc.record({
      latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
      longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      altitudeCm: whole(-1_000_000, 10_000_000),
      source: fc.constantFrom('gnss' as const, 'configured' as const),
    }),
  ),
});

const leafOf = (body: ReceptionBody, raw = new Uint8Array(0)): Leaf => ({
  sequence: 70_000,
  mono: monoNs(86_400_000_000_000n),
  body,
  raw,
  salt: new Uint8Array(16).fill(0xaa),
});

/** A 23-byte frame as a packet forwarder of an SX1302 reports it. */
const typical: ReceptionBody = {
  kind: 'reception',
  direction: 'heard',
  gateway: Uint8Array.of(0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1),
  phy: new Uint8Array(23).fill(0x40),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_070,
  signalRssiDeciDbm: -1_085,
  snrDeciDb: 72,
  powerDeciDbm: undefined,
  tmst: 3_512_348_611,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: -812,
  channel: 2,
  rfChain: 0,
  antenna: 0,
  location: undefined,
};

test('every reception reads back as it was written, within the bound that was given for it', () => {
  fc.assert(
    fc.property(receptions, (body) => {
      const bytes = encodeLeaf(leafOf(body));
      expect(decodeLeaf(bytes)).toEqual({ ok: true, value: leafOf(body) });
      expect(bytes.length - 33).toBeLessThanOrEqual(receptionBoundBytes(body));
      expect(checkReading(body, new Uint8Array(0)).ok).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a reception of 23 bytes has a leaf of 109 bytes without its raw frame', () => {
  expect(encodeLeaf(leafOf(typical)).length).toBe(109);
});

test('what a reception cannot hold is refused with the reason', () => {
  const cases: readonly (readonly [Partial<ReceptionBody>, RegExp])[] = [
    [{ gateway: new Uint8Array(7) }, /EUI/],
    [{ phy: new Uint8Array(PHY_MAX_BYTES + 1) }, /longer than 1024/],
    [
      { modulation: { kind: 'lora', spreadingFactor: 13, bandwidthHz: 125_000, codingRate: '' } },
      /modulation/,
    ],
    [
      { modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4 / 5' } },
      /modul/,
    ],
    [{ modulation: { kind: 'fsk', bitsPerSecond: 0.5, deviationHz: undefined } }, /modulation/],
    [{ frequencyHz: 0 }, /frequency/],
    [{ rssiDeciDbm: -107.5 }, /RSSI/],
    [{ snrDeciDb: 1_001 }, /SNR/],
    [{ tmst: 2 ** 32 }, /counter/],
    [{ fineNs: 1_000_000_000 }, /fine time/],
    [{ gatewayTime: wallNs(-1n) }, /time of the gateway/],
    [
      { location: { latitude: 900_000_001, longitude: 0, altitudeCm: undefined, source: 'gnss' } },
      /on Earth/,
    ],
  ];
  for (const [change, words] of cases) {
    const body = { ...typical, ...change };
    const checked = checkReading(body, new Uint8Array(0));
    expect(checked.ok ? 'ok' : checked.fault.words).toMatch(words);
    expect(() => encodeLeaf(leafOf(body))).toThrow(words);
  }
});

test('a field too many, too few or of another kind makes no reception', () => {
  const read = decodeCbor(encodeLeaf(leafOf(typical)));
  if (!read.ok || !Array.isArray(read.value)) throw new Error('no leaf');
  const items = read.value;
  expect(decodeLeaf(encodeCbor(items)).ok).toBe(true);
  expect(decodeLeaf(encodeCbor(items.slice(0, -1))).ok).toBe(false);
  expect(decodeLeaf(encodeCbor([...items, null])).ok).toBe(false);
  for (let at = 4; at < items.length; at += 1)
    expect([at, decodeLeaf(encodeCbor(items.with(at, 'x'))).ok]).toEqual([at, false]);
  for (const rate of [[1, 7, 125_000], [2, 50_000, null, null], [4, 1, 1, null], []])
    expect(decodeLeaf(encodeCbor(items.with(9, rate))).ok).toBe(false);
});
