import { decodeDtcs, decodeReadiness } from '@outpost/schemas/vehicle';
import { fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type CycleName, cycleOf } from '../cycles/cycle.ts';
import { type CarModel, type CarState, carAt, newCar, stepCar, TICK_MS } from './car.ts';
import { dailyLife } from './days.ts';
import { controlUnits, respond } from './ecu.ts';
import { identityOf } from './identity.ts';
import { heardTraffic, isAnswering } from './network.ts';
import { inOtherCar } from './other-car.ts';
import { parked } from './plan.ts';
import { truthOf } from './truth.ts';
import { type VehicleName, vehicleOf } from './vehicles/vehicles.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const modelOf = (name: VehicleName, extra: Partial<CarModel> = {}, cycle: CycleName = 'udds'): CarModel => ({
  parameters: vehicleOf(name),
  plan: dailyLife({
    seed: 5,
    days: 7,
    commute: cycleOf(cycle),
    errand: cycleOf('us06'),
    ...(vehicleOf(name).drive === 'combustion' ? {} : { chargeKw: 7.2 }),
  }),
  seed: 5,
  ambientC: 12,
  barometricKpa: 100,
  ...extra,
});

const parkedModel = (name: VehicleName): CarModel => modelOf(name, { plan: parked });

const ask = (model: CarModel, car: CarState, hex: string): Uint8Array | undefined => {
  const [unit] = controlUnits(identityOf(model.seed), model.parameters);
  return respond(unit!, fromHex(hex)!, 'physical', { model, car });
};

describe('a day with a simulated car', () => {
  const model = modelOf('petrol-automatic');
  const evening = carAt(model, newCar(model), DAY_MS);
  const { trips, position } = truthOf(evening);

  it('knows its trips exactly: when it was ready, moved, stood and was off, and how far it went', () => {
    expect(trips).toHaveLength(2);
    for (const trip of trips) {
      expect(Math.abs(trip.distanceM / cycleOf('udds').distanceM - 1)).toBeLessThan(0.005);
      expect(trip.odometerToM - trip.odometerFromM).toBe(trip.distanceM);
      const [ready, moved, stood, off] = [trip.readyMs, trip.movedMs!, trip.stoppedMs!, trip.offMs!];
      // The UDDS waits 20 s before it moves and ends at rest.
      expect(moved - ready).toBeGreaterThan(20_000);
      expect(moved - ready).toBeLessThan(30_000);
      expect(stood - moved).toBeGreaterThan(1_330_000);
      expect([off > stood, off - ready < 1_390_000, off - ready > 1_369_000]).toEqual([true, true, true]);
      expect(trip.fuelL).toBeGreaterThan(0.6);
      expect(trip.restarts).toBeGreaterThan(5);
    }
    expect(trips[1]!.readyMs - trips[0]!.offMs!).toBeGreaterThan(7 * HOUR_MS);
  });

  it('comes home over the same road', () => {
    const [out, back] = [trips[0]!, trips[1]!];
    expect(Math.hypot(out.to.eastM - out.from.eastM, out.to.northM - out.from.northM)).toBeGreaterThan(3_000);
    expect(Math.hypot(back.to.eastM, back.to.northM)).toBeLessThan(100);
    expect(position.speedMps).toBe(0);
  });

  it('is the same however its time is cut', () => {
    const stops = [
      1,
      7_777,
      6 * HOUR_MS + 33_333,
      7.4 * HOUR_MS,
      8 * HOUR_MS + 12_345,
      12 * HOUR_MS + 1_900,
      DAY_MS,
    ];
    const cut = stops.reduce((car, ms) => carAt(model, car, ms), newCar(model));
    expect(cut).toEqual(evening);
    let byTicks = carAt(model, newCar(model), 3 * HOUR_MS + 700);
    for (let i = 0; i < 1_234; i += 1) byTicks = stepCar(model, byTicks);
    expect(byTicks).toEqual(carAt(model, newCar(model), 3 * HOUR_MS + 700 + 1_234 * TICK_MS));
  });

  it('goes on day after day, and rests on the seventh', () => {
    const short = modelOf('petrol-automatic', {}, 'us06');
    const week = carAt(short, newCar(short), 7 * DAY_MS);
    expect(truthOf(week).trips).toHaveLength(12);
    for (const [i, trip] of truthOf(week).trips.entries()) {
      const hour = (trip.readyMs % DAY_MS) / HOUR_MS;
      if (i < 10) expect(i % 2 === 0 ? hour > 6.8 && hour < 8.2 : hour > 14.5 && hour < 18.5).toBe(true);
    }
    expect(week.supply.charge).toBeGreaterThan(0.7);
  });

  it('shows the welcome dip when somebody unlocks it, then the starter', () => {
    const readyMs = trips[0]!.readyMs;
    const trace: CarState[] = [carAt(model, newCar(model), readyMs - 20_000)];
    while (trace.at(-1)!.tick * TICK_MS < readyMs) trace.push(stepCar(model, trace.at(-1)!));
    const rest = trace[0]!.supply.volts;
    const welcome = trace.filter(({ ignition }) => ignition === 'off').map(({ supply }) => supply.volts);
    expect(rest - Math.min(...welcome)).toBeGreaterThan(0.3);
    expect(rest - Math.min(...welcome)).toBeLessThan(0.8);
    const cranking = trace
      .filter(({ ignition }) => ignition === 'cranking')
      .map(({ supply }) => supply.volts);
    expect([Math.min(...cranking) > 9.3, Math.min(...cranking) < 10.5]).toEqual([true, true]);
  });
});

