import {
  decodeCalibrationIds,
  decodeCvns,
  decodeDtcs,
  decodeEcuName,
  decodePid,
  decodeReadiness,
  decodeSupported,
  decodeVin,
  encodePid,
  isBitmapPid,
  isPlausible,
  isVin,
  signalByName,
  vinCheckDigit,
} from '@outpost/schemas/vehicle';
import { fromHex, type Result, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { cycleOf } from '../cycles/cycle.ts';
import { addressing, latencyMs, replyId, unitAddress } from './bus.ts';
import { type CarModel, type CarState, carAt, newCar } from './car.ts';
import { CONFIRMED_AFTER_S, codeAppears } from './codes.ts';
import { controlUnits, respond } from './ecu.ts';
import { identityOf, vinOfSeed } from './identity.ts';
import { COMPACT_PETROL } from './parameters.ts';
import { endlessDrive } from './plan.ts';

const model: CarModel = {
  parameters: COMPACT_PETROL,
  plan: endlessDrive(cycleOf('wltc')),
  seed: 7,
  ambientC: 20,
  barometricKpa: 100,
};
const driving = carAt(model, newCar(model), 1_400_000);
const units = controlUnits(identityOf(7), COMPACT_PETROL);
const [engine, gearbox] = [units[0]!, units[1]!];

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const ask = (
  unit: typeof engine,
  hex: string,
  car: CarState = driving,
  how: 'functional' | 'physical' = 'functional',
): string | undefined => {
  const reply = respond(unit, fromHex(hex.replaceAll(' ', ''))!, how, { model, car });
  return reply === undefined ? undefined : toHex(reply).toUpperCase();
};

/** All PIDs that the bitmaps list, read the way a tester reads them. */
const supportedBy = (unit: typeof engine): readonly number[] => {
  const all: number[] = [];
  for (let base: number | undefined = 0; base !== undefined; ) {
    const hex = ask(unit, `01${base.toString(16).padStart(2, '0')}`);
    const pids: readonly number[] = value(decodeSupported(base, fromHex(hex!.slice(4))!));
    all.push(...pids);
    base = pids.find((pid) => isBitmapPid(pid));
  }
  return all.filter((pid) => !isBitmapPid(pid));
};

const reading = (pid: number, name: string, car: CarState = driving): number => {
  const bytes = fromHex(ask(engine, `01${pid.toString(16).padStart(2, '0')}`, car)!.slice(4))!;
  const signal = signalByName(name)!;
  const quantity = value(decodePid(pid, bytes)).find(({ signal: id }) => id === signal.id);
  return quantity!.mantissa / 10 ** signal.decimals;
};

describe('the control units of a simulated car', () => {
  it('list by bitmap exactly what they answer: 60 or more from the engine, a few from the gearbox', () => {
    expect(supportedBy(engine)).toEqual([...engine.pids.keys()]);
    expect(supportedBy(engine).length).toBeGreaterThanOrEqual(60);
    expect(supportedBy(gearbox)).toEqual([...gearbox.pids.keys()]);
    for (const unit of units) {
      for (let pid = 1; pid < 256; pid += 1) {
        const answered = ask(unit, `01${pid.toString(16).padStart(2, '0')}`) !== undefined;
        if (!isBitmapPid(pid)) expect([pid, answered]).toEqual([pid, unit.pids.has(pid)]);
      }
    }
  });

  it('answer with values on the grid of the wire that decode to plausible quantities', () => {
    for (const unit of units) {
      for (const pid of unit.pids.keys()) {
        const bytes = fromHex(ask(unit, `01${pid.toString(16).padStart(2, '0')}`)!.slice(4))!;
        const quantities = value(decodePid(pid, bytes));
        expect(quantities.every(isPlausible)).toBe(true);
        if (pid !== 0x4f && pid !== 0x50 && pid !== 0x64) expect(encodePid(pid, quantities)).toEqual(bytes);
      }
    }
  });

  it('say what the car does', () => {
    expect(Math.abs(reading(0x0d, 'Vehicle.Speed') - driving.motion.speedMps * 3.6)).toBeLessThanOrEqual(0.5);
    const rpm = reading(0x0c, 'Vehicle.Powertrain.CombustionEngine.Speed');
    expect(Math.abs(rpm - driving.engine.rpm)).toBeLessThanOrEqual(0.126);
    const odometer = reading(0xa6, 'Vehicle.Powertrain.Transmission.TravelledDistance');
    expect(Math.abs(odometer * 1_000 - driving.totals.odometerM)).toBeLessThanOrEqual(51);
    expect(reading(0x05, 'Vehicle.Powertrain.CombustionEngine.ECT')).toBe(Math.round(driving.heat.coolantC));
  });

  it('agree on fuel: by volume, by mass and by the air that is burnt with it', () => {
    let car = newCar(model);
    for (let second = 60; second < 1_500; second += 61) {
      car = carAt(model, car, second * 1_000);
      const litresPerHour = reading(0x5e, 'Vehicle.OBD.FuelRate', car);
      const lambda = reading(0x44, 'Vehicle.OBD.CommandedEquivalenceRatio', car);
      const air = reading(0x10, 'Vehicle.Powertrain.CombustionEngine.MAF', car);
      if (car.engine.overrun) expect(litresPerHour).toBe(0);
      else expect(Math.abs(litresPerHour - (0.329 * air) / lambda)).toBeLessThan(0.1);
    }
  });

  it('put several requested PIDs into one reply and leave the unknown ones out', () => {
    const [, one, two] = ['', ask(engine, '010C'), ask(engine, '010D')];
    expect(ask(engine, '010C0D')).toBe(`41${one!.slice(2)}${two!.slice(2)}`);
    expect(ask(engine, '01F00D')).toBe(two);
    expect(ask(gearbox, '01040C0D')).toBe(two);
    expect(ask(engine, '01040C0D0E0F1011')).toBeUndefined();
    expect(ask(engine, '01040C0D0E0F1011', driving, 'physical')).toBe('7F0113');
  });

  it('refuse in person what they keep quiet about when everybody is asked', () => {
    expect(ask(engine, '01F0')).toBeUndefined();
    expect(ask(engine, '01F0', driving, 'physical')).toBe('7F0131');
    expect(ask(engine, '2212AB')).toBeUndefined();
    expect(ask(engine, '2212AB', driving, 'physical')).toBe('7F2231');
    expect(ask(engine, '2E12AB00', driving, 'physical')).toBe('7F2E11');
    expect(ask(engine, '04')).toBe('7F0422');
  });

  it('tell VIN, calibration, its checksum and their names', () => {
    expect(ask(engine, '0900')).toBe(`4900${'54400000'}`);
    const content = (unit: typeof engine, type: string): Uint8Array =>
      fromHex(ask(unit, `09${type}`)!.slice(4))!;
    expect(value(decodeVin(content(engine, '02')))).toBe(vinOfSeed(7));
    expect(value(decodeCalibrationIds(content(engine, '04')))).toEqual(['OUTPOST-SIM-E160']);
    expect(value(decodeCvns(content(engine, '06')))).toEqual([identityOf(7).engine.cvn]);
    expect(value(decodeEcuName(content(engine, '0A')))).toBe('ECM-EngineControl');
    expect(value(decodeEcuName(content(gearbox, '0A')))).toBe('TCM-GearshiftCtrl');
    expect(ask(gearbox, '0902')).toBeUndefined();
    expect(ask(gearbox, '0902', driving, 'physical')).toBe('7F0931');
  });
});

describe('the trouble codes of a simulated car', () => {
  const codes = (hex: string | undefined): readonly string[] =>
    value(decodeDtcs(fromHex(hex!.slice(2))!, 'can'));
  const sick = { ...driving, codes: codeAppears(driving.codes, 'P0301') };
  const confirmed = carAt(model, sick, sick.tick * 100 + (CONFIRMED_AFTER_S + 1) * 1_000);

  it('are empty lists in a sound car, from both units', () => {
    for (const unit of units)
      expect(['03', '07', '0A'].map((hex) => ask(unit, hex))).toEqual(['4300', '4700', '4A00']);
    expect(ask(engine, '0202')).toBe('4202000000');
    expect(ask(engine, '020500')).toBeUndefined();
  });

  it('are pending at once and stored with the lamp after ten seconds', () => {
    expect(codes(ask(engine, '07', sick))).toEqual(['P0301']);
    expect(codes(ask(engine, '03', sick))).toEqual([]);
    expect(codes(ask(engine, '03', confirmed))).toEqual(['P0301']);
    expect(codes(ask(engine, '0A', confirmed))).toEqual(['P0301']);
    const status = value(decodeReadiness(fromHex(ask(engine, '0101', confirmed)!.slice(4))!));
    expect([status.lampOn, status.codes]).toEqual([true, 1]);
  });

  it('freeze the values of the moment when the first was stored', () => {
    const later = carAt(model, confirmed, confirmed.tick * 100 + 60_000);
    expect(ask(engine, '020200', later)).toBe('4202000301');
    expect(ask(engine, '020C00', later)).toBe(ask(engine, '020C00', confirmed));
    expect(ask(engine, '020C00', later)!.slice(6)).toBe(ask(engine, '010C', confirmed.frozen)!.slice(4));
    const kept = value(decodeSupported(0, fromHex(ask(engine, '020000', later)!.slice(6))!));
    for (const pid of kept.filter((number) => !isBitmapPid(number))) {
      expect(ask(engine, `02${pid.toString(16).padStart(2, '0')}00`, later)).toBeDefined();
    }
    expect(ask(engine, '020C01', later)).toBeUndefined();
  });
});

describe('the bus of a simulated car', () => {
  it('uses the addresses of ISO 15765-4 with 11 and 29 bits', () => {
    const engineAt = unitAddress(0, 0x10);
    expect([addressing(engineAt, '6', 0x7df), addressing(engineAt, '6', 0x7e0)]).toEqual([
      'functional',
      'physical',
    ]);
    expect(addressing(engineAt, '6', 0x7e1)).toBeUndefined();
    expect(addressing(engineAt, '7', 0x18db33f1)).toBe('functional');
    expect(addressing(engineAt, '7', 0x18da10f1)).toBe('physical');
    expect(addressing(engineAt, '7', 0x7df)).toBeUndefined();
    expect([replyId(engineAt, '8'), replyId(engineAt, '9')]).toEqual([0x7e8, 0x18daf110]);
    expect(replyId(unitAddress(1, 0x18), '7')).toBe(0x18daf118);
  });

  it('answers within its latency, never twice alike', () => {
    const latencies = Array.from({ length: 500 }, (_, request) => latencyMs(engine.latency, 1, 0, request));
    expect(Math.min(...latencies)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...latencies)).toBeLessThanOrEqual(16);
    expect(new Set(latencies).size).toBe(500);
  });

  it('gives every seed a VIN of its own with a right check digit', () => {
    const vins = Array.from({ length: 200 }, (_, seed) => vinOfSeed(seed));
    expect(new Set(vins).size).toBe(200);
    for (const vin of vins) expect([isVin(vin), vin[8]]).toEqual([true, vinCheckDigit(vin)]);
  });
});
