import { identityOf } from '../car/identity.ts';
import type { CarParameters } from '../car/parameters.ts';
import type { Plan, Stage } from '../car/plan.ts';
import { type VehicleName, vehicleOf } from '../car/vehicles/vehicles.ts';
import { cycleOf } from '../cycles/cycle.ts';
import { profileOf } from '../devices/elm327/profile.ts';
import type { DongleModel } from '../devices/elm327.ts';
import { drawAt } from '../random/draw-at.ts';
import { type Listened, listen } from './listen.ts';

/** What happens to a parked car in a day. */
export const DAYS = ['quiet', 'visited', 'weak', 'flat', 'after-a-drive'] as const;
export type Day = (typeof DAYS)[number];

export interface ParkedRound {
  readonly vehicle: VehicleName;
  readonly day: Day;
  readonly seed: number;
}

export interface ParkedJudged extends ParkedRound {
  readonly requests: number;
  /** Stretches of requests, by what they began with. */
  readonly triggered: number;
  readonly blind: number;
  readonly blindInHourMost: number;
  /** Requests that belong to no trigger and to no blind look that the budget had room for. */
  readonly unexplained: number;
  /** Requests below 12.2 V for longer than 300 s, or below 11.8 V. */
  readonly onLowBattery: number;
  readonly leastMillivolts: number;
  readonly account: string;
}

const HOUR_S = 3_600;

const visits = (seed: number, hours: number): readonly Stage[] => {
  const stages: Stage[] = [];
  for (let hour = 1; hour < hours; hour += 1) {
    const forS = 600 + Math.round(5_400 * drawAt(seed, 3, hour));
    stages.push({ do: 'park', forS }, { do: 'unlock', forS: 10 + Math.round(60 * drawAt(seed, 4, hour)) });
  }
  return [...stages, { do: 'park', forS: Number.POSITIVE_INFINITY }];
};

const stagesOf = (day: Day, seed: number, hours: number): readonly Stage[] => {
  const park: Stage = { do: 'park', forS: Number.POSITIVE_INFINITY };
  if (day === 'visited') return visits(seed, hours);
  if (day !== 'after-a-drive') return [park];
  const drive: Stage = { do: 'drive', cycle: cycleOf('udds') };
  return [{ do: 'park', forS: 60 }, { do: 'key-on', forS: 1 }, { do: 'start' }, drive, park];
};

/** A battery that the parked car's own draw empties within the day: worn, not large. */
const WORN_AH = 1.5;

/** Charge at which the day begins: 12.4 V, just above 12.2 V, just below it. */
const CHARGES: Readonly<Record<Day, number>> = {
  quiet: 0.8,
  visited: 0.8,
  weak: 0.45,
  flat: 0.2,
  'after-a-drive': 0.8,
};

const parametersOf = (vehicle: VehicleName, day: Day): CarParameters => {
  const parameters = vehicleOf(vehicle);
  return day === 'weak' ? { ...parameters, batteryAh: WORN_AH } : parameters;
};

/** Requests further apart than this are another look. */
const STRETCH_GAP_MS = 20_000;
/** A look after a trigger waits for its turn for a quarter of an hour at most. */
const TRIGGER_COUNTS_MS = 15 * 60_000;
const NEAR_MS = 2_500;

interface Stretch {
  readonly fromMs: number;
  readonly requests: number;
}

const stretchesOf = (requestsMs: readonly number[]): readonly Stretch[] => {
  const stretches: Stretch[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const atMs of requestsMs) {
    const open = stretches.at(-1);
    if (open !== undefined && atMs - last <= STRETCH_GAP_MS) {
      stretches[stretches.length - 1] = { ...open, requests: open.requests + 1 };
    } else stretches.push({ fromMs: atMs, requests: 1 });
    last = atMs;
  }
  return stretches;
};

/** When the printed voltage gave a reason to look: by the rule, not by what the dialogue made of it. */
const triggersOf = (samples: Listened['samples']): readonly number[] =>
  samples.flatMap(({ atMs, millivolts }, at) => {
    const before = samples[at - 1];
    if (before === undefined) return [atMs];
    const isNear = atMs - before.atMs <= NEAR_MS;
    const change = millivolts - before.millivolts;
    const isCharging = millivolts >= 13_200 && before.millivolts < 13_200;
    return isCharging || (isNear && (change >= 200 || change <= -300)) ? [atMs] : [];
  });

