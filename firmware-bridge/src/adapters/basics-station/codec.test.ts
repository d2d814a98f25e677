import { fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '../../message.ts';
import { commandWire, eventWire } from './codec.ts';
import type { Proof, StationEvent } from './event.ts';
import { parseExact, writeExact } from './exact-json.ts';
import { framePartsOf } from './frame-parts.ts';
import { readIdentifier } from './identifier.ts';
import { redecode } from './redecode.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const PATH = 'wss://box:3001/EU868/router-b827ebfffe72e3bb';
const FROM = { gateway: 'b827ebfffe72e3bb', region: 'EU868' };

const PROOFS: readonly Proof[] = [
  { kind: 'none' },
  { kind: 'token' },
  { kind: 'certificate', eui: undefined },
  { kind: 'certificate', eui: 'b827ebfffe72e3bb' },
];
const UPDATE = {
  kind: 'update',
  gateway: '0000000000000001',
  cupsUri: 'https://h',
  tcUri: 'ws://h',
  cupsCrc: 1,
  tcCrc: 2 ** 32 - 1,
  origin: 'wss://box:3001',
} as const;

const frameOf = (json: string, topic = PATH): Uint8Array =>
  writeMessage({ topic, payload: new TextEncoder().encode(json) });

const decode = (frame: Uint8Array): StationEvent => {
  const [item, more] = eventWire.decode(frame);
  if (item?.result.ok !== true || more !== undefined) throw new Error('this is no one event');
  return item.result.value;
};

describe('whole numbers in JSON', () => {
  it('come and go exactly, whatever stands around them', () => {
    const numbers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(numbers, numbers, fc.string(), (xtime, rctx, text) => {
        const said = `{"xtime":${xtime},"text":${JSON.stringify(text)},"in":[${rctx},{"rctx":${rctx}}]}`;
        const read = parseExact(said) as {
          xtime: number | bigint;
          text: string;
          in: [number | bigint, unknown];
        };
        expect([BigInt(read.xtime), BigInt(read.in[0]), read.text]).toEqual([xtime, rctx, text]);
        expect(writeExact({ xtime, in: [rctx, { rctx }] })).toBe(
          `{"xtime":${xtime},"in":[${rctx},{"rctx":${rctx}}]}`,
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it('stay texts where they are texts, also with our own mark before them', () => {
    for (const text of ['67835476264584907', '\u000167835476264584907', '\u0001', '"67835476264584907"']) {
      expect(parseExact(JSON.stringify({ text }))).toEqual({ text });
    }
    expect(parseExact('[1.5, 67835476264584907, 1e3, -1]')).toEqual([1.5, 67_835_476_264_584_907n, 1000, -1]);
  });
});

describe('an identifier', () => {
  it.each([
    ['b827:ebff:fe72:e3bb', 'b827ebfffe72e3bb'],
    ['::1', '0000000000000001'],
    ['1::', '0001000000000000'],
    ['1::2:3', '0001000000020003'],
    ['B8-27-EB-FF-FE-72-E3-BB', 'b827ebfffe72e3bb'],
    ['B827EBFFFE72E3BB', 'b827ebfffe72e3bb'],
    [1, '0000000000000001'],
    [0xb827_ebff_fe72_e3bbn, 'b827ebfffe72e3bb'],
    ['1:2:3', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5', undefined],
    ['x', undefined],
    [-1, undefined],
    [2n ** 64n, undefined],
  ])('%s is %s', (text, expected) => {
    expect(readIdentifier(text)).toBe(expected);
  });
});

describe('a message of a station', () => {
  it.each(vectors.heard)('holds $what', ({ json, phy, xtime, rctx, says }) => {
    const frame = frameOf(json);
    const event = decode(frame);
    if (event.kind !== 'heard') throw new Error('it was not heard');
    expect(toHex(event.body.phy)).toBe(phy);
    expect([String(event.xtime), String(event.rctx)]).toEqual([xtime, rctx]);
    expect(event.body).toMatchObject({ kind: 'reception', direction: 'heard', ...says });
    expect(redecode(frame)).toEqual([event.body]);
  });

  it.each(vectors.refused)('is refused with one sentence: %s', (json) => {
    const result = eventWire.decode(frameOf(json))[0]?.result;
    expect(result).toMatchObject({ ok: false, fault: { kind: 'malformed', where: 'message' } });
  });

  it('asks for its way by any kind of identifier, and is known by its path alone after that', () => {
    expect(decode(frameOf('{"router":"::1"}', 'ws://10.0.0.1:3001/router-info'))).toEqual({
      kind: 'discover',
      gateway: '0000000000000001',
      router: '::1',
      origin: 'ws://10.0.0.1:3001',
    });
    expect(decode(frameOf('{"msgtype":"timesync","txtime":1}'))).toEqual({
      kind: 'timesync',
      from: FROM,
      txtime: 1n,
    });
    const elsewhere = eventWire.decode(frameOf('{"msgtype":"version"}', 'ws://box/elsewhere'))[0]?.result;
    expect(elsewhere).toMatchObject({ ok: false, fault: { words: 'came over no known path.' } });
  });

  it('comes back from what was written', () => {
    const [first] = vectors.heard;
    const heard = decode(frameOf(first?.json ?? ''));
    const events: StationEvent[] = [
      heard,
      { kind: 'discover', gateway: '0000000000000001', router: '::1', origin: 'ws://h' },
      ...PROOFS.map((proof): StationEvent => ({ ...UPDATE, proof })),
      { kind: 'timesync', from: FROM, txtime: 2n ** 52n + 1n },
      { kind: 'version', from: FROM, station: '2.0.6', model: 'rpi' },
      { kind: 'sent', from: FROM, diid: 7, frequencyHz: 868_100_000 },
      { kind: 'other', from: FROM, type: 'alarm' },
    ];
    for (const event of events) expect(decode(eventWire.encode(event))).toEqual(event);
    const command = { to: undefined, path: '/router-info', said: { router: '::1', n: 2n ** 60n } };
    expect(commandWire.decode(commandWire.encode(command))[0]?.result).toEqual({ ok: true, value: command });
    const update = { to: undefined, path: '/update-info', said: new Uint8Array(14) };
    expect(commandWire.decode(commandWire.encode(update))[0]?.result).toEqual({ ok: true, value: update });
  });

  it('of any bytes gives one item and no exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.json(), (noise, json) => {
        for (const frame of [noise, frameOf(json), frameOf(`{"msgtype":"updf","upinfo":${json}}`)]) {
          expect(eventWire.decode(frame)).toHaveLength(1);
          expect(commandWire.decode(frame)).toHaveLength(1);
          redecode(frame);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a frame that a station takes apart', () => {
  const header = fc.constantFrom(0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0);

  it('comes together again byte for byte, whatever it is', () => {
    const [first] = vectors.heard;
    const heard = decode(frameOf(first?.json ?? ''));
    if (heard.kind !== 'heard') throw new Error('it was not heard');
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.tuple(header, fc.uint8Array({ minLength: 22, maxLength: 22 })).map(([one, rest]) => [one, ...rest]),
      fc.tuple(header, fc.uint8Array({ minLength: 11, maxLength: 60 })).map(([one, rest]) => [one, ...rest]),
    );
    fc.assert(
      fc.property(bytes, fc.boolean(), (some, simulated) => {
        const phy = Uint8Array.from(some);
        const event: StationEvent = { ...heard, simulated, body: { ...heard.body, phy } };
        expect(decode(eventWire.encode(event))).toEqual(event);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['00f1f2f3f4f5f6f7f81122334455667788c0f1a0a1a2a3', 'jreq'],
    ['40abcdefff01f3f4ff202122a0a1a2a3', 'updf'],
    ['60f17dbe4920020001f9d65d27', 'dndf'],
    ['20386337ccbbaae7cd2c010000d9d0a6e7', 'jacc'],
    ['e0112233', 'propdf'],
    // Reserved bits, too short, options beyond the end: no station passes them on.
    ['44abcdefff01f3f4ff202122a0a1a2a3', undefined],
    ['40abcdef', undefined],
    ['40abcdefff0ff3f4a0a1a2a3', undefined],
    ['', undefined],
  ])('%s is told as %s', (phy, type) => {
    expect(framePartsOf(fromHex(phy) ?? new Uint8Array())?.['msgtype']).toBe(type);
  });
});
