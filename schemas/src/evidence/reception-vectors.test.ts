import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import { expect, test } from 'vitest';
import { fromHex, type Modulation, monoNs, type ReceptionBody, toHex } from '../words/index.ts';
import { decodeLeaf, encodeLeaf } from './leaf.ts';
import { SAMPLE_ANCHOR, sampleReception } from './sample.ts';
import vectors from './vectors/receptions-v1.json' with { type: 'json' };

const nothing: ReceptionBody = {
  kind: 'reception',
  direction: 'heard',
  gateway: undefined,
  phy: new Uint8Array(0),
  crc: 'unknown',
  frequencyHz: undefined,
  modulation: undefined,
  rssiDeciDbm: undefined,
  signalRssiDeciDbm: undefined,
  snrDeciDb: undefined,
  powerDeciDbm: undefined,
  tmst: undefined,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: undefined,
  rfChain: undefined,
  antenna: undefined,
  location: undefined,
};

const longInterleaved: Modulation = {
  kind: 'lora',
  spreadingFactor: 5,
  bandwidthHz: 1_625_000,
  codingRate: '4/8LI',
};

/** What hotspots and modules of each kind have to say, by name. */
const BODIES: Readonly<Record<string, ReceptionBody>> = {
  'LoRa, by a gateway with satellites': sampleReception(),
  'a serial module, which knows only bytes and signal': {
    ...nothing,
    phy: Uint8Array.of(0xaa, 0xbb, 0xcc),
    rssiDeciDbm: -520,
    snrDeciDb: 80,
  },
  'FSK, no SNR': sampleReception({
    modulation: { kind: 'fsk', bitsPerSecond: 50_000, deviationHz: 25_000 },
    frequencyHz: 868_800_000,
    snrDeciDb: undefined,
  }),
  'FSK, deviation not said, checksum wrong': sampleReception({
    crc: 'bad',
    modulation: { kind: 'fsk', bitsPerSecond: 50_000, deviationHz: undefined },
  }),
  'LR-FHSS': sampleReception({
    modulation: { kind: 'lr-fhss', codingRate: '1/3', widthHz: 137_000, gridSteps: 8 },
    crc: 'none',
  }),
  '2.4 GHz, long interleaving': sampleReception({
    frequencyHz: 2_403_000_000,
    modulation: longInterleaved,
  }),
  'a beacon that was sent': {
    ...nothing,
    direction: 'sent',
    gateway: Uint8Array.of(0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1),
    phy: new Uint8Array(52).fill(0xe0, 0, 1),
    frequencyHz: 867_900_000,
    modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
    powerDeciDbm: 161,
    tmst: 4_294_967_295,
    location: {
      latitude: -475_000_000,
      longitude: -1_799_999_999,
      altitudeCm: undefined,
      source: 'configured',
    },
  },
  'everything at its end': sampleReception({
    phy: new Uint8Array(1_024).fill(0xff),
    frequencyHz: 100_000_000_000,
    rssiDeciDbm: -3_000,
    signalRssiDeciDbm: 1_000,
    snrDeciDb: -1_000,
    powerDeciDbm: -3_000,
    tmst: 0,
    fineNs: 999_999_999,
    frequencyOffsetHz: -10_000_000,
    channel: 65_535,
    rfChain: 65_535,
    antenna: 65_535,
  }),
  nothing,
};

/** As JSON can hold it: bytes in hex, bigints in decimal. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
};

const made = Object.entries(BODIES).map(([name, body], sequence) => {
  const salt = new Uint8Array(16).fill(0xaa);
  const bytes = encodeLeaf({ sequence, mono: monoNs(SAMPLE_ANCHOR.mono), body, raw: body.phy, salt });
  return { name, body: plain(body), bytes: toHex(bytes) };
});

test('receptions of every kind have the bytes that they had when this format was fixed', () => {
  expect(JSON.parse(JSON.stringify(made))).toEqual(vectors);
});

test('the bytes read back as the reception that they were made of', () => {
  for (const { name, bytes } of vectors) {
    const read = decodeLeaf(fromHex(bytes)!);
    expect([name, read.ok && read.value.body]).toEqual([name, BODIES[name]]);
    expect(read.ok && toHex(encodeLeaf(read.value))).toBe(bytes);
  }
});

test('a decoder that is not ours finds each field where docs/evidence.md says that it stands', () => {
  const options = { useMaps: true, strict: true, rejectDuplicateMapKeys: true, tags: Tagged.preserve(18) };
  for (const { name, bytes } of vectors) {
    const items = decode(fromHex(bytes)!, options) as readonly unknown[];
    expect(toHex(encode(items, rfc8949EncodeOptions))).toBe(bytes);
    const body = BODIES[name]!;
    const { modulation, location } = body;
    expect(items.slice(4, 9)).toEqual([
      7,
      body.direction === 'heard' ? 1 : 2,
      body.gateway ?? null,
      body.phy,
      { unknown: 0, ok: 1, bad: 2, none: 3 }[body.crc],
    ]);
    expect((items[9] as readonly unknown[] | null)?.[0]).toBe(
      modulation === undefined ? undefined : { lora: 1, fsk: 2, 'lr-fhss': 3 }[modulation.kind],
    );
    expect(items[10] === null ? undefined : BigInt(items[10] as bigint)).toBe(body.gatewayTime);
    expect(items[11]).toEqual(
      location === undefined
        ? null
        : [
            location.source === 'gnss' ? 1 : 2,
            location.latitude,
            location.longitude,
            location.altitudeCm ?? null,
          ],
    );
    const { frequencyHz, rssiDeciDbm, signalRssiDeciDbm, snrDeciDb, powerDeciDbm, tmst, fineNs } = body;
    const { frequencyOffsetHz, channel, rfChain, antenna } = body;
    const numbers = [frequencyHz, rssiDeciDbm, signalRssiDeciDbm, snrDeciDb, powerDeciDbm, tmst, fineNs];
    expect(items.slice(12)).toEqual(
      [...numbers, frequencyOffsetHz, channel, rfChain, antenna].map((each) => each ?? null),
    );
  }
});
