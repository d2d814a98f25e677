import { demandKw, hasBattery, momentsOf, NEAR_S, spendingOf } from './drive.ts';
import { correlation, mean, median, share, spread } from './numbers.ts';
import { SIGNAL, seriesOf, steps, type Track, valueAt } from './track.ts';

/** A rule over a window of about a minute. */
export interface WindowRule {
  readonly name: string;
  /** Why the window breaks it, in words; undefined where it does not, or where it says nothing. */
  judge(window: Track): string | undefined;
}

const KMH = 3.6;
/** One step of the speed's own scale. */
const SPEED_STEP_KMH = 1;
const ACCELERATION_MAX = 5.5;

const acceleration: WindowRule = {
  name: 'acceleration',
  judge(window) {
    const worst = steps(seriesOf(window, SIGNAL.speed))
      .map(({ dt, from, to }) => (Math.abs(to - from) - SPEED_STEP_KMH) / KMH / Math.max(dt, 0.2))
      .reduce((most, each) => Math.max(most, each), 0);
    return worst > ACCELERATION_MAX
      ? `the speed changes by ${worst.toFixed(1)} m/s², more than the ${ACCELERATION_MAX} that tyres give`
      : undefined;
  },
};

/** Temperatures move slowly: so many degrees at once, and so many a second. */
const temperature = (name: string, signal: number, what: string, perSecond: number): WindowRule => ({
  name,
  judge(window) {
    const jump = steps(seriesOf(window, signal)).find(
      ({ dt, from, to }) => Math.abs(to - from) > 2 + perSecond * dt,
    );
    return jump && `the ${what} goes from ${jump.from} to ${jump.to} °C within ${jump.dt.toFixed(1)} s`;
  },
});

const RUN_TIME_SLACK_S = 3;

/** Over so long a run time that stands still, or runs slow, shows. */
const RUN_TIME_SPAN_S = 30;

/** A run time that falls behind while the engine runs; a new start counts from zero again and is none. */
const behindWords = (window: Track): string | undefined => {
  const [rpm, runs] = [seriesOf(window, SIGNAL.rpm), seriesOf(window, SIGNAL.runTime)];
  const passed = (runs.at.at(-1) ?? 0) - (runs.at[0] ?? 0);
  const ran = (runs.value.at(-1) ?? 0) - (runs.value[0] ?? 0);
  const isRunning = rpm.value.length > 0 && rpm.value.every((turns) => turns > 400);
  return isRunning && passed >= RUN_TIME_SPAN_S && ran >= 0 && ran < passed / 2 - RUN_TIME_SLACK_S
    ? `the engine's run time grows by ${ran} s while ${passed.toFixed(0)} s pass`
    : undefined;
};

const runTime: WindowRule = {
  name: 'run-time',
  judge(window) {
    const wrong = steps(seriesOf(window, SIGNAL.runTime)).find(({ dt, from, to }) =>
      to >= from ? to - from > dt + RUN_TIME_SLACK_S : to > dt + RUN_TIME_SLACK_S,
    );
    return wrong === undefined
      ? behindWords(window)
      : `the engine's run time goes from ${wrong.from} to ${wrong.to} s while ${wrong.dt.toFixed(1)} s pass`;
  },
};

/** Engine speed over road speed, where a gear is in. */
export const gearRatios = (window: Track): readonly { readonly at: number; readonly ratio: number }[] => {
  const rpm = seriesOf(window, SIGNAL.rpm);
  const { at, value } = seriesOf(window, SIGNAL.speed);
  return at.flatMap((time, i) => {
    const speed = value[i] ?? 0;
    const turns = valueAt(rpm, time, NEAR_S);
    return turns === undefined || speed <= 20 || turns <= 900 ? [] : [{ at: time, ratio: turns / speed }];
  });
};

const RATIOS_MIN = 5;
const RATIO_LIMITS = { min: 15, max: 120 } as const;

const ratio: WindowRule = {
  name: 'ratio',
  judge(window) {
    const ratios = gearRatios(window).map((each) => each.ratio);
    const outside = share(ratios, (each) => each < RATIO_LIMITS.min || each > RATIO_LIMITS.max);
    return ratios.length >= RATIOS_MIN && outside > 0.1
      ? `${(100 * outside).toFixed(0)} % of the time the engine turns as no gear of any car makes it`
      : undefined;
  },
};

/** Between so close neighbours a gear is seldom changed. */
const NEIGHBOURS_S = 4;

const gears: WindowRule = {
  name: 'gears',
  judge(window) {
    const ratios = gearRatios(window);
    const pairs = ratios.slice(1).flatMap((now, i) => {
      const before = ratios[i];
      return before === undefined || now.at - before.at > NEIGHBOURS_S ? [] : [now.ratio / before.ratio];
    });
    const alike = share(pairs, (change) => Math.abs(change - 1) <= 0.06);
    return pairs.length >= RATIOS_MIN && alike < 0.4
      ? `engine and wheels turn in a fixed ratio in only ${(100 * alike).toFixed(0)} % of the neighbouring samples`
      : undefined;
  },
};

/** Slower, an engine starts or stops. */
const RUNNING_RPM = 600;

/** Above the pressure of the air around: boosted, and load follows pressure no more. */
const BOOST_KPA = 107;

