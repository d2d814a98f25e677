import type { LoraRate } from '@outpost/schemas/radio';
import { drawAt, normalAt } from '../random/draw-at.ts';
import { bootOf, counterOf, DEAF_S, type Hotspot } from './hotspot.ts';
import { noiseAboveDb, receivedDbm, type Source, type Surroundings } from './link.ts';
import {
  captureDb,
  dbmOf,
  isDemodulated,
  measuredRssiDbm,
  measuredSnrDb,
  milliwatts,
  noiseFloorDbm,
} from './receiver.ts';

/** Who sends; a number in the world's list of devices or hotspots. */
export type Emitter =
  | { readonly kind: 'device'; readonly index: number }
  | { readonly kind: 'beacon' | 'downlink'; readonly index: number };

/** One frame on the air. */
export interface Emission {
  /** Counts all emissions of a world. */
  readonly number: number;
  readonly by: Emitter;
  readonly phy: Uint8Array;
  readonly frequencyHz: number;
  readonly rate: LoraRate;
  /** Downlinks are: gateways do not hear each other's, and devices hear nothing else. */
  readonly isInverted: boolean;
  readonly startUs: number;
  readonly endUs: number;
  readonly source: Source;
}

/** An emission and how strong it is at each hotspot in dBm; NaN where it is too weak to matter. */
export interface OnAir {
  readonly emission: Emission;
  readonly dbm: Float64Array;
}

/** What one hotspot's radio tells of one frame. */
export interface Heard {
  /** Number in the world's list. */
  readonly hotspot: number;
  readonly emission: Emission;
  readonly crc: 'ok' | 'bad';
  /** The bytes as received; where the CRC is bad some of them are wrong. */
  readonly phy: Uint8Array;
  readonly frequencyHz: number;
  readonly rssiDbm: number;
  readonly snrDb: number;
  /** The concentrator's counter at the frame's end. */
  readonly tmst: number;
}

/** Why a frame that was strong enough was not received. */
export type Loss = 'deaf' | 'sending' | 'busy' | 'collided';

export const putOnAir = (
  surroundings: Surroundings,
  hotspots: readonly Hotspot[],
  emission: Emission,
): OnAir => ({
  emission,
  dbm: Float64Array.from(hotspots, (hotspot, index) =>
    emission.by.kind !== 'device' && emission.by.index === index
      ? Number.NaN
      : (receivedDbm(surroundings, emission.source, hotspot, emission) ?? Number.NaN),
  ),
});

const CHANCE = { floor: 121, rssi: 122, snr: 123, ghost: 124, damage: 125 } as const;
/** Centres nearer than this share a channel. */
const CHANNEL_HZ = 100_000;
/** Chirps of another slope are spread by despreading, and count to the SNR estimate by so much less. */
const OTHER_SLOPE = 0.25;

const overlapUs = (a: Emission, b: Emission): number =>
  Math.max(0, Math.min(a.endUs, b.endUs) - Math.max(a.startUs, b.startUs));

const isWith = (a: Emission, b: Emission): boolean =>
  Math.abs(a.frequencyHz - b.frequencyHz) < CHANNEL_HZ && overlapUs(a, b) > 0;

interface Ear {
  readonly hotspot: Hotspot;
  readonly index: number;
  readonly noiseDbm: number;
}

/** Whether its demodulators were all taken when the frame began. */
const isBusy = (
  { hotspot, index, noiseDbm }: Ear,
  { startUs, number }: Emission,
  others: readonly OnAir[],
) => {
  const taken = others.filter(({ emission, dbm }) => {
    const began = emission.startUs < startUs || (emission.startUs === startUs && emission.number < number);
    const snr = (dbm[index] ?? Number.NaN) - noiseDbm;
    return (
      began &&
      emission.endUs > startUs &&
      !emission.isInverted &&
      isDemodulated(emission.rate.spreadingFactor, snr, 0)
    );
  });
  return taken.length >= hotspot.demodulators;
};

const damaged = (seed: number, { phy, number }: Emission): Uint8Array =>
  phy.map((byte, i) =>
    drawAt(seed, CHANCE.damage, number * 256 + i) < 0.2
      ? byte ^ (1 + Math.floor(drawAt(seed, CHANCE.damage, -i - 1) * 255))
      : byte,
  );

