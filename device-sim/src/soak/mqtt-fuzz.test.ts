import { describe, expect, it } from 'vitest';
import { DAMAGES, fuzzMqtt } from './mqtt-fuzz.ts';

describe('the fuzz of MQTT adapters', () => {
  it('finds nothing wrong, and does damage in every way', async () => {
    const report = await fuzzMqtt(2_000, 3);
    expect(report.wrong).toEqual({ notRedecoded: 0, implausible: 0, undecided: 0 });
    expect(report.goodAside).toBeLessThan(10);
    expect(report.readings).toBeGreaterThan(500);
    expect(report.quarantined).toBeGreaterThan(100);
    for (const how of DAMAGES) expect(report.damaged[how], how).toBeGreaterThan(100);
    expect(await fuzzMqtt(2_000, 3)).toEqual(report);
  });
});
