import {
  decodePid,
  decodeSupported,
  encodePid,
  isBitmapPid,
  isPlausible,
  signalById,
  signalByName,
} from '@outpost/schemas/vehicle';
import { decodeProfileAnswer, profileByName } from '@outpost/schemas/vehicle/profiles';
import { fromHex, type Result, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { cycleOf } from '../../cycles/cycle.ts';
import { type CarModel, type CarState, newCar, stepCar } from '../car.ts';
import { type ControlUnit, controlUnits, respond } from '../ecu.ts';
import { identityOf } from '../identity.ts';
import { engineOf } from '../parameters.ts';
import { endlessDrive } from '../plan.ts';
import { ATLANTIC, positionOn } from '../road.ts';
import { VEHICLE_NAMES, type VehicleName, vehicleOf } from './vehicles.ts';

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const modelOf = (name: VehicleName): CarModel => ({
  parameters: vehicleOf(name),
  plan: endlessDrive(cycleOf('wltc')),
  seed: 3,
  ambientC: 20,
  barometricKpa: 100,
});

/** Every tenth state of a whole WLTC from cold. */
const traceOf = (name: VehicleName): { readonly model: CarModel; readonly trace: readonly CarState[] } => {
  const model = modelOf(name);
  const trace = [newCar(model)];
  let car = trace[0]!;
  for (; car.place.cycles < 1; car = stepCar(model, car)) if (car.tick % 10 === 0) trace.push(car);
  return { model, trace: [...trace, car] };
};

const traces = new Map(VEHICLE_NAMES.map((name) => [name, traceOf(name)]));
const EVERY = VEHICLE_NAMES.map((name) => ({ name, ...traces.get(name)! }));

const ask = (unit: ControlUnit, hex: string, model: CarModel, car: CarState): Uint8Array | undefined =>
  respond(unit, fromHex(hex)!, 'physical', { model, car });

const hexOf = (pid: number): string => pid.toString(16).padStart(2, '0');

describe('every simulated vehicle', () => {
  it.each(EVERY)('$name drives the WLTC within half a percent of its distance', ({ trace }) => {
    const driven = trace.at(-1)!.totals.odometerM - trace[0]!.totals.odometerM;
    expect(Math.abs(driven / cycleOf('wltc').distanceM - 1)).toBeLessThan(0.005);
  });

  it.each(EVERY)('$name stays close to the trace all the time', ({ model, trace }) => {
    const stage = model.plan.stages[3]!;
    if (stage.do !== 'drive') throw new Error('the fourth stage is no drive');
    for (const { place, motion } of trace.filter((car) => car.place.stage === 3)) {
      const wished = stage.cycle.speedsMps[Math.round(place.elapsedS)]!;
      expect(Math.abs(motion.speedMps - wished)).toBeLessThan(2.5);
    }
  });

  it.each(EVERY)(
    '$name tells what it lists, on legal raw numbers that decode to plausible values',
    ({ model, trace }) => {
      const units = controlUnits(identityOf(3), model.parameters);
      expect(units.length).toBeGreaterThanOrEqual(2);
      for (const car of trace.filter(({ ignition }, i) => ignition === 'running' && i % 307 === 0)) {
        for (const unit of units.filter(({ pids }) => pids.size > 0)) {
          const listed: number[] = [];
          for (let base: number | undefined = 0; base !== undefined; ) {
            const bits = ask(unit, `01${hexOf(base)}`, model, car)!.subarray(2);
            const pids: readonly number[] = value(decodeSupported(base, bits));
            listed.push(...pids.filter((pid) => !isBitmapPid(pid)));
            base = pids.find((pid) => isBitmapPid(pid));
          }
          expect(listed).toEqual([...unit.pids.keys()]);
          for (const pid of listed) {
            const bytes = ask(unit, `01${hexOf(pid)}`, model, car)!.subarray(2);
            const quantities = value(decodePid(pid, bytes));
            const wrong = quantities.filter((quantity) => !isPlausible(quantity));
            expect([hexOf(pid), wrong.map(({ signal }) => signalById(signal)?.name)]).toEqual([
              hexOf(pid),
              [],
            ]);
            const free = pid === 0x4f || pid === 0x50 || pid === 0x64;
            if (!free)
              expect([hexOf(pid), toHex(encodePid(pid, quantities))]).toEqual([hexOf(pid), toHex(bytes)]);
          }
        }
      }
    },
  );

  it.each(EVERY)('$name keeps its odometer, road and position together', ({ trace }) => {
    const [first, last] = [trace[0]!, trace.at(-1)!];
    const metres = last.totals.odometerM - first.totals.odometerM;
    expect(last.road.trackM - first.road.trackM).toBeCloseTo(metres, 3);
    let path = 0;
    for (const [i, { road }] of trace.entries()) {
      const before = trace[Math.max(0, i - 1)]!.road;
      path += Math.hypot(road.eastM - before.eastM, road.northM - before.northM);
    }
    expect(Math.abs(path / metres - 1)).toBeLessThan(0.002);
    const { latitude, longitude } = positionOn(last.road, ATLANTIC, 0);
    expect(Math.abs(latitude - ATLANTIC.latitude) + Math.abs(longitude - ATLANTIC.longitude)).toBeGreaterThan(
      0.01,
    );
  });
});

describe('a simulated diesel', () => {
  it.each(EVERY.filter(({ model }) => engineOf(model.parameters)?.fuel === 'diesel'))(
    '$name boosts, runs lean, feeds its rail by load and uses 4 to 8 l/100 km',
    ({ trace }) => {
      const running = trace.filter(({ engine }) => engine.phase === 'running' && engine.phaseS > 5);
      const burning = running.filter(({ engine }) => engine.fuelGps > 0.05);
      expect(Math.max(...running.map(({ engine }) => engine.mapKpa))).toBeGreaterThan(170);
      expect(Math.min(...burning.map(({ engine }) => engine.lambda))).toBeGreaterThan(1.1);
      const rails = burning.map(({ engine }) => engine.diesel!.railKpa);
      expect([
        Math.min(...rails) > 25_000,
        Math.max(...rails) > 100_000,
        Math.max(...rails) < 200_000,
      ]).toEqual([true, true, true]);
      const km = (trace.at(-1)!.totals.odometerM - trace[0]!.totals.odometerM) / 1_000;
      const litres = (100 * (trace[0]!.totals.fuelL - trace.at(-1)!.totals.fuelL)) / km;
      expect([litres > 4, litres < 8]).toEqual([true, true]);
      const soot = trace.map(({ engine }) => engine.diesel!.sootG);
      expect(soot.at(-1)!).toBeGreaterThan(soot[0]!);
    },
  );
});

describe('a simulated car with stop-start', () => {
  it('stops its warm engine at rest, starts it before it moves, and shows the dip', () => {
    const { trace } = traces.get('petrol-automatic')!;
    const stopped = trace.filter(
      ({ engine, ignition }) => ignition === 'running' && engine.phase === 'stopped',
    );
    expect(stopped.length).toBeGreaterThan(60);
    for (const { engine, motion, supply } of stopped) {
      expect([engine.rpm, motion.speedMps, engine.fuelGps]).toEqual([0, 0, 0]);
      expect(supply.volts).toBeLessThan(14.9);
    }
    expect(trace.at(-1)!.engine.restarts).toBeGreaterThan(3);
    const runS = trace.filter(({ ignition }) => ignition === 'running').map(({ totals }) => totals.runS);
    expect(runS.every((s, i) => i === 0 || s > runS[i - 1]!)).toBe(true);
  });
});

describe('a simulated electric car', () => {
  const { model, trace } = traces.get('electric')!;
  const units = controlUnits(identityOf(3), model.parameters);

  it('has a battery unit at 7EC and no engine speed anywhere', () => {
    expect(units.map(({ address }) => address.reply11)).toEqual([0x7e8, 0x7ec, 0x7ce, 0x7a8]);
    for (const unit of units)
      for (const pid of [0x04, 0x05, 0x0c, 0x10]) expect(unit.pids.has(pid)).toBe(false);
  });

  it('balances power: what leaves the battery moves the car, what brakes it comes back', () => {
    const moving = trace.filter(({ motion }) => motion.speedMps > 5);
    const regenerating = moving.filter(({ traction }) => traction!.packAmps < -5);
    expect(regenerating.length).toBeGreaterThan(100);
    for (const { motion } of regenerating) expect(motion.accelerationMps2).toBeLessThan(0.1);
    const kwh =
      trace.at(-1)!.traction!.dischargedKwh -
      trace[0]!.traction!.dischargedKwh -
      (trace.at(-1)!.traction!.chargedKwh - trace[0]!.traction!.chargedKwh);
    expect([kwh / 0.2327 > 12, kwh / 0.2327 < 20]).toEqual([true, true]);
    const gone = (trace[0]!.traction!.charge - trace.at(-1)!.traction!.charge) * 64 * 0.96;
    expect(Math.abs(gone / kwh - 1)).toBeLessThan(0.06);
  });

  it('holds the 12 V supply anywhere from 12.7 to 14.8 V while it drives', () => {
    const volts = trace.filter(({ totals }) => totals.runS > 5).map(({ supply }) => supply.volts);
    expect([Math.min(...volts) > 12.7, Math.max(...volts) < 14.8]).toEqual([true, true]);
    expect(volts.filter((volt) => volt < 13).length).toBeGreaterThan(volts.length / 3);
    expect(volts.filter((volt) => volt > 14).length).toBeGreaterThan(100);
  });

  it('answers its maker’s identifiers so that the bundled profile reads the truth', () => {
    const profile = value(profileByName('hyundai-kona-electric'));
    const car = trace.find(({ motion }) => motion.speedMps > 15)!;
    for (const request of profile.requests) {
      const unit = units.find(({ address }) => address.request11 === request.target)!;
      const bytes = ask(unit, toHex(request.request), model, car)!;
      const { quantities, faults } = decodeProfileAnswer(request, bytes);
      expect(faults).toEqual([]);
      const read = (name: string): number | undefined => {
        const signal = signalByName(name)!;
        const found = quantities.find((quantity) => quantity.signal === signal.id);
        return found && found.mantissa / 10 ** signal.decimals;
      };
      if (request.name === 'battery') {
        const battery = 'Vehicle.Powertrain.TractionBattery';
        expect(Math.abs(read(`${battery}.StateOfCharge.Current`)! - 100 * car.traction!.charge)).toBeLessThan(
          0.3,
        );
        expect(Math.abs(read(`${battery}.CurrentVoltage`)! - car.traction!.packVolts)).toBeLessThan(0.06);
        expect(Math.abs(read(`${battery}.CurrentCurrent`)! + car.traction!.packAmps)).toBeLessThan(0.06);
      }
      if (request.name === 'odometer') {
        const km = read('Vehicle.Powertrain.Transmission.TravelledDistance')!;
        expect(Math.abs(km - car.totals.odometerM / 1_000)).toBeLessThanOrEqual(0.5);
      }
    }
  });
});

describe('a simulated plug-in hybrid', () => {
  it('drives on its battery, starts its engine when it is empty, and stops it again', () => {
    const model = modelOf('plug-in');
    const full = newCar(model);
    let car: CarState = { ...full, traction: { ...full.traction!, charge: 0.2 } };
    let starts = 0;
    let electricM = 0;
    for (let before = car; car.place.cycles < 1; before = car) {
      car = stepCar(model, car);
      const moved = car.totals.odometerM - before.totals.odometerM;
      if (car.engine.phase === 'stopped') electricM += moved;
      if (car.engine.phase === 'running' && before.engine.phase !== 'running') starts += 1;
    }
    expect(starts).toBeGreaterThan(2);
    expect([electricM > 5_000, electricM < 20_000]).toEqual([true, true]);
    expect(car.totals.fuelL).toBeLessThan(full.totals.fuelL - 0.3);
    expect([car.traction!.charge > 0.1, car.traction!.charge < 0.22]).toEqual([true, true]);
    expect(traces.get('plug-in')!.trace.every(({ engine }) => engine.rpm === 0)).toBe(true);
  });
});
