import { describe, expect, it } from 'vitest';
import { CASES_COUNT, runHeliumDownlink } from '../soak/helium-downlink.ts';

const GATEWAYS = 4;

describe('downlinks of Helium through a whole gateway with four forwarders', () => {
  it('come to the right one, and with the second window wherever the first cannot be used', async () => {
    const count = GATEWAYS * CASES_COUNT;
    const { signal } = new AbortController();
    const report = await runHeliumDownlink({ count, perSecond: 50, signal, say: () => undefined });
    expect(report.wrong).toEqual({ lost: 0, atWrongGateway: 0, wrongWindow: 0, withoutSecond: 0 });
    expect(Object.values(report.byCase)).toEqual(Array(CASES_COUNT).fill(GATEWAYS));
    expect(report.fallbacks).toBe(GATEWAYS * (CASES_COUNT - 2));
  }, 120_000);
});
