import { asciiBytes, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MeshtasticEvent, meshtasticCodec } from './codec.ts';
import { redecode } from './index.ts';
import type { MeshPacket } from './packet.ts';
import vectors from './vectors/frames.json' with { type: 'json' };

const { event: wire, command } = meshtasticCodec;
const NOTHING = new Uint8Array(0);
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? NOTHING;

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part)));

/** What comes out of the chunks: frames in hex, and how many bytes were thrown away. */
const cutAll = (chunks: readonly Uint8Array[]) => {
  let tail: Uint8Array = NOTHING;
  let discarded = 0;
  const frames = chunks.flatMap((chunk) => {
    const cut = wire.cut(tail, chunk);
    ({ tail } = cut);
    discarded += cut.discardedBytes;
    expect(tail.length).toBeLessThanOrEqual(wire.tailMaxBytes);
    return cut.frames.map(toHex);
  });
  return { frames, discarded, tail: toHex(tail) };
};

/** Whether every one of `wanted` is found, in their order. */
const inOrder = (wanted: readonly string[], found: readonly string[]): boolean => {
  let next = 0;
  for (const one of found) if (one === wanted[next]) next += 1;
  return next === wanted.length;
};

const uint32 = fc.nat({ max: 0xffff_ffff });
const payload = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.nat(255), fc.constantFrom(0x94, 0xc3, 0x00, 0x01, 0x12)), { maxLength })
    .map((some) => Uint8Array.from(some));

const packets: fc.Arbitrary<MeshPacket> = fc.record({
  from: uint32,
  to: uint32,
  channel: fc.nat(255),
  contents: fc.oneof(
    fc.record({ kind: fc.constant('decoded' as const), port: fc.nat(511), payload: payload(233) }),
    fc.record({ kind: fc.constant('encrypted' as const), payload: payload(250) }),
  ),
  id: uint32,
  rxTime: uint32,
  rxSnr: fc.integer({ min: -80, max: 60 }).map((quarters) => quarters / 4),
  hopLimit: fc.nat(7),
  wantAck: fc.boolean(),
  rxRssi: fc.integer({ min: -140, max: 0 }),
  viaMqtt: fc.boolean(),
  hopStart: fc.nat(7),
  nextHop: fc.nat(255),
  relayNode: fc.nat(255),
  transport: fc.nat(7),
});

const events: fc.Arbitrary<MeshtasticEvent> = fc.oneof(
  { weight: 5, arbitrary: packets.map((packet) => ({ kind: 'packet' as const, packet })) },
  fc.record({ kind: fc.constant('my-info' as const), node: uint32, device: fc.constantFrom('', 'a radio') }),
  fc.record({ kind: fc.constant('config-complete' as const), id: fc.integer({ min: 1, max: 0xffff_ffff }) }),
  fc.constant({ kind: 'rebooted' as const }),
  fc.record({ kind: fc.constant('metadata' as const), firmware: fc.constantFrom('2.7.26', '2.5') }),
);

/** What firmware prints between its frames. */
const log = fc.constantFrom(
  'DEBUG | ??:??:?? 12 [Router] Rx id=0x1\r\n',
  'INFO  | 12:00:01 \u0094\u00c3\u0001',
  'x',
);

describe('a frame of a Meshtastic radio', () => {
  it.each(vectors.frames)('$hex says what it says', ({ hex, event }) => {
    const [item] = wire.decode(bytesOf(hex));
    if (item?.result.ok !== true) throw new Error('refused');
    expect(plain(item.result.value)).toEqual(event);
    expect(cutAll([bytesOf(hex)])).toEqual({ frames: [hex], discarded: 0, tail: '' });
  });

  it.each(vectors.refused)('%s is none', (hex) => {
    expect(wire.decode(bytesOf(hex)).map(({ result }) => result.ok)).toEqual([false]);
    expect(cutAll([bytesOf(hex)]).frames).toEqual([]);
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(events, (event) => {
        const raw = wire.encode(event);
        expect(wire.cut(NOTHING, raw).frames).toEqual([raw]);
        expect(wire.decode(raw)).toEqual([{ raw, result: { ok: true, value: event } }]);
      }),
      { numRuns: 200 },
    );
  });

  it('is found again between logs and behind frames that were cut off, however the bytes are cut', () => {
    const part = fc.oneof(
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('whole' as const), event: events }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('cut' as const),
          event: events,
          share: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('log' as const), text: log }) },
    );
    // A frame that the last cut one may have claimed is only decided by what comes after.
    const flush = new Uint8Array(wire.tailMaxBytes).fill(0x20);
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 25 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 90 })),
        (parts, sizes) => {
          const whole: string[] = [];
          const stream = concatBytes(
            ...parts.map((one) => {
              if (one.kind === 'log') return asciiBytes(one.text);
              const raw = wire.encode(one.event);
              if (one.kind === 'whole') whole.push(toHex(raw));
              return one.kind === 'whole' ? raw : raw.subarray(0, Math.floor(raw.length * one.share));
            }),
            flush,
          );
          const once = cutAll([stream]);
          // Log text may fill up the last value of a frame that was cut off: nothing shows that, and no frame is lost.
          expect(inOrder(whole, once.frames)).toBe(true);
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < stream.length; ) {
            const size = sizes.next().value ?? 1;
            chunks.push(stream.slice(at, at + size));
            at += size;
          }
          expect(cutAll(chunks)).toEqual(once);
          expect(cutAll([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(once);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('that somebody put into a message is no frame', () => {
    const forged = wire.encode({ kind: 'rebooted' });
    const base = bytesOf(vectors.frames[0]?.hex ?? '');
    const [item] = wire.decode(base);
    if (item?.result.ok !== true || item.result.value.kind !== 'packet') throw new Error('no packet');
    const { packet } = item.result.value;
    const raw = wire.encode({
      kind: 'packet',
      packet: { ...packet, contents: { kind: 'decoded', port: 1, payload: concatBytes(forged, forged) } },
    });
    expect(cutAll([...raw].map((byte) => Uint8Array.of(byte))).frames).toEqual([toHex(raw)]);
  });

  it('of any bytes is none, and nothing grows or throws', () => {
    fc.assert(
      fc.property(payload(1_500), (bytes) => {
        cutAll([bytes]);
        redecode(bytes);
        expect(wire.decode(bytes)).toHaveLength(1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what a radio is told', () => {
  it('wakes it up first, and is heard as it was said', () => {
    const raw = command.encode({ kind: 'want-config', id: 5 });
    expect(toHex(raw)).toBe(`${'c3'.repeat(32)}94c300021805`);
    for (const value of [{ kind: 'want-config', id: 77_777 }, { kind: 'heartbeat' }] as const) {
      const { frames } = command.cut(NOTHING, command.encode(value));
      expect(frames.flatMap((frame) => command.decode(frame)).map(({ result }) => result)).toEqual([
        { ok: true, value },
      ]);
    }
  });
});
