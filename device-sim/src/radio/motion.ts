import type { Place } from '@outpost/schemas/privacy';
import { drawAt } from '../random/draw-at.ts';
import { between, placeAt } from './earth.ts';

/** How something gets around its home: from one random place to the next, each way in `legS` seconds. */
export interface Motion {
  readonly radiusM: number;
  readonly legS: number;
}

/** Something that is somewhere. */
export interface Mover {
  /** Of its own chance. */
  readonly seed: number;
  readonly home: Place;
  /** Undefined: it stays where it is. */
  readonly motion: Motion | undefined;
}

/** Kinds of chance, far from those that devices and hotspots number for themselves. */
const CHANCE = { north: 901, east: 902 } as const;

/** Where it truly is at this moment; what it is, not what was asked before. */
export const placeOf = ({ home, motion, seed }: Mover, nowUs: number): Place => {
  if (motion === undefined) return home;
  const leg = nowUs / (motion.legS * 1e6);
  const stop = (index: number): Place =>
    placeAt(home, {
      eastM: motion.radiusM * (2 * drawAt(seed, CHANCE.east, index) - 1),
      northM: motion.radiusM * (2 * drawAt(seed, CHANCE.north, index) - 1),
    });
  const index = Math.floor(leg);
  return between(stop(index), stop(index + 1), leg - index);
};
