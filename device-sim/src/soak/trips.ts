import { tripsOf } from '@outpost/schemas/vehicle';
import type { TripBody } from '@outpost/schemas/words';
import { identityOf } from '../car/identity.ts';
import type { Plan } from '../car/plan.ts';
import type { Trip } from '../car/trips.ts';
import { type VehicleName, vehicleOf } from '../car/vehicles/vehicles.ts';
import { type CycleName, cycleOf } from '../cycles/cycle.ts';
import { type ProfileName, profileOf } from '../devices/elm327/profile.ts';
import type { DongleModel } from '../devices/elm327.ts';
import { drawAt } from '../random/draw-at.ts';
import { listen, msOf } from './listen.ts';

interface Case {
  readonly vehicle: VehicleName;
  readonly cycle: CycleName;
  readonly ambientC: number;
  readonly profile: ProfileName;
}

/** Kinds of drive that trackers get wrong. */
export const CASES = {
  wltc: { vehicle: 'petrol-manual', cycle: 'wltc', ambientC: 20, profile: 'genuine' },
  udds: { vehicle: 'petrol-automatic', cycle: 'udds', ambientC: 20, profile: 'genuine' },
  'smart-alternator': { vehicle: 'diesel-manual', cycle: 'wltc', ambientC: 20, profile: 'stn' },
  'plug-in': { vehicle: 'plug-in', cycle: 'wltc', ambientC: 20, profile: 'genuine' },
  electric: { vehicle: 'electric', cycle: 'wltc', ambientC: 20, profile: 'genuine' },
  /** A cold starter turns for long and pulls the battery down far. */
  cranking: { vehicle: 'petrol-manual', cycle: 'udds', ambientC: -20, profile: 'clone' },
} as const satisfies Readonly<Record<string, Case>>;

export type CaseName = keyof typeof CASES;
export const CASE_NAMES = Object.keys(CASES) as readonly CaseName[];

/** One drive as it was and as it was recorded. */
export interface Judged {
  readonly seed: number;
  readonly trips: number;
  readonly startErrorS: number;
  readonly endErrorS: number;
  readonly distanceErrorShare: number;
  readonly startedBy: string;
  readonly endedBy: string;
}

/** Parked, driven once, and parked for as long as it takes to be sure that the trip is over. */
const planOf = (cycle: CycleName, seed: number): { readonly plan: Plan; readonly forMs: number } => {
  const before = 90 + Math.round(600 * drawAt(seed, 0, 0));
  const idleS = 2 + Math.round(20 * drawAt(seed, 1, 0));
  const driven = cycleOf(cycle);
  const afterS = 900;
  const plan: Plan = {
    stages: [
      { do: 'park', forS: before },
      { do: 'unlock', forS: 5 },
      { do: 'key-on', forS: 1 + Math.round(3 * drawAt(seed, 2, 0)) },
      { do: 'start' },
      { do: 'idle', forS: idleS },
      { do: 'drive', cycle: driven },
      { do: 'idle', forS: 8 },
      { do: 'park', forS: Number.POSITIVE_INFINITY },
    ],
    loopFrom: 7,
  };
  return { plan, forMs: (before + 20 + idleS + driven.durationS + 10 + afterS) * 1_000 };
};

const judge = (seed: number, truth: Trip, bodies: readonly TripBody[]): Judged => {
  const [body] = bodies;
  if (body === undefined) {
    const never = Number.POSITIVE_INFINITY;
    const errors = { startErrorS: never, endErrorS: never, distanceErrorShare: never };
    return { seed, trips: 0, ...errors, startedBy: '', endedBy: '' };
  }
  // A car without an engine sets out when it moves; being ready to is no part of the way.
  const beganMs = body.startedBy === 'movement' ? (truth.movedMs ?? truth.readyMs) : truth.readyMs;
  return {
    seed,
    trips: bodies.length,
    startErrorS: (msOf(body.start.wall) - beganMs) / 1_000,
    endErrorS: (msOf(body.end.wall) - (truth.offMs ?? 0)) / 1_000,
    distanceErrorShare: (body.distanceM - truth.distanceM) / truth.distanceM,
    startedBy: body.startedBy,
    endedBy: body.endedBy,
  };
};

/** Drives one case with one seed and compares what was recorded with what was driven. */
export const tripRound = (
  name: CaseName,
  seed: number,
  {
    cycle = CASES[name].cycle,
    options = {},
  }: { readonly cycle?: CycleName; readonly options?: unknown } = {},
): Judged => {
  const { vehicle, ambientC, profile } = CASES[name];
  const { plan, forMs } = planOf(cycle, seed);
  const model: DongleModel = {
    profile: profileOf(profile),
    car: { parameters: vehicleOf(vehicle), plan, seed, ambientC, barometricKpa: 100 },
    identity: identityOf(seed),
    protocol: '6',
    faults: [],
    speedUp: 1,
  };
  const { readings, car } = listen(model, { forMs, options });
  const [truth] = car.trips.done;
  if (truth === undefined) throw new Error(`${name} with seed ${seed} was never driven to its end`);
  return judge(
    seed,
    truth,
    tripsOf(readings).map(({ body }) => body),
  );
};

const BAR = { startS: 10, endS: 130, distanceShare: 0.01 } as const;

export interface TripsReport {
  readonly rounds: number;
  readonly splitOrMissed: number;
  readonly startErrorS: readonly [least: number, most: number];
  readonly endErrorS: readonly [least: number, most: number];
  readonly distanceErrorPercent: readonly [least: number, most: number];
  readonly startedBy: Readonly<Record<string, number>>;
  readonly endedBy: Readonly<Record<string, number>>;
  /** Seeds of the rounds outside of the bar. */
  readonly missed: readonly number[];
}

export const isGood = ({ trips, startErrorS, endErrorS, distanceErrorShare }: Judged): boolean =>
  trips === 1 &&
  Math.abs(startErrorS) <= BAR.startS &&
  Math.abs(endErrorS) <= BAR.endS &&
  Math.abs(distanceErrorShare) <= BAR.distanceShare;

const counts = (words: readonly string[]): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {};
  for (const word of words) all[word] = (all[word] ?? 0) + 1;
  return all;
};

const span = (values: readonly number[], factor = 1): readonly [number, number] => {
  const round = (value: number): number => Math.round(value * factor * 100) / 100;
  return [round(Math.min(...values)), round(Math.max(...values))];
};

export const tripsReport = (rounds: readonly Judged[]): TripsReport => ({
  rounds: rounds.length,
  splitOrMissed: rounds.filter(({ trips }) => trips !== 1).length,
  startErrorS: span(rounds.map(({ startErrorS }) => startErrorS)),
  endErrorS: span(rounds.map(({ endErrorS }) => endErrorS)),
  distanceErrorPercent: span(
    rounds.map(({ distanceErrorShare }) => distanceErrorShare),
    100,
  ),
  startedBy: counts(rounds.map(({ startedBy }) => startedBy)),
  endedBy: counts(rounds.map(({ endedBy }) => endedBy)),
  missed: rounds.filter((round) => !isGood(round)).map(({ seed }) => seed),
});
