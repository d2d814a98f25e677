import { distanceM } from '@outpost/schemas/privacy';
import { dataMicHolds, EU868_EXTRA_HZ, parsePhy, regionNamed, requestMicHolds } from '@outpost/schemas/radio';
import { fromHex, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { COUNTER_US, counterUs, momentOf, tmstOf, unwrapped } from './counter.ts';
import { type DeviceState, type EndDevice, newDevice, stepDevice } from './device.ts';
import { uplinkFrame } from './frame.ts';
import { placeOf } from './motion.ts';
import { captureDb, isDemodulated, measuredRssiDbm, measuredSnrDb, noiseFloorDbm } from './receiver.ts';

const key = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

// Keys and frame of lora-packet's tests (MIT).
const identity = {
  devAddr: '49be7df1',
  devEui: '0000000000000001',
  joinEui: '0000000000000002',
  appKey: key('98929b92c49edba9676d646d3b612456'),
  nwkSKey: key('44024241ed4ce9a68c6a8bc055233fd3'),
  appSKey: key('ec925802ae430ca77fd3dd73cb2cc588'),
};

const device: EndDevice = {
  identity,
  seed: 7,
  home: { latitude: 520_000_000, longitude: 130_000_000 },
  motion: { radiusM: 2_000, legS: 600 },
  heightM: 1.5,
  eirpDbm: 14,
  rate: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000 },
  intervalS: 60,
  payloadBytes: 20,
  attempts: 3,
};

const EU868 = regionNamed('EU868');
if (EU868 === undefined) throw new Error('EU868 is a region');

const JOIN_HZ = [868_100_000, 868_300_000, 868_500_000];

const life = (steps: number, dataHz: readonly number[] = EU868_EXTRA_HZ) => {
  const sent: { readonly phy: Uint8Array; readonly atUs: number; readonly airtimeUs: number }[] = [];
  let state: DeviceState = newDevice(device);
  for (let i = 0; i < steps; i += 1) {
    const { state: next, emission } = stepDevice(device, state, EU868, { joinHz: JOIN_HZ, dataHz });
    if (emission !== undefined) sent.push({ ...emission, atUs: state.nextUs });
    state = next;
  }
  return { sent, state };
};

describe('an end device', () => {
  it('sends the published frame byte for byte', () => {
    const payload = new TextEncoder().encode('test');
    const frame = uplinkFrame(identity, { confirmed: false, counter: 2, port: 1, payload });
    // FCtrl of the published one is 0x00 as here.
    expect(toHex(frame)).toBe('40f17dbe4900020001954378762b11ff0d');
  });

  it('joins first, then counts up, and every MIC holds', () => {
    const { sent } = life(60);
    expect(requestMicHolds(sent[0]?.phy ?? new Uint8Array(), identity.appKey)).toBe(true);
    let last = 0;
    for (const { phy } of sent.slice(1)) {
      const parsed = parsePhy(phy);
      if (!parsed.ok || parsed.value.kind !== 'data') throw new Error('no data frame');
      expect(parsed.value.counter).toBeGreaterThanOrEqual(last);
      last = parsed.value.counter;
      expect(dataMicHolds(phy, { version: '1.0', nwkSKey: identity.nwkSKey }, last)).toBe(true);
    }
    expect(new Set(sent.map(({ phy }) => toHex(phy))).size).toBeLessThan(sent.length);
  });

  it('does the same again for the same seed', () => {
    expect(life(40)).toEqual(life(40));
  });

  it('keeps to one per cent of any hour', () => {
    const { sent, state } = life(400, [868_100_000]);
    expect(state.held).toBeGreaterThan(0);
    for (const { atUs } of sent) {
      const hour = sent.filter((each) => each.atUs >= atUs && each.atUs + each.airtimeUs <= atUs + 3.6e9);
      expect(hour.reduce((sum, each) => sum + each.airtimeUs, 0)).toBeLessThanOrEqual(36_000_000);
    }
  });

  it('moves without jumps and never further than it may', () => {
    let before = placeOf(device, 0);
    for (let s = 1; s < 3_600; s += 1) {
      const now = placeOf(device, s * 1e6);
      expect(distanceM(before, now)).toBeLessThan(10);
      expect(distanceM(device.home, now)).toBeLessThan(2_000 * Math.SQRT2 + 10);
      before = now;
    }
  });
});

describe('a concentrator’s counter', () => {
  const crystal = { startUs: 4_294_000_000, driftPpm: 4, warmthPpm: -1 };

  it('wraps, drifts and can be asked backwards', () => {
    for (const nowUs of [0, 1e6, 3.6e9, 8.64e10]) {
      const counter = counterUs(crystal, nowUs);
      expect(Math.abs(counter - crystal.startUs - nowUs)).toBeLessThanOrEqual(5e-6 * nowUs + 1);
      expect(tmstOf(counter)).toBe(counter % COUNTER_US);
      expect(unwrapped(tmstOf(counter), counter + 1e9)).toBe(counter);
      expect(Math.abs(momentOf(crystal, counter) - nowUs)).toBeLessThan(2);
    }
    expect(tmstOf(counterUs(crystal, 1e6))).toBeLessThan(tmstOf(counterUs(crystal, 0)));
  });
});

describe('a receiver', () => {
  it('hears what is above the noise, and tells what its chip would', () => {
    expect(noiseFloorDbm(125_000, 6)).toBeCloseTo(-117.03, 2);
    expect([-21, -20.7].map((snr) => isDemodulated(12, snr, 0))).toEqual([false, true]);
    expect([captureDb(7, 7), captureDb(7, 12), captureDb(12, 7), captureDb(5, 5)]).toEqual([1, -9, -25, 1]);
    expect(measuredRssiDbm(-140, -117, 0)).toBe(-117);
    expect([measuredSnrDb(-5.1, 0), measuredSnrDb(60, 0)]).toEqual([-5, 14]);
  });
});
