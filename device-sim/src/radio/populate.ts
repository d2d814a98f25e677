import type { Place } from '@outpost/schemas/privacy';
import {
  beaconRegionOf,
  EU868_EXTRA_HZ,
  frequenciesOf,
  type LoraRate,
  type RegionPlan,
} from '@outpost/schemas/radio';
import { toHex, type WallNs } from '@outpost/schemas/words';
import { type Random, random } from '../random/sfc32.ts';
import type { Channels } from './device.ts';
import { placeAt } from './earth.ts';
import type { Hotspot, Knowledge } from './hotspot.ts';
import type { Surroundings } from './link.ts';
import type { SimulatedDevice, WorldPlan } from './world.ts';

/** What a world is made from. */
export interface WorldWishes {
  readonly seed: number;
  readonly region: RegionPlan;
  /** Hotspots stand and devices live within `radiusM` of it. */
  readonly centre: Place;
  readonly radiusM: number;
  /** How many, or where exactly. */
  readonly hotspots: number | readonly Place[];
  readonly devices: number;
  /** Mean time between two messages of a device. */
  readonly intervalS: number;
  /** Time between two beacons of a hotspot; undefined: none. */
  readonly beaconEveryS: number | undefined;
  readonly surroundings: Surroundings;
  readonly startWall: WallNs;
}

/** The sum of six uniform draws: about normal, within ±4.2 deviations. */
const normal = (chance: Random): number => {
  let sum = 0;
  for (let i = 0; i < 6; i += 1) sum += chance.unit();
  return (sum - 3) * Math.sqrt(2);
};

const somewhere = (chance: Random, { centre, radiusM }: WorldWishes): Place => {
  const [angle, away] = [2 * Math.PI * chance.unit(), radiusM * Math.sqrt(chance.unit())];
  return placeAt(centre, { eastM: away * Math.sin(angle), northM: away * Math.cos(angle) });
};

const knowledgeOf = (draw: number): Knowledge => {
  // 57.7 % of the receptions of a published capture (CampusIoT, ODbL) carry the gateway’s own time.
  if (draw < 0.6) return 'gnss';
  return draw < 0.92 ? 'ntp' : 'none';
};

/** Antennas that people buy, dBi: a stub, the usual glass fibre, and a long one. */
const GAINS = [1.2, 2.6, 2.6, 4, 5.8, 5.8, 8] as const;
const CAR = { radiusM: 4_000, legS: 420 } as const;

const newHotspot = (wishes: WorldWishes, index: number, place: Place | undefined): Hotspot => {
  const chance = random(wishes.seed, `hotspot ${index}`);
  const isCar = place === undefined && chance.unit() < 0.08;
  const gainDbi = (GAINS[chance.whole(GAINS.length)] ?? 2.6) - chance.between(0, 1.5);
  // Who says nothing of his antenna mostly has the one that came with it.
  const isSilent = gainDbi < 3 && chance.unit() < 0.5;
  return {
    seed: chance.uint32(),
    eui: toHex(Uint8Array.of(0, 0x16, 0xc0, 0x01, ...chance.bytes(4))),
    home: place ?? somewhere(chance, wishes),
    motion: isCar ? CAR : undefined,
    heightM: isCar ? 1.6 : chance.between(5, 35),
    gainDbi: isCar ? 1 : gainDbi,
    declaredGainDbi: isSilent ? undefined : Math.round((gainDbi + 0.6 * normal(chance)) * 10) / 10,
    noiseDb: chance.between(5, 7) + Math.max(0, 5 * normal(chance)),
    rssiOffsetDb: 1.2 * normal(chance),
    demodulators: chance.unit() < 0.3 ? 8 : 16,
    driftPpm: 2 * normal(chance),
    warmthPpm: chance.between(0, 0.8),
    knowledge: isCar ? 'gnss' : knowledgeOf(chance.unit()),
    placeErrorM: chance.between(3, 20),
    gnssLostShare: chance.unit() < 0.25 ? chance.between(0.1, 0.6) : 0.01,
    bootEveryS: chance.between(40_000, 400_000),
    beaconEveryS: wishes.beaconEveryS,
  };
};

/** Shares of spreading factors in a network with adaptive rates, SF7 first (published captures look about so). */
const SPREADING = [0.45, 0.14, 0.11, 0.09, 0.06, 0.15] as const;

const rateOf = (draw: number): LoraRate => {
  let rest = draw;
  const found = SPREADING.findIndex((share) => {
    rest -= share;
    return rest < 0;
  });
  return { kind: 'lora', spreadingFactor: found < 0 ? 12 : 7 + found, bandwidthHz: 125_000 };
};

const motionOf = (draw: number) => {
  if (draw < 0.75) return undefined;
  return draw < 0.85 ? { radiusM: 800, legS: 900 } : { radiusM: 6_000, legS: 600 };
};

const newDevice = (wishes: WorldWishes, index: number): SimulatedDevice => {
  const chance = random(wishes.seed, `device ${index}`);
  const motion = motionOf(chance.unit());
  const rate = rateOf(chance.unit());
  const isIndoor = motion === undefined && chance.unit() < 0.5;
  return {
    identity: {
      // NwkID 0x00 or 0x01, the experimental ones.
      devAddr: toHex(Uint8Array.of(chance.whole(4), ...chance.bytes(3))),
      devEui: toHex(Uint8Array.of(0x70, 0xb3, 0xd5, ...chance.bytes(5))),
      joinEui: toHex(Uint8Array.of(0x70, 0xb3, 0xd5, 0, 0, 0, 0, 1)),
      appKey: chance.bytes(16),
      nwkSKey: chance.bytes(16),
      appSKey: chance.bytes(16),
    },
    seed: chance.uint32(),
    home: somewhere(chance, wishes),
    motion,
    heightM: chance.between(1, 3),
    eirpDbm: chance.between(9, 14.5),
    rate,
    // Long frames come rarer, as operators ask for.
    intervalS: wishes.intervalS * (rate.spreadingFactor >= 11 ? 4 : 1) * chance.between(0.6, 1.4),
    payloadBytes: 8 + chance.whole(24),
    attempts: chance.unit() < 0.3 ? 3 : 1,
    indoorDb: isIndoor ? chance.between(3, 20) : 0,
    isPlaceKnown: chance.unit() < (motion === undefined ? 0.75 : 0.5),
  };
};

const CHANNELS = 8;

/** Where devices of a region send: its first eight channels, in Europe those of nearly every network. */
export const channelsOf = ({ name, uplinkChannels }: RegionPlan): Channels => {
  const own = frequenciesOf(uplinkChannels).slice(0, CHANNELS);
  return { joinHz: own, dataHz: name === 'EU868' ? [...own, ...EU868_EXTRA_HZ] : own };
};

/** A world by its seed: the same wishes give the same world. */
export const planWorld = (wishes: WorldWishes): WorldPlan => {
  const places = wishes.hotspots;
  const hotspots =
    typeof places === 'number'
      ? Array.from({ length: places }, (_, index) => newHotspot(wishes, index, undefined))
      : places.map((place, index) => newHotspot(wishes, index, place));
  const { seed, region, surroundings, startWall, beaconEveryS } = wishes;
  const beacons = beaconRegionOf(region.name);
  return {
    seed,
    region,
    channels: channelsOf(region),
    beacons: beaconEveryS !== undefined && beacons.ok ? beacons.value : undefined,
    surroundings,
    hotspots,
    devices: Array.from({ length: wishes.devices }, (_, index) => newDevice(wishes, index)),
    startWall,
  };
};
