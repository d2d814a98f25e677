import { describe, expect, it } from 'vitest';
import { type Body, monoNs } from '../../words/index.ts';
import { signalById } from '../signals.ts';
import { judgeTrip, judgeWindow, learn, NO_MEMORY, printsOf, SIGNAL, type Track, trackOf } from './index.ts';
import { leastSquares } from './numbers.ts';
import { slice, valueAt } from './track.ts';

type Course = (t: number) => number;

const SECONDS = 900;
const PACE_S = 1.2;

/** A car of three gears that speeds up and slows down once a minute, each time a little differently. */
const speedOf: Course = (t) => 45 + 30 * Math.sin((2 * Math.PI * t) / 60) + 6 * Math.sin(t / 37);
const RATIOS = [70, 47, 35] as const;
const gearOf: Course = (t) => RATIOS[speedOf(t) < 30 ? 0 : speedOf(t) < 55 ? 1 : 2] ?? 47;
const effortOf: Course = (t) => {
  const v = speedOf(t) / 3.6;
  const a = (speedOf(t + 0.5) - speedOf(t - 0.5)) / 3.6;
  return Math.max(0, (v * (1_500 * a + 150) + 0.4 * v ** 3) / 1000);
};

const HONEST: ReadonlyMap<number, Course> = new Map<number, Course>([
  [SIGNAL.speed, speedOf],
  [SIGNAL.rpm, (t) => gearOf(t) * Math.round(speedOf(t))],
  [SIGNAL.coolant, (t) => Math.min(90, 20 + t / 10)],
  [SIGNAL.runTime, (t) => t],
  [SIGNAL.supply, () => 14.1],
  [SIGNAL.fuelRate, (t) => 0.8 + effortOf(t) / 3],
  [SIGNAL.manifold, (t) => 25 + effortOf(t)],
  [SIGNAL.load, (t) => 10 + effortOf(t)],
  [SIGNAL.odometer, (t) => 12_000 + distances[Math.floor(t)]! / 1000],
]);

const distances: number[] = [0];
for (let t = 0; t < SECONDS; t += 1) distances.push(distances[t]! + speedOf(t + 0.5) / 3.6);

const driveWith = (changes: Readonly<Record<number, Course>> = {}, from = 0): Track => {
  const readings: { at: number; body: Body }[] = [];
  let offset = 0;
  for (const [signal, course] of HONEST) {
    offset += 0.11;
    const change = changes[signal] ?? course;
    const decimals = signalById(signal)?.decimals ?? 0;
    const step = signal === SIGNAL.rpm ? 0.25 : 10 ** -decimals;
    for (let t = from + offset; t < SECONDS; t += PACE_S) {
      const value = Math.round(change(t) / step) * step;
      readings.push({
        at: t,
        body: { kind: 'number', signal, mantissa: Math.round(value * 10 ** decimals), ecu: 0x7e8 },
      });
    }
  }
  readings.sort((a, b) => a.at - b.at);
  return trackOf(readings.map(({ at, body }) => ({ mono: monoNs(BigInt(Math.round(at * 1e9))), body })));
};

const rulesOf = (track: Track, known = {}): ReadonlySet<string> => {
  const { findings, windows } = judgeTrip(track, known);
  return new Set([...findings, ...windows.flatMap((window) => window.findings)].map(({ rule }) => rule));
};

describe('an honest drive', () => {
  it('breaks no rule, and none of what was learned of it', () => {
    const track = driveWith();
    expect([...rulesOf(track)]).toEqual([]);
    expect(judgeTrip(track).windows).toHaveLength(14);
    const memory = learn(NO_MEMORY, track);
    expect(judgeTrip(track, { memory: { ...memory, odometerKm: 12_000 } })).toMatchObject({
      believable: true,
    });
  });
});

