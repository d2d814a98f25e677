import {
  type DownlinkFrame,
  downlinkItems,
  UPLINK_FRAME,
  writeDownlink,
  writeGw,
} from '@outpost/schemas/radio/gw';
import {
  type Body,
  fromHex,
  type Modulation,
  type ReceptionBody,
  toHex,
  wallNs,
} from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage, writeMessage } from '../../message.ts';
import { chirpstackCodec, commandWire, eventWire, MESSAGE_MAX_BYTES } from './codec.ts';
import type { GwEvent } from './event.ts';
import { redecode } from './redecode.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();
const payloadOf = (vector: { hex?: string; json?: unknown }): Uint8Array =>
  vector.hex === undefined ? new TextEncoder().encode(JSON.stringify(vector.json)) : hex(vector.hex);

const decode = (frame: Uint8Array): GwEvent => {
  const [item, more] = eventWire.decode(frame);
  if (item?.result.ok !== true || more !== undefined) throw new Error('this is no one event');
  return item.result.value;
};
const wordsOf = (topic: string, payload: Uint8Array): string => {
  const result = eventWire.decode(writeMessage({ topic, payload }))[0]?.result;
  return result?.ok === false ? result.fault.words : 'no fault';
};

/** As the vectors write it. */
const plain = (body: Body): unknown => {
  if (body.kind !== 'reception') return body;
  const { gateway, phy, gatewayTime, kind, ...rest } = body;
  const second = gatewayTime === undefined ? undefined : Number(gatewayTime / 1_000_000n);
  const at = second === undefined ? undefined : new Date(second).toISOString().replace('.000', '');
  return { ...rest, kind, phy: toHex(phy), gateway: toHex(gateway ?? hex('')), gatewayTime: at };
};

