import { entropyLine } from '@outpost/schemas/radio';
import { describe, expect, it } from 'vitest';
import { entropiesFrom, knownFrom } from './known.ts';

const NONE = { sender: [], place: [], gain: [] };

describe('what the reader knows', () => {
  it('is a region, devices at places, and antennas', () => {
    const known = knownFrom({
      region: 'EU868',
      sender: ['49BE7DF1=47.5012,-8.4321,14', '0011223344556677=-90,180'],
      place: ['AA555A0000000001=1.5,2'],
      gain: ['AA555A0000000001=2.15'],
    });
    if (!known.ok) throw new Error(known.fault.words);
    expect(known.value.region?.name).toBe('EU868');
    expect([...known.value.senders]).toEqual([
      ['49be7df1', { place: { latitude: 475_012_000, longitude: -84_321_000 }, eirpDbm: 14 }],
      [
        '0011223344556677',
        { place: { latitude: -900_000_000, longitude: 1_800_000_000 }, eirpDbm: undefined },
      ],
    ]);
    expect([...known.value.gateways]).toEqual([
      ['aa555a0000000001', { latitude: 15_000_000, longitude: 20_000_000 }],
    ]);
    expect([...known.value.gains]).toEqual([['aa555a0000000001', 2.15]]);
  });

  it('is refused with a word about how to write it', () => {
    const refused = (over: Partial<Parameters<typeof knownFrom>[0]>): string => {
      const known = knownFrom({ ...NONE, ...over });
      return known.ok ? 'taken' : known.fault.words;
    };
    expect(refused({})).toBe('taken');
    expect(refused({ region: 'EU869' })).toMatch(/there are EU868, US915/);
    for (const sender of ['49be7df1', '49be7df=1,2', '49be7df1=91,2', '49be7df1=1,181', '49be7df1=1,2,3,4'])
      expect([sender, refused({ sender: [sender] })]).toEqual([
        sender,
        expect.stringMatching(/write a DevA/),
      ]);
    for (const place of [
      'aa555a0000000001=1',
      'aa555a0000000001=1,2,3',
      'aa55=1,2',
      'aa555a0000000001=-91,0',
    ])
      expect(refused({ place: [place] })).toMatch(/write EUI=LAT,LON/);
    for (const gain of ['aa555a0000000001', 'aa55=2', 'aa555a0000000001=2dBi'])
      expect(refused({ gain: [gain] })).toMatch(/write EUI=dBi/);
  });
});

describe('what beacons were made of', () => {
  const entropy = {
    localEntropy: Uint8Array.of(1, 2, 3, 4),
    remoteEntropy: { bytes: new Uint8Array(32).fill(7), timestampS: 1_677_163_710, version: 0 },
  };
  const line = entropyLine(Uint8Array.of(0xab, 0xcd), entropy);

  it('reads back as it was written, one a line', () => {
    const read = entropiesFrom(`${line}\n\n${line}\n`, 'beacons');
    expect(read).toEqual({ ok: true, value: new Map([['abcd', entropy]]) });
  });

  it('is refused by its line where it is anything else', () => {
    for (const bad of ['{', '{}', line.replace('abcd', 'abc'), line.replace('"version":0', '"version":2')]) {
      const read = entropiesFrom(`${line}\n${bad}`, 'beacons');
      expect([bad, read.ok ? 'read' : read.fault.where]).toEqual([bad, 'beacons:2']);
    }
  });
});
