import { decodeMonitorTests } from '@outpost/schemas/vehicle';
import { describe, expect, it } from 'vitest';
import { dialogue, modelOf } from '../devices/elm327/testing.ts';
import { newCar } from './car.ts';
import { monitorResults, petrolMonitors } from './monitor-results.ts';

const CODES = ['P0420', 'P0302'];

const verdicts = (codes: readonly string[], seed = 1): ReadonlyMap<number, boolean> => {
  const model = modelOf({ seed }).car;
  const fresh = newCar(model);
  const car = { ...fresh, codes: { ...fresh.codes, stored: codes } };
  return new Map(
    petrolMonitors.map((monitor) => {
      const tests = decodeMonitorTests(monitorResults(monitor, { model, car })!);
      if (!tests.ok) throw new Error(tests.fault.words);
      return [monitor, tests.value.every(({ passed }) => passed)];
    }),
  );
};

describe('the results of on-board monitors', () => {
  it('lie within their limits in every sound car, and differ from car to car', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      expect([...verdicts([], seed).values()].every((passed) => passed)).toBe(true);
    }
    const bytes = (seed: number): string =>
      String(monitorResults(0x21, { model: modelOf({ seed }).car, car: newCar(modelOf({ seed }).car) }));
    expect(new Set([1, 2, 3, 4].map(bytes)).size).toBeGreaterThan(1);
  });

  it('lie beyond them where a stored code says so', () => {
    const failed = [...verdicts(CODES)].filter(([, passed]) => !passed).map(([monitor]) => monitor);
    expect(failed).toEqual([0x21, 0xa3]);
  });

  it('are told by service 06, with bitmaps of what there is, by petrol engines alone', () => {
    const talk = dialogue(modelOf());
    for (const command of ['ATE0', 'ATH0', 'ATSP6', 'ATSH7E0']) talk.ask(command);
    const listed = ['00', '20', '40', '60', '80', 'A0'].map((base) => talk.ask(`06${base}`));
    for (const reply of listed) expect(reply).toMatch(/^46 [0-9A-F]{2}( [0-9A-F]{2}){4} \r\r>$/);
    expect(talk.ask('0621')).toMatch(/^00A\r0: 46 21 80 20 /);
    expect(talk.ask('0699')).toBe('7F 06 31 \r\r>');
    const diesel = dialogue(modelOf({ vehicle: 'diesel-manual' }));
    for (const command of ['ATE0', 'ATH0', 'ATSP6', 'ATSH7E0']) diesel.ask(command);
    expect(diesel.ask('0600')).toBe('7F 06 11 \r\r>');
  });
});
