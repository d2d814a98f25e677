import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, type Result, toHex } from '../../words/index.ts';
import { type PhyPayload, parsePhy } from './phy.ts';

const bytes = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (read === undefined) throw new Error(hex);
  return read;
};

const parsed = (hex: string): PhyPayload => {
  const result = parsePhy(bytes(hex));
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const code = (result: Result<PhyPayload>): string => (result.ok ? result.value.kind : result.fault.code);

describe('a LoRaWAN frame', () => {
  // lora-packet __tests__ (MIT).
  it('of data has an address, flags, a counter, options, a port and a payload', () => {
    expect(parsed('40F17DBE4900020001954378762B11FF0D')).toEqual({
      kind: 'data',
      direction: 'up',
      confirmed: false,
      devAddr: '49be7df1',
      adr: false,
      adrAckRequested: false,
      ack: false,
      classBOrPending: false,
      counter: 2,
      options: new Uint8Array(),
      port: 1,
      payload: bytes('95437876'),
      mic: bytes('2b11ff0d'),
    });
    expect(parsed('60f17dbe4920020001f9d65d27')).toMatchObject({ direction: 'down', ack: true, port: 1 });
    expect(parsed('40F7EC10E081000002015A171220B0C6D6470FC3')).toMatchObject({
      adr: true,
      options: bytes('02'),
      port: 1,
    });
    expect(parsed('40F7EC10E0C1000002015A171220B0C6D6470FC3')).toMatchObject({ adrAckRequested: true });
    expect(parsed('8000000000F0FFFF00000000')).toMatchObject({
      confirmed: true,
      classBOrPending: true,
      counter: 65_535,
      port: undefined,
      payload: new Uint8Array(),
    });
  });

  it('is read like Basic Station reads it', () => {
    // basicstation src/selftest_lora.c and issue #74 (BSD-3-Clause).
    expect(parsed('40ABCDEFFF01F3F4FF202122A0A1A2A3')).toMatchObject({
      devAddr: 'ffefcdab',
      counter: 62_707,
      options: bytes('ff'),
      port: 32,
      payload: bytes('2122'),
      mic: bytes('a0a1a2a3'),
    });
    expect(parsed('404900002780280066C7E023FBF9')).toMatchObject({
      devAddr: '27000049',
      counter: 40,
      port: 102,
      payload: bytes('c7'),
    });
  });

  it('of a join names the device', () => {
    expect(parsed('0039363463336913AA05693574323831330489C65B1304')).toEqual({
      kind: 'join-request',
      joinEui: 'aa13693363343639',
      devEui: '3331383274356905',
      devNonce: 0x8904,
      mic: bytes('c65b1304'),
    });
    expect(parsed('20386337CCBBAAE7CD2C010000D9D0A6E7')).toEqual({
      kind: 'join-accept',
      encrypted: bytes('386337CCBBAAE7CD2C010000D9D0A6E7'),
    });
  });

  it('of a rejoin has one of two shapes', () => {
    expect(parsed('c000130000efcdab89674523010500aabbccdd')).toEqual({
      kind: 'rejoin-request',
      type: 0,
      netId: '000013',
      joinEui: undefined,
      devEui: '0123456789abcdef',
      counter: 5,
      mic: bytes('aabbccdd'),
    });
    expect(parsed('c0010807060504030201efcdab89674523010100aabbccdd')).toMatchObject({
      type: 1,
      netId: undefined,
      joinEui: '0102030405060708',
      devEui: '0123456789abcdef',
      counter: 1,
    });
  });

  it('of a maker of his own is anything', () => {
    expect(parsed('E0008B658839')).toEqual({ kind: 'proprietary', payload: bytes('008b658839') });
    expect(parsed('FF')).toEqual({ kind: 'proprietary', payload: new Uint8Array() });
  });

  it.each([
    ['', 'lorawan.empty'],
    ['00', 'lorawan.length'],
    ['00393634633369', 'lorawan.length'],
    ['4000000000000000000000', 'lorawan.length'],
    ['400000000001000000000000', 'lorawan.options'],
    ['410000000000000000000000', 'lorawan.major'],
    ['2000', 'lorawan.length'],
    ['c0', 'lorawan.rejoin-type'],
    ['c003130000efcdab89674523010500aabbccdd', 'lorawan.rejoin-type'],
    ['c001130000efcdab89674523010500aabbccdd', 'lorawan.length'],
  ])('%s is %s', (hex, expected) => {
    expect(code(parsePhy(bytes(hex)))).toBe(expected);
  });

  it('of data is put together again from what was read, and no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
        const result = parsePhy(raw);
        if (!result.ok || result.value.kind !== 'data') return;
        const frame = result.value;
        const port = frame.port === undefined ? [] : [frame.port];
        expect(
          toHex(raw.subarray(0, 1)) +
            toHex(bytes(frame.devAddr).toReversed()) +
            toHex(raw.subarray(5, 6)) +
            toHex(Uint8Array.of(frame.counter & 0xff, frame.counter >> 8, ...frame.options, ...port)) +
            toHex(frame.payload) +
            toHex(frame.mic),
        ).toBe(toHex(raw));
      }),
      { numRuns: 500 },
    );
  });
});
