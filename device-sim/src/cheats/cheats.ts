import * as plausibility from '@outpost/schemas/vehicle/plausibility';
import { type Random, random } from '../random/sfc32.ts';

type Track = plausibility.Track;
type Series = plausibility.Series;

const { SIGNAL } = plausibility;

/** Steps of the scales on which what is made up must lie, where they matter. */
const STEP: ReadonlyMap<number, number> = new Map([
  [SIGNAL.speed, 1],
  [SIGNAL.rpm, 0.25],
  [SIGNAL.coolant, 1],
  [SIGNAL.intake, 1],
  [SIGNAL.manifold, 1],
  [SIGNAL.runTime, 1],
  [SIGNAL.odometer, 0.1],
]);

const onScale = (signal: number, value: number): number => {
  const step = STEP.get(signal) ?? 0.01;
  return Math.round(value / step) * step;
};

const rangeOf = ({ value }: Series): readonly [number, number] => [
  value.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY),
  value.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY),
];

const withSeries = (track: Track, make: (signal: number, series: Series) => Series): Track => ({
  ...track,
  series: new Map([...track.series].map(([signal, series]) => [signal, make(signal, series)])),
});

/** Signals that a liar without a car makes up each for itself, at the moments and within the range of a real drive. */
export const independentNoise = (track: Track, seed: number): Track => {
  const chance = random(seed, 'noise');
  return withSeries(track, (signal, series) => {
    const [low, high] = rangeOf(series);
    return { at: series.at, value: series.at.map(() => onScale(signal, chance.between(low, high + 1e-9))) };
  });
};

/** The same, each signal a slow smooth wave. */
export const smoothSines = (track: Track, seed: number): Track => {
  const chance = random(seed, 'sines');
  return withSeries(track, (signal, series) => {
    const [low, high] = rangeOf(series);
    const [periodS, phase] = [chance.between(40, 300), chance.between(0, 2 * Math.PI)];
    const value = series.at.map((at) =>
      onScale(signal, low + ((high - low) / 2) * (1 + Math.sin(phase + (2 * Math.PI * at) / periodS))),
    );
    return { at: series.at, value };
  });
};

const shifted = (series: Series, byS: number, toS: number): Series => {
  const at = series.at.map((each) => each + byS);
  const last = at.findIndex((each) => each > toS);
  return last < 0
    ? { at, value: series.value }
    : { at: at.slice(0, last), value: series.value.slice(0, last) };
};

/** Each signal as it truly was in another drive, put side by side. */
export const spliced = (tracks: readonly Track[], chance: Random): Track => {
  const [first] = tracks;
  if (first === undefined) throw new RangeError('no drives to splice');
  const end = (seriesEnd: Track): number => plausibility.seriesOf(seriesEnd, SIGNAL.speed).at.at(-1) ?? 0;
  const toS = Math.min(...tracks.map(end));
  const signals = [...first.series.keys()];
  const from = chance.whole(tracks.length);
  const series = new Map(
    signals.map((signal, i) => {
      const other = tracks[(from + i) % tracks.length] ?? first;
      return [signal, shifted(plausibility.seriesOf(other, signal), 0, toS)] as const;
    }),
  );
  return { series, vins: first.vins, places: [] };
};

/** The speed told `times` what it was; everything else as it was. */
export const scaledSpeed = (track: Track, times: number): Track =>
  withSeries(track, (signal, series) =>
    signal === SIGNAL.speed
      ? { at: series.at, value: series.value.map((value) => Math.min(255, Math.round(value * times))) }
      : series,
  );

const without = (track: Track, signal: number): Track => ({
  ...track,
  series: new Map([...track.series].filter(([each]) => each !== signal)),
});

/** Nothing but what the engine and the wheels say. */
export const withoutWitnesses = (track: Track): Track => ({ ...without(track, SIGNAL.odometer), places: [] });
export const withoutOdometer = (track: Track): Track => without(track, SIGNAL.odometer);
export const withoutSatellites = (track: Track): Track => ({ ...track, places: [] });

/** An odometer that was turned back by so many kilometres. */
export const rolledBack = (track: Track, km: number): Track =>
  withSeries(track, (signal, series) =>
    signal === SIGNAL.odometer
      ? { at: series.at, value: series.value.map((value) => Math.max(0, value - km)) }
      : series,
  );

export const otherVin = (track: Track, vin: string): Track => ({ ...track, vins: [{ at: 0, vin }] });