describe('a message of a gateway', () => {
  it.each(vectors.events)('$what says what it says', ({ topic, says, ...vector }) => {
    const { reception, numbers, position, kind, ...rest } = says;
    const event = decode(writeMessage({ topic, payload: payloadOf(vector) }));
    expect(event).toMatchObject({ ...rest, kind, from: { gateway: '0102030405060708' } });
    expect(event.from.prefix).toBe(topic.startsWith('eu868/') ? 'eu868/' : '');
    const bodies = 'bodies' in event ? event.bodies : [];
    if (reception !== undefined) {
      expect(bodies.map(plain)).toEqual([expect.objectContaining({ kind: 'reception', ...reception })]);
    }
    if (position !== undefined) {
      const counts = (numbers ?? []).map(([signal, mantissa]) => ({ kind: 'number', signal, mantissa }));
      const said = [...counts, { kind: 'position', ...position }];
      expect(bodies).toEqual(said.map((each) => expect.objectContaining(each)));
    }
  });

  it.each([
    ['gateway/0102030405060708/event', 'topic'],
    ['gateway/01020304050607/event/up', 'topic'],
    ['gateway/0102030405060708/other/up', 'topic'],
    ['gateway/01020304050607AA/event/up', 'topic'],
  ])('under %s has no %s of a gateway', (topic) => {
    expect(wordsOf(topic, new Uint8Array())).toContain('is under a topic that is none of a gateway');
  });

  it('must name the gateway of its topic', () => {
    for (const { topic, ...vector } of vectors.events) {
      const other = topic.replace('0102030405060708', '0102030405060709');
      expect(wordsOf(other, payloadOf(vector))).toBe('names another gateway than its topic does.');
    }
  });

  it('that is too long, damaged or says what no radio measures is quarantined with one sentence', () => {
    const up = 'gateway/0102030405060708/event/up';
    expect(wordsOf(up, new Uint8Array(MESSAGE_MAX_BYTES))).toBe('is longer than 65536 B.');
    expect(wordsOf(up, hex('0a'))).toContain('ends within');
    expect(wordsOf(up, new Uint8Array())).toBe('an uplink does not say how it was heard.');
    const uplink = (rxInfo: object, txInfo: object = {}) =>
      wordsOf(up, writeGw(UPLINK_FRAME, { phyPayload: Uint8Array.of(1), txInfo, rxInfo }, 'protobuf'));
    expect(uplink({ rssi: 101 })).toBe('a frame has strengths that no radio measures.');
    expect(uplink({ snr: Number.NaN })).toBe('a frame has strengths that no radio measures.');
    expect(uplink({}, { modulation: { lora: { spreadingFactor: 4, bandwidth: 1 } } })).toBe(
      'a frame was sent at no rate that radios have.',
    );
  });

  it('of another kind is passed over, and of any bytes gives one item and no exception', () => {
    expect(
      decode(writeMessage({ topic: 'gateway/0102030405060708/event/mesh', payload: hex('ff') })),
    ).toMatchObject({
      kind: 'other',
      what: 'event/mesh',
    });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom('up', 'stats', 'ack'),
        (payload, name) => {
          const frame = writeMessage({ topic: `gateway/0102030405060708/event/${name}`, payload });
          expect(chirpstackCodec.event.decode(frame)).toHaveLength(1);
          expect(chirpstackCodec.event.decode(payload)).toHaveLength(1);
          expect(chirpstackCodec.command.decode(frame)).toHaveLength(1);
          redecode(frame);
          redecode(payload);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const open = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const modulations: fc.Arbitrary<Modulation> = fc.oneof(
  fc.record({
    kind: fc.constant('lora' as const),
    spreadingFactor: fc.integer({ min: 5, max: 12 }),
    bandwidthHz: fc.constantFrom(125_000, 500_000),
    codingRate: fc.constantFrom('', '4/5', '4/8', '4/6LI'),
  }),
  fc.record({
    kind: fc.constant('fsk' as const),
    bitsPerSecond: fc.integer({ min: 1, max: 300_000 }),
    deviationHz: open(fc.integer({ min: 1, max: 200_000 })),
  }),
  fc.record({
    kind: fc.constant('lr-fhss' as const),
    codingRate: fc.constantFrom('1/3' as const, '1/2' as const, '2/3' as const, '5/6' as const),
    widthHz: fc.constantFrom(137_000, 1_523_000),
    gridSteps: open(fc.integer({ min: 1, max: 52 })),
  }),
);

const receptions: fc.Arbitrary<ReceptionBody> = fc
  .record({
    modulation: modulations,
    phy: fc.uint8Array({ minLength: 1, maxLength: 255 }),
    crc: fc.constantFrom('ok' as const, 'bad' as const, 'none' as const),
    tmst: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    rssi: fc.integer({ min: -150, max: 0 }),
    snrDeciDb: fc.integer({ min: -250, max: 150 }),
    gatewayTime: open(fc.bigInt({ min: 1_262_304_000n * 10n ** 9n, max: 2n ** 62n }).map(wallNs)),
  })
  .map(({ rssi, snrDeciDb, ...rest }) => ({
    kind: 'reception',
    direction: 'heard',
    gateway: hex('0102030405060708'),
    frequencyHz: 868_100_000,
    rssiDeciDbm: rssi * 10 + 0,
    signalRssiDeciDbm: undefined,
    snrDeciDb: rest.modulation.kind === 'lora' ? snrDeciDb : undefined,
    powerDeciDbm: undefined,
    fineNs: undefined,
    frequencyOffsetHz: undefined,
    channel: 1,
    rfChain: 0,
    antenna: 1,
    location: undefined,
    ...rest,
  }));

describe('what is written', () => {
  it('comes back in both encodings, and says the same to whoever only has the raw bytes', () => {
    fc.assert(
      fc.property(receptions, fc.constantFrom('protobuf' as const, 'json' as const), (body, encoding) => {
        const from = { gateway: '0102030405060708', prefix: 'eu868/', encoding };
        const event: GwEvent = { kind: 'heard', from, bodies: [body], simulated: true, counts: true };
        const frame = eventWire.encode(event);
        expect(decode(frame)).toEqual(event);
        expect(redecode(frame)).toEqual([body]);
      }),
      { numRuns: 200 },
    );
  });

  it('is a downlink byte for byte as the published package writes it', () => {
    const { command } = vectors;
    const frame = writeMessage({ topic: command.topic, payload: hex(command.hex) });
    const [item] = commandWire.decode(frame);
    if (item?.result.ok !== true) throw new Error('this is no command');
    expect(toHex(commandWire.encode(item.result.value))).toBe(toHex(frame));
    const items = downlinkItems(item.result.value.frame as DownlinkFrame);
    expect(items).toMatchObject({ ok: true, value: [{ at: { kind: 'count', tmst: command.tmst } }] });
    if (!items.ok) return;
    const again = commandWire.encode({
      to: item.result.value.to,
      frame: writeDownlink('0102030405060708', 1234, items.value),
    });
    const read = commandWire.decode(again)[0]?.result;
    expect(read?.ok === true && downlinkItems(read.value.frame as DownlinkFrame)).toEqual(items);
    expect(readMessage(again)).toMatchObject({ ok: true, value: { topic: command.topic } });
  });

  it('gives a downlink its time modulo the 2^32 µs of the counter', () => {
    const at = (context: string, delay: bigint) => {
      const read = commandWire.decode(
        writeMessage({ topic: vectors.command.topic, payload: hex(vectors.command.hex) }),
      )[0]?.result;
      if (read?.ok !== true) throw new Error('this is no command');
      const frame = read.value.frame as DownlinkFrame;
      const items = frame.items.map((each) => ({
        ...each,
        txInfo: each.txInfo && {
          ...each.txInfo,
          context: hex(context),
          timing: { immediately: undefined, gpsEpoch: undefined, delay: { delay } },
        },
      }));
      return downlinkItems({ ...frame, items });
    };
    expect(at('ffffffff', 1_000_000_000n)).toMatchObject({ value: [{ at: { tmst: 999_999 } }] });
    expect(at('000004d2', 0n)).toMatchObject({ value: [{ at: { tmst: 1_234 } }] });
    expect(at('00000000000004d2', 0n)).toMatchObject({ ok: false });
  });
});
