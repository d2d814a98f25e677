import * as plausibility from '@outpost/schemas/vehicle/plausibility';
import type { VehicleName } from '../car/vehicles/vehicles.ts';
import {
  independentNoise,
  otherVin,
  rolledBack,
  scaledSpeed,
  smoothSines,
  spliced,
  withoutOdometer,
  withoutSatellites,
  withoutWitnesses,
} from '../cheats/cheats.ts';
import { trackOfDrive } from '../cheats/drive-track.ts';
import { random } from '../random/sfc32.ts';

type Track = plausibility.Track;

export interface PlausibilityPlan {
  readonly vehicles: readonly VehicleName[];
  /** Drives of each vehicle that are judged. */
  readonly drives: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Drives of a car before it is judged. */
const LEARNED = 5;

export interface Rate {
  judged: number;
  flagged: number;
  /** How often each rule spoke. */
  readonly rules: Map<string, number>;
}

const newRate = (): Rate => ({ judged: 0, flagged: 0, rules: new Map() });

const count = (rate: Rate, isFlagged: boolean, rules: readonly string[]): void => {
  rate.judged += 1;
  if (isFlagged) rate.flagged += 1;
  for (const rule of new Set(rules)) rate.rules.set(rule, (rate.rules.get(rule) ?? 0) + 1);
};

export interface PlausibilityReport {
  /** Of whole trips, with what is known of the vehicle. */
  readonly trips: ReadonlyMap<string, Rate>;
  /** Of single minutes in which the car moves, with nothing known beside them. */
  readonly windows: ReadonlyMap<string, Rate>;
}

const rateIn = (rates: Map<string, Rate>, name: string): Rate => {
  const rate = rates.get(name) ?? newRate();
  rates.set(name, rate);
  return rate;
};

/** Below this a minute is a standing car's: nothing in it says anything. */
const MOVING_KMH = 10;

const isMoving = (window: Track): boolean => {
  const { value } = plausibility.seriesOf(window, plausibility.SIGNAL.speed);
  return value.reduce((sum, each) => sum + each, 0) / value.length > MOVING_KMH;
};

const judgeWindows = (rate: Rate, track: Track, moving: (window: Track) => boolean = isMoving): void => {
  for (const { from, window } of plausibility.windowsOf(track)) {
    if (!moving(window)) continue;
    const rules = plausibility.judgeWindow(window, from).map(({ rule }) => rule);
    count(rate, rules.length > 0, rules);
  }
};

const judgeTrip = (rate: Rate, track: Track, known: plausibility.Known): void => {
  const { believable, findings, windows } = plausibility.judgeTrip(track, known);
  const rules = [...findings, ...windows.flatMap((window) => window.findings)].map(({ rule }) => rule);
  count(rate, !believable, rules);
};

const SCALES = [0.8, 0.9, 1.1, 1.2, 1.3, 1.5, 2] as const;

/** Judges honest drives of a car and what liars make of them. */
const judgeCar = (
  vehicle: VehicleName,
  { drives, seconds, seed }: PlausibilityPlan,
  { trips, windows }: { readonly trips: Map<string, Rate>; readonly windows: Map<string, Rate> },
): void => {
  const carSeed = seed;
  const drive = (driveSeed: number): Track => trackOfDrive({ vehicle, carSeed, driveSeed, seconds });
  const learned = Array.from({ length: LEARNED }, (_, i) => drive(1_000 + seed * 7 + i));
  const memory = learned.reduce(plausibility.learn, plausibility.NO_MEMORY);
  const seen = new Set(learned.flatMap((track) => plausibility.printsOf(track).map(({ hash }) => hash)));
  // The odometer of a simulated car begins anew with each simulation.
  const known: plausibility.Known = { memory: { ...memory, odometerKm: undefined }, seen };
  const chance = random(seed, `splice ${vehicle}`);
  const tracks = Array.from({ length: drives }, (_, i) => drive(seed * 100_000 + i));
  tracks.forEach((track, i) => {
    judgeTrip(rateIn(trips, 'honest'), track, known);
    judgeTrip(rateIn(trips, `honest ${vehicle}`), track, known);
    judgeTrip(rateIn(trips, 'honest, nothing known'), track, {});
    judgeWindows(rateIn(windows, 'honest'), track);
    const noise = independentNoise(track, i + seed);
    judgeTrip(rateIn(trips, 'independent noise'), noise, known);
    judgeWindows(rateIn(windows, 'independent noise'), noise);
    const sines = smoothSines(track, i + seed);
    judgeTrip(rateIn(trips, 'smooth sines'), sines, known);
    judgeTrip(rateIn(trips, 'smooth sines, nothing known'), withoutWitnesses(sines), {});
    const others = [track, ...[1, 2, 3].map((k) => tracks[(i + k) % tracks.length] ?? track)];
    const splice = spliced(others, chance);
    judgeTrip(rateIn(trips, 'spliced'), withoutWitnesses(splice), known);
    judgeWindows(rateIn(windows, 'spliced'), splice);
    judgeWindows(rateIn(windows, `spliced ${vehicle}`), splice);
    for (const times of SCALES) {
      const scaled = scaledSpeed(track, times);
      judgeTrip(rateIn(trips, `speed ×${times}, OBD alone`), withoutWitnesses(scaled), known);
      judgeTrip(rateIn(trips, `speed ×${times}, with odometer`), withoutSatellites(scaled), known);
      judgeTrip(rateIn(trips, `speed ×${times}, with satellites`), withoutOdometer(scaled), known);
    }
    const again = new Set([...seen, ...plausibility.printsOf(track).map(({ hash }) => hash)]);
    judgeTrip(rateIn(trips, 'replayed'), track, { ...known, seen: again });
    const before = plausibility.learn(memory, track);
    judgeTrip(rateIn(trips, 'odometer rolled back'), rolledBack(track, 500), { ...known, memory: before });
    judgeTrip(rateIn(trips, 'other VIN'), otherVin(track, 'ZZZ0UTP00SS999999'), known);
  });
};

/** Rates at which honest drives and cheats are flagged; a pure function of the plan. */
export const plausibilityRates = (
  plan: PlausibilityPlan,
  progress: (vehicle: VehicleName) => void = () => undefined,
): PlausibilityReport => {
  const rates = { trips: new Map<string, Rate>(), windows: new Map<string, Rate>() };
  for (const vehicle of plan.vehicles) {
    judgeCar(vehicle, plan, rates);
    progress(vehicle);
  }
  return rates;
};
