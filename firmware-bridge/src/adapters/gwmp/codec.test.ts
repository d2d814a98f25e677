import { readFileSync } from 'node:fs';
import { concatBytes, fromHex, type ReceptionBody, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandWire, eventWire, writePush } from './codec.ts';
import type { GwmpEvent } from './event.ts';
import { redecode } from './redecode.ts';

const vectors = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8')) as readonly T[];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();

/** Bytes as hex and big numbers as text, so that it can be compared with what JSON can hold. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, each: unknown) =>
      each instanceof Uint8Array ? toHex(each) : typeof each === 'bigint' ? String(each) : each,
    ),
  );

const HEAD = hex('020102000102030405060708');
const push = (json: string | Uint8Array): Uint8Array =>
  concatBytes(HEAD, typeof json === 'string' ? bytesOf(json) : json);

const eventsOf = (bytes: Uint8Array): readonly GwmpEvent[] =>
  eventWire.decode(bytes).flatMap(({ result }) => (result.ok ? [result.value] : []));
const kindsOf = (bytes: Uint8Array): readonly string[] =>
  eventWire.decode(bytes).map(({ result }) => (result.ok ? result.value.kind : result.fault.code));
const whyOf = (json: string | Uint8Array): readonly string[] =>
  eventsOf(push(json)).flatMap((event) => (event.kind === 'bad' ? [event.fault.words] : []));

const FRAME =
  '{"tmst":1,"freq":868.1,"stat":1,"modu":"LORA","datr":"SF7BW125","codr":"4/5","rssi":-35,"lsnr":5,"size":3,"data":"AQID"}';
const frame = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(FRAME) as object), ...change });

describe('datagrams of gateways', () => {
  interface Vector {
    readonly what: string;
    readonly hex: string;
    readonly json?: string;
    readonly says: readonly object[];
  }

  it.each(vectors<Vector>('datagrams'))('says what it should: $what', ({ hex: head, json = '', says }) => {
    const items = eventWire.decode(concatBytes(hex(head), bytesOf(json)));
    expect(plain(items.map(({ result }) => (result.ok ? result.value : result.fault)))).toMatchObject(says);
    for (const { raw, result } of items) {
      if (!result.ok || (result.value.kind !== 'heard' && result.value.kind !== 'stat')) continue;
      expect(redecode(raw)).toEqual(result.value.bodies);
    }
  });

  it('notices two clocks of one frame that disagree', () => {
    const [heard] = eventsOf(
      push(`{"rxpk":[${frame({ time: '2020-10-02T09:30:52.592567Z', tmms: 1_285_666_271_592 })}]}`),
    );
    expect(heard).toMatchObject({ kind: 'heard', clockDisagrees: true });
  });

  it.each([
    ['2024-02-29T12:00:00.123456789Z', 1_709_208_000_123_456_789n],
    ['2024-02-29T14:00:00+02:00', 1_709_208_000_000_000_000n],
    ['2024-02-29 12:00:00 GMT', 1_709_208_000_000_000_000n],
    ['2023-02-29T12:00:00Z', undefined],
    ['1999-08-22T00:00:00Z', undefined],
    ['9999-12-31T23:59:59Z', undefined],
    ['soon', undefined],
  ])('knows when %s is', (time, gatewayTime) => {
    expect(eventsOf(push(`{"rxpk":[${frame({ time })}]}`))[0]).toMatchObject({ bodies: [{ gatewayTime }] });
  });

  it('keeps the exact bytes of each item, alone in a datagram of its own', () => {
    const [first, second] = eventWire.decode(push(`{ "rxpk" : [ ${FRAME} , {"data" : 7} ] }`));
    expect(new TextDecoder().decode(first?.raw.subarray(12))).toBe(`{"rxpk":[${FRAME}]}`);
    expect(toHex(first?.raw.subarray(0, 12) ?? HEAD)).toBe(toHex(HEAD));
    expect(new TextDecoder().decode(second?.raw.subarray(12))).toBe('{"rxpk":[{"data" : 7}]}');
  });

  it.each([
    ['nothing that is no base64', { data: 'AQ!D' }, 'no base64'],
    ['a size that is another', { size: 4 }, 'not as many bytes'],
    ['no data', { data: null }, 'has no data'],
    ['a rate that no radio has', { datr: 'SF13BW125' }, 'no rate'],
    ['a frequency that is none', { freq: 'x' }, 'no frequency'],
    ['a counter of 33 bits', { tmst: 2 ** 32 }, '32-bit'],
    ['a CRC status of its own', { stat: 2 }, 'CRC status'],
    ['a signal hotter than the sun', { rssi: 500 }, 'strengths'],
    ['a list of antennas with a number', { rsig: [1] }, 'strengths'],
  ])('puts aside %s and reads its siblings', (_, change, words) => {
    const bytes = push(`{"rxpk":[${FRAME},${frame(change)},${FRAME}],"stat":{"rxnb":1}}`);
    expect(kindsOf(bytes)).toEqual(['heard', 'bad', 'heard', 'stat', 'push']);
    expect(eventsOf(bytes)[1]).toMatchObject({ fault: { words: expect.stringContaining(words) as string } });
  });

  it('reads on after an item that is no JSON, and up to where a datagram is cut off', () => {
    expect(kindsOf(push(`{"rxpk":[${FRAME},{"tmst":NaN},${FRAME}]}`))).toEqual([
      'heard',
      'bad',
      'heard',
      'push',
    ]);
    expect(kindsOf(push(`{"rxpk":[${FRAME},${FRAME.slice(0, 30)}`))).toEqual(['heard', 'bad', 'push']);
    expect(kindsOf(push(`{"rxpk":[${FRAME}],"stat":{"rxnb":3}`))).toEqual(['heard', 'stat', 'bad', 'push']);
    expect(kindsOf(push(`{"rxpk":[${FRAME}]}x`))).toEqual(['heard', 'bad', 'push']);
    expect(kindsOf(push('{"rxpk":7}'))).toEqual(['bad', 'push']);
    expect(kindsOf(push('{"rxpk":null,"stat":null}'))).toEqual(['push']);
    expect(kindsOf(push(''))).toEqual(['push']);
  });

  it('bears bytes that are no UTF-8 in what vendors add', () => {
    const text = bytesOf(`{"stat":{"desc":"caf?","rxnb":4}}`);
    text[text.indexOf(0x3f)] = 0xe9;
    expect(eventsOf(push(text))[0]).toMatchObject({ kind: 'stat', stat: { received: 4 } });
  });

  it('limits depth, items and length', () => {
    expect(
      whyOf(`{"rxpk":[${frame({ meta: JSON.parse(`${'['.repeat(9)}${']'.repeat(9)}`) as object })}]}`),
    ).toEqual(['an item nests deeper than 8.']);
    expect(whyOf(`{"rxpk":[${frame({ desc: 'x'.repeat(17_000) })}]}`)).toEqual([
      'an item is longer than 16 KiB.',
    ]);
    expect(kindsOf(push(`{"a":${'['.repeat(60_000)}`))).toEqual(['push']);
    expect(kindsOf(push(`{"rxpk":[${Array(300).fill('1').join()}]}`))).toHaveLength(256 + 2);
    expect(kindsOf(new Uint8Array(70_000).fill(2))).toEqual(['gwmp.long']);
  });

  it('knows what it cannot read', () => {
    expect(kindsOf(hex('02'))).toEqual(['gwmp.short']);
    expect(kindsOf(hex('02000002'))).toEqual(['gwmp.short']);
    expect(kindsOf(hex('03000002'))).toEqual(['gwmp.version']);
    expect(kindsOf(hex('02000001'))).toEqual(['other']);
    expect(kindsOf(hex('020000090102030405060708'))).toEqual(['other']);
  });

  it('never throws, whatever comes, and every item says again what it said', () => {
    const json = fc.oneof(
      fc.json({ maxDepth: 4 }).map((text) => `{"rxpk":[${text},${FRAME}],"stat":${text}}`),
      fc.tuple(fc.nat(400), fc.nat(255)).map(([at, code]) => {
        const text = `{"rxpk":[${FRAME},${FRAME}],"stat":{"rxnb":1}}`;
        return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      }),
    );
    const datagram = fc.oneof(fc.uint8Array({ maxLength: 80 }), json.map(push));
    fc.assert(
      fc.property(datagram, (bytes) => {
        for (const { raw, result } of eventWire.decode(bytes)) {
          if (!result.ok || (result.value.kind !== 'heard' && result.value.kind !== 'stat')) continue;
          expect(redecode(raw)).toEqual(result.value.bodies);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('what the simulator writes', () => {
  const body: fc.Arbitrary<ReceptionBody> = fc.record({
    kind: fc.constant('reception' as const),
    direction: fc.constant('heard' as const),
    gateway: fc.constant(hex('0102030405060708')),
    phy: fc.uint8Array({ maxLength: 255 }),
    crc: fc.constantFrom('ok', 'bad', 'none', 'unknown'),
    frequencyHz: fc.option(fc.integer({ min: 1, max: 2_500_000_000 }), { nil: undefined }),
    modulation: fc.oneof(
      fc.record({
        kind: fc.constant('lora' as const),
        spreadingFactor: fc.integer({ min: 5, max: 12 }),
        bandwidthHz: fc.constantFrom(7_800, 62_500, 125_000, 250_000, 500_000, 812_000),
        codingRate: fc.constantFrom('4/5', '4/8', '4/5LI', 'OFF', ''),
      }),
      fc.record({
        kind: fc.constant('fsk' as const),
        bitsPerSecond: fc.integer({ min: 1, max: 1_000_000 }),
        deviationHz: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
      }),
      fc.record({
        kind: fc.constant('lr-fhss' as const),
        codingRate: fc.constantFrom('1/3', '1/2', '2/3', '5/6'),
        widthHz: fc.constantFrom(137_000, 336_000, 1_523_000),
        gridSteps: fc.option(fc.nat(65_535), { nil: undefined }),
      }),
      fc.constant(undefined),
    ),
    rssiDeciDbm: fc.option(fc.integer({ min: -3_000, max: 1_000 }), { nil: undefined }),
    signalRssiDeciDbm: fc.option(fc.integer({ min: -3_000, max: 1_000 }), { nil: undefined }),
    snrDeciDb: fc.option(fc.integer({ min: -1_000, max: 1_000 }), { nil: undefined }),
    powerDeciDbm: fc.constant(undefined),
    tmst: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
    gatewayTime: fc.option(fc.bigInt({ min: 1_262_304_000_000_000_000n, max: 4_000_000_000_000_000_000n }), {
      nil: undefined,
    }) as fc.Arbitrary<ReceptionBody['gatewayTime']>,
    fineNs: fc.option(fc.nat(999_999_999), { nil: undefined }),
    frequencyOffsetHz: fc.option(fc.integer({ min: -10_000_000, max: 10_000_000 }), { nil: undefined }),
    channel: fc.option(fc.nat(65_535), { nil: undefined }),
    rfChain: fc.option(fc.nat(65_535), { nil: undefined }),
    antenna: fc.option(fc.nat(65_535), { nil: undefined }),
    location: fc.constant(undefined),
  });

  it('is read as what was meant', () => {
    const from = { version: 2 as const, token: 0xabcd, eui: '0102030405060708' };
    fc.assert(
      fc.property(fc.array(body, { maxLength: 3 }), fc.boolean(), (bodies, simulated) => {
        const frames = bodies.map((each) => ({ bodies: [each] }));
        const heard = eventsOf(writePush({ from, frames, simulated })).filter(({ kind }) => kind === 'heard');
        expect(heard).toEqual(
          frames.map((each) => ({ kind: 'heard', from, ...each, simulated, clockDisagrees: false })),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('gives every event back that it can say alone', () => {
    const from = { version: 1 as const, token: 7, eui: 'fffefdfcfbfaf9f8' };
    const ack = { error: 'TOO_LATE', warning: undefined, powerDbm: undefined, tmst: undefined };
    for (const event of [
      { kind: 'pull', from },
      { kind: 'push', from },
      { kind: 'tx-ack', from, ack },
      { kind: 'tx-ack', from, ack: { ...ack, error: undefined } },
    ] as const) {
      expect(eventsOf(eventWire.encode(event))).toEqual([event]);
    }
  });
});

describe('datagrams of servers', () => {
  interface Vector {
    readonly what: string;
    readonly head: string;
    readonly json: string;
    readonly item: object;
  }

  it.each(vectors<Vector>('transmissions'))('are read and written: $what', ({ head, json, item }) => {
    const [read] = commandWire.decode(concatBytes(hex(head), bytesOf(json)));
    if (read === undefined || !read.result.ok) throw new Error('not read');
    const command = read.result.value;
    expect(plain(command)).toMatchObject({ kind: 'pull-resp', item });
    const written = commandWire.encode(command);
    expect(toHex(written.subarray(0, 4))).toBe(head);
    const stated = Object.entries((JSON.parse(json) as { txpk: object }).txpk).filter(
      ([name, value]) => value !== null && name !== 'ant' && name !== 'brd',
    );
    expect(JSON.parse(new TextDecoder().decode(written.subarray(4)))).toEqual({
      txpk: Object.fromEntries(stated),
    });
  });

  it('acknowledge with the token that was given', () => {
    expect(toHex(commandWire.encode({ kind: 'push-ack', version: 2, token: 0xabcd, to: undefined }))).toBe(
      '02abcd01',
    );
    expect(toHex(commandWire.encode({ kind: 'pull-ack', version: 1, token: 3, to: undefined }))).toBe(
      '01000304',
    );
  });
});
