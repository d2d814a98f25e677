import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex } from '../../words/index.ts';
import { aesCmac } from './cmac.ts';
import { dataMicHolds, openJoinAccept, requestMicHolds } from './mic.ts';

const bytes = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (read === undefined) throw new Error(hex);
  return read;
};

/** One bit of each byte turned over, one after the other. */
const bitten = (frame: Uint8Array): readonly Uint8Array[] =>
  Array.from(frame, (_, at) => frame.map((byte, i) => (i === at ? byte ^ 0x10 : byte)));

describe('the MIC of a data frame', () => {
  // lora-packet __tests__ (MIT).
  it.each([
    ['40F17DBE4900020001954378762B11FF0D', '44024241ed4ce9a68c6a8bc055233fd3', 2],
    ['40F17DBE49000300012A3518AF', '44024241ed4ce9a68c6a8bc055233fd3', 3],
    ['60f17dbe4920020001f9d65d27', '44024241ed4ce9a68c6a8bc055233fd3', 2],
    ['4006DC00FCC07400000244925050', '581c4d08ef04cda30b1fef7a8b2c74b8', 0x74],
    ['40F7EC10E081000002015A171220B0C6D6470FC3', '17da125f3d55b28cc16a8111bd1d6c0b', 0],
  ])('%s holds by its key and counter, and nothing else does', (hex, key, counter) => {
    const keys = { version: '1.0', nwkSKey: bytes(key) } as const;
    const frame = bytes(hex);
    expect(dataMicHolds(frame, keys, counter)).toBe(true);
    expect(dataMicHolds(frame, keys, counter + 0x10000)).toBe(false);
    // A bit of the MType among them turns up into down, a bit of the address names another device.
    expect(bitten(frame).filter((wrong) => dataMicHolds(wrong, keys, counter))).toEqual([]);
  });

  it('of LoRaWAN 1.1 binds an uplink to its data rate and channel', () => {
    const frame = bytes('40736310e080000000c86c36165131');
    const keys = {
      version: '1.1',
      fNwkSIntKey: bytes('e163635133105cc690cb2d57ba9c31b9'),
      sNwkSIntKey: bytes('05ec7c795b2f0b5bcdfa710db52b9d8f'),
    } as const;
    const context = { dataRate: 0, channel: 1, acknowledges: 0 };
    expect(dataMicHolds(frame, keys, 0, context)).toBe(true);
    expect(dataMicHolds(frame, keys, 0)).toBe(false);
    expect(dataMicHolds(frame, keys, 0, { ...context, dataRate: 1 })).toBe(false);
    expect(dataMicHolds(frame, keys, 0, { ...context, acknowledges: 1 })).toBe(false);
    expect(dataMicHolds(frame, { ...keys, sNwkSIntKey: keys.fNwkSIntKey }, 0, context)).toBe(false);
    expect(dataMicHolds(frame, { version: '1.0', nwkSKey: keys.fNwkSIntKey }, 0)).toBe(false);
  });

  it('of LoRaWAN 1.1 has a downlink by one key, bound to what it acknowledges', () => {
    const sNwkSIntKey = bytes('05ec7c795b2f0b5bcdfa710db52b9d8f');
    const front = bytes('60736310e0200700');
    // B0 of LoRaWAN 1.1 §4.4.1 written out: ConfFCnt 258, down, address, counter 7, length 8.
    const block = bytes('490201000001736310e0070000000008');
    const frame = concatBytes(front, aesCmac(sNwkSIntKey, concatBytes(block, front)).subarray(0, 4));
    const keys = { version: '1.1', fNwkSIntKey: new Uint8Array(16), sNwkSIntKey } as const;
    expect(dataMicHolds(frame, keys, 7, { dataRate: 9, channel: 9, acknowledges: 258 })).toBe(true);
    expect(dataMicHolds(frame, keys, 7)).toBe(false);
  });
});

describe('the MIC of a join', () => {
  it('holds for the request by the application’s key', () => {
    const frame = bytes('0039363463336913AA05693574323831330489C65B1304');
    const key = bytes('98929b92c49edba9676d646d3b612456');
    expect(requestMicHolds(frame, key)).toBe(true);
    expect(bitten(frame).filter((wrong) => requestMicHolds(wrong, key))).toEqual([]);
  });

  const key = bytes('98929b92c49edba9676d646d3b612456');
  const sealed = (clear: Uint8Array, mic: Uint8Array): Uint8Array => {
    const platform = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return concatBytes(clear.subarray(0, 1), platform.update(concatBytes(clear.subarray(1), mic)));
  };
  const fields = '376338' + '130000' + 'e7cd2c01' + '23' + '05';

  it('opens an accept that the platform’s AES sealed', () => {
    for (const list of ['', '184f84e85684b85e84886684586e8400']) {
      const clear = bytes(`20${fields}${list}`);
      const frame = sealed(clear, aesCmac(key, clear).subarray(0, 4));
      expect(openJoinAccept(frame, key)).toEqual({
        ok: true,
        value: {
          joinNonce: '386337',
          netId: '000013',
          devAddr: '012ccde7',
          optNeg: false,
          rx1DataRateOffset: 2,
          rx2DataRate: 3,
          rxDelayS: 5,
          channelList: bytes(list),
        },
      });
      expect(bitten(frame).filter((wrong) => openJoinAccept(wrong, key).ok)).toEqual([]);
      expect(openJoinAccept(frame, new Uint8Array(16))).toMatchObject({
        fault: { kind: 'untrusted', code: 'lorawan.join-accept-mic' },
      });
    }
  });

  it('binds an accept of LoRaWAN 1.1 to the request it answers', () => {
    const jsIntKey = bytes('05ec7c795b2f0b5bcdfa710db52b9d8f');
    const clear = bytes(`20${fields.replace('0123', '01a3')}`);
    const front = bytes('ff' + '39363463336913aa' + '0489');
    const frame = sealed(clear, aesCmac(jsIntKey, concatBytes(front, clear)).subarray(0, 4));
    const answered = {
      jsIntKey,
      joinRequestType: 0xff,
      joinEui: bytes('39363463336913aa'),
      devNonce: 0x8904,
    };
    expect(openJoinAccept(frame, key, answered)).toMatchObject({ ok: true, value: { optNeg: true } });
    expect(openJoinAccept(frame, key, { ...answered, devNonce: 1 }).ok).toBe(false);
    expect(openJoinAccept(frame, key).ok).toBe(false);
  });
});
