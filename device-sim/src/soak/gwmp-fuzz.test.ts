import { describe, expect, it } from 'vitest';
import { fuzzGwmp } from './gwmp-fuzz.ts';

describe('the Semtech UDP adapter against spoiled datagrams', () => {
  it('loses no item, believes no stranger and settles each transmission once', () => {
    const report = fuzzGwmp(6_000, 3, { heapMebibytes: () => 0 }, () => undefined);
    expect(Object.values(report.wrong)).toEqual(Object.values(report.wrong).map(() => 0));
    expect(report.readings).toBeGreaterThan(2_000);
    expect(report.quarantined).toBeGreaterThan(500);
    expect(report.dropped['pending-approval']).toBeGreaterThan(100);
    expect(report.strangersMost).toBe(64);
    expect(report.outcomes['time-out']).toBeGreaterThan(0);
    expect(report.outcomes['done']).toBeGreaterThan(0);
  });
});