/** Requests that a battery should have been spared; the moment at which a starter turns is none. */
const onLow = ({ requestsMs, samples }: Listened): number => {
  let [low, at, count] = [undefined as number | undefined, 0, 0];
  for (const requestMs of requestsMs) {
    for (let next = samples[at]; next !== undefined && next.atMs <= requestMs; next = samples[at]) {
      low = next.millivolts < 12_200 ? (low ?? next.atMs) : undefined;
      at += 1;
    }
    const isEmpty = (samples[at - 1]?.millivolts ?? 12_600) < 11_800;
    if (isEmpty || (low !== undefined && requestMs - low > 301_000)) count += 1;
  }
  return count;
};

const mostWithin = (atMs: readonly number[], ms: number): number =>
  Math.max(0, ...atMs.map((from) => atMs.filter((each) => each >= from && each - from < ms).length));

/** Each trigger explains one stretch: the first that begins after it, and those that only went on while it came. */
const explained = (
  stretches: readonly Stretch[],
  triggers: readonly number[],
): readonly (Stretch & { readonly isTriggered: boolean })[] => {
  let spentTo = Number.NEGATIVE_INFINITY;
  return stretches.map((stretch) => {
    const until = stretch.fromMs + 1_000;
    const isTriggered = triggers.some(
      (atMs) => atMs > spentTo && atMs <= until && until - atMs <= TRIGGER_COUNTS_MS,
    );
    spentTo = until;
    return { ...stretch, isTriggered };
  });
};

const BAR = { perHour: 4, perDay: 12 } as const;

/** A day, or so many hours of one, of one parked car. */
export const parkedRound = (round: ParkedRound, hours = 24): ParkedJudged => {
  const { vehicle, day, seed } = round;
  const plan: Plan = { stages: stagesOf(day, seed, hours), loopFrom: 0 };
  const model: DongleModel = {
    profile: profileOf('genuine'),
    car: { parameters: parametersOf(vehicle, day), plan, seed, ambientC: 15, barometricKpa: 100 },
    identity: identityOf(seed),
    protocol: '6',
    faults: [],
    speedUp: 1,
  };
  const listened = listen(model, {
    forMs: hours * HOUR_S * 1_000,
    begin: (dongle) => {
      const charge = CHARGES[day];
      const volts = 11.9 + 0.85 * charge;
      const supply = { ...dongle.car.supply, charge, volts, steadyVolts: volts };
      return { ...dongle, car: { ...dongle.car, supply } };
    },
  });
  const stretches = explained(stretchesOf(listened.requestsMs), triggersOf(listened.samples));
  // While a car is being driven nothing is parked; what follows it is judged.
  const drivenMs = listened.car.trips.done[0]?.offMs ?? 0;
  const parked = stretches.filter(({ fromMs }) => fromMs > drivenMs + 240_000 || drivenMs === 0);
  const blind = parked.filter(({ isTriggered }) => !isTriggered);
  const blindMs = blind.map(({ fromMs }) => fromMs);
  const [hourMost, dayMost] = [mostWithin(blindMs, HOUR_S * 1_000), mostWithin(blindMs, 24 * HOUR_S * 1_000)];
  const isWithin = hourMost <= BAR.perHour && dayMost <= BAR.perDay;
  return {
    ...round,
    requests: listened.requestsMs.length,
    triggered: parked.length - blind.length,
    blind: blind.length,
    blindInHourMost: hourMost,
    unexplained: isWithin ? 0 : blind.reduce((sum, { requests }) => sum + requests, 0),
    onLowBattery: onLow(listened),
    leastMillivolts: Math.min(...listened.samples.map(({ millivolts }) => millivolts)),
    account: String(listened.facts['account'] ?? ''),
  };
};

export const isGood = ({ unexplained, onLowBattery }: ParkedJudged): boolean =>
  unexplained === 0 && onLowBattery === 0;
