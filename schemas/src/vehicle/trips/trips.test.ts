import { describe, expect, it } from 'vitest';
import { type Pretended, type PretendOptions, pretend, secondOf } from './testing.ts';
import { tripsOf } from './trips.ts';

const PARKED: Pretended = { forS: 3_600, as: 'silent' };
const IDLE: Pretended = { forS: 20, rpm: 800 };
const OFF: Pretended = { forS: 10, as: 'answering' };
const drive = (forS: number, kmh = 50): Pretended => ({ forS, kmh, rpm: 2_000 });

const play = (parts: readonly Pretended[], options: PretendOptions = {}) => {
  const car = pretend(options);
  car.play(...parts);
  return { car, trips: tripsOf(car.readings).map(({ body }) => body) };
};

describe('a trip', () => {
  it('starts with the engine and ends with it, however long the car is parked before and after', () => {
    const { car, trips } = play([PARKED, { ...IDLE, restarts: true }, drive(600), IDLE, OFF, PARKED]);
    const [trip] = trips;
    expect(trips).toHaveLength(1);
    expect(trip?.startedBy).toBe('run-time');
    expect(secondOf(trip?.start.wall ?? 0n)).toBeCloseTo(3_600, -0.5);
    expect(trip?.endedBy).toBe('engine-off');
    expect(secondOf(trip?.end.wall ?? 0n)).toBe(3_600 + 20 + 600 + 20);
    expect(trip?.distanceM).toBeCloseTo(car.metres, -1.5);
    expect(trip?.fuelMl).toBeCloseTo((5 * 640) / 3.6, -1.5);
    expect(trip?.odometerStartM).toBeLessThan(trip?.odometerEndM ?? 0);
    expect(trip?.energyWh).toBe(undefined);
  });

  it('is dated back to where the engine was started before anybody listened', () => {
    const { trips } = play([
      { ...PARKED, forS: 60 },
      { forS: 45, rpm: 800, as: 'away', restarts: true },
      drive(300),
      OFF,
      PARKED,
    ]);
    expect(trips.map(({ startedBy }) => startedBy)).toEqual(['run-time']);
    expect(Math.abs(secondOf(trips[0]?.start.wall ?? 0n) - 60)).toBeLessThanOrEqual(1);
    // The first reading that shows it came later.
    expect(trips[0]?.start.sequence).toBe(2);
  });

  it.each([
    ['a car that is moved in its yard', [PARKED, IDLE, drive(8, 15), OFF, PARKED], 0],
    ['an engine that warms up', [PARKED, { forS: 900, rpm: 900 }, OFF, PARKED], 0],
    [
      'a stalled engine and its restart',
      [IDLE, drive(90), { forS: 15 }, { ...drive(90), restarts: true }, OFF, PARKED],
      1,
    ],
    ['a traffic jam of five minutes', [drive(90), { forS: 320, rpm: 800 }, drive(90), OFF, PARKED], 1],
    ['a railway crossing with the engine off', [drive(300), { forS: 150 }, drive(90), OFF, PARKED], 1],
    [
      'a dongle that is away for twenty minutes',
      [drive(300), { ...drive(1_200), as: 'away' }, drive(90), OFF, PARKED],
      1,
    ],
    [
      'a dongle that is away while the car is parked',
      [drive(300), { forS: 700, as: 'away' }, { ...drive(90), restarts: true }, OFF, PARKED],
      2,
    ],
    [
      'an errand of three minutes',
      [drive(300), OFF, { ...PARKED, forS: 180 }, { ...drive(90), restarts: true }, OFF, PARKED],
      2,
    ],
    [
      'two trips with a night between',
      [drive(300), OFF, PARKED, { ...drive(90), restarts: true }, OFF, PARKED],
      2,
    ],
    [
      'half an hour of idling between two drives',
      [drive(90), { forS: 1_800, rpm: 800 }, drive(90), OFF, PARKED],
      2,
    ],
  ] satisfies readonly [string, readonly Pretended[], number][])('%s: %#', (_, parts, count) => {
    expect(play(parts).trips).toHaveLength(count);
  });

  it.each([
    ['two minutes at a light', [drive(90), { forS: 140 }, drive(90), PARKED], 1],
    ['switched off for five minutes', [drive(90), { ...PARKED, forS: 300 }, drive(90), PARKED], 1],
    ['switched off for a quarter of an hour', [drive(90), { ...PARKED, forS: 900 }, drive(90), PARKED], 2],
  ] satisfies readonly [string, readonly Pretended[], number][])(
    'of a car without an engine: %s',
    (_, parts, count) => {
      const { trips } = play(parts, { engine: false, runTime: false });
      expect(trips).toHaveLength(count);
      expect(trips.every(({ startedBy }) => startedBy === 'movement')).toBe(true);
    },
  );

  it('of an electric car tells the energy that it took, less what it gave back', () => {
    const stop = { forS: 60 };
    const { trips } = play([drive(600), stop, drive(300), PARKED], {
      engine: false,
      runTime: false,
      pack: true,
    });
    expect(trips).toHaveLength(1);
    const driven = (900 * 400 * 50) / 3_600;
    const regained = (60 * 400 * 10) / 3_600;
    expect(trips[0]?.energyWh).toBeGreaterThan(driven - regained - 10);
    expect(trips[0]?.energyWh).toBeLessThan(driven - regained + 10);
    expect(trips[0]?.fuelMl).toBe(undefined);
  });

  it('of an engine that idles on ends with the last movement', () => {
    const { trips } = play([drive(90), { forS: 1_800, rpm: 800 }, OFF, PARKED]);
    expect(trips).toHaveLength(1);
    expect(trips[0]?.endedBy).toBe('standstill');
    expect(secondOf(trips[0]?.end.wall ?? 0n)).toBe(90);
  });

  it('lasts a day at most, and the next one begins where it ended', () => {
    const { trips } = play([{ forS: 90_000, kmh: 80, rpm: 2_000, everyS: 10 }, OFF, PARKED]);
    expect(trips.map(({ endedBy }) => endedBy)).toEqual(['limit', 'engine-off']);
    const [first, second] = trips;
    expect(Number((second?.start.wall ?? 0n) - (first?.end.wall ?? 0n))).toBeLessThan(11e9);
  });

  it('goes on over a restart of the box, and over a new boot where the run time vouches for it', () => {
    for (const trust of [undefined, 'ntp', 'none'] as const) {
      const car = pretend();
      car.play(drive(300), { ...drive(40), as: 'away' });
      car.restart(trust);
      car.play(drive(200), OFF, PARKED);
      const trips = tripsOf(car.readings);
      expect(trips).toHaveLength(1);
      const body = trips[0]?.body;
      expect(body?.start.epoch).not.toEqual(body?.end.epoch);
      expect(body?.end.wall).toBeGreaterThanOrEqual(body?.start.wall ?? 0n);
    }
  });

  it('ends where the box was off for a night with a clock that nobody vouches for', () => {
    const car = pretend();
    car.play(drive(300), { ...PARKED, forS: 30_000, as: 'away' });
    car.restart('none');
    car.play({ ...drive(200), restarts: true }, OFF, PARKED);
    expect(tripsOf(car.readings).map(({ body }) => body.endedBy)).toEqual(['new-start', 'engine-off']);
  });

  it('of a simulator is never part of a trip of a car', () => {
    const car = pretend();
    car.play(drive(300));
    const readings = car.readings.map((each, at) =>
      at < 500 ? { ...each, origin: 'simulated' as const } : each,
    );
    const trips = tripsOf([...readings, ...readings.slice(-1)]);
    expect(trips.map(({ origin }) => origin)).toEqual(['simulated']);
  });
});
