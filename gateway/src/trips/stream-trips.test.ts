import { type TripReading, tripsOf } from '@outpost/schemas/vehicle';
import { type Body, type Epoch, monoNs, type StreamId, wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Placed } from './stream-readings.ts';
import { newStreamTrips, takeReading, type Waiting } from './stream-trips.ts';

const SECOND_NS = 1_000_000_000n;
const START_NS = 1_800_000_000n * SECOND_NS;

const number = (signal: number, mantissa: number): Body => ({ kind: 'number', signal, mantissa, ecu: 0x7e8 });

/** A stretch of a car's day: what is said every so often, how often, and what stands between it and the next one. */
const stretch = fc.record({
  said: fc.constantFrom<readonly Body[]>(
    [number(1, 50), number(2, 200_000)],
    [number(1, 0), number(2, 80_000)],
    [number(1, 0), number(2, 0)],
    [number(3, 1_250)],
    [{ kind: 'text', signal: 3, text: 'asleep', ecu: 0 }],
    [{ kind: 'gap', reason: 'disconnected', count: 0 }],
  ),
  everyS: fc.constantFrom(1, 10, 60, 400),
  times: fc.integer({ min: 1, max: 40 }),
  newEpoch: fc.boolean(),
  rebooted: fc.boolean(),
  trust: fc.constantFrom('ntp' as const, 'none' as const),
  origin: fc.constantFrom('live' as const, 'live' as const, 'simulated' as const),
});

type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

const dayOf = (stretches: readonly Stretch[]): readonly TripReading[] => {
  const readings: TripReading[] = [];
  let [mono, wall, sequence] = [0n, START_NS, 0];
  let epoch = new Uint8Array(16) as Epoch;
  for (const { said, everyS, times, newEpoch, rebooted, trust, origin } of stretches) {
    if (newEpoch) {
      epoch = new Uint8Array(16).fill(readings.length % 251) as Epoch;
      sequence = 0;
      if (rebooted) mono = 0n;
    }
    for (let at = 0; at < times; at += 1) {
      mono += BigInt(everyS) * SECOND_NS;
      wall += BigInt(everyS) * SECOND_NS;
      for (const body of said) {
        const place = BigInt(readings.length);
        readings.push({
          epoch,
          sequence,
          mono: monoNs(mono),
          wall: wallNs(wall),
          trust,
          origin,
          place,
          body,
        });
        sequence += 1;
      }
    }
  }
  return readings;
};

const placed = (reading: TripReading): Placed =>
  ({ stream: 'car/telemetry' as StreamId, reading, raw: new Uint8Array(0) }) as Placed;

describe('the trips of a stream', () => {
  it('are those of all its readings, though readings that bring nothing but time are passed over', () => {
    let trips = 0;
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 12 }), (stretches) => {
        const readings = dayOf(stretches);
        const mine = newStreamTrips(undefined);
        for (const reading of readings) takeReading(mine, placed(reading));
        const bodies = mine.waiting.map(({ body, origin }: Waiting) => ({ body, origin }));
        trips += bodies.length;
        expect(bodies).toEqual(tripsOf(readings).map(({ body, origin }) => ({ body, origin })));
      }),
      { numRuns: 300 },
    );
    expect(trips).toBeGreaterThan(50);
  });
});
