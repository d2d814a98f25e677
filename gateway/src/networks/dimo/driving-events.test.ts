import type { Body, PositionBody } from '@outpost/schemas/words';
import { monoNs, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { DRIVING_EVENTS_MAX, drivingEvents } from './driving-events.ts';
import type { ReadLeaf } from './status.ts';
import { number, position } from './testing.ts';

const leaf = (body: Body, atMs: number, index: number): ReadLeaf => ({
  index,
  wall: wallNs(BigInt(atMs) * 1_000_000n),
  leaf: {
    sequence: index,
    mono: monoNs(BigInt(atMs) * 1_000_000n),
    body,
    raw: new Uint8Array(0),
    salt: new Uint8Array(16),
  },
});
/** Speeds in km/h, `stepMs` apart. */
const speeds = (kmh: readonly number[], stepMs = 1_000) =>
  drivingEvents(
    kmh.map((value, at) => leaf(number(1, value), at * stepMs, at)),
    { positions: true },
  );
const heading = (courseCdeg: number, kmh: number, fix: PositionBody['fix'] = '3d'): Body => ({
  ...position(481_000_000, 115_000_000),
  fix,
  courseCdeg,
  speedCmS: Math.round((kmh / 3.6) * 100),
});
const turns = (headings: readonly (readonly [number, number])[], positions = true, stepMs = 1_000) =>
  drivingEvents(
    headings.map(([course, kmh], at) => leaf(heading(course * 100, kmh), at * stepMs, at)),
    { positions },
  );
const names = (events: ReturnType<typeof drivingEvents>) =>
  events.map(({ name }) => name.replace('behavior.', ''));

describe('events of the driving', () => {
  it('are told from the change of speed, one for as long as it goes on', () => {
    const events = speeds([80, 80, 65, 50, 36, 36, 36]);
    expect(events).toEqual([
      {
        name: 'behavior.harshBraking',
        wall: 1_000_000_000n,
        durationNs: 3_000_000_000n,
        figures: { fromKmh: 80, toKmh: 36, atLeastMs2: 3.85 },
      },
    ]);
    expect(names(speeds([0, 14, 28, 42, 50, 50]))).toEqual(['harshAcceleration']);
    expect(names(speeds([100, 75, 50, 20, 0, 0]))).toEqual(['extremeBraking']);
    expect(names(speeds([60, 45, 45, 45, 45, 45, 45, 45, 30]))).toEqual(['harshBraking', 'harshBraking']);
  });

  it.each([
    ['braking as everybody brakes', [80, 72, 64, 56, 48], 1_000],
    ['12 km/h in a second, which late and rounded answers of 10 look like', [50, 38, 38, 38], 1_000],
    ['two values too close together', [50, 30, 30], 200],
    ['two values too far apart', [80, 0], 5_000],
    ['one value', [80], 1_000],
    ['a car that stands', [0, 0, 0, 0], 1_000],
  ])('are not made of %s', (_, kmh, stepMs) => expect(speeds(kmh, stepMs)).toEqual([]));

  it('are not made of two control units that say different speeds', () => {
    const leaves = [number(1, 80, 1), number(1, 40, 2), number(1, 80, 1), number(1, 40, 2)];
    const read = leaves.map((body, at) => leaf(body, at * 1_000, at));
    expect(drivingEvents(read, { positions: true })).toEqual([]);
  });

  it('are told from headings in a bend, over north too, and only where positions are told', () => {
    const bend = [
      [350, 50],
      [350, 50],
      [20, 48],
      [48, 45],
      [50, 45],
    ] as const;
    const [event, ...others] = turns(bend);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ name: 'behavior.harshCornering', durationNs: 2_000_000_000n });
    expect(event?.figures).toEqual({ turnDeg: 58, atLeastMs2: 5.71 });
    expect(turns(bend, false)).toEqual([]);
  });

  it.each([
    ['a bend as everybody drives it', [10, 50], [20, 50], 1_000],
    ['turning on the spot, where a receiver does not know', [0, 10], [140, 10], 1_000],
    ['a receiver that turned round', [0, 50], [175, 50], 1_000],
    ['fixes too far apart', [0, 50], [120, 50], 3_000],
  ] as const)('are not made of %s', (_, from, to, stepMs) =>
    expect(turns([from, to], true, stepMs)).toEqual([]),
  );

  it('are not made of headings that were reckoned', () => {
    const read = [leaf(heading(0, 50, 'estimated'), 0, 0), leaf(heading(4_000, 50, 'estimated'), 1_000, 1)];
    expect(drivingEvents(read, { positions: true })).toEqual([]);
  });

  it('are no more than fit, and the earliest of them', () => {
    const many = Array.from({ length: 60 }, () => [60, 45, 60, 60, 60, 60]).flat();
    const events = speeds(many);
    expect(events).toHaveLength(DRIVING_EVENTS_MAX);
    expect(events[0]?.wall).toBe(0n);
  });
});
