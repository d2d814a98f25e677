import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClosedTrip, TripReading } from './reading.ts';
import { type Pretended, pretend } from './testing.ts';
import { NEW_TRIPS, neededFrom, stepTrips, type Trips, tripsAfter, tripsOf } from './trips.ts';

const part = fc.record({
  forS: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 1_500 })),
  kmh: fc.constantFrom(0, 0, 3, 40, 90),
  rpm: fc.constantFrom(0, 800, 2_000),
  as: fc.constantFrom('answering' as const, 'answering' as const, 'silent' as const, 'away' as const),
  restarts: fc.boolean(),
}) satisfies fc.Arbitrary<Pretended>;

const life = fc.record({
  parts: fc.array(part, { minLength: 1, maxLength: 10 }),
  restartAfter: fc.nat({ max: 12 }),
  trust: fc.constantFrom(undefined, 'ntp' as const, 'none' as const),
  runTime: fc.boolean(),
});

const readingsOf = ({
  parts,
  restartAfter,
  trust,
  runTime,
}: typeof life extends fc.Arbitrary<infer T> ? T : never) => {
  const car = pretend({ runTime });
  for (const [at, each] of parts.entries()) {
    if (at === restartAfter) car.restart(trust);
    car.play(each);
  }
  return car.readings;
};

const run = (from: Trips, readings: readonly TripReading[]): readonly ClosedTrip[] => {
  const closed: ClosedTrip[] = [];
  let trips = from;
  for (const reading of readings) {
    const stepped = stepTrips(trips, reading);
    trips = stepped.trips;
    closed.push(...stepped.closed);
  }
  return closed;
};

describe('trips from anywhere', () => {
  it('behind any trip the following ones come out the same', () => {
    fc.assert(
      fc.property(life, (made) => {
        const readings = readingsOf(made);
        const all = tripsOf(readings);
        for (const [at, { body }] of all.entries()) {
          const end = readings.findIndex(
            ({ epoch, sequence }) => epoch[0] === body.end.epoch[0] && sequence === body.end.sequence,
          );
          const after = tripsAfter(body, readings[end] as TripReading);
          expect(run(after, readings.slice(end + 1))).toEqual(all.slice(at + 1));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('from the first reading that is still needed on, what is open comes out the same', () => {
    fc.assert(
      fc.property(life, fc.nat({ max: 100 }), (made, share) => {
        const readings = readingsOf(made);
        const cut = Math.floor((readings.length * share) / 100);
        let trips: Trips = NEW_TRIPS;
        const before: ClosedTrip[] = [];
        for (const reading of readings.slice(0, cut)) {
          const stepped = stepTrips(trips, reading);
          trips = stepped.trips;
          before.push(...stepped.closed);
        }
        const rest = tripsOf(readings).slice(before.length);
        const from = Number(neededFrom(trips) ?? BigInt(cut));
        const last = before.at(-1)?.body;
        const end = readings[from] as TripReading;
        const isBehind =
          last !== undefined && end.epoch[0] === last.end.epoch[0] && end.sequence === last.end.sequence;
        const again = isBehind
          ? run(tripsAfter(last, end), readings.slice(from + 1))
          : run(NEW_TRIPS, readings.slice(from));
        expect(again).toEqual(rest);
      }),
      { numRuns: 15 },
    );
  });
});
