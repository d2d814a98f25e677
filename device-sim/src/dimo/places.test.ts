import { describe, expect, it } from 'vitest';
import { pairPlaces } from './places.ts';
import { type StoredSignal, sortOut } from './signals.ts';
import { moment, NOW, named } from './testing.ts';

// What DIMO's older ingest makes of latitude, longitude and dilution that were decoded apart, case by case as its own
// tests have it (DIMO-Network/dis, signalconvert_test.go); where the newer one differs, that is beside it.

type Value = StoredSignal['value'];
type Row = readonly [name: string, offsetS: number, value: Value];

const [LAT, LON, HDOP] = ['currentLocationLatitude', 'currentLocationLongitude', 'dimoAftermarketHDOP'];
const [SPEED, FUEL, ECT] = ['speed', 'powertrainFuelSystemRelativeLevel', 'powertrainCombustionEngineECT'];
const at = (name: string, offsetS: number, value: Value): Row => [name, offsetS, value];
const place = (offsetS: number, latitude: number, longitude: number, hdop = 0): Row =>
  at('currentLocationCoordinates', offsetS, { latitude, longitude, hdop });
const HOUR = -3_600;
const MINUTE = -60;

interface Case {
  readonly what: string;
  readonly given: readonly Row[];
  readonly kept: readonly Row[];
  readonly errors: number;
  /** Of the newer node. */
  readonly newer?: readonly Row[];
}

const AROUND = { before: at(SPEED, 2 * HOUR, 50), after: at(ECT, 30 * MINUTE, 90) };
const fuel = (offsetS = HOUR, value = 75.5) => at(FUEL, offsetS, value);

const CASES: readonly Case[] = [
  {
    what: 'what lies ahead is dropped',
    given: [AROUND.before, at('powertrainCombustionEngineSpeed', 3_600, 3_000), fuel(), AROUND.after],
    kept: [AROUND.before, fuel(), AROUND.after],
    errors: 1,
  },
  {
    what: 'of two with one name and one moment the last stays',
    given: [
      AROUND.before,
      at(LAT, HOUR, 45.5),
      at(LAT, HOUR, 50),
      fuel(HOUR, 75.5),
      fuel(HOUR, 80),
      at(LON, HOUR, -122.6),
      at(LON, HOUR, -123),
    ],
    kept: [AROUND.before, fuel(HOUR, 80), place(HOUR, 50, -123)],
    errors: 0,
  },
  {
    what: 'a pair becomes a place behind the others',
    given: [AROUND.before, at(LAT, HOUR, 45.5), fuel(), at(LON, HOUR, -122.6), AROUND.after],
    kept: [AROUND.before, fuel(), AROUND.after, place(HOUR, 45.5, -122.6)],
    errors: 0,
  },
  {
    what: 'so does one 200 ms apart, at its first moment',
    given: [AROUND.before, at(LAT, HOUR, 45.5), fuel(), at(LON, HOUR + 0.2, -122.6), AROUND.after],
    kept: [AROUND.before, fuel(), AROUND.after, place(HOUR, 45.5, -122.6)],
    errors: 0,
  },
  {
    what: 'a pair at 0, 0 is dropped',
    given: [AROUND.before, at(LON, HOUR, 0), fuel(), at(LAT, HOUR + 0.2, 0), AROUND.after],
    kept: [AROUND.before, fuel(), AROUND.after],
    errors: 1,
  },
  {
    what: 'a latitude alone is dropped',
    given: [AROUND.before, at(LAT, HOUR, 45.5), fuel(), AROUND.after],
    kept: [AROUND.before, fuel(), AROUND.after],
    errors: 1,
  },
  {
    what: 'a pair an hour apart and something ahead are dropped',
    given: [AROUND.before, at(LAT, HOUR, 45.5), fuel(3_600), at(LON, 2 * HOUR, -122.6), AROUND.after],
    kept: [AROUND.before, AROUND.after],
    errors: 3,
  },
  {
    what: 'two pairs are two places',
    given: [
      at(SPEED, 3 * HOUR, 45),
      at(LAT, 2 * HOUR, 45.5),
      at(LON, 2 * HOUR, -122.6),
      fuel(),
      at(LAT, 30 * MINUTE, 45.6),
      at(LON, 30 * MINUTE, -122.7),
      at(ECT, 15 * MINUTE, 90),
    ],
    kept: [
      at(SPEED, 3 * HOUR, 45),
      fuel(),
      at(ECT, 15 * MINUTE, 90),
      place(2 * HOUR, 45.5, -122.6),
      place(30 * MINUTE, 45.6, -122.7),
    ],
    errors: 0,
  },
  {
    what: 'of two latitudes the lonely one is dropped',
    given: [at(LAT, 2 * HOUR - 0.2, 45.5), at(LAT, HOUR, 45.6), at(LON, HOUR, -122.6), fuel(30 * MINUTE)],
    kept: [fuel(30 * MINUTE), place(HOUR, 45.6, -122.6)],
    errors: 1,
  },
  {
    what: 'of two longitudes the second is dropped',
    given: [
      at(LAT, 2 * HOUR, 45.5),
      at(LON, 2 * HOUR, -122.6),
      at(LON, 2 * HOUR + 0.2, -122.6),
      fuel(30 * MINUTE),
    ],
    kept: [fuel(30 * MINUTE), place(2 * HOUR, 45.5, -122.6)],
    errors: 1,
  },
  {
    what: 'two that are too far apart are both dropped',
    given: [AROUND.before, at(LAT, 2 * HOUR, 45.5), at(LON, HOUR, -122.6), fuel(30 * MINUTE)],
    kept: [AROUND.before, fuel(30 * MINUTE)],
    errors: 2,
  },
  {
    what: 'a dilution between them belongs to the place',
    given: [at(LAT, HOUR - 0.022, 45.5), at(HDOP, HOUR, 0.9), at(LON, HOUR, -122.6), fuel()],
    kept: [fuel(), place(HOUR - 0.022, 45.5, -122.6, 0.9)],
    errors: 0,
  },
  {
    what: 'a dilution alone makes a place at 0, 0, which the newer node mended',
    given: [at(HDOP, HOUR, 0.9), at('powertrainCombustionEngineSpeed', HOUR, 3_000)],
    kept: [at('powertrainCombustionEngineSpeed', HOUR, 3_000), place(HOUR, 0, 0, 0.9)],
    errors: 0,
    newer: [at('powertrainCombustionEngineSpeed', HOUR, 3_000)],
  },
];

const stored = ([name, offsetS, value]: Row): StoredSignal => ({ name, timestamp: moment(offsetS), value });

describe.each([
  ['older', false],
  ['newer', true],
])('signals as the %s node sorts them out', (_, isNewer) => {
  it.each(named(CASES.map((each) => [each.what, each] as const)))('$what', ({ row: [, each] }) => {
    const { good, errors } = sortOut(each.given.map(stored), NOW, isNewer);
    expect(good).toEqual((isNewer ? (each.newer ?? each.kept) : each.kept).map(stored));
    expect(errors).toHaveLength(each.errors);
  });

  it.each([
    [91, 0],
    [0, 181],
    [5_000, 11],
    [Number.NaN, 11],
    [48, Number.POSITIVE_INFINITY],
  ])('%d, %d is a place for the older one alone', (latitude, longitude) => {
    const given = [at(LAT, HOUR, latitude), at(LON, HOUR, longitude)].map(stored);
    const { good, errors } = pairPlaces(given, { isNewer });
    expect([good.length, errors.length]).toEqual(isNewer ? [0, 1] : [1, 0]);
  });
});
