import { describe, expect, it } from 'vitest';
import { fromHex, type Result } from '../../words/index.ts';
import type { Given, Message, ValueOf } from './field.ts';
import type { Looked } from './given.ts';
import {
  CONN_STATE,
  DOWNLINK_FRAME,
  GATEWAY_CONFIGURATION,
  GATEWAY_STATS,
  readGw,
  UPLINK_FRAME,
  UPLINK_RX_INFO,
  writeGw,
} from './index.ts';
import { randomValues, seeded } from './testing/random-value.ts';

const hex = (text: string): Uint8Array => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const taken = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};
const wordsOf = (result: Result<unknown>): string => (result.ok ? 'no fault' : result.fault.words);

describe('protobuf from others', () => {
  it('passes over fields that the table does not have, of each wire type', () => {
    const unknown = hex('f80701 f9070102030405060708 fa0703aabbcc fd0701020304');
    const known = writeGw(CONN_STATE, { gatewayId: 'aa', state: 'ONLINE' }, 'protobuf');
    const both = taken(readGw(CONN_STATE, Uint8Array.from([...unknown, ...known, ...unknown])));
    expect(both).toEqual(taken(readGw(CONN_STATE, known)));
  });

  it('passes over a known field that comes as another wire type', () => {
    expect(taken(readGw(CONN_STATE, hex('1001 1203aabbcc'))).state).toBe('ONLINE');
  });

  it('takes the last of a oneof, joins a message that comes twice, and takes lists packed and not', () => {
    const timing = hex('2a0e 1a0c 320a 0a00 1206 0a04 0801 1000');
    const item = taken(readGw(DOWNLINK_FRAME, timing)).items[0];
    expect(item?.txInfo?.timing).toEqual({
      immediately: undefined,
      delay: { delay: 1_000_000_000n },
      gpsEpoch: undefined,
    });
    const twice = taken(readGw(UPLINK_FRAME, hex('2202 0801 2206 1204 1a02 1007')));
    expect(twice.txInfo?.frequency).toBe(1);
    expect(twice.txInfo?.modulation?.lora?.spreadingFactor).toBe(7);
    const channels = taken(readGw(GATEWAY_CONFIGURATION, hex('1a0c 1a0a 1007 12020809 100a 1800')));
    expect(channels.channels[0]?.loraModulationConfig?.spreadingFactors).toEqual([7, 8, 9, 10]);
  });

  it.each([
    ['08', 'ends within a number.'],
    ['0affffffffffffffffffff01', 'holds a number of more than 10 B.'],
    ['1a05aa', 'ends within a field.'],
    ['1a01ff', 'holds a text that is no UTF-8.'],
    ['0001', 'holds a field with no possible number.'],
    ['fb07', 'holds a field of wire type 3.'],
    ['f9070102', 'ends within a field.'],
  ])('refuses %s: it %s', (bytes, words) => {
    expect(wordsOf(readGw(CONN_STATE, hex(bytes)))).toBe(words);
  });

  it('refuses a moment that no calendar has, and adds nanoseconds that are more than a second', () => {
    expect(wordsOf(readGw(UPLINK_RX_INFO, hex('1a0a 08ffffffffffffffff7f')))).toBe(
      'holds a timestamp out of range.',
    );
    const late = taken(readGw(UPLINK_RX_INFO, hex('2a08 0801 10bbaee4d604')));
    expect(late.fineTimeSinceGpsEpoch).toBe(1_000_000_000n + 1_255_741_243n);
  });
});

