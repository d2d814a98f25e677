import { momentsOf, type SpendingKind, spendingOf, withSignedCurrent } from './drive.ts';
import { leastSquares } from './numbers.ts';
import { SIGNAL, seriesOf, type Track } from './track.ts';
import { gearRatios } from './window-rules.ts';

/** What is known of one vehicle from trips that were believed: how its gears turn and what its road costs. */
export interface VehicleMemory {
  readonly vin: string | undefined;
  /** How often each ratio of engine to road speed was seen, by the logarithm's steps of `BIN`. */
  readonly gears: ReadonlyMap<number, number>;
  readonly ratios: number;
  /** What it spends: kW = c · [1, v, v³, v·a, v·a where that slows]. */
  readonly road: Road | undefined;
  readonly odometerKm: number | undefined;
  readonly trips: number;
}

export interface Road {
  readonly kind: SpendingKind;
  readonly cost: readonly number[];
}

export const NO_MEMORY: VehicleMemory = {
  vin: undefined,
  gears: new Map(),
  ratios: 0,
  road: undefined,
  odometerKm: undefined,
  trips: 0,
};

/** A step of 2 %. */
const BIN = Math.log(1.02);
const binOf = (ratio: number): number => Math.round(Math.log(ratio) / BIN);

const features = (v: number, a: number): readonly number[] => [
  1,
  v,
  v ** 3 / 1000,
  Math.max(0, v * a),
  Math.min(0, v * a),
];

interface Spent {
  readonly kw: number;
  readonly features: readonly number[];
}

const spentOf = (
  trip: Track,
): { readonly kind: SpendingKind; readonly moments: readonly Spent[] } | undefined => {
  const spending = spendingOf(trip);
  if (spending === undefined) return undefined;
  const moments = momentsOf(seriesOf(trip, SIGNAL.speed)).flatMap(({ at, v, a }): Spent[] => {
    const kw = v < 3 ? undefined : spending.kw(at);
    return kw === undefined ? [] : [{ kw, features: features(v, a) }];
  });
  return { kind: spending.kind, moments };
};

/** Fewer moments tell nothing. */
const MOMENTS_MIN = 120;
/** What was learned last counts for so much. */
const FRESH = 0.3;

const roadOf = (trip: Track, before: Road | undefined): Road | undefined => {
  const spent = spentOf(trip);
  if (spent === undefined || spent.moments.length < MOMENTS_MIN) return before;
  const cost = leastSquares(
    spent.moments.map((each) => each.features),
    spent.moments.map(({ kw }) => kw),
  );
  if (cost === undefined) return before;
  if (before === undefined || before.kind !== spent.kind) return { kind: spent.kind, cost };
  return {
    kind: spent.kind,
    cost: cost.map((each, i) => FRESH * each + (1 - FRESH) * (before.cost[i] ?? each)),
  };
};

/** The memory after a trip that was believed. */
export const learn = (before: VehicleMemory, given: Track): VehicleMemory => {
  const trip = withSignedCurrent(given);
  const gears = new Map(before.gears);
  const ratios = gearRatios(trip);
  for (const { ratio } of ratios) gears.set(binOf(ratio), (gears.get(binOf(ratio)) ?? 0) + 1);
  return {
    vin: trip.vins.at(-1)?.vin ?? before.vin,
    gears,
    ratios: before.ratios + ratios.length,
    road: roadOf(trip, before.road),
    odometerKm: seriesOf(trip, SIGNAL.odometer).value.at(-1) ?? before.odometerKm,
    trips: before.trips + 1,
  };
};

const RATIOS_KNOWN_MIN = 200;
const RATIOS_MIN = 60;
/** Steps of `BIN` around a ratio in which it may have been seen before: ± 4 %. */
const NEAR_BINS = 2;
/** A ratio is known where this share of all was seen around it. */
const KNOWN_SHARE = 0.02;
const FAMILIAR_MIN = 0.6;

const gearWords = ({ gears, ratios: known }: VehicleMemory, trip: Track): string | undefined => {
  const ratios = gearRatios(trip);
  if (known < RATIOS_KNOWN_MIN || ratios.length < RATIOS_MIN) return undefined;
  const isFamiliar = ({ ratio }: { readonly ratio: number }): boolean => {
    let seen = 0;
    for (let bin = binOf(ratio) - NEAR_BINS; bin <= binOf(ratio) + NEAR_BINS; bin += 1)
      seen += gears.get(bin) ?? 0;
    return seen >= KNOWN_SHARE * known;
  };
  const familiar = ratios.filter(isFamiliar).length / ratios.length;
  return familiar < FAMILIAR_MIN
    ? `only ${(100 * familiar).toFixed(0)} % of the time do engine and wheels turn as this vehicle's gears make them`
    : undefined;
};

/** Wind, hills, load and cold move what a road costs by less. */
const COST_LIMITS = { min: 0.68, max: 1.45 } as const;

const roadWords = ({ road }: VehicleMemory, trip: Track): string | undefined => {
  const spent = spentOf(trip);
  if (road === undefined || spent === undefined || road.kind !== spent.kind) return undefined;
  if (spent.moments.length < MOMENTS_MIN) return undefined;
  const actual = spent.moments.reduce((sum, { kw }) => sum + kw, 0);
  const expected = spent.moments.reduce(
    (sum, each) => sum + each.features.reduce((kw, feature, i) => kw + feature * (road.cost[i] ?? 0), 0),
    0,
  );
  const times = actual / expected;
  return expected <= 0 || times < COST_LIMITS.min || times > COST_LIMITS.max
    ? `it spends ${times.toFixed(2)} times what this vehicle needs to move like that`
    : undefined;
};

const odometerWords = ({ odometerKm }: VehicleMemory, trip: Track): string | undefined => {
  const now = seriesOf(trip, SIGNAL.odometer).value[0];
  return odometerKm !== undefined && now !== undefined && now < odometerKm
    ? `the odometer stood at ${odometerKm} km before and stands at ${now} km now`
    : undefined;
};

const vinWords = ({ vin }: VehicleMemory, trip: Track): string | undefined => {
  const now = trip.vins[0]?.vin;
  return vin !== undefined && now !== undefined && vin !== now
    ? 'this is another vehicle than before: its identification number is another one'
    : undefined;
};

/** A rule over a trip and what is known of the vehicle. */
export interface MemoryRule {
  readonly name: string;
  judge(memory: VehicleMemory, trip: Track): string | undefined;
}

export const MEMORY_RULES: readonly MemoryRule[] = [
  { name: 'gear-signature', judge: gearWords },
  { name: 'road-cost', judge: roadWords },
  { name: 'odometer-rollback', judge: odometerWords },
  { name: 'other-vehicle', judge: vinWords },
];
