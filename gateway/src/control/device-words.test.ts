import { newTally } from '@outpost/firmware-bridge';
import { describe, expect, it } from 'vitest';
import { type DeviceKnown, deviceWords, hotspotWords } from './device-words.ts';
import type { DeviceView } from './status.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

const device = (changes: Partial<DeviceView>): DeviceView => ({
  name: 'car',
  adapter: 'elm327',
  port: 'tcp://192.168.0.10:35000',
  connected: true,
  remark: '',
  status: { phase: 'polling', words: 'positions are coming.', facts: {} },
  lastReadingAt: '2026-11-24T11:59:58Z',
  refusing: '',
  happenings: [],
  happened: new Map(),
  untold: 0,
  tally: newTally(),
  ...changes,
});

const known = (changes: Partial<DeviceKnown> = {}): DeviceKnown => ({
  nowMs: NOW_MS,
  hears: [],
  downlinks: { given: 0, refused: 0 },
  ...changes,
});

const status = (facts: DeviceView['status']['facts'], words = 'it goes on.'): DeviceView['status'] => ({
  phase: 'x',
  words,
  facts,
});

const HOTSPOT = { gateway: 'aa555a0000000001', frames: 40, devices: 3, lastFrameMs: NOW_MS - 5_000 };

describe('the state of a device in words', () => {
  it('is what its dialogue says, as a sentence', () => {
    expect(deviceWords(device({}), known())).toBe('Positions are coming.');
  });

  it.each([
    ['parked', 0, 12.64, 'Car parked, dongle asleep, woke it 0 times this week, 12.6 V. It goes on.'],
    ['driving', 1, 14.2, 'Car driving, 14.2 V. It goes on.'],
    ['on', 1, 12.9, 'Car switched on, standing, woke it 1 time this week, 12.9 V. It goes on.'],
    ['charging', 2, undefined, 'Car parked, its battery charging, woke it 2 times this week. It goes on.'],
    ['unheard-of', 2, undefined, 'It goes on.'],
  ])(
    'says of a car that is %s whether it is left alone, and what that has cost',
    (power, wokenInWeek, volts, said) => {
      const facts = { power, wokenInWeek, ...(volts === undefined ? {} : { volts }) };
      expect(deviceWords(device({ status: status(facts) }), known())).toBe(said);
    },
  );

  it('says of hotspots what they hear, when their last beacon was, and what was not sent', () => {
    const heard = { ...HOTSPOT, lastBeaconMs: NOW_MS - 5 * 60_000 };
    expect(
      deviceWords(
        device({ status: status({}) }),
        known({ hears: [heard], downlinks: { given: 40, refused: 2 } }),
      ),
    ).toBe('Hears 3 devices, last beacon 5 min ago, 2 of 40 downlinks refused. It goes on.');
    const quiet = { ...HOTSPOT, gateway: 'aa555a0000000002', devices: 1, lastBeaconMs: 0 };
    expect(
      deviceWords(device({ status: status({}) }), known({ hears: [quiet, { ...HOTSPOT, lastBeaconMs: 0 }] })),
    ).toBe('2 hotspots hear 4 devices, last frame 5 s ago. It goes on.');
    expect(hotspotWords(quiet, NOW_MS)).toBe('aa555a0000000002 hears 1 device: 40 frames, last 5 s ago.');
  });

  it('says when the last reading was where that is long ago, or where the device is away', () => {
    const old = device({ lastReadingAt: '2026-11-24T09:55:00Z' });
    expect(deviceWords(old, known())).toBe('Positions are coming. Last reading 2 h 5 min ago.');
    const away = device({ connected: false, status: status({ power: 'parked' }, 'nothing listens there.') });
    expect(deviceWords(away, known({ hears: [{ ...HOTSPOT, lastBeaconMs: 0 }] }))).toBe(
      'Nothing listens there. Last reading 2 s ago.',
    );
    expect(deviceWords(device({ lastReadingAt: undefined }), known())).toBe('Positions are coming.');
  });
});
