import type { EvidenceItem } from '@outpost/schemas/evidence';
import {
  BEACON_EU868,
  type BeaconEntropy,
  beaconPhy,
  buildBeacon,
  type SignedReception,
} from '@outpost/schemas/radio';
import {
  batchItems,
  SAMPLE_ANCHOR,
  SAMPLE_HEADER,
  sampleEpoch,
  sampleKey,
  sampleReception,
} from '@outpost/schemas/testing';
import { type ReceptionBody, wallNs } from '@outpost/schemas/words';

const KM = 89_932;
const BATCH = 256;
/** Each frame is heard by so many hotspots. */
export const HEARERS = 4;
const FRAME_EVERY_MS = 200;

const place = (km: number): ReceptionBody['location'] => ({
  latitude: 475_000_000 + Math.round(km * KM),
  longitude: 85_000_000,
  altitudeCm: undefined,
  source: 'gnss',
});

const eui = (hotspot: number): Uint8Array => Uint8Array.of(0xaa, 0x55, 0x5a, 0, 0, 0, 0, hotspot);

/** A data frame of device 01020304 with this counter; no two are alike. */
const frame = (counter: number): Uint8Array => {
  const phy = new Uint8Array(23).fill(0x5a);
  phy.set([0x40, 4, 3, 2, 1, 0, counter & 0xff, (counter >> 8) & 0xff, 1, counter >> 16]);
  return phy;
};

const heard = (hotspot: number, index: number): ReceptionBody => {
  const ms = index * FRAME_EVERY_MS;
  return sampleReception({
    gateway: eui(hotspot),
    phy: frame(index),
    location: place(1 + hotspot * 2),
    rssiDeciDbm: -1_100 - hotspot * 10,
    tmst: (ms * 1_000) % 2 ** 32,
    gatewayTime: wallNs(SAMPLE_ANCHOR.wall + BigInt(ms) * 1_000_000n),
    fineNs: undefined,
  });
};

/** Evidence of hotspots that hear the same frames, in batches of 256 as a gateway signs them. */
export const evidenceOf = (frames: number): { items: readonly EvidenceItem[]; key: Uint8Array } => {
  const gateway = sampleKey(1);
  const device = sampleKey(2);
  const batches: EvidenceItem[] = [];
  const epochs = Array.from({ length: HEARERS }, (_, hotspot) =>
    sampleEpoch({ device, gateway, stream: `car-${hotspot}/coverage` }),
  );
  for (let from = 0; from < frames; from += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, frames - from) }, (_, i) => from + i);
    for (const [hotspot, epoch] of epochs.entries())
      batches.push(...batchItems(epoch.next(indexes.map((index) => heard(hotspot, index)))));
  }
  return { items: [SAMPLE_HEADER, ...batches], key: device.publicKey };
};

const signed = (key: number, ms: number, body: Partial<ReceptionBody>): SignedReception => ({
  deviceKey: key.toString(16).padStart(64, '0'),
  gatewayKey: (key + 1_000).toString(16).padStart(64, '0'),
  stream: 'hotspot/coverage',
  epoch: 'e0'.repeat(16),
  sequence: 0,
  origin: 'live',
  wall: wallNs(SAMPLE_ANCHOR.wall + BigInt(ms) * 1_000_000n),
  trust: 'ntp',
  body: sampleReception({ gateway: eui(key), ...body }),
});

/** A beacon with its witnesses a few kilometres around, and what it was made of. */
export const beaconWith = (
  witnesses: number,
  seed: number,
): {
  readonly frames: readonly SignedReception[];
  readonly entropy: BeaconEntropy;
} => {
  const entropy: BeaconEntropy = {
    localEntropy: Uint8Array.of(seed & 0xff, seed >> 8, 3, 4),
    remoteEntropy: {
      bytes: new Uint8Array(32).fill(7),
      timestampS: Number(SAMPLE_ANCHOR.wall / 1_000_000_000n) - 30,
      version: 0,
    },
  };
  const made = buildBeacon(entropy.remoteEntropy, entropy.localEntropy, BEACON_EU868, 0);
  if (!made.ok) throw new Error(made.fault.words);
  const { frequencyHz, conductedDbm } = made.value;
  const onAir: Partial<ReceptionBody> = {
    phy: beaconPhy(made.value),
    frequencyHz,
    modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
  };
  const beacon = signed(0, 0, {
    ...onAir,
    direction: 'sent',
    location: place(0),
    powerDeciDbm: conductedDbm * 10,
  });
  const around = Array.from({ length: witnesses }, (_, i) =>
    signed(i + 1, 100 + i, { ...onAir, location: place(2 + i * 3), signalRssiDeciDbm: -1_150 }),
  );
  return { frames: [beacon, ...around], entropy };
};