const lossOf = (ear: Ear, emission: Emission, others: readonly OnAir[]): Loss | undefined => {
  const { hotspot, index } = ear;
  if (emission.startUs - bootOf(hotspot, emission.endUs) < DEAF_S * 1e6) return 'deaf';
  const isSending = others.some(
    ({ emission: { by, ...other } }) =>
      by.kind !== 'device' && by.index === index && overlapUs({ ...other, by }, emission) > 0,
  );
  if (isSending) return 'sending';
  return isBusy(ear, emission, others) ? 'busy' : undefined;
};

const hearBy = (
  ear: Ear,
  { emission, dbm }: OnAir,
  others: readonly OnAir[],
): readonly Heard[] | Loss | undefined => {
  const { hotspot, index, noiseDbm } = ear;
  const { seed } = hotspot;
  const { rate, number, phy, frequencyHz, startUs, endUs } = emission;
  const signalDbm = dbm[index] ?? Number.NaN;
  const chance = normalAt(seed, CHANCE.floor, number);
  if (!isDemodulated(rate.spreadingFactor, signalDbm - noiseDbm, chance)) return undefined;
  const loss = lossOf(ear, emission, others);
  if (loss !== undefined) return loss;
  let disturbedMw = 0;
  let softMw = 0;
  let isCollided = false;
  for (const other of others) {
    if (!isWith(other.emission, emission)) continue;
    const otherDbm = other.dbm[index] ?? Number.NaN;
    if (Number.isNaN(otherDbm)) continue;
    const mw = (milliwatts(otherDbm) * overlapUs(other.emission, emission)) / (endUs - startUs);
    disturbedMw += mw;
    softMw += mw * (other.emission.rate.spreadingFactor === rate.spreadingFactor ? 1 : OTHER_SLOPE);
    const needDb = captureDb(rate.spreadingFactor, other.emission.rate.spreadingFactor);
    if (signalDbm - otherDbm >= needDb) continue;
    // The demodulator is on the other one already.
    if (other.emission.startUs <= startUs) return 'collided';
    isCollided = true;
  }
  const noiseMw = milliwatts(noiseDbm);
  const rssiDbm = measuredRssiDbm(
    signalDbm + hotspot.rssiOffsetDb,
    dbmOf(noiseMw + disturbedMw) + hotspot.rssiOffsetDb,
    normalAt(seed, CHANCE.rssi, number),
  );
  const snrDb = measuredSnrDb(signalDbm - dbmOf(noiseMw + softMw), normalAt(seed, CHANCE.snr, number));
  const heard: Heard = {
    hotspot: index,
    emission,
    crc: isCollided ? 'bad' : 'ok',
    phy: isCollided ? damaged(seed, emission) : phy,
    frequencyHz,
    rssiDbm,
    snrDb,
    tmst: counterOf(hotspot, endUs),
  };
  const ghost = ghostOf(hotspot, heard);
  return ghost === undefined ? [heard] : [heard, ghost];
};

/** A loud frame is heard once more beside its channel, much weaker. */
const GHOST_FROM_DBM = -60;
const GHOST_SHARE = 0.3;
const GHOST_BELOW_DB = 38;
const GHOST_BESIDE_HZ = 200_000;

const ghostOf = ({ seed }: Hotspot, heard: Heard): Heard | undefined => {
  if (heard.rssiDbm < GHOST_FROM_DBM || drawAt(seed, CHANCE.ghost, heard.emission.number) >= GHOST_SHARE)
    return undefined;
  return {
    ...heard,
    frequencyHz: heard.frequencyHz + GHOST_BESIDE_HZ,
    rssiDbm: heard.rssiDbm - GHOST_BELOW_DB,
    snrDb: measuredSnrDb(heard.snrDb - 2, 0),
  };
};

/** What each hotspot tells of an emission that has ended; `others` are all that were on the air meanwhile. */
export const hearEmission = (
  hotspots: readonly Hotspot[],
  onAir: OnAir,
  others: readonly OnAir[],
  lost: (loss: Loss) => void,
): readonly Heard[] => {
  const { emission, dbm } = onAir;
  if (emission.isInverted) return [];
  return hotspots.flatMap((hotspot, index) => {
    if (Number.isNaN(dbm[index] ?? Number.NaN)) return [];
    const noiseDb = hotspot.noiseDb + noiseAboveDb(hotspot, emission.startUs);
    const ear = { hotspot, index, noiseDbm: noiseFloorDbm(emission.rate.bandwidthHz, noiseDb) };
    const heard = hearBy(ear, onAir, others);
    if (heard === undefined) return [];
    if (typeof heard === 'object') return heard;
    lost(heard);
    return [];
  });
};
