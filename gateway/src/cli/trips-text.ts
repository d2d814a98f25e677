import type * as plausibility from '@outpost/schemas/vehicle/plausibility';
import { type TripBody, toHex } from '@outpost/schemas/words';
import { timeText } from './verify-text.ts';

/** A trip as it follows from the readings, and what speaks against it. */
export interface JudgedTrip {
  readonly stream: string;
  readonly trip: TripBody;
  readonly verdict: plausibility.Verdict;
  /** Whether the box recorded the same trip in the stream itself. */
  readonly recorded: boolean;
}

const minutesText = (trip: TripBody): string =>
  `${Math.round(Number(trip.end.wall - trip.start.wall) / 60e9)} min`;

const spentText = ({ fuelMl, energyWh }: TripBody): string => {
  const fuel = fuelMl === undefined ? '' : `, ${(fuelMl / 1000).toFixed(2)} l`;
  return energyWh === undefined ? fuel : `${fuel}, ${(energyWh / 1000).toFixed(1)} kWh`;
};

const WORDS_MAX = 8;

const findingLines = ({ findings, windows }: plausibility.Verdict): readonly string[] => {
  const all = [...findings, ...windows.flatMap((window) => window.findings)];
  const shown = all.slice(0, WORDS_MAX).map(({ rule, words }) => `    ${rule}: ${words}.`);
  return all.length > WORDS_MAX
    ? [...shown, `    … and ${all.length - WORDS_MAX} more (--json has all)`]
    : shown;
};

/** One line a trip, and below it whatever does not fit together. */
export const tripLines = (trips: readonly JudgedTrip[]): readonly string[] =>
  trips.flatMap(({ stream, trip, verdict, recorded }) => [
    `${timeText(trip.start.wall)}  ${stream}  ${(trip.distanceM / 1000).toFixed(1)} km in ${minutesText(trip)}` +
      `${spentText(trip)} · ${verdict.believable ? 'believable' : 'DOUBTFUL'}` +
      `${recorded ? '' : ' · not recorded by the box'}`,
    ...findingLines(verdict),
  ]);

export const tripsJson = (trips: readonly JudgedTrip[]): string =>
  JSON.stringify(
    trips,
    (_, value: unknown) => {
      if (value instanceof Uint8Array) return toHex(value);
      return typeof value === 'bigint' ? value.toString() : value;
    },
    2,
  );
