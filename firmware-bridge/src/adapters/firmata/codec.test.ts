import { fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Wire } from '../../wire.ts';
import { firmataCodec } from './codec.ts';
import { FRAME_MAX_BYTES } from './cut.ts';
import type { BoardMessage, HostMessage } from './message.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const NONE = new Uint8Array();
const { command, event } = firmataCodec;

/** JSON has no undefined. */
const revive = (message: object): object =>
  'channels' in message && Array.isArray(message.channels)
    ? { ...message, channels: message.channels.map((channel: unknown) => channel ?? undefined) }
    : message;

const readAll = <T>(wire: Wire<T>, bytes: Uint8Array): readonly T[] => {
  const { frames, tail, discardedBytes } = wire.cut(NONE, bytes);
  expect([tail.length, discardedBytes]).toEqual([0, 0]);
  return frames.flatMap((frame) =>
    wire.decode(frame).map(({ raw, result }) => {
      expect(raw).toEqual(frame);
      if (!result.ok) throw new Error(result.fault.words);
      return result.value;
    }),
  );
};

const byte = fc.integer({ min: 0, max: 255 });
const seven = fc.integer({ min: 0, max: 127 });
const nibble = fc.integer({ min: 0, max: 15 });
const fourteen = fc.integer({ min: 0, max: 16_383 });
const some = (max: number) => fc.uint8Array({ maxLength: max });

const boardMessages: fc.Arbitrary<BoardMessage> = fc.oneof(
  fc.record({ kind: fc.constant('version' as const), major: seven, minor: seven }),
  fc.record({
    kind: fc.constant('firmware' as const),
    major: seven,
    minor: seven,
    name: fc.string({ maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant('capabilities' as const),
    pins: fc.array(
      fc.array(fc.record({ mode: fc.integer({ min: 0, max: 126 }), bits: seven }), { maxLength: 7 }),
      {
        maxLength: 70,
      },
    ),
  }),
  fc.record({
    kind: fc.constant('analog-mapping' as const),
    channels: fc.array(fc.option(fc.integer({ min: 0, max: 126 }), { nil: undefined }), { maxLength: 70 }),
  }),
  fc.record({
    kind: fc.constant('pin-state' as const),
    pin: seven,
    mode: seven,
    value: fc.integer({ min: 0, max: 2 ** 28 }),
  }),
  fc.record({
    kind: fc.constant('analog' as const),
    channel: seven,
    value: fc.integer({ min: 0, max: 2 ** 20 }),
  }),
  fc.record({ kind: fc.constant('digital' as const), port: nibble, bits: byte }),
  fc.record({ kind: fc.constant('i2c-reply' as const), address: seven, register: byte, bytes: some(30) }),
  fc.record({ kind: fc.constant('text' as const), text: fc.string({ maxLength: 30, unit: 'binary-ascii' }) }),
);

const hostMessages: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'query-version' as const,
      'query-firmware' as const,
      'query-capabilities' as const,
      'query-analog-mapping' as const,
      'reset' as const,
    ),
  }),
  fc.record({ kind: fc.constant('query-pin-state' as const), pin: seven }),
  fc.record({ kind: fc.constant('pin-mode' as const), pin: seven, mode: seven }),
  fc.record({ kind: fc.constant('write-digital' as const), port: nibble, bits: byte }),
  fc.record({ kind: fc.constant('write-analog' as const), pin: seven, value: fourteen }),
  fc.record({ kind: fc.constant('report-analog' as const), channel: nibble, on: fc.boolean() }),
  fc.record({ kind: fc.constant('report-digital' as const), port: nibble, on: fc.boolean() }),
  fc.record({ kind: fc.constant('sampling' as const), everyMs: fourteen }),
  fc.record({ kind: fc.constant('servo' as const), pin: seven, minUs: fourteen, maxUs: fourteen }),
  fc.record({ kind: fc.constant('i2c-config' as const), delayUs: fourteen }),
  fc.record({ kind: fc.constant('i2c-write' as const), address: seven, bytes: some(30) }),
  fc.record({
    kind: fc.constant('i2c-read' as const),
    address: seven,
    register: fc.option(byte, { nil: undefined }),
    count: byte,
  }),
);

