import { describe, expect, it } from 'vitest';
import { CYCLE_NAMES, type CycleName, cycleOf } from '../cycles/cycle.ts';
import { type CarModel, type CarState, carAt, newCar, stepCar, TICK_MS } from './car.ts';
import { airFlowGps, PETROL_G_PER_L } from './combustion.ts';
import { rpmPerMps } from './gearbox.ts';
import { effectiveMassKg, resistanceN } from './motion.ts';
import { COMPACT_PETROL } from './parameters.ts';
import { endlessDrive, parked, tripsWithParking } from './plan.ts';

const modelOf = (name: CycleName, seed = 1): CarModel => ({
  parameters: COMPACT_PETROL,
  plan: endlessDrive(cycleOf(name)),
  seed,
  ambientC: 20,
  barometricKpa: 100,
});

/** Every state from the cold car to the end of the first cycle. */
const traceOf = (model: CarModel): readonly CarState[] => {
  const states = [newCar(model)];
  for (let car = states[0]!; car.place.cycles < 1; ) {
    car = stepCar(model, car);
    states.push(car);
  }
  return states;
};

const WLTC = modelOf('wltc');
const wltc = traceOf(WLTC);
const running = wltc.filter(({ ignition }) => ignition === 'running');

describe('a simulated car', () => {
  it('is the same car for the same seed, and idles differently for another', () => {
    const at = (seed: number): CarState =>
      carAt(modelOf('udds', seed), newCar(modelOf('udds', seed)), 90_000);
    expect(at(1)).toEqual(at(1));
    expect(at(2).engine.rpm).not.toBe(at(1).engine.rpm);
  });

  it('does not depend on how its time is cut', () => {
    let inSteps = newCar(WLTC);
    for (const ms of [30, 99, 100, 101, 5_000, 5_000, 20_049, 60_000]) inSteps = carAt(WLTC, inSteps, ms);
    expect(inSteps).toEqual(carAt(WLTC, newCar(WLTC), 60_000));
    expect(inSteps.tick).toBe(60_000 / TICK_MS);
  });

  it.each(CYCLE_NAMES)('drives the distance of %s within half a percent', (name) => {
    const trace = name === 'wltc' ? wltc : traceOf(modelOf(name));
    const driven = trace.at(-1)!.totals.odometerM - trace[0]!.totals.odometerM;
    expect(Math.abs(driven / cycleOf(name).distanceM - 1)).toBeLessThan(0.005);
  });

  it('turns its engine by the gears alone while the clutch is closed', () => {
    const closed = running.filter(({ motion }) => motion.box.clutch === 'closed');
    expect(closed.length).toBeGreaterThan(running.length / 2);
    for (const { motion, engine } of closed.filter(({ motion: { speedMps } }) => speedMps > 3)) {
      // The crankshaft is stepped before the wheels: less than one tick of acceleration lies between.
      const ratio = engine.rpm / motion.speedMps / rpmPerMps(COMPACT_PETROL, motion.box.gear);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
    }
    expect(new Set(closed.map(({ motion }) => motion.box.gear))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it('breathes by the speed-density equation and burns what it breathes', () => {
    for (const { engine, heat } of running.filter((_, i) => i % 37 === 0)) {
      const at = { rpm: engine.rpm, barometricKpa: 100, intakeC: heat.intakeC, oilC: 90, accessoryNm: 0 };
      const expected = airFlowGps(COMPACT_PETROL.engine, at, engine.mapKpa);
      expect(Math.abs(engine.airGps / expected - 1)).toBeLessThan(0.01);
      if (!engine.overrun) expect(engine.fuelGps).toBeCloseTo(engine.airGps / 14.7 / engine.lambda, 9);
    }
    const burnedL = running.reduce((sum, { engine }) => sum + (engine.fuelGps * 0.1) / PETROL_G_PER_L, 0);
    const gone = wltc[0]!.totals.fuelL - wltc.at(-1)!.totals.fuelL;
    expect(gone).toBeGreaterThanOrEqual(burnedL);
    expect(gone - burnedL).toBeLessThan(0.002);
  });

  it('turns between nothing and 42 percent of its fuel into work at the wheels', () => {
    let best = 0;
    for (let from = 0; from + 600 < running.length; from += 600) {
      const window = running.slice(from, from + 600);
      const fuelJ = window.reduce((sum, { engine }) => sum + engine.fuelGps * 43_200 * 0.1, 0);
      const workJ = window.reduce((sum, { motion: { speedMps, accelerationMps2, box } }) => {
        const force =
          effectiveMassKg(COMPACT_PETROL, box.gear) * accelerationMps2 +
          resistanceN(COMPACT_PETROL, speedMps);
        return sum + Math.max(0, force) * speedMps * 0.1;
      }, 0);
      best = Math.max(best, workJ / fuelJ);
      expect(workJ / fuelJ).toBeLessThan(0.42);
    }
    expect(best).toBeGreaterThan(0.2);
  });

  it('uses 5 to 9 litres for 100 km of WLTC from cold', () => {
    const km = (wltc.at(-1)!.totals.odometerM - wltc[0]!.totals.odometerM) / 1000;
    const litres = wltc[0]!.totals.fuelL - wltc.at(-1)!.totals.fuelL;
    expect((litres / km) * 100).toBeGreaterThan(5);
    expect((litres / km) * 100).toBeLessThan(9);
  });

  it('burns nothing while the wheels turn the engine', () => {
    const overrun = running.filter(({ engine }) => engine.overrun);
    expect(overrun.length).toBeGreaterThan(500);
    for (const { engine, motion } of overrun) {
      expect([engine.fuelGps, engine.torqueNm < 0, motion.speedMps > 1]).toEqual([0, true, true]);
    }
  });

  it('warms up from 20 to 86 °C in six to ten minutes and then stays within a few degrees', () => {
    const warmAfterS = running.findIndex(({ heat }) => heat.coolantC >= 86) / 10;
    expect(warmAfterS).toBeGreaterThan(360);
    expect(warmAfterS).toBeLessThan(600);
    const later = running.slice(6_000).map(({ heat }) => heat.coolantC);
    expect(Math.min(...later)).toBeGreaterThan(83);
    expect(Math.max(...later)).toBeLessThan(93);
    expect(running.at(-1)!.totals.warmUps).toBe(wltc[0]!.totals.warmUps + 1);
  });
});

describe('the supply of a simulated car', () => {
  const volts = (states: readonly CarState[]): readonly number[] => states.map(({ supply }) => supply.volts);

  it('rests at 12.4 to 12.7 V with the ignition off', () => {
    const model = { ...WLTC, plan: parked };
    const rest = volts([carAt(model, newCar(model), 10_000), carAt(model, newCar(model), 60_000)]);
    for (const value of rest) expect(value > 12.4 && value < 12.7).toBe(true);
  });

  it('dips to 9.5 to 11 V while cranking for 0.3 to 1 s and then charges with a ripple', () => {
    const dip = wltc.filter(({ supply }) => supply.volts < 11);
    expect(dip.length).toBeGreaterThan(3);
    expect(dip.length).toBeLessThan(11);
    expect(Math.min(...volts(dip))).toBeGreaterThan(9.5);
    const charging = volts(running.slice(50));
    expect(Math.min(...charging)).toBeGreaterThan(13.6);
    expect(Math.max(...charging)).toBeLessThan(14.5);
    const oneSecond = charging.slice(3_000, 3_010);
    expect(Math.max(...oneSecond) - Math.min(...oneSecond)).toBeGreaterThan(0.02);
  });
});

describe('the totals of a simulated car', () => {
  it('only grow while driving, second for second', () => {
    for (let i = 1; i < running.length; i += 1) {
      expect(running[i]!.totals.odometerM).toBeGreaterThanOrEqual(running[i - 1]!.totals.odometerM);
    }
    expect(running.at(-1)!.totals.runS).toBeCloseTo(running.length / 10, 6);
  });

  it('begin the run time anew with each start and keep the distance while parked', () => {
    const model: CarModel = { ...WLTC, plan: tripsWithParking(cycleOf('us06'), 900) };
    const trace: CarState[] = [newCar(model)];
    for (let tick = 0; tick < 18_000; tick += 1) trace.push(stepCar(model, trace.at(-1)!));
    const starts = trace.filter(
      (car, i) => i > 0 && car.ignition === 'running' && trace[i - 1]!.ignition === 'cranking',
    );
    expect(starts).toHaveLength(2);
    for (const { totals } of starts) expect(totals.runS).toBeCloseTo(0.1, 6);
    const second = starts[1]!;
    expect(second.totals.odometerM - starts[0]!.totals.odometerM).toBeGreaterThan(12_000);
    expect(second.heat.coolantC).toBeLessThan(87);
    expect(trace.filter(({ ignition, engine }) => ignition === 'off' && engine.rpm > 0)).toHaveLength(0);
  });
});