describe('protojson from others', () => {
  it('takes names of the schema, numbers as texts, enumerations by number, url-safe bytes and null', () => {
    const read = taken(
      readGw(
        UPLINK_FRAME,
        json({
          phy_payload: '-_8',
          tx_info: { frequency: '868100000', modulation: null },
          rxInfo: { snr: '-5.5', crcStatus: 2, gwTime: '2026-11-24T10:00:00+02:00', of_later: [1] },
        }),
      ),
    );
    expect(read.phyPayload).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(read.txInfo).toEqual({ frequency: 868_100_000, modulation: undefined });
    expect(read.rxInfo).toMatchObject({ snr: -5.5, crcStatus: 'CRC_OK' });
    expect(read.rxInfo?.gwTime).toBe(BigInt(Date.UTC(2026, 10, 24, 8)) * 1_000_000n);
  });

  it('takes what is no number or has no end, in both encodings', () => {
    for (const snr of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const encoding of ['protobuf', 'json'] as const) {
        expect(taken(readGw(UPLINK_RX_INFO, writeGw(UPLINK_RX_INFO, { snr }, encoding))).snr).toBe(snr);
      }
    }
  });

  it('keeps a key that objects have by themselves', () => {
    const sent: ValueOf<typeof GATEWAY_STATS> = {
      ...GATEWAY_STATS.empty(),
      metadata: new Map([['__proto__', 'constructor']]),
    };
    for (const encoding of ['protobuf', 'json'] as const) {
      expect(taken(readGw(GATEWAY_STATS, writeGw(GATEWAY_STATS, sent, encoding)))).toEqual(sent);
    }
  });

  it.each([
    [{ txInfo: { frequency: -1 } }],
    [{ txInfo: { frequency: 1.5 } }],
    [{ txInfo: { frequency: '0x10' } }],
    [{ txInfo: { modulation: { lora: {}, fsk: {} } } }],
    [{ txInfo: [] }],
    [{ phyPayload: 'a' }],
    [{ phyPayload: 'ab=c' }],
    [{ rxInfo: { gwTime: '2026-02-30T00:00:00Z' } }],
    [{ rxInfo: { timeSinceGpsEpoch: '1' } }],
    [{ rxInfo: { snr: 1e39 } }],
    [{ rxInfo: { crcStatus: 'FINE' } }],
    [{ rxInfo: { metadata: { a: 1 } } }],
    [{ rxInfo: { gatewayId: 1 } }],
  ])('refuses %j', (value) => {
    expect(wordsOf(readGw(UPLINK_FRAME, json(value)))).toBe('has a field that its schema does not allow.');
  });

  it('refuses what only begins like JSON', () => {
    expect(wordsOf(readGw(UPLINK_FRAME, new TextEncoder().encode('{"phyPayload":')))).toBe('is no JSON.');
  });
});

describe('writing', () => {
  it('gives a value that its field cannot hold back to whoever made it', () => {
    expect(() => writeGw(UPLINK_FRAME, { txInfo: { frequency: -1 } }, 'protobuf')).toThrow(RangeError);
    expect(() => writeGw(UPLINK_FRAME, { txInfo: { frequency: 0.5 } }, 'json')).toThrow(RangeError);
    expect(() => writeGw(UPLINK_RX_INFO, { gwTime: 2n ** 70n }, 'json')).toThrow(RangeError);
  });
});

describe('damage', () => {
  const kinds = [UPLINK_FRAME, GATEWAY_STATS, DOWNLINK_FRAME] as Message<unknown>[] as Message<Looked>[];

  it.each(kinds)('of a $name ends in a value or one sentence, never in an exception', (message) => {
    const random = randomValues(seeded(7));
    for (let i = 0; i < 300; i += 1) {
      const encoding = i % 2 === 0 ? 'protobuf' : 'json';
      const whole = writeGw(message, random.message(message) as Given<Looked>, encoding);
      const cut = whole.slice(0, random.upTo(whole.length));
      const flipped = Uint8Array.from(whole);
      flipped[random.upTo(whole.length)] = random.upTo(256);
      const noise = Uint8Array.from({ length: 40 }, () => random.upTo(256));
      for (const bytes of [cut, flipped, noise]) {
        const read = readGw(message, bytes);
        if (read.ok)
          expect(readGw(message, writeGw(message, read.value as Given<Looked>, 'protobuf')).ok).toBe(true);
        else expect(read.fault).toMatchObject({ kind: 'malformed', where: message.name });
      }
    }
  });
});