describe('a simulated car that is charged at home', () => {
  it('fills its battery overnight with the converter on and the ignition off', () => {
    const model = modelOf('electric', {}, 'hwfet');
    const trip = truthOf(carAt(model, newCar(model), 20 * HOUR_MS)).trips[1]!;
    const plugged = carAt(model, newCar(model), trip.offMs! + HOUR_MS);
    expect([plugged.ignition, plugged.traction!.chargerKw > 5, isAnswering(model, plugged)]).toEqual([
      'off',
      true,
      true,
    ]);
    expect([plugged.supply.volts > 13.2, plugged.traction!.packAmps < -10]).toEqual([true, true]);
    const midnight = carAt(model, plugged, DAY_MS);
    expect(midnight.traction!.charge).toBeGreaterThan(plugged.traction!.charge + 0.02);
    expect(isAnswering(model, midnight)).toBe(false);
  });
});

describe('a parked simulated car', () => {
  const polled = (name: VehicleName, everyMs: number): CarState => {
    const model = parkedModel(name);
    let car = newCar(model);
    for (let ms = everyMs; ms <= DAY_MS; ms += everyMs) car = heardTraffic(carAt(model, car, ms));
    return carAt(model, car, DAY_MS);
  };

  it('sleeps: it answers nothing, and a day costs it a hundredth of its battery', () => {
    const model = parkedModel('petrol-manual');
    const car = carAt(model, newCar(model), DAY_MS);
    expect(isAnswering(model, car)).toBe(false);
    expect(ask(model, car, '0100')).toBeUndefined();
    expect(truthOf(car).wokenByTraffic).toBe(0);
    const lost = newCar(model).supply.charge - car.supply.charge;
    expect([lost > 0.005, lost < 0.02]).toEqual([true, true]);
    expect(car.supply.volts).toBeGreaterThan(12.4);
  });

  it('is woken by every request that finds it asleep, and counts them', () => {
    const car = polled('petrol-manual', HOUR_MS);
    expect(truthOf(car).wokenByTraffic).toBe(24);
    expect(truthOf(car).awakeParkedS).toBeGreaterThan(23 * 29);
    expect(truthOf(car).awakeParkedS).toBeLessThan(24 * 36);
  });

  it('is emptied within a day when it is never let sleep', () => {
    const car = polled('petrol-manual', 20_000);
    expect(truthOf(car).wokenByTraffic).toBe(1);
    expect(car.supply.charge).toBeLessThan(0.05);
    expect(car.supply.volts).toBeLessThan(12);
  });

  it('does not start on Monday when somebody kept it awake all Sunday', () => {
    const model = modelOf('petrol-manual', {}, 'us06');
    const saturday = carAt(model, newCar(model), 6 * DAY_MS);
    let car = saturday;
    for (let ms = 6 * DAY_MS; ms < 7 * DAY_MS; ms += 20_000) car = heardTraffic(carAt(model, car, ms));
    const kept = truthOf(carAt(model, car, 8 * DAY_MS));
    const left = truthOf(carAt(model, saturday, 8 * DAY_MS));
    expect([left.trips.length, left.failedStarts]).toEqual([14, 0]);
    expect([kept.trips.length, kept.failedStarts]).toEqual([12, 2]);
    expect(kept.supplyCharge).toBeLessThan(0.25);
  });

  it('answers once it is awake, if it is electric, and then sleeps again', () => {
    const model = parkedModel('electric');
    const asleep = carAt(model, newCar(model), HOUR_MS);
    expect(ask(model, asleep, '015B')).toBeUndefined();
    const woken = carAt(model, heardTraffic(asleep), HOUR_MS + 500);
    expect(ask(model, woken, '015B')?.[0]).toBe(0x41);
    expect(ask(model, carAt(model, woken, HOUR_MS + 60_000), '015B')).toBeUndefined();
    const petrol = parkedModel('petrol-manual');
    const quiet = carAt(petrol, heardTraffic(carAt(petrol, newCar(petrol), HOUR_MS)), HOUR_MS + 500);
    expect(ask(petrol, quiet, '010C')).toBeUndefined();
    expect(quiet.supply.volts).toBeLessThan(newCar(petrol).supply.volts);
  });
});