const air: WindowRule = {
  name: 'air',
  judge(window) {
    const [map, rpm] = [seriesOf(window, SIGNAL.manifold), seriesOf(window, SIGNAL.rpm)];
    const { at, value } = seriesOf(window, SIGNAL.load);
    const pairs = at.flatMap((time, i) => {
      const kpa = valueAt(map, time, NEAR_S);
      // An engine that stands still has the pressure of the air around it and no load.
      const turns = valueAt(rpm, time, NEAR_S) ?? 0;
      return kpa === undefined || turns < RUNNING_RPM ? [] : [{ kpa, load: value[i] ?? 0 }];
    });
    const pressures = pairs.map(({ kpa }) => kpa);
    if (pairs.length < 10 || spread(pressures) <= 25 || pressures.some((kpa) => kpa > BOOST_KPA))
      return undefined;
    const found = correlation(
      pressures,
      pairs.map(({ load }) => load),
    );
    return found < 0.5
      ? `load does not follow the manifold pressure (correlation ${found.toFixed(2)})`
      : undefined;
  },
};

const airMass: WindowRule = {
  name: 'air-mass',
  judge(window) {
    const [rpm, map] = [seriesOf(window, SIGNAL.rpm), seriesOf(window, SIGNAL.manifold)];
    const { at, value } = seriesOf(window, SIGNAL.airFlow);
    const fills = at.flatMap((time, i) => {
      const [turns, kpa] = [valueAt(rpm, time, NEAR_S), valueAt(map, time, NEAR_S)];
      return turns === undefined || kpa === undefined || turns < 500 || kpa < 10
        ? []
        : [(value[i] ?? 0) / turns / kpa];
    });
    if (fills.length < 10) return undefined;
    const middle = median(fills);
    const off = share(fills, (fill) => Math.abs(fill / middle - 1) > 0.5);
    return off > 0.4
      ? `${(100 * off).toFixed(0)} % of the air flow is not what engine speed and manifold pressure make`
      : undefined;
  },
};

const SUPPLY_LIMITS = { min: 11.8, max: 15.3 } as const;
/** Every start draws the supply down for a moment. */
const SUPPLY_SHARE_MAX = 0.2;

const supply: WindowRule = {
  name: 'supply',
  judge(window) {
    const rpm = seriesOf(window, SIGNAL.rpm);
    const { at, value } = seriesOf(window, SIGNAL.supply);
    const running = value.filter((_, i) => (valueAt(rpm, at[i] ?? 0, NEAR_S) ?? 0) > RUNNING_RPM);
    const wrong = running.filter((volts) => volts < SUPPLY_LIMITS.min || volts > SUPPLY_LIMITS.max);
    return wrong.length > SUPPLY_SHARE_MAX * running.length
      ? `the supply is ${(wrong[0] ?? 0).toFixed(1)} V while the engine runs`
      : undefined;
  },
};

const stuck: WindowRule = {
  name: 'stuck',
  judge(window) {
    const { value } = seriesOf(window, SIGNAL.rpm);
    const speeds = seriesOf(window, SIGNAL.speed).value;
    return value.length >= 10 && value.every((each) => each > 0) && spread(value) === 0 && spread(speeds) > 3
      ? `the engine speed stays at exactly ${value[0]} min⁻¹ while the road speed changes`
      : undefined;
  },
};

/** Below, what a car spends hangs more on its heater than on the road. */
const DEMAND_SPREAD_KW = 5;
const EFFORT_MIN = 0.58;

const effort: WindowRule = {
  name: 'effort',
  judge(window) {
    const spending = spendingOf(window);
    if (spending === undefined) return undefined;
    const isBattery = spending.kind === 'battery';
    const pairs = momentsOf(seriesOf(window, SIGNAL.speed)).flatMap((moment) => {
      const kw = spending.kw(moment.at);
      if (kw === undefined) return [];
      const demand = demandKw(moment);
      return [{ kw, demand: isBattery ? demand : Math.max(0, demand) }];
    });
    const demands = pairs.map(({ demand }) => demand);
    if (pairs.length < 12 || spread(demands) < DEMAND_SPREAD_KW) return undefined;
    const found = correlation(
      demands,
      pairs.map(({ kw }) => kw),
    );
    return found < EFFORT_MIN
      ? `what it spends does not follow how it moves (correlation ${found.toFixed(2)})`
      : undefined;
  },
};

const idleMoving: WindowRule = {
  name: 'engine-still',
  judge(window) {
    const rpm = seriesOf(window, SIGNAL.rpm);
    const { at, value } = seriesOf(window, SIGNAL.speed);
    const moving = at.filter((_, i) => (value[i] ?? 0) > 30);
    const still = share(moving, (time) => valueAt(rpm, time, NEAR_S) === 0);
    return !hasBattery(window) && rpm.at.length >= 5 && moving.length >= 5 && still > 0.5
      ? `it moves at ${mean(value).toFixed(0)} km/h and its engine stands still`
      : undefined;
  },
};

/** Degrees a second that the coolant and the intake air may change by. */
const COOLANT_RATE = 1;
const INTAKE_RATE = 1.5;

export const WINDOW_RULES: readonly WindowRule[] = [
  acceleration,
  temperature('coolant', SIGNAL.coolant, 'coolant', COOLANT_RATE),
  temperature('intake', SIGNAL.intake, 'intake air', INTAKE_RATE),
  runTime,
  ratio,
  gears,
  air,
  airMass,
  supply,
  stuck,
  effort,
  idleMoving,
];
