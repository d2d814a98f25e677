import { describe, expect, it } from 'vitest';
import { type CycleName, cycleOf } from '../cycles/cycle.ts';
import { type CarModel, carAt, newCar, stepCar } from './car.ts';
import { DIESEL_PIDS } from './diesel-pids.ts';
import { ENGINE_PIDS } from './engine-pids.ts';
import { effectiveMassKg, resistanceN } from './motion.ts';
import { type CarParameters, COMPACT_PETROL, engineOf } from './parameters.ts';
import { endlessDrive } from './plan.ts';
import { pidBytes } from './quantise.ts';
import { vehicleOf } from './vehicles/vehicles.ts';

/** One look at the car as a polling tester gets it: all from the wire's own numbers. */
interface Sample {
  readonly atS: number;
  readonly speedKmh: number;
  readonly rpm: number;
  readonly ectC: number;
  readonly iatC: number;
  readonly runS: number;
  readonly loadPercent: number;
  readonly mapKpa: number;
  readonly volts: number;
}

type Window = readonly Sample[];

/** 32 samples at the pace of a real poller of 27 PIDs are a window of 60 s. */
const SAMPLE_MS = 1_900;
const WINDOW_SAMPLES = 32;

/** Neighbours in time: what lies before and after a pause of the poller is no jump. */
const pairs = (window: Window): readonly (readonly [Sample, Sample])[] =>
  window
    .slice(1)
    .map((sample, i) => [window[i]!, sample] as const)
    .filter(([a, b]) => b.atS - a.atS < (2 * SAMPLE_MS) / 1_000);

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

const correlation = (x: readonly number[], y: readonly number[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0);
  const norm = (values: readonly number[], m: number): number =>
    Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0));
  return covariance / (norm(x, mx) * norm(y, my));
};

const inGear = ({ speedKmh, rpm }: Sample): boolean => speedKmh > 20 && rpm > 900;

/** Nine rules that 1.3 % of the windows of a real car break (2,481 windows of carOBD). True: broken. */
const RULES: Readonly<Record<string, (window: Window) => boolean>> = {
  acceleration: (w) =>
    pairs(w).some(([a, b]) => Math.abs(b.speedKmh - a.speedKmh) / 3.6 / (b.atS - a.atS) > 5.5),
  coolant: (w) => pairs(w).some(([a, b]) => Math.abs(b.ectC - a.ectC) > 3),
  intake: (w) => pairs(w).some(([a, b]) => Math.abs(b.iatC - a.iatC) > 4),
  'run-time': (w) => pairs(w).some(([a, b]) => b.runS <= a.runS),
  ratio: (w) => {
    const ratios = w.filter(inGear).map(({ rpm, speedKmh }) => rpm / speedKmh);
    return ratios.filter((ratio) => ratio < 15 || ratio > 120).length > 0.1 * ratios.length;
  },
  gears: (w) => {
    const moving = pairs(w).filter(([a, b]) => inGear(a) && inGear(b));
    const alike = moving.filter(([a, b]) => {
      const [before, after] = [a.rpm / a.speedKmh, b.rpm / b.speedKmh];
      return Math.abs(after / before - 1) <= 0.06;
    });
    return moving.length >= 5 && alike.length < 0.4 * moving.length;
  },
  air: (w) => {
    const [load, map] = [w.map(({ loadPercent }) => loadPercent), w.map(({ mapKpa }) => mapKpa)];
    return spread(map) > 25 && correlation(load, map) < 0.5;
  },
  voltage: (w) => w.some(({ volts }) => volts < 12 || volts > 15.2),
  stuck: (w) => spread(w.map(({ rpm }) => rpm)) === 0,
};

const sampled = (
  name: CycleName,
  seed: number,
  parameters: CarParameters = COMPACT_PETROL,
): readonly Sample[] => {
  const cycle = cycleOf(name);
  const plan = endlessDrive(cycle);
  const model: CarModel = { parameters, plan, seed, ambientC: 20, barometricKpa: 100 };
  const table = engineOf(parameters)?.fuel === 'diesel' ? DIESEL_PIDS : ENGINE_PIDS;
  const samples: Sample[] = [];
  for (let car = newCar(model), ms = 0; car.place.cycles < 1; ms += SAMPLE_MS) {
    car = carAt(model, car, ms);
    // The supply recovers from the starter for a moment, which is no driving.
    if (car.ignition !== 'running' || car.totals.runS < 1) continue;
    const bytes = (pid: number): Uint8Array => pidBytes(pid, table.get(pid)!({ model, car }));
    const one = (pid: number): number => bytes(pid)[0]!;
    const two = (pid: number): number => bytes(pid)[0]! * 256 + bytes(pid)[1]!;
    samples.push({
      atS: ms / 1_000,
      speedKmh: one(0x0d),
      rpm: two(0x0c) / 4,
      ectC: one(0x05) - 40,
      iatC: one(0x0f) - 40,
      runS: two(0x1f),
      loadPercent: (100 * one(0x04)) / 255,
      mapKpa: one(0x0b),
      volts: two(0x42) / 1_000,
    });
  }
  return samples;
};

