import { describe, expect, it } from 'vitest';
import { FUZZED, fuzzLoraModules, isGood } from './lora-module-fuzz.ts';

describe('a serial LoRa module on a bad line', () => {
  it('loses no frame by chunks, no whole one of a Meshtastic radio, and says only what its bytes say', async () => {
    const report = await fuzzLoraModules(40, 3);
    expect(Object.keys(report.clean)).toEqual([...FUZZED.keys()]);
    expect(report.broken['meshtastic']?.intact).toBeGreaterThan(5);
    expect(isGood(report), JSON.stringify(report)).toBe(true);
  });

  it('is judged by what was found: one frame less is not good', async () => {
    const report = await fuzzLoraModules(20, 3, ['rui3', 'meshtastic']);
    const { clean, broken } = report;
    const less = (one: (typeof clean)[string] | undefined) => ({
      ...one!,
      recovered: (one?.recovered ?? 0) - 1,
    });
    expect(isGood({ ...report, clean: { ...clean, rui3: less(clean['rui3']) } })).toBe(false);
    expect(isGood({ ...report, broken: { ...broken, meshtastic: less(broken['meshtastic']) } })).toBe(false);
  });
});