describe('Firmata', () => {
  it.each(vectors.board)('a board that sends $hex says what the vector says, and back', ({ hex, says }) => {
    const bytes = fromHex(hex) ?? NONE;
    expect(readAll(event, bytes)).toEqual([revive(says)]);
    expect(toHex(event.encode(revive(says) as BoardMessage))).toBe(hex);
  });

  it.each(vectors.host)('a host that sends $hex means what the vector says, and back', ({ hex, says }) => {
    expect(readAll(command, fromHex(hex) ?? NONE)).toEqual([says]);
    expect(toHex(command.encode(says as HostMessage))).toBe(hex);
  });

  it('gives back every message that it writes, in both directions', () => {
    fc.assert(
      fc.property(fc.array(boardMessages, { maxLength: 5 }), (messages) => {
        const bytes = Uint8Array.from(messages.flatMap((message) => [...event.encode(message)]));
        expect(readAll(event, bytes)).toEqual(messages);
      }),
    );
    fc.assert(
      fc.property(fc.array(hostMessages, { maxLength: 5 }), (messages) => {
        const bytes = Uint8Array.from(messages.flatMap((message) => [...command.encode(message)]));
        expect(readAll(command, bytes)).toEqual(messages);
      }),
    );
  });

  it.each([event, command] as const)(
    '%# takes any bytes in any pieces: the same frames, none lost, a bounded tail',
    (wire: Wire<unknown>) => {
      const marks = fc.oneof(fc.constantFrom(0xf0, 0xf7, 0xe0, 0x90, 0xf9, 0xff, 0x6c, 0x77, 0x79), byte);
      fc.assert(
        fc.property(fc.array(marks, { maxLength: 5_000 }), fc.integer({ min: 1, max: 60 }), (all, size) => {
          const bytes = Uint8Array.from(all);
          const whole = wire.cut(NONE, bytes);
          const frames: Uint8Array[] = [];
          let tail: Uint8Array = NONE;
          let discarded = 0;
          for (let at = 0; at < bytes.length; at += size) {
            const cut = wire.cut(tail, bytes.subarray(at, at + size));
            frames.push(...cut.frames);
            tail = cut.tail;
            discarded += cut.discardedBytes;
            expect(tail.length).toBeLessThan(FRAME_MAX_BYTES);
          }
          expect(frames).toEqual(whole.frames);
          expect(tail).toEqual(whole.tail);
          expect(frames.reduce((sum, { length }) => sum + length, tail.length) + discarded).toBe(
            bytes.length,
          );
          for (const frame of frames) expect(wire.decode(frame)).toHaveLength(1);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('finds the next message behind one that broke off', () => {
    const bytes = Uint8Array.of(0xf0, 0x77, 0x76, 0x00, 0xe0, 0x00, 0x04, 0x01, 0x90, 0x04, 0x00);
    const { frames, discardedBytes } = event.cut(NONE, bytes);
    expect(frames.map((frame) => [...frame])).toEqual([
      [0xe0, 0x00, 0x04],
      [0x90, 0x04, 0x00],
    ]);
    expect(discardedBytes).toBe(5);
  });

  it('gives up a message without an end once it is longer than any', () => {
    const bytes = new Uint8Array(FRAME_MAX_BYTES + 10).fill(1);
    bytes[0] = 0xf0;
    const { frames, tail, discardedBytes } = event.cut(NONE, bytes);
    expect([frames.length, tail.length, discardedBytes]).toEqual([0, 0, bytes.length]);
  });

  it.each([
    'f0f7',
    'f06c00f7',
    'f079f7',
    'f0790204 53f7',
    'f07776f7',
    'f0777f7f0000f7',
    'f06e09f7',
    'f07149f7',
  ])('%s is kept aside as malformed', (hex) => {
    const frame = fromHex(hex.replace(' ', '')) ?? NONE;
    expect(event.decode(frame)[0]?.result).toMatchObject({ ok: false, fault: { kind: 'malformed' } });
  });
});
