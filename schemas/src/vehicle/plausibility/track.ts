import type { PositionBody, Reading } from '../../words/index.ts';
import { signalById } from '../signals.ts';

/** Samples of one signal: seconds on the box's own clock, ascending, and values in the table's unit. */
export interface Series {
  readonly at: readonly number[];
  readonly value: readonly number[];
}

export interface Place {
  readonly at: number;
  readonly body: PositionBody;
}

/** What a vehicle said over a stretch of time, as the rules look at it. */
export interface Track {
  readonly series: ReadonlyMap<number, Series>;
  readonly vins: readonly { readonly at: number; readonly vin: string }[];
  readonly places: readonly Place[];
}

/** The signals that rules are about, by their numbers in the table. */
export const SIGNAL = {
  speed: 1,
  rpm: 2,
  load: 4,
  coolant: 5,
  intake: 6,
  airFlow: 7,
  manifold: 9,
  fuelRate: 13,
  runTime: 15,
  supply: 18,
  odometer: 21,
  packVolts: 172,
  packAmperes: 173,
  /** Of PID 9A: which way is positive is not said. */
  packAmperesUnsigned: 484,
} as const;

const NONE: Series = { at: [], value: [] };

export const seriesOf = (track: Track, signal: number): Series => track.series.get(signal) ?? NONE;

const SECOND_NS = 1e9;

/**
 * The track of readings in order. Where several control units tell the same signal, the one that told it first counts.
 * Seconds are counted from the first reading.
 */
export const trackOf = (readings: Iterable<Pick<Reading, 'mono' | 'body'>>): Track => {
  const series = new Map<number, { readonly ecu: number; readonly at: number[]; readonly value: number[] }>();
  const vins: { at: number; vin: string }[] = [];
  const places: Place[] = [];
  let start: bigint | undefined;
  for (const { mono, body } of readings) {
    start ??= mono;
    const at = Number(mono - start) / SECOND_NS;
    if (body.kind === 'position') places.push({ at, body });
    if (body.kind === 'identity' && body.of === 'vin') vins.push({ at, vin: body.text });
    if (body.kind !== 'number') continue;
    const row = signalById(body.signal);
    if (row === undefined) continue;
    const known = series.get(body.signal) ?? { ecu: body.ecu, at: [], value: [] };
    series.set(body.signal, known);
    if (known.ecu !== body.ecu) continue;
    known.at.push(at);
    known.value.push(body.mantissa / 10 ** row.decimals);
  }
  return { series, vins, places };
};

/** Index of the first sample at or after `time`. */
const firstFrom = ({ at }: Series, time: number): number => {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
};

const part = (series: Series, from: number, to: number): Series => {
  const [first, last] = [firstFrom(series, from), firstFrom(series, to)];
  return { at: series.at.slice(first, last), value: series.value.slice(first, last) };
};

/** What was said from `from` until before `to`, in seconds. */
export const slice = ({ series, vins, places }: Track, from: number, to: number): Track => {
  const isIn = ({ at }: { readonly at: number }): boolean => at >= from && at < to;
  return {
    series: new Map([...series].map(([signal, each]) => [signal, part(each, from, to)])),
    vins: vins.filter(isIn),
    places: places.filter(isIn),
  };
};

/** The value at a time between two samples, each at most `withinS` away; undefined where there are none. */
export const valueAt = (series: Series, time: number, withinS: number): number | undefined => {
  const after = firstFrom(series, time);
  const [t1, v1] = [series.at[after], series.value[after]];
  if (t1 === time) return v1;
  const [t0, v0] = [series.at[after - 1], series.value[after - 1]];
  if (t0 === undefined || t1 === undefined || v0 === undefined || v1 === undefined) return undefined;
  if (time - t0 > withinS || t1 - time > withinS) return undefined;
  return v0 + ((v1 - v0) * (time - t0)) / (t1 - t0);
};

/** Each sample with the one before it. */
export const steps = ({
  at,
  value,
}: Series): readonly {
  readonly at: number;
  readonly dt: number;
  readonly from: number;
  readonly to: number;
}[] =>
  at.slice(1).map((time, i) => ({
    at: time,
    dt: time - (at[i] ?? time),
    from: value[i] ?? 0,
    to: value[i + 1] ?? 0,
  }));
