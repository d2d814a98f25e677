import { describe, expect, it } from 'vitest';
import { PACES, SIGNALS, signalById, signalByName, UNITS } from './index.ts';
import { isPlausible } from './signals.ts';

const repeated = <T>(values: readonly T[]): readonly T[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

describe('the signal table', () => {
  it('has at least 180 signals', () => {
    expect(SIGNALS.length).toBeGreaterThanOrEqual(180);
  });

  it('gives every signal one identifier from 1 to 65535 and one name', () => {
    expect(repeated(SIGNALS.map(({ id }) => id))).toEqual([]);
    expect(repeated(SIGNALS.map(({ name }) => name))).toEqual([]);
    expect(SIGNALS.filter(({ id }) => !Number.isInteger(id) || id < 1 || id > 65_535)).toEqual([]);
    expect(SIGNALS.map(({ id }) => id)).toEqual(SIGNALS.map(({ id }) => id).toSorted((a, b) => a - b));
  });

  it('writes every name as a dotted path below Vehicle, or below another root what is no vehicle', () => {
    const odd = SIGNALS.filter(
      ({ name }) => !/^(Vehicle|Telematics|Device|Sensor|Radio)(\.[A-Z][A-Za-z0-9]*)+$/.test(name),
    );
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  it('never makes one name both a value and a branch', () => {
    const names = new Set(SIGNALS.map(({ name }) => name));
    const branches = SIGNALS.flatMap(({ name }) => {
      const parts = name.split('.');
      return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
    });
    expect(branches.filter((branch) => names.has(branch))).toEqual([]);
  });

  it('takes every unit from the closed list, and the list has no unit that nothing uses', () => {
    const used = new Set(SIGNALS.map(({ unit }) => unit));
    expect([...used].toSorted()).toEqual([...UNITS].toSorted());
  });

  it('has limits that are exact, ordered and safe as mantissas', () => {
    for (const { name, min, max, minMantissa, maxMantissa, decimals } of SIGNALS) {
      expect(min, name).toBeLessThan(max);
      expect(Number.isInteger(decimals) && decimals >= 0 && decimals <= 9, name).toBe(true);
      expect(Number.isSafeInteger(minMantissa) && Number.isSafeInteger(maxMantissa), name).toBe(true);
      expect(Math.abs(minMantissa - min * 10 ** decimals), name).toBeLessThanOrEqual(0.500_001);
      expect(Math.abs(maxMantissa - max * 10 ** decimals), name).toBeLessThanOrEqual(0.500_001);
    }
  });

  it('describes each signal in one sentence', () => {
    const odd = SIGNALS.filter(({ description }) => !/^[A-Z][^.]*[a-zA-Z0-9)]\.$/.test(description));
    expect(odd.map(({ description }) => description)).toEqual([]);
  });

  it('labels only codes, and only values that the code can have', () => {
    for (const { name, unit, labels, minMantissa, maxMantissa } of SIGNALS) {
      if (labels === undefined) continue;
      expect(unit, name).toBe('code');
      for (const value of labels.keys()) {
        expect(value >= minMantissa && value <= maxMantissa, `${name} ${value}`).toBe(true);
      }
    }
  });

  it('keeps one byte in CBOR for what is asked most often', () => {
    for (const name of [
      'Vehicle.Speed',
      'Vehicle.Powertrain.CombustionEngine.Speed',
      'Vehicle.OBD.EngineLoad',
    ]) {
      expect(signalByName(name)?.id, name).toBeLessThan(24);
    }
  });

  it('suggests how often to ask: speed each second, temperatures each ten, fuel level each minute', () => {
    expect(signalByName('Vehicle.Speed')).toMatchObject({ defaultIntervalMs: 1_000, priority: 0 });
    expect(signalByName('Vehicle.Powertrain.CombustionEngine.Speed')?.defaultIntervalMs).toBe(1_000);
    expect(signalByName('Vehicle.Powertrain.CombustionEngine.ECT')?.defaultIntervalMs).toBe(10_000);
    expect(signalByName('Vehicle.Powertrain.FuelSystem.RelativeLevel')?.defaultIntervalMs).toBe(60_000);
    expect(signalByName('Vehicle.Powertrain.Transmission.TravelledDistance')?.defaultIntervalMs).toBe(60_000);
    const byPriority = Object.values(PACES).toSorted((a, b) => a.priority - b.priority);
    expect(byPriority).toEqual(Object.values(PACES).toSorted((a, b) => a.intervalMs - b.intervalMs));
  });

  it('finds a signal by identifier and by name, and nothing for what it does not know', () => {
    for (const row of SIGNALS) {
      expect(signalById(row.id)).toBe(row);
      expect(signalByName(row.name)).toBe(row);
    }
    expect(signalById(0)).toBeUndefined();
    expect(signalById(65_535)).toBeUndefined();
    expect(signalByName('Vehicle.OBD')).toBeUndefined();
  });

  it('calls a value plausible from its smallest to its largest and not beyond', () => {
    expect(isPlausible({ signal: 1, mantissa: 0 })).toBe(true);
    expect(isPlausible({ signal: 1, mantissa: 255 })).toBe(true);
    expect(isPlausible({ signal: 1, mantissa: 256 })).toBe(false);
    expect(isPlausible({ signal: 5, mantissa: -41 })).toBe(false);
    expect(isPlausible({ signal: 65_535, mantissa: 0 })).toBe(false);
  });

  /** Identifiers are in signed evidence for ever: these rows may gain neighbours, never another meaning. */
  it('keeps the identifiers that have been given out', () => {
    const given: readonly (readonly [number, string, string, number])[] = [
      [1, 'Vehicle.Speed', 'km/h', 0],
      [2, 'Vehicle.Powertrain.CombustionEngine.Speed', 'rpm', 2],
      [3, 'Vehicle.LowVoltageBattery.CurrentVoltage', 'V', 2],
      [14, 'Vehicle.Powertrain.FuelSystem.RelativeLevel', 'percent', 2],
      [21, 'Vehicle.Powertrain.Transmission.TravelledDistance', 'km', 1],
      [23, 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current', 'percent', 2],
      [36, 'Vehicle.OBD.FreezeDTC', 'code', 0],
      [46, 'Vehicle.IsIgnitionOn', 'flag', 0],
      [126, 'Vehicle.OBD.ManifoldSurfaceTemperature', 'celsius', 0],
      [143, 'Vehicle.OBD.O2.Sensor8.ShortTermFuelTrim', 'percent', 2],
      [167, 'Vehicle.OBD.O2WR.Sensor8.Current', 'mA', 3],
      [171, 'Vehicle.OBD.Catalyst.Bank2.Temperature2', 'celsius', 1],
      [186, 'Vehicle.OBD.FuelSystemUse.Bank4.B', 'percent', 2],
      [205, 'Vehicle.OBD.Boost.B.State', 'code', 0],
      [237, 'Vehicle.OBD.ExhaustPressure.Bank2', 'kPa', 2],
      [269, 'Vehicle.OBD.EGRTempWide.Bank2.Sensor2', 'celsius', 0],
      [285, 'Vehicle.OBD.EGT.Bank2.Sensor8', 'celsius', 1],
      [301, 'Vehicle.OBD.NOx.Bank2.Sensor2', 'ppm', 0],
      [344, 'Vehicle.OBD.ExhaustO2.Bank2.Sensor4.Lambda', 'ratio', 4],
      [350, 'Vehicle.OBD.ParticulateSensor.Bank2.Output', 'percent', 2],
      [369, 'Vehicle.OBD.FuelControl2.IsBalanceClosedLoop', 'flag', 0],
      [439, 'Vehicle.OBD.AECD20.Timer2', 's', 0],
      [600, 'Vehicle.OBD.MonitorTest', 'text', 0],
      [601, 'Vehicle.Powertrain.CombustionEngine.EngineHours', 'h', 2],
      [700, 'Radio.Gateway.Received', 'count', 0],
      [703, 'Radio.Gateway.AckRatio', 'percent', 1],
      [706, 'Radio.Gateway.Temperature', 'celsius', 1],
      [10_001, 'Vehicle.OBD.FreezeFrame.Speed', 'km/h', 0],
      [10_439, 'Vehicle.OBD.FreezeFrame.AECD20.Timer2', 's', 0],
      [440, 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed', 'percent', 2],
      [449, 'Vehicle.Powertrain.TractionBattery.Temperature.Average', 'celsius', 2],
      [458, 'Vehicle.Powertrain.TractionBattery.Temperature.Module8', 'celsius', 2],
      [466, 'Vehicle.Powertrain.TractionBattery.DischargePowerLimit', 'W', 0],
      [483, 'Vehicle.Powertrain.TractionBattery.IsContactorClosed', 'flag', 0],
      [500, 'Vehicle.LowVoltageBattery.VehicleVoltage', 'V', 3],
      [504, 'Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure', 'kPa', 2],
      [511, 'Vehicle.Chassis.Axle.Row2.Wheel.Right.Tire.Temperature', 'celsius', 2],
      [525, 'Vehicle.Cabin.HVAC.AmbientAirTemperature', 'celsius', 2],
    ];
    for (const [id, name, unit, decimals] of given) {
      expect(signalById(id), name).toMatchObject({ name, unit, decimals });
    }
  });
});
