import { describe, expect, it } from 'vitest';
import { fuzzSlcan } from './slcan-fuzz.ts';

describe('the SLCAN adapter against damaged lines', () => {
  it('says nothing that was not sent, whatever happens to the lines', () => {
    const report = fuzzSlcan(500, 5);
    expect(report.examples).toEqual([]);
    expect(report.wrong).toEqual({ notSent: 0, notRedecoded: 0, vin: 0, codes: 0, undecided: 0 });
    expect(report.readings).toBeGreaterThan(250);
    expect(report.quarantined).toBeGreaterThan(10);
  });
});
