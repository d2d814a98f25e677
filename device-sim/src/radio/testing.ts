import { regionNamed } from '@outpost/schemas/radio';
import { wallNs } from '@outpost/schemas/words';
import type { Emission } from './air.ts';
import { placeAt } from './earth.ts';
import type { Hotspot } from './hotspot.ts';
import { planWorld, type WorldWishes } from './populate.ts';
import type { WorldPlan } from './world.ts';

export const MIDDLE = { latitude: 525_200_000, longitude: 134_050_000 };

/** Kilometres east of the middle. */
export const east = (km: number) => placeAt(MIDDLE, { eastM: km * 1_000, northM: 0 });

/** A hotspot without any mishap of its own. */
export const plainHotspot = (over: Partial<Hotspot> = {}): Hotspot => ({
  seed: 5,
  eui: '0016c00100000001',
  home: MIDDLE,
  motion: undefined,
  heightM: 30,
  gainDbi: 0,
  declaredGainDbi: 0,
  noiseDb: 6,
  rssiOffsetDb: 0,
  demodulators: 16,
  driftPpm: 0,
  warmthPpm: 0,
  knowledge: 'gnss',
  placeErrorM: 0,
  gnssLostShare: 0,
  bootEveryS: 1e9,
  beaconEveryS: undefined,
  ...over,
});

/** A frame of SF7 from 1 km east. */
export const plainEmission = (over: Partial<Emission> = {}): Emission => ({
  number: 0,
  by: { kind: 'device', index: 0 },
  phy: Uint8Array.of(0x40, 1, 2, 3, 4, 0, 1, 0, 1, 9, 9, 9, 9),
  frequencyHz: 868_100_000,
  rate: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
  isInverted: false,
  startUs: 1_000_000,
  endUs: 1_050_000,
  source: { place: east(1), heightM: 1.5, eirpDbm: 14, indoorDb: 0 },
  ...over,
});

/** A small town. */
export const plainWorld = (over: Partial<WorldWishes> = {}): WorldPlan => {
  const region = regionNamed('EU868');
  if (region === undefined) throw new Error('EU868 is a region');
  return planWorld({
    seed: 3,
    region,
    centre: MIDDLE,
    radiusM: 4_000,
    hotspots: 6,
    devices: 40,
    intervalS: 60,
    beaconEveryS: 600,
    surroundings: { propagation: { kind: 'hata', area: 'suburban', sigmaDb: 7 }, terrain: undefined },
    startWall: wallNs(1_790_000_000_000_000_000n),
    ...over,
  });
};
