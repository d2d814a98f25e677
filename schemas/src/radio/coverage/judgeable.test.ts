import { describe, expect, it } from 'vitest';
import { wallNs } from '../../words/index.ts';
import { signalDbm } from '../plausibility/index.ts';
import { judgeable, timeOf } from './judgeable.ts';
import { HOTSPOT, MODULE, north, signed } from './testing.ts';

const read = (...[body, over]: [Parameters<typeof signed>[2]?, Parameters<typeof signed>[3]?]) => {
  const able = judgeable(signed(HOTSPOT, 0, body, over), north(0));
  if (!able.ok) throw new Error(able.words);
  return able.reception;
};

const refused = (body: Parameters<typeof signed>[2]): string => {
  const able = judgeable(signed(HOTSPOT, 0, body), undefined);
  return able.ok ? 'judged' : able.words;
};

describe('a signed reception becomes what the judge takes', () => {
  it('in dBm, dB and Hz, under the EUI of the gateway', () => {
    expect(read()).toMatchObject({
      gateway: 'aa'.repeat(8),
      frequencyHz: 868_100_000,
      rate: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
      rssiDbm: -107,
      snrDb: 7.2,
      tmst: 0,
      trust: 'gnss',
      place: north(0),
    });
    expect(read({ gateway: undefined }).gateway).toBe(HOTSPOT);
    expect(read({ modulation: { kind: 'fsk', bitsPerSecond: 50_000, deviationHz: 25_000 } }).rate).toEqual({
      kind: 'fsk',
      bitsPerSecond: 50_000,
    });
  });

  it('with the channel’s RSSI worked out where only that of the signal is given', () => {
    for (const snrDeciDb of [-150, 0, 72]) {
      const { rssiDbm, snrDb } = read({ rssiDeciDbm: undefined, signalRssiDeciDbm: -1_200, snrDeciDb });
      expect(signalDbm(rssiDbm, snrDb)).toBeCloseTo(-120, 9);
    }
    expect(read({ rssiDeciDbm: undefined, snrDeciDb: undefined }).rssiDbm).toBe(-108.5);
  });

  it('with satellites’ trust only for a gateway that shows that it has some', () => {
    const clock = (...[body, over]: Parameters<typeof read>) => timeOf(signed(HOTSPOT, 0, body, over));
    const own = { fineNs: undefined, location: undefined };
    expect(clock().trust).toBe('gnss');
    expect(clock(own)).toEqual({ wall: wallNs(1_767_225_600_000_000_000n), trust: 'ntp' });
    const boxTime = wallNs(1_767_225_600_040_000_000n);
    expect(clock({ gatewayTime: undefined })).toEqual({ wall: boxTime, trust: 'ntp' });
    expect(clock({ gatewayTime: undefined }, { trust: 'gnss' })).toEqual({
      wall: boxTime,
      trust: 'gnss',
      timeErrorUs: 500_000,
    });
    expect(clock({ gatewayTime: undefined }, { trust: 'gnss', queued: true })).toEqual({
      wall: boxTime,
      trust: 'gnss',
      waited: true,
    });
    expect(clock({}, { queued: true }).trust).toBe('gnss');
    expect(clock({}, { queued: true })).not.toHaveProperty('waited');
  });

  it('or cannot be judged, and says because of what', () => {
    expect(refused(MODULE)).toBe(
      'cannot be judged, because the radio tells no frequency, no modulation and no count of microseconds',
    );
    expect(refused({ ...MODULE, rssiDeciDbm: undefined })).toMatch(/no modulation, no RSSI and no count/);
    expect(refused({ frequencyHz: undefined })).toBe(
      'cannot be judged, because the radio tells no frequency',
    );
    expect(refused({ crc: 'bad' })).toMatch(/its checksum is wrong/);
    expect(refused({ direction: 'sent' })).toMatch(/sent, not heard/);
    expect(refused({ phy: new Uint8Array(0) })).toMatch(/no bytes/);
    expect(refused({ tmst: undefined })).toBe('judged');
  });
});