/** Windows at every quarter of their length, so that no event hides at an edge. */
const windowsOf = (samples: readonly Sample[]): readonly Window[] => {
  const windows: Window[] = [];
  for (let from = 0; from + WINDOW_SAMPLES <= samples.length; from += WINDOW_SAMPLES / 4) {
    windows.push(samples.slice(from, from + WINDOW_SAMPLES));
  }
  return windows;
};

const broken = (window: Window): readonly string[] =>
  Object.entries(RULES).flatMap(([name, breaks]) => (breaks(window) ? [name] : []));

/**
 * Not US06: its full-throttle starts of 3.7 m/s² keep any car of five gears in first beyond 20 km/h, which the rules,
 * learned from ordinary driving, take for a wrong ratio.
 */
const CYCLES = ['wltc', 'udds', 'hwfet'] as const;

const windows = CYCLES.flatMap((name) => [1, 2, 3].flatMap((seed) => windowsOf(sampled(name, seed))));

describe('the plausibility of a simulated car', () => {
  it('breaks one of nine rules in at most one percent of its 60-second windows, and never two', () => {
    expect(windows.length).toBeGreaterThan(700);
    const found = windows.map(broken);
    expect(found.filter((rules) => rules.length > 1)).toEqual([]);
    expect(found.filter((rules) => rules.length > 0).length).toBeLessThanOrEqual(windows.length / 100);
  });

  it('is judged by rules that do find fakes: each rule is broken by the fake made for it', () => {
    const drive = windows.find((w) => w.every(inGear) && spread(w.map(({ mapKpa }) => mapKpa)) > 30)!;
    expect(broken(drive)).toEqual([]);
    const fake = (change: (sample: Sample, i: number) => Partial<Sample>): readonly string[] =>
      broken(drive.map((sample, i) => ({ ...sample, ...change(sample, i) })));
    expect(fake(({ speedKmh }, i) => ({ speedKmh: i === 9 ? speedKmh + 60 : speedKmh }))).toContain(
      'acceleration',
    );
    expect(fake((_, i) => ({ ectC: 60 + 4 * i }))).toContain('coolant');
    expect(fake((_, i) => ({ iatC: 20 + 5 * (i % 2) }))).toContain('intake');
    expect(fake(() => ({ runS: 100 }))).toContain('run-time');
    expect(fake(({ rpm }) => ({ rpm: rpm * 5 }))).toContain('ratio');
    expect(fake(({ rpm }, i) => ({ rpm: rpm * (1 + 0.1 * (i % 2)) }))).toContain('gears');
    expect(fake(({ mapKpa }) => ({ loadPercent: 120 - mapKpa }))).toContain('air');
    expect(fake(() => ({ volts: 15.5 }))).toContain('voltage');
    expect(fake(() => ({ rpm: 2_000 }))).toContain('stuck');
  });
});

describe('the plausibility of the other simulated cars', () => {
  /**
   * At a red light their engines stand still: the manifold is at the pressure of the air, the battery carries the
   * load and the starter dips it. The rules are about engines that run.
   */
  const engineRuns = (window: Window): Window => {
    const settled = window.filter((sample, i) => sample.rpm > 500 && (window[i - 1]?.rpm ?? 0) > 500);
    return settled.length < WINDOW_SAMPLES / 2 ? [] : settled;
  };
  /** What a turbocharged engine breathes follows its load only loosely: boost comes late and goes late. */
  const BOOSTED = new Set(['air']);

  it.each(['petrol-automatic', 'diesel-manual', 'diesel-automatic'] as const)(
    'of the %s breaks one of the rules in at most 2 percent of its windows, and hardly ever two',
    (name) => {
      const all = CYCLES.flatMap((cycle) => windowsOf(sampled(cycle, 1, vehicleOf(name)))).map(engineRuns);
      const judged = all.filter((window) => window.length > 0);
      expect(judged.length).toBeGreaterThan(200);
      const lean = name.startsWith('diesel') ? BOOSTED : new Set<string>();
      const found = judged.map((window) => broken(window).filter((rule) => !lean.has(rule)));
      expect(found.filter((rules) => rules.length > 1)).toEqual([]);
      expect(found.filter((rules) => rules.length > 0).length).toBeLessThanOrEqual(judged.length / 50);
    },
  );

  it('of a car without gears is a balance of power: the battery gives what the road takes', () => {
    const cycle = cycleOf('wltc');
    const parameters = vehicleOf('electric');
    const model: CarModel = {
      parameters,
      plan: endlessDrive(cycle),
      seed: 1,
      ambientC: 20,
      barometricKpa: 100,
    };
    let car = newCar(model);
    let [battery, road] = [0, 0];
    for (; car.place.cycles < 1; car = stepCar(model, car)) {
      const { speedMps, accelerationMps2 } = car.motion;
      const newton = effectiveMassKg(parameters, 1) * accelerationMps2 + resistanceN(parameters, speedMps);
      if (newton > 0) road += (newton * speedMps * 0.1) / 3.6e6;
      const { packVolts, packAmps } = car.traction!;
      if (packAmps > 0) battery += (packVolts * packAmps * 0.1) / 3.6e6;
    }
    expect([road / battery > 0.7, road / battery < 0.95]).toEqual([true, true]);
  });
});
