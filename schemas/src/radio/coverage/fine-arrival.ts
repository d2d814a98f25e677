import { distanceM, type Place } from '../../privacy/index.ts';
import { toHex } from '../../words/index.ts';
import { COVERAGE_RULES, type Finding, type Reception } from '../plausibility/index.ts';

/** Frames whose fine times are remembered, and gateways of each; beyond it the oldest go, which only blinds the rule. */
const FRAMES_MAX = 50_000;
const HEARERS_MAX = 16;

const SECOND_NS = 1_000_000_000;
const NS_PER_US = 1_000;
const LIGHT_M_PER_S = 299_792_458;
/**
 * Error of one fine time in ns: some 100 by the chip (SX1303), as much by the receiver's second, and longer antenna
 * cables than that.
 */
const FINE_ERROR_NS = 500;
/** Repetitions of a frame lie further apart. */
const SAME_FRAME_NS = 500_000_000n;

interface FineTime {
  readonly gateway: string;
  readonly wall: bigint;
  readonly fineNs: number;
  readonly place: Place;
}

export interface FineArrival {
  /** Undefined where there is nothing to compare it with. */
  take(reception: Reception, fineNs: number | undefined, sender: Place | undefined): Finding | undefined;
}

const wayNs = (metres: number): number => (metres / LIGHT_M_PER_S) * 1e9;

/** From one fine time to the other, each within its own second, the short way round: −0.5 s to 0.5 s. */
const laterNs = (from: number, to: number): number => {
  const ahead = (to - from + SECOND_NS) % SECOND_NS;
  return ahead > SECOND_NS / 2 ? ahead - SECOND_NS : ahead;
};

/** By how many ns the two are further apart than light and both errors allow; 0 or less where they are not. */
const excessNs = (own: FineTime, other: FineTime, sender: Place | undefined): number => {
  const later = laterNs(other.fineNs, own.fineNs);
  const slack = 2 * FINE_ERROR_NS + wayNs(2 * COVERAGE_RULES.placeErrorM);
  if (sender === undefined) return Math.abs(later) - wayNs(distanceM(own.place, other.place)) - slack;
  const expected = wayNs(distanceM(own.place, sender) - distanceM(other.place, sender));
  return Math.abs(later - expected) - slack - wayNs(2 * COVERAGE_RULES.placeErrorM);
};

/**
 * Time of arrival where gateways have fine timestamps. These mark the end of the preamble (sx1302_hal,
 * loragw_sx1302_timestamp.c), all other times the end of the frame, so they are compared with each other alone: a
 * teleport of a kilometre shows, which the milliseconds of a GPS-disciplined clock cannot tell.
 */
export const openFineArrival = (): FineArrival => {
  const frames = new Map<string, readonly FineTime[]>();

  const remember = (name: string, times: readonly FineTime[]): void => {
    frames.delete(name);
    frames.set(name, times.slice(-HEARERS_MAX));
    if (frames.size <= FRAMES_MAX) return;
    const oldest = frames.keys().next();
    if (!oldest.done) frames.delete(oldest.value);
  };

  return {
    take({ phy, gateway, wall, place }, fineNs, sender) {
      if (fineNs === undefined || place === undefined) return undefined;
      const own: FineTime = { gateway, wall, fineNs, place };
      const name = toHex(phy);
      const known = frames.get(name) ?? [];
      const others = known.filter((other) => {
        const apart = own.wall - other.wall;
        return other.gateway !== gateway && apart < SAME_FRAME_NS && apart > -SAME_FRAME_NS;
      });
      const off = others.map((other) => ({ other, ns: excessNs(own, other, sender) }));
      const worst = off.toSorted((a, b) => b.ns - a.ns)[0];
      if (worst !== undefined && worst.ns > 0) {
        const us = (worst.ns / NS_PER_US).toFixed(1);
        const words = `arrived ${us} µs beside what light needs, against ${worst.other.gateway}`;
        return { rule: 'arrival', outcome: 'broken', words };
      }
      remember(name, [...known, own]);
      return worst === undefined ? undefined : { rule: 'arrival', outcome: 'held', words: '' };
    },
  };
};
