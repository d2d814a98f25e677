import { fromHex, type Modulation, type ReceptionBody } from '@outpost/schemas/words';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pointProblem } from './point.ts';
import { receptionParts } from './reception-points.ts';

const heard: ReceptionBody = {
  kind: 'reception',
  direction: 'heard',
  gateway: Uint8Array.of(0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1),
  // Vector of lora-packet (MIT).
  phy: fromHex('40F17DBE4900020001954378762B11FF0D') ?? new Uint8Array(0),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_075,
  signalRssiDeciDbm: undefined,
  snrDeciDb: 72,
  powerDeciDbm: undefined,
  tmst: 3_512_348_611,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: 2,
  rfChain: 0,
  antenna: 0,
  location: undefined,
};

it('a reception has its gateway and rate as tags, and who spoke as fields', () => {
  expect(receptionParts(heard)).toEqual({
    measurement: 'receptions',
    tags: { gateway: 'aa555a0000000001', direction: 'heard', rate: 'SF7BW125' },
    floats: { rssi: -107.5, snr: 7.2 },
    integers: { size: 17, frequency_hz: 868_100_000, tmst: 3_512_348_611, channel: 2, f_cnt: 2 },
    texts: { message: 'data-up', dev_addr: '49be7df1' },
  });
  expect(receptionParts({ ...heard, crc: 'bad' }).tags).toMatchObject({ crc: 'bad' });
});

it('whatever a device says, the tags but for the gateway have few values and the point can be written', () => {
  const modulations: fc.Arbitrary<Modulation> = fc.oneof(
    fc.record({
      kind: fc.constant('lora' as const),
      spreadingFactor: fc.integer({ min: 5, max: 12 }),
      bandwidthHz: fc.integer({ min: 1, max: 100_000_000 }),
      codingRate: fc.constant('4/5'),
    }),
    fc.record({
      kind: fc.constant('fsk' as const),
      bitsPerSecond: fc.integer({ min: 1, max: 1e8 }),
      deviationHz: fc.constant(undefined),
    }),
    fc.record({
      kind: fc.constant('lr-fhss' as const),
      codingRate: fc.constant('1/3' as const),
      widthHz: fc.integer({ min: 1, max: 100_000_000 }),
      gridSteps: fc.constant(undefined),
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), modulations, (phy, modulation) => {
      const parts = receptionParts({ ...heard, phy, modulation });
      expect(pointProblem({ at: 1n, ...parts })).toBeUndefined();
      expect(Object.keys(parts.tags).toSorted()).toEqual(['direction', 'gateway', 'rate']);
      expect(parts.tags['rate']).toMatch(/^(?:SF\d+BW\d+|FSK|M0CW(?:137|336|1523)|other)$/);
    }),
  );
});
