import { distanceM, type Place } from '@outpost/schemas/privacy';
import { freeSpaceLossDb } from '@outpost/schemas/radio';
import { drawAt, normalAt } from '../random/draw-at.ts';
import { offsetOf } from './earth.ts';
import type { Hotspot } from './hotspot.ts';
import { placeOf } from './motion.ts';
import { medianLossDb, type Propagation, shadowSigmaDb } from './path-loss.ts';
import { AUDIBLE_MIN_DBM } from './receiver.ts';
import { smoothOver } from './smooth.ts';
import { type Terrain, terrainLossDb } from './terrain.ts';

/** What lies between antennas. */
export interface Surroundings {
  readonly propagation: Propagation;
  readonly terrain: Terrain | undefined;
}

/** An antenna that sends. */
export interface Source {
  readonly place: Place;
  readonly heightM: number;
  /** dBm, equivalent isotropic. */
  readonly eirpDbm: number;
  /** dB that walls around it take. */
  readonly indoorDb: number;
}

const CHANCE = { shadow: 101, phaseA: 102, phaseB: 103 } as const;

/** Shadows of houses are about so wide (M. Gudmundson, Electronics Letters 27, 1991, for towns). */
const SHADOW_STEP_M = 60;

/** dB that a path in view, and one around houses, keeps in its steady part over its scattered part (Rice’s K). */
const STEADY_DB = { inView: 10, hidden: 4 } as const;

/** dB by which scattered waves help (or hinder) this one frame. */
const fadingDb = (seed: number, index: number, steadyDb: number): number => {
  const k = 10 ** (steadyDb / 10);
  const scattered = Math.sqrt(1 / (2 * (k + 1)));
  const real = Math.sqrt(k / (k + 1)) + scattered * normalAt(seed, CHANCE.phaseA, index);
  const imaginary = scattered * normalAt(seed, CHANCE.phaseB, index);
  return 10 * Math.log10(Math.max(1e-4, real * real + imaginary * imaginary));
};

/**
 * dBm of one emission at a hotspot's radio; `undefined` where it is too weak to matter. Obstacles take power and never
 * give any: the mean is at most that of empty space.
 */
export const receivedDbm = (
  { propagation, terrain }: Surroundings,
  { place, heightM, eirpDbm, indoorDb }: Source,
  hotspot: Hotspot,
  emission: { readonly frequencyHz: number; readonly startUs: number; readonly number: number },
): number | undefined => {
  const { frequencyHz, startUs, number } = emission;
  const own = placeOf(hotspot, startUs);
  const distance = Math.max(1, distanceM(place, own));
  const emptyDb = freeSpaceLossDb(frequencyHz, distance);
  const bestDbm = eirpDbm + hotspot.gainDbi - indoorDb - emptyDb;
  if (bestDbm < AUDIBLE_MIN_DBM) return undefined;
  const heightsM = [heightM, hotspot.heightM] as const;
  const medianDb = medianLossDb(propagation, { frequencyHz, distanceM: distance, heightsM });
  const sigmaDb = shadowSigmaDb(propagation);
  // Each antenna throws its own shadows; one that moves meets others a step further on.
  const { eastM, northM } = offsetOf(hotspot.home, place);
  const moved = offsetOf(hotspot.home, own);
  const [x, y] = [(eastM - moved.eastM) / SHADOW_STEP_M, (northM - moved.northM) / SHADOW_STEP_M];
  const shadowDb = sigmaDb === 0 ? 0 : sigmaDb * smoothOver(hotspot.seed, CHANCE.shadow, x, y);
  const hillsDb =
    terrain === undefined
      ? 0
      : terrainLossDb(terrain, { from: place, to: own, heightsM, distanceM: distance, frequencyHz });
  const lossDb = Math.max(emptyDb, medianDb + shadowDb) + hillsDb + indoorDb;
  const steadyDb = lossDb - indoorDb > emptyDb + 1 ? STEADY_DB.hidden : STEADY_DB.inView;
  const dbm = eirpDbm + hotspot.gainDbi - lossDb + fadingDb(hotspot.seed, number, steadyDb);
  return dbm < AUDIBLE_MIN_DBM ? undefined : dbm;
};

/** Noise that people make: slow, and now and then a burst of seconds. */
const NOISE = { slow: 111, burst: 112, strength: 113 } as const;
const NOISE_STEP_S = 1_200;
const NOISE_SIGMA_DB = 1.5;
const BURST_STEP_S = 5;
const BURST_SHARE = 0.01;
const BURST_MEAN_DB = 5;

/** dB by which a hotspot's noise is above its usual at this moment. */
export const noiseAboveDb = ({ seed }: Hotspot, nowUs: number): number => {
  const slow = NOISE_SIGMA_DB * normalAt(seed, NOISE.slow, Math.floor(nowUs / (NOISE_STEP_S * 1e6)));
  const step = Math.floor(nowUs / (BURST_STEP_S * 1e6));
  if (drawAt(seed, NOISE.burst, step) >= BURST_SHARE) return slow;
  return slow - BURST_MEAN_DB * Math.log(1 - drawAt(seed, NOISE.strength, step));
};
