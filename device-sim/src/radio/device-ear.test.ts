import { createDecipheriv } from 'node:crypto';
import {
  aesCmac,
  dataMic,
  dataMicHolds,
  EU868_EXTRA_HZ,
  type LoraRate,
  parsePhy,
  regionNamed,
} from '@outpost/schemas/radio';
import { concatBytes, fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type DeviceState, type EndDevice, newDevice, stepDevice } from './device.ts';
import { type Downlink, hearDownlink } from './device-ear.ts';
import { east, plainHotspot, plainWorld } from './testing.ts';
import { radioWorld } from './world.ts';

const EU868 = regionNamed('EU868');
if (EU868 === undefined) throw new Error('EU868 is a region');
const CHANNELS = { joinHz: [868_100_000], dataHz: EU868_EXTRA_HZ };
const SF9: LoraRate = { kind: 'lora', spreadingFactor: 9, bandwidthHz: 125_000 };
const SF12: LoraRate = { ...SF9, spreadingFactor: 12 };

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const appKey = bytes('98929b92c49edba9676d646d3b612456');

const device: EndDevice = {
  identity: {
    devAddr: '49be7df1',
    devEui: '70b3d50000000001',
    joinEui: '70b3d50000000002',
    appKey,
    nwkSKey: bytes('44024241ed4ce9a68c6a8bc055233fd3'),
    appSKey: bytes('ec925802ae430ca77fd3dd73cb2cc588'),
  },
  seed: 21,
  home: east(1),
  motion: undefined,
  heightM: 1.5,
  eirpDbm: 14,
  rate: SF9,
  intervalS: 60,
  payloadBytes: 10,
  attempts: 4,
};

const step = (state: DeviceState) => stepDevice(device, state, EU868, CHANNELS);

/** After its join-request. */
const { state: asked } = step(newDevice(device));
const ended = asked.last?.endUs ?? 0;

/** JoinNonce 372363, NetID 000013, DevAddr 260b1234, RX1 after 3 s; sealed as a network does (LoRaWAN 1.0.4 §6.2.6). */
const accept = (() => {
  const clear = bytes('20632337130000' + '34120b26' + '0003');
  const decipher = createDecipheriv('aes-128-ecb', appKey, null).setAutoPadding(false);
  const sealed = decipher.update(concatBytes(clear.subarray(1), aesCmac(appKey, clear).subarray(0, 4)));
  return concatBytes(clear.subarray(0, 1), new Uint8Array(sealed));
})();

const joinDown = (over: Partial<Downlink> = {}): Downlink => ({
  phy: accept,
  frequencyHz: 868_100_000,
  rate: SF9,
  startUs: ended + 5_000_000,
  ...over,
});

const hear = (down: Downlink, state = asked) => hearDownlink(device, state, EU868, down);

describe('a device of class A', () => {
  it('joins by an answer in its first or second window', () => {
    const rx2 = { frequencyHz: 869_525_000, rate: SF12, startUs: ended + 6_000_000 };
    for (const down of [joinDown(), joinDown(rx2)]) {
      const session = hear(down)?.session;
      expect(session).toMatchObject({ identity: { devAddr: '260b1234' }, rxDelayS: 3 });
    }
  });

  it.each([
    ['too early', { startUs: ended + 4_900_000 }],
    ['too late', { startUs: ended + 5_100_000 }],
    ['elsewhere', { frequencyHz: 868_300_000 }],
    ['at another rate', { rate: SF12 }],
    ['by another key', { phy: accept.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) }],
    ['as something else', { phy: Uint8Array.of(0xe0, 1, 2, 3) }],
  ])('hears nothing that comes %s', (_, over) => {
    expect(hear(joinDown(over))).toBeUndefined();
  });

  it('speaks by the session that it joined, from count 0 on', () => {
    const next = step(hear(joinDown()) ?? asked);
    const phy = next.emission?.phy ?? new Uint8Array();
    expect(parsePhy(phy)).toMatchObject({ ok: true, value: { devAddr: '260b1234', counter: 0 } });
    const nwkSKey = hear(joinDown())?.session?.identity.nwkSKey ?? new Uint8Array();
    expect(dataMicHolds(phy, { version: '1.0', nwkSKey }, 0)).toBe(true);
  });

  it('sends nothing again that was answered', () => {
    const answer = (() => {
      const body = bytes('60f17dbe49200500');
      const keys = { version: '1.0', nwkSKey: device.identity.nwkSKey } as const;
      return concatBytes(body, dataMic(concatBytes(body, new Uint8Array(4)), keys, 5));
    })();
    let state = asked;
    // The first message that is to be sent more than once.
    for (let i = 0; i < 50 && state.attempt === 0; i += 1) state = step(state).state;
    expect(state.attempt).toBe(1);
    const { last, message } = state;
    if (last === undefined) throw new Error('it has sent');
    const { frequencyHz, endUs, rate } = last;
    const down = { phy: answer, frequencyHz, rate, startUs: endUs + 1_000_000 };
    const answered = hear(down, state);
    expect(answered?.isAnswered).toBe(true);
    const after = step(answered ?? state);
    expect([after.emission, after.state.message]).toEqual([undefined, message + 1]);
    expect(step(state).emission).toBeDefined();
  });
});

describe('a transmission by a hotspot', () => {
  it('reaches a device near it and none behind the horizon', () => {
    const reached = [1, 400].map((km) => {
      const plan = plainWorld({ devices: 0, beaconEveryS: undefined });
      const near = { ...device, indoorDb: 0, isPlaceKnown: true };
      const hotspot = plainHotspot({ home: east(1 + km) });
      const world = radioWorld({ ...plan, hotspots: [hotspot], devices: [near], channels: CHANNELS });
      world.advance(ended);
      world.transmit(0, { ...joinDown(), conductedDbm: 14, isInverted: true });
      world.advance(ended + 8e6);
      return world.tally.reached;
    });
    expect(reached).toEqual([1, 0]);
  });
});
