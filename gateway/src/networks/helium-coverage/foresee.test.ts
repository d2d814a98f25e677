import { BEACON_EU868, type BeaconRegion, beaconPhy, buildBeacon } from '@outpost/schemas/radio';
import type { Epoch, ReceptionBody, StreamId, WallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { LiveDelivery, NetworkSettings, PredictionContext } from '../contract.ts';
import { heliumCoverage } from './network.ts';

const made = buildBeacon(
  { bytes: new Uint8Array(32), timestampS: 1_700_000_000, version: 0 },
  Uint8Array.of(1, 2, 3, 4),
  BEACON_EU868,
  20,
);
if (!made.ok) throw new Error(made.fault.words);
const beacon = made.value;

const body = (change: Partial<ReceptionBody> = {}): ReceptionBody => ({
  kind: 'reception',
  direction: 'heard',
  gateway: new Uint8Array(8),
  phy: beaconPhy(beacon),
  crc: 'ok',
  frequencyHz: beacon.frequencyHz,
  modulation: { ...beacon.rate, codingRate: '4/5' },
  rssiDeciDbm: -1_100,
  signalRssiDeciDbm: undefined,
  snrDeciDb: -50,
  powerDeciDbm: undefined,
  tmst: 1,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: undefined,
  rfChain: undefined,
  antenna: undefined,
  location: undefined,
  ...change,
});

const SETTINGS: NetworkSettings = {
  name: 'coverage',
  url: 'http://127.0.0.1:9080',
  options: { region: 'EU868', profile: 'helium-iot-2026-05' },
};

const predicted = (change: Partial<ReceptionBody> = {}, options: Readonly<Record<string, unknown>> = {}) => {
  const delivery: LiveDelivery = {
    stream: 'roof/coverage' as StreamId,
    epoch: new Uint8Array(16) as Epoch,
    gatewayKey: new Uint8Array(32),
    deviceKey: new Uint8Array(32),
    ...{
      sequence: 0,
      wall: 1_700_000_000_000_000_000n as WallNs,
      trust: 'ntp',
      origin: 'live',
      keyKind: 'file',
    },
    body: body(change),
    raw: new Uint8Array(0),
  };
  const settings = { ...SETTINGS, options: { ...SETTINGS.options, ...options } };
  return heliumCoverage.predict?.(settings, { of: 'reading', delivery }, {} as PredictionContext);
};

describe('what the retired rules would say', () => {
  it('is yes, as far as one box can know, to what fits', () => {
    expect(predicted()).toMatchObject({
      expect: 'accepted',
      words: expect.stringContaining('does not know'),
    });
    expect(predicted({ frequencyHz: beacon.frequencyHz + 100_000 })).toMatchObject({ expect: 'accepted' });
  });

  it.each([
    ['heard beside its channel', { frequencyHz: beacon.frequencyHz + 110_000 }, 'more than 100 kHz beside'],
    ['too strong for any place far enough away', { rssiDeciDbm: -400 }, 'stronger than free space'],
    [
      'sent on another channel',
      { direction: 'sent', frequencyHz: beacon.frequencyHz + 200_000 },
      'not those',
    ],
    [
      'sent with another spreading factor',
      {
        direction: 'sent',
        modulation: { kind: 'lora', spreadingFactor: 9, bandwidthHz: 125_000, codingRate: '4/5' },
      },
      'SF12',
    ],
  ] as const)('is no to what was %s', (_, change, words) => {
    expect(predicted(change)).toMatchObject({ expect: 'refused', words: expect.stringContaining(words) });
  });

  it('is not sure of what no radio could have heard, since Helium never looked at that', () => {
    const loud = predicted({ snrDeciDb: 300 });
    expect(loud).toMatchObject({ expect: 'unsure', words: expect.stringContaining('would be rejected') });
    expect(predicted({ rssiDeciDbm: undefined })).toMatchObject({ expect: 'unsure' });
  });

  it('is not sure of a beacon that was sent, whose entropy is known where it was made alone', () => {
    expect(predicted({ direction: 'sent', powerDeciDbm: 140 })).toMatchObject({ expect: 'unsure' });
  });

  it('is not sure where the channels of the region are not published', () => {
    expect(predicted({}, { region: 'US915' })).toMatchObject({ expect: 'unsure' });
  });

  it('is nothing about other frames, and nothing while it is off', () => {
    expect(predicted({ phy: new Uint8Array(23) })).toBeUndefined();
    expect(predicted({}, { profile: 'off' })).toBeUndefined();
  });

  it('finds the channel of every beacon where the rules that make it put it', () => {
    const plan: BeaconRegion = BEACON_EU868;
    for (let drawn = 0; drawn < 64; drawn += 1) {
      const remote = { bytes: new Uint8Array(32).fill(drawn), timestampS: drawn, version: 0 };
      const each = buildBeacon(remote, Uint8Array.of(drawn), plan, 20);
      if (!each.ok) throw new Error(each.fault.words);
      const heard = predicted({ phy: beaconPhy(each.value), frequencyHz: each.value.frequencyHz });
      expect(heard?.expect).toBe('accepted');
    }
  });
});
