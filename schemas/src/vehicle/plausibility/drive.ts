import { correlation } from './numbers.ts';
import { type Series, SIGNAL, seriesOf, type Track, valueAt } from './track.ts';

/** A moment of driving: speed and acceleration from the speed alone, over at least `BASE_S`. */
export interface Moment {
  readonly at: number;
  /** Metres per second. */
  readonly v: number;
  /** Metres per second squared. */
  readonly a: number;
}

/** Over less, one step of 1 km/h would pass for an acceleration. */
const BASE_S = 2;
/** Over more, a gear may have changed in between. */
const BASE_MAX_S = 6;
const KMH = 3.6;

/** The speed's own course, one moment for each sample that has one at least `BASE_S` before it. */
export const momentsOf = ({ at, value }: Series): readonly Moment[] => {
  const moments: Moment[] = [];
  let before = 0;
  for (let now = 1; now < at.length; now += 1) {
    const time = at[now] ?? 0;
    while (before + 1 < now && time - (at[before + 1] ?? 0) >= BASE_S) before += 1;
    const dt = time - (at[before] ?? 0);
    if (dt < BASE_S || dt > BASE_MAX_S) continue;
    const [v0, v1] = [(value[before] ?? 0) / KMH, (value[now] ?? 0) / KMH];
    moments.push({ at: time - dt / 2, v: (v0 + v1) / 2, a: (v1 - v0) / dt });
  }
  return moments;
};

/** How far samples of another signal may be from the moment they are taken for. */
export const NEAR_S = 4;

/** Energy that fuel or battery give per second, in kW: petrol's lower heating value is 32 MJ/l, 42.5 MJ/kg. */
const KW_PER_LITRE_HOUR = 32_000 / 3600;
const KW_PER_AIR_GRAM = 42.5 / 14.7;

/** What the vehicle spends at a moment, by the best that it tells: battery, fuel rate, or the air that fuel burns in. */
export type Spending = (at: number) => number | undefined;

export type SpendingKind = 'battery' | 'fuel' | 'air';

const SAMPLES_MIN = 20;

/** Of a middling car, for what does not hang on which: kg, N of rolling, N per (m/s)² of air. */
const MASS_KG = 1_500;
const ROLLING_N = 150;
const DRAG = 0.4;

/** Power at the wheels, in kW, of a middling car that moves like this. */
export const demandKw = ({ v, a }: Moment): number => (v * (MASS_KG * a + ROLLING_N) + DRAG * v ** 3) / 1000;

/**
 * The track with the current of PID 9A in the sign of the other one, positive into the battery: as the whole of the
 * track makes the battery give when the car needs power.
 */
export const withSignedCurrent = (track: Track): Track => {
  const unsigned = seriesOf(track, SIGNAL.packAmperesUnsigned);
  if (unsigned.at.length === 0 || seriesOf(track, SIGNAL.packAmperes).at.length > 0) return track;
  const pairs = momentsOf(seriesOf(track, SIGNAL.speed)).flatMap((moment) => {
    const amperes = valueAt(unsigned, moment.at, NEAR_S);
    return amperes === undefined ? [] : [{ amperes, demand: demandKw(moment) }];
  });
  const follows = correlation(
    pairs.map(({ amperes }) => amperes),
    pairs.map(({ demand }) => demand),
  );
  const signed: Series =
    follows > 0 ? { at: unsigned.at, value: unsigned.value.map((each) => -each) } : unsigned;
  const others = [...track.series].filter(([signal]) => signal !== SIGNAL.packAmperesUnsigned);
  return { ...track, series: new Map([...others, [SIGNAL.packAmperes, signed]]) };
};

const batteryOf = (track: Track): Spending | undefined => {
  const [volts, amperes] = [seriesOf(track, SIGNAL.packVolts), seriesOf(track, SIGNAL.packAmperes)];
  if (volts.at.length < 2 || amperes.at.length < SAMPLES_MIN) return undefined;
  return (at) => {
    const [u, i] = [valueAt(volts, at, 60), valueAt(amperes, at, NEAR_S)];
    return u === undefined || i === undefined ? undefined : (-u * i) / 1000;
  };
};

/** Whether a traction battery has a part in how the car moves. */
export const hasBattery = (track: Track): boolean =>
  seriesOf(track, SIGNAL.packAmperes).at.length > 0 ||
  seriesOf(track, SIGNAL.packAmperesUnsigned).at.length > 0;

/** Undefined for a hybrid whose engine and battery share the work, and for a car that tells none of it. */
export const spendingOf = (
  track: Track,
): { readonly kind: SpendingKind; readonly kw: Spending } | undefined => {
  const hasEngine = seriesOf(track, SIGNAL.rpm).value.some((rpm) => rpm > 0);
  if (hasBattery(track)) {
    const kw = hasEngine ? undefined : batteryOf(track);
    return kw === undefined ? undefined : { kind: 'battery', kw };
  }
  const [fuel, air] = [seriesOf(track, SIGNAL.fuelRate), seriesOf(track, SIGNAL.airFlow)];
  const scaled =
    (series: Series, factor: number): Spending =>
    (at) => {
      const value = valueAt(series, at, NEAR_S);
      return value === undefined ? undefined : value * factor;
    };
  if (fuel.at.length >= SAMPLES_MIN) return { kind: 'fuel', kw: scaled(fuel, KW_PER_LITRE_HOUR) };
  if (air.at.length >= SAMPLES_MIN) return { kind: 'air', kw: scaled(air, KW_PER_AIR_GRAM) };
  return undefined;
};
