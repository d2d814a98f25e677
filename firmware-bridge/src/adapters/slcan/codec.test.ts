import { readFileSync } from 'node:fs';
import { asciiBytes, asciiText, concatBytes, fromHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFrame } from '../../can/frame.ts';
import { READ_ONLY_SERVICES } from '../../obd/services.ts';
import type { Item, Wire } from '../../wire.ts';
import { slcanCodec } from './codec.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';

const NOTHING = new Uint8Array(0);

const itemsOf = <T>(wire: Wire<T>, chunks: readonly Uint8Array[]): readonly Item<T>[] => {
  let tail: Uint8Array = NOTHING;
  return chunks.flatMap((chunk) => {
    const cut = wire.cut(tail, chunk);
    tail = cut.tail;
    return cut.frames.flatMap((frame) => wire.decode(frame));
  });
};

const valuesOf = <T>(wire: Wire<T>, bytes: Uint8Array): readonly T[] =>
  itemsOf(wire, [bytes]).map(({ result }) => {
    if (!result.ok) throw new Error(result.fault.words);
    return result.value;
  });

interface Vector {
  readonly comment: string;
  readonly flags: readonly string[];
  readonly text: string;
  readonly result: 'valid' | 'invalid';
  readonly value?: { readonly kind: string; readonly frame?: { readonly data: string } };
  readonly code?: string;
}

const vectorsOf = (name: string): readonly Vector[] =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')).vectors;

/** JSON has no bytes and no undefined. */
const valueOfVector = ({ value }: Vector): unknown =>
  value?.frame === undefined
    ? value
    : { timestampMs: undefined, ...value, frame: { ...value.frame, data: fromHex(value.frame.data) } };

describe.each([
  ['events', slcanCodec.event as Wire<unknown>],
  ['commands', slcanCodec.command as Wire<unknown>],
])('the %s of the vectors', (name, wire) => {
  it.each(vectorsOf(name))('$comment', (vector) => {
    const { text, result, flags, code } = vector;
    const items = itemsOf(wire, [asciiBytes(text)]);
    expect(items).toHaveLength(1);
    const value = valueOfVector(vector);
    if (result === 'valid') expect(items[0]?.result).toEqual({ ok: true, value });
    else expect(items[0]?.result).toMatchObject({ ok: false, fault: { kind: 'malformed', code } });
    if (flags.includes('Refused')) expect(() => wire.encode(value)).toThrow(RangeError);
    else if (flags.includes('canonical')) expect(asciiText(wire.encode(value))).toBe(text);
  });
});

