import { expect, it } from 'vitest';
import { fuzzLegacy } from './legacy-fuzz.ts';

it('makes no value of a wrong request, control unit or shape on the buses before CAN', () => {
  const report = fuzzLegacy(2_000, 1);
  expect(report.examples).toEqual([]);
  expect(report.wrong).toBe(0);
  // It is no proof if nothing is damaged or nothing comes through.
  expect(report.damaged).toBeGreaterThan(500);
  expect(report.values).toBeGreaterThan(1_000);
  expect(report.quarantined).toBeGreaterThan(250);
  // One checksum sees every single change; of two at once it misses one in some hundred.
  expect(report.changed).toBeLessThan(20);
});
