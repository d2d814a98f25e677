import { BEACON_EU868 } from '@outpost/schemas/radio';
import { fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { conductedDbm, type RegionParams, readChannels, readRegionParams } from './region-params.ts';

/** One channel of the test bytes in helium/proto, beacon/src/region.rs (Apache-2.0): 867.1 MHz. */
const CHANNEL = '0a2308e0cabb9d0310c8d00718a10122140a04080610410a0508031081010a05080210ee01';
const params = (gainDdbi: number): RegionParams => ({
  region: 1,
  plan: BEACON_EU868,
  gainDdbi,
  timestampS: 1,
});

describe('the parameters of a region', () => {
  it('are read as Helium’s own tests have them', () => {
    const [channel] = BEACON_EU868.channels;
    expect(readChannels(fromHex(CHANNEL)!)).toEqual([channel]);
    expect(readChannels(fromHex(CHANNEL)!.slice(0, -1))).toBeUndefined();
  });

  it('leave the radio what the antenna does not add, whole and cut off', () => {
    expect(conductedDbm(params(0))).toBe(16);
    expect(conductedDbm(params(12))).toBe(14);
    expect(conductedDbm(params(81))).toBe(8);
    expect(conductedDbm(params(200))).toBeUndefined();
  });

  it('are nothing without the signature of the pinned key', () => {
    const pinned = { network: 'mainnet', kind: 'ed25519', key: new Uint8Array(32).fill(1) } as const;
    const answer = Uint8Array.of(0x08, 0x01);
    const never = (): boolean => false;
    expect(readRegionParams(answer, pinned, never)).toMatchObject({
      ok: false,
      fault: { kind: 'untrusted' },
    });
    expect(readRegionParams(Uint8Array.of(0x0a), pinned, () => true)).toMatchObject({
      ok: false,
      fault: { kind: 'malformed' },
    });
  });
});