describe('a drive that cannot have been', () => {
  const hour = 1_000;
  it.each<[string, Readonly<Record<number, Course>>]>([
    ['acceleration', { [SIGNAL.speed]: (t) => (Math.floor(t / 10) % 2 === 0 ? 20 : 90) }],
    ['coolant', { [SIGNAL.coolant]: (t) => (Math.floor(t / 20) % 2 === 0 ? 20 : 80) }],
    ['run-time', { [SIGNAL.runTime]: () => hour }],
    ['ratio', { [SIGNAL.rpm]: (t) => 8_000 + t }],
    ['gears', { [SIGNAL.rpm]: (t) => 1_500 + 1_400 * Math.abs(Math.sin(1.7 * t)) }],
    ['air', { [SIGNAL.load]: (t) => 90 - effortOf(t) }],
    ['supply', { [SIGNAL.supply]: () => 16 }],
    ['stuck', { [SIGNAL.rpm]: () => 2_000 }],
    ['effort', { [SIGNAL.fuelRate]: (t) => 8 - effortOf(t) / 6 }],
    ['engine-still', { [SIGNAL.rpm]: () => 0 }],
    ['odometer', { [SIGNAL.odometer]: (t) => 12_000 + (1.5 * distances[Math.floor(t)]!) / 1000 }],
    ['odometer-step', { [SIGNAL.odometer]: (t) => (t > 400 ? 11_000 : 12_000) }],
  ])('breaks the rule %s, and it says why in words', (rule, changes) => {
    const track = driveWith(changes);
    expect(rulesOf(track)).toContain(rule);
    const { findings, windows } = judgeTrip(track);
    const found = [...findings, ...windows.flatMap((window) => window.findings)];
    for (const { words } of found) expect(words).toMatch(/^[a-z0-9].{20,}[^.]$/);
  });

  it('of another car than before is known by its gears, its thirst, its odometer and its number', () => {
    const before = trackOf([]);
    const memory = { ...learn(learn(NO_MEMORY, driveWith()), before), vin: 'ZZZ0UTP00SS000001' };
    const faster = driveWith({
      [SIGNAL.speed]: (t) => 1.5 * speedOf(t),
      [SIGNAL.odometer]: (t) => 9_000 + distances[Math.floor(t)]! / 1000,
    });
    const other: Track = { ...faster, vins: [{ at: 0, vin: 'ZZZ0UTP00SS000002' }] };
    const rules = rulesOf(other, { memory });
    for (const rule of ['road-cost', 'gear-signature', 'odometer-rollback', 'other-vehicle']) {
      expect(rules).toContain(rule);
    }
  });

  it('is met again wherever a replay of it begins', () => {
    const seen = new Set(printsOf(driveWith()).map(({ hash }) => hash));
    expect(seen.size).toBeGreaterThan(5);
    expect(rulesOf(slice(driveWith(), 300, 800), { seen })).toContain('replay');
    expect(rulesOf(driveWith({ [SIGNAL.speed]: (t) => speedOf(t + 7) }), { seen })).not.toContain('replay');
  });

  it('whose vehicle number changes, or has a wrong check digit, says so', () => {
    const track = driveWith();
    const vins = ['1M8GDM9AXKP042788', '1M8GDM9A1KP042788'] as const;
    expect(rulesOf({ ...track, vins: [{ at: 0, vin: vins[0] }] })).not.toContain('vin');
    expect(rulesOf({ ...track, vins: [{ at: 0, vin: vins[1] }] })).toContain('vin');
    expect(rulesOf({ ...track, vins: vins.map((vin, at) => ({ at, vin })) })).toContain('vin');
  });
});

describe('the numbers behind it', () => {
  it('are found again by least squares', () => {
    const rows = Array.from({ length: 50 }, (_, i) => [1, i, i * i]);
    const cost =
      leastSquares(
        rows,
        rows.map(([a = 0, b = 0, c = 0]) => 3 * a - 2 * b + 0.5 * c),
      ) ?? [];
    [3, -2, 0.5].forEach((expected, i) => {
      expect(cost[i]).toBeCloseTo(expected, 4);
    });
    expect(leastSquares([], [])).toEqual([]);
  });

  it('are taken between two samples only where both are near', () => {
    const series = { at: [0, 10, 12], value: [0, 10, 20] };
    expect([5, 11, 12, 13].map((at) => valueAt(series, at, 4))).toEqual([undefined, 15, 20, undefined]);
  });

  it('of no drive at all judge nothing', () => {
    expect(judgeTrip(trackOf([]))).toEqual({ believable: true, windows: [], findings: [] });
    expect(judgeWindow(trackOf([]), 0)).toEqual([]);
  });
});
