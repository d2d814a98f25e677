import { type Cycle, type CycleName, cycleOf, cycleOfSpeeds } from '../cycles/cycle.ts';
import { type Random, random } from '../random/sfc32.ts';

/** Everyday driving is put together from these. */
const SOURCES: readonly CycleName[] = ['wltc', 'udds', 'hwfet', 'wltc-3a'];
const STANDING_MPS = 0.05;

/** From standing to standing. */
type MicroTrip = readonly number[];

const microTrips = (cycle: Cycle): readonly MicroTrip[] => {
  const trips: number[][] = [];
  let trip: number[] = [];
  for (const speed of cycle.speedsMps) {
    if (speed > STANDING_MPS) trip.push(speed);
    else if (trip.length > 0) {
      trips.push(trip);
      trip = [];
    }
  }
  return trips;
};

const POOL: readonly (readonly MicroTrip[])[] = SOURCES.map((name) => microTrips(cycleOf(name)));

const STOP_S = { min: 4, max: 25 } as const;
/** A driver is so much slower or faster than the cycle, all the way. */
const TEMPER = { min: 0.9, max: 1.06 } as const;

const stop = (chance: Random): readonly number[] =>
  new Array<number>(Math.round(chance.between(STOP_S.min, STOP_S.max))).fill(0);

/** A drive of about so many seconds, another one for each seed. */
export const driveOf = (seed: number, seconds: number): Cycle => {
  const chance = random(seed, 'drive');
  const temper = chance.between(TEMPER.min, TEMPER.max);
  const speeds: number[] = [...stop(chance)];
  while (speeds.length < seconds) {
    const pool = POOL[chance.whole(POOL.length)] ?? [];
    const trip = pool[chance.whole(pool.length)] ?? [];
    speeds.push(...trip.map((speed) => speed * temper), ...stop(chance));
  }
  return cycleOfSpeeds('drive', `a drive of seed ${seed}`, Float64Array.from(speeds));
};
