import { describe, expect, it } from 'vitest';
import { fuzzDimo } from './dimo-fuzz.ts';

describe('what reads DIMO’s answers, against spoiled ones', () => {
  it('throws nothing, believes nothing that was changed, and takes what only looks different', async () => {
    const report = await fuzzDimo(
      500,
      3,
      () => 0,
      () => undefined,
    );
    expect(report.examples).toEqual([]);
    expect(Object.values(report.wrong)).toEqual([0, 0, 0, 0, 0]);
    expect(Object.values(report.inputs).every((count) => count > 0)).toBe(true);
    expect(report.taken.challenge).toBeGreaterThan(2);
    expect(report.taken['status-port']).toBeGreaterThan(0);
  });
});