describe('what may be put on the bus', () => {
  it('is no service but those that only read, to no address but those of the diagnosis', () => {
    const data = fc.uint8Array({ minLength: 0, maxLength: 8 });
    const id = fc.oneof(fc.constantFrom(0x7df, 0x7e0, 0x7e7), fc.integer({ min: 0, max: 0x7ff }));
    const may = (frame: ReturnType<typeof dataFrame>): boolean => {
      try {
        slcanCodec.command.encode({ kind: 'frame', frame, timestampMs: undefined });
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(id, data, (to, bytes) => {
        if (!may(dataFrame(to, false, bytes))) return;
        expect(to >= 0x600 && !(to >= 0x7e8 && to <= 0x7ef)).toBe(true);
        const [head = 0, service = 0] = bytes;
        expect(head >> 4 === 3 || (head <= 7 && READ_ONLY_SERVICES.has(service))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    for (let service = 0; service <= 0xff; service += 1) {
      const row = READ_ONLY_SERVICES.get(service);
      const [sub = 0] = row?.subFunctions ?? [];
      const frame = dataFrame(0x7df, false, Uint8Array.of(row?.bytesMin ?? 2, service, sub, 0, 0, 0, 0, 0));
      expect(may(frame)).toBe(READ_ONLY_SERVICES.has(service));
    }
  });
});

const timestampMs = fc.option(fc.integer({ min: 0, max: 59_999 }), { nil: undefined });
const canFrame = fc.boolean().chain((extended) =>
  fc
    .record({
      id: fc.integer({ min: 0, max: extended ? 0x1fff_ffff : 0x7ff }),
      data: fc.uint8Array({ maxLength: 8 }),
      remote: fc.boolean(),
    })
    .map(({ id, data, remote }) =>
      remote ? { id, extended, rtr: true, dlc: data.length, data: NOTHING } : dataFrame(id, extended, data),
    ),
);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom<Event>(
    { kind: 'ok' },
    { kind: 'error' },
    { kind: 'taken', extended: true },
    { kind: 'version', text: '1013' },
    { kind: 'serial', text: 'A123' },
    { kind: 'flags', flags: 0x80 },
    { kind: 'bus-state', state: 'passive', rx: 128, tx: 1 },
    { kind: 'bus-errors', errors: ['checksum', 'form'] },
  ),
  fc.record({ kind: fc.constant('frame' as const), frame: canFrame, timestampMs }),
);
const command = fc.constantFrom<Command>(
  { kind: 'nothing' },
  { kind: 'bit-rate', code: 5 },
  { kind: 'open', mode: 'listen' },
  { kind: 'close' },
  { kind: 'flags' },
  { kind: 'timestamps', on: false },
  { kind: 'frame', frame: dataFrame(0x7df, false, Uint8Array.of(2, 9, 2)), timestampMs: undefined },
);

const chunksOf = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
};

const noise = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...'t7E80T1\r\u0007zsaeVN\n\0'), maxLength: 300 }).map(asciiBytes),
  fc.array(event, { maxLength: 20 }).map((events) => concatBytes(...events.map(slcanCodec.event.encode))),
);

describe('both wires', () => {
  it('give back what was encoded, event by event and command by command', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 8 }),
        fc.array(command, { maxLength: 8 }),
        (events, commands) => {
          const said = concatBytes(...events.map((one) => slcanCodec.event.encode(one)));
          expect(valuesOf(slcanCodec.event, said)).toEqual(events);
          const told = concatBytes(...commands.map((one) => slcanCodec.command.encode(one)));
          expect(valuesOf(slcanCodec.command, told)).toEqual(commands);
        },
      ),
    );
  });

  it.each([
    ['events', slcanCodec.event as Wire<unknown>],
    ['commands', slcanCodec.command as Wire<unknown>],
  ])('read %s alike however the bytes are cut', (_, wire) => {
    fc.assert(
      fc.property(noise, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
        expect(itemsOf(wire, chunksOf(bytes, cuts))).toEqual(itemsOf(wire, [bytes]));
      }),
    );
  });

  it.each([
    ['events', slcanCodec.event as Wire<unknown>],
    ['commands', slcanCodec.command as Wire<unknown>],
  ])('survive any bytes as %s with a bounded tail, and lose none uncounted', (_, wire) => {
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 6 }), (chunks) => {
        let tail: Uint8Array = NOTHING;
        let accounted = 0;
        for (const chunk of chunks) {
          const cut = wire.cut(tail, chunk);
          for (const frame of cut.frames) wire.decode(frame);
          accounted += cut.discardedBytes + cut.frames.reduce((sum, frame) => sum + frame.length, 0);
          tail = cut.tail;
          expect(tail.length).toBeLessThanOrEqual(wire.tailMaxBytes);
        }
        expect(accounted + tail.length).toBe(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      }),
    );
  });

  it('take an error that cuts a line off for both: the line is no frame', () => {
    const items = itemsOf(slcanCodec.event, [asciiBytes('t7E8803\u0007t1230\r')]);
    expect(items.map(({ result }) => (result.ok ? result.value.kind : result.fault.code))).toEqual([
      'slcan.cut-off',
      'error',
      'frame',
    ]);
  });
});