describe('the car next to a simulated car', () => {
  it('is driven alike and has a past, an identity and codes of its own', () => {
    const model = modelOf('petrol-automatic', { troubles: [{ code: 'P0301', atMs: 0 }] });
    const car = carAt(model, newCar(model), 8.5 * HOUR_MS);
    expect(car.codes.stored).toEqual(['P0301']);
    const other = inOtherCar({ model, car });
    expect([other.car.motion, other.car.codes.stored]).toEqual([car.motion, []]);
    expect(Math.abs(other.car.totals.odometerM - car.totals.odometerM)).toBeGreaterThan(1_000_000);
    const later = carAt(model, car, 18 * HOUR_MS);
    const otherLater = inOtherCar({ model, car: later });
    expect(otherLater.car.totals.odometerM - other.car.totals.odometerM).toBeCloseTo(
      later.totals.odometerM - car.totals.odometerM,
      6,
    );
  });
});

describe('troubles of a simulated car', () => {
  const troubles = [
    { code: 'P0301', atMs: 12 * HOUR_MS },
    { code: 'P0420', atMs: 0, confirmed: 'next-drive' },
  ] as const;
  const model = modelOf('diesel-manual', { troubles });
  const trips = truthOf(carAt(model, newCar(model), DAY_MS)).trips;
  const codes = (car: CarState, service: string): readonly string[] => {
    const decoded = decodeDtcs(ask(model, car, service)!.subarray(1), 'can');
    if (!decoded.ok) throw new Error(decoded.fault.words);
    return decoded.value;
  };

  it('are pending in the first drive, stored and permanent in the second, with lamp and freeze frame', () => {
    const inFirst = carAt(model, newCar(model), trips[0]!.readyMs + 60_000);
    expect([codes(inFirst, '07'), codes(inFirst, '03'), codes(inFirst, '0A')]).toEqual([['P0420'], [], []]);
    const inSecond = carAt(model, newCar(model), trips[1]!.readyMs + 60_000);
    expect(codes(inSecond, '03')).toEqual(expect.arrayContaining(['P0301', 'P0420']));
    expect(codes(inSecond, '0A')).toHaveLength(2);
    const status = decodeReadiness(ask(model, inSecond, '0101')!.subarray(2));
    expect(status.ok && [status.value.lampOn, status.value.codes, status.value.ignition]).toEqual([
      true,
      2,
      'compression',
    ]);
    expect(ask(model, inSecond, '020C00')).toBeDefined();
    expect(inSecond.totals.runWithLampS).toBeGreaterThan(30);
  });

  it('are told by status in service 19 and never cleared', () => {
    const car = carAt(model, newCar(model), trips[1]!.readyMs + 60_000);
    const all = ask(model, car, '1902FF')!;
    expect([all.length, all[0], all[1]]).toEqual([3 + 2 * 4, 0x59, 0x02]);
    expect(ask(model, car, '190108')).toEqual(Uint8Array.of(0x59, 0x01, 0x8d, 0x01, 0, 2));
    expect(ask(model, car, '14FFFFFF')).toEqual(Uint8Array.of(0x7f, 0x14, 0x11));
    expect(ask(model, car, '3E00')).toEqual(Uint8Array.of(0x7e, 0x00));
    expect(ask(model, car, '3E80')).toBeUndefined();
    expect(ask(model, car, '1003')?.slice(0, 2)).toEqual(Uint8Array.of(0x50, 0x03));
    expect(ask(model, car, '1002')).toEqual(Uint8Array.of(0x7f, 0x10, 0x12));
    expect(ask(model, car, '22F190')?.length).toBe(20);
  });
});
