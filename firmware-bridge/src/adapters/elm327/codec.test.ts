import { readFileSync } from 'node:fs';
import { asciiBytes, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READ_ONLY_SERVICES } from '../../obd/services.ts';
import type { Item, Wire } from '../../wire.ts';
import { elm327Codec } from './codec.ts';
import { COMMAND_MAX_BYTES, type Command } from './command.ts';
import { type Event, LINE_MAX_BYTES, withLinefeeds } from './event.ts';
import { TROUBLE_TEXT, type Trouble } from './troubles.ts';

const NOTHING = new Uint8Array(0);
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? NOTHING;

/** Everything that a wire makes of the bytes, cut at the given places. */
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
  readonly hex: string;
  readonly result: 'valid' | 'invalid';
  readonly event?: Event;
  readonly command?: { readonly kind: string; readonly bytes?: string };
  readonly code?: string;
}

const vectorsOf = (name: string): readonly Vector[] =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')).vectors;

const commandOf = ({ command }: Vector): Command =>
  ({ ...command, ...(command?.bytes === undefined ? {} : { bytes: bytesOf(command.bytes) }) }) as Command;

describe('the events of the vectors', () => {
  it.each(vectorsOf('events'))('$comment', ({ hex, result, flags, event, code }) => {
    const items = itemsOf(elm327Codec.event, [bytesOf(hex)]);
    expect(items).toHaveLength(1);
    if (result === 'valid') expect(items[0]?.result).toEqual({ ok: true, value: event });
    else expect(items[0]?.result).toMatchObject({ ok: false, fault: { kind: 'malformed', code } });
    if (flags.includes('canonical') && event !== undefined) {
      expect(toHex(elm327Codec.event.encode(event))).toBe(hex);
    }
  });
});

describe('the commands of the vectors', () => {
  it.each(vectorsOf('commands'))('$comment', (vector) => {
    const [item] = itemsOf(elm327Codec.command, [bytesOf(vector.hex)]);
    if (vector.result === 'invalid') {
      expect(item?.result).toMatchObject({ ok: false, fault: { kind: 'malformed', code: vector.code } });
      return;
    }
    const command = commandOf(vector);
    expect(item?.result).toEqual({ ok: true, value: command });
    if (vector.flags.includes('canonical'))
      expect(toHex(elm327Codec.command.encode(command))).toBe(vector.hex);
    if (vector.flags.includes('Refused'))
      expect(() => elm327Codec.command.encode(command)).toThrow(RangeError);
  });
});

describe('notes on the search for the bus', () => {
  it('are taken off the answer that is glued to them', () => {
    const hex = { kind: 'hex', groups: ['486B104100BE1FB811AA'] };
    for (const [text, kinds] of [
      ['SEARCHING...BUS INIT: ...OK', ['searching', 'bus-init']],
      ['BUS INIT: OK ', ['bus-init']],
      ['SEARCHING: ', ['searching']],
    ] as const) {
      const bytes = asciiBytes(`${text}486B104100BE1FB811AA\r`);
      expect(valuesOf(elm327Codec.event, bytes), text).toEqual([...kinds.map((kind) => ({ kind })), hex]);
    }
  });
});

describe('the read-only list', () => {
  it('lets no service out but those that only read, whatever follows it', () => {
    const parameters = fc.uint8Array({ maxLength: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), parameters, (service, rest) => {
        const bytes = Uint8Array.of(service, ...rest);
        if (READ_ONLY_SERVICES.has(service)) return;
        expect(() => elm327Codec.command.encode({ kind: 'request', bytes })).toThrow(/read-only/);
      }),
    );
    expect(READ_ONLY_SERVICES.size).toBe(11);
  });

  it('lets no request out whose length is another, nor an impossible line count', () => {
    const encode = (hex: string, lines?: number): Uint8Array =>
      elm327Codec.command.encode({
        kind: 'request',
        bytes: bytesOf(hex),
        ...(lines === undefined ? {} : { lines }),
      });
    for (const hex of ['', '01', '0304', '0100000000000000', '0C00', '090201'])
      expect(() => encode(hex)).toThrow();
    for (const lines of [0, 10, 1.5, -1]) expect(() => encode('010C', lines)).toThrow();
    expect(encode('010C', 9)).toEqual(asciiBytes('010C9\r'));
  });
});

const hexGroup = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), minLength: 1, maxLength: 16 });
const groups = fc.array(hexGroup, { minLength: 1, maxLength: 9 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom<Event>({ kind: 'prompt' }, { kind: 'ok' }, { kind: 'searching' }, { kind: 'bus-init' }),
  fc.record({ kind: fc.constant('hex' as const), groups }),
  fc.record({ kind: fc.constant('numbered' as const), index: fc.integer({ min: 0, max: 15 }), groups }),
  fc.record({ kind: fc.constant('error-number' as const), number: fc.integer({ min: 0, max: 99 }) }),
  fc.record({
    kind: fc.constant('trouble' as const),
    trouble: fc.constantFrom(...(Object.keys(TROUBLE_TEXT) as Trouble[])),
    // A single `<` tells the damaged line from the text that stands alone.
    groups: fc.oneof(fc.constant([]), groups),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    text: fc.constantFrom(
      'ELM327 v2.2',
      '12.6V',
      'OBDII to RS232 Interpreter',
      'AUTO, ISO 15765-4 (CAN 11/500)',
    ),
  }),
);

const request = fc
  .constantFrom(...READ_ONLY_SERVICES)
  .chain(([service, { bytesMin, bytesMax, subFunctions }]) =>
    fc.record({
      kind: fc.constant('request' as const),
      bytes: fc
        .uint8Array({ minLength: bytesMin - 1, maxLength: bytesMax - 1 })
        .map(([second = 0, ...rest]) => {
          if (bytesMax === 1) return Uint8Array.of(service);
          const allowed = [...(subFunctions ?? [second])];
          return Uint8Array.of(service, allowed[second % allowed.length] ?? 0, ...rest);
        }),
    }),
  );
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constant<Command>({ kind: 'nudge' }),
  fc.record({
    kind: fc.constant('at' as const),
    text: fc.constantFrom('Z', 'E0', 'SP0', 'ST32', '@1', 'RV'),
  }),
  request,
  fc.tuple(request, fc.integer({ min: 1, max: 9 })).map(([plain, lines]): Command => ({ ...plain, lines })),
);

const chunksOf = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
};

describe('both wires', () => {
  it('give back what was encoded, event by event and command by command', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const bytes = concatBytes(...events.map((one) => elm327Codec.event.encode(one)));
        expect(valuesOf(elm327Codec.event, bytes)).toEqual(events);
        expect(valuesOf(elm327Codec.event, withLinefeeds(bytes))).toEqual(events);
      }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 8 }), (commands) => {
        const bytes = concatBytes(...commands.map((one) => elm327Codec.command.encode(one)));
        expect(valuesOf(elm327Codec.command, bytes)).toEqual(commands);
      }),
    );
  });

  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 700 }),
    fc.string({ unit: fc.constantFrom(...'7E8 410\r\n>.SEARCHING\0<DATA'), maxLength: 700 }).map(asciiBytes),
    fc.array(event, { maxLength: 20 }).map((events) => concatBytes(...events.map(elm327Codec.event.encode))),
  );

  it.each([
    ['events', elm327Codec.event as Wire<unknown>],
    ['commands', elm327Codec.command as Wire<unknown>],
  ])('read %s alike however the bytes are cut', (_, wire) => {
    fc.assert(
      fc.property(noise, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
        expect(itemsOf(wire, chunksOf(bytes, cuts))).toEqual(itemsOf(wire, [bytes]));
      }),
    );
  });

  it.each([
    ['events', elm327Codec.event as Wire<unknown>],
    ['commands', elm327Codec.command as Wire<unknown>],
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
});

describe('a line of the event wire', () => {
  it('cannot end as a frame of its own when it is longer than any line', () => {
    const long = asciiBytes(`${'0'.repeat(LINE_MAX_BYTES)}7E804410C1AF8\r7E803410D32\r`);
    const items = itemsOf(elm327Codec.event, [long]);
    expect(items.map(({ result }) => (result.ok ? result.value : result.fault.code))).toEqual([
      'elm327.line-too-long',
      { kind: 'hex', groups: ['7E803410D32'] },
    ]);
    expect(COMMAND_MAX_BYTES).toBe(elm327Codec.command.tailMaxBytes);
  });

  it('keeps its bytes as they came, with NUL bytes and the last space, and without its end', () => {
    const [item] = itemsOf(elm327Codec.event, [asciiBytes('7E8 \x003 41 0D 32 \r')]);
    expect(item?.raw).toEqual(asciiBytes('7E8 \x003 41 0D 32 '));
  });

  it('is two items where data is glued to the search or to the prompt', () => {
    expect(valuesOf(elm327Codec.event, asciiBytes('SEARCHING...7E803410D32>'))).toEqual([
      { kind: 'searching' },
      { kind: 'hex', groups: ['7E803410D32'] },
      { kind: 'prompt' },
    ]);
  });

  it('refuses to print what a chip cannot', () => {
    for (const text of ['', 'two\rlines', 'a > b', 'é']) {
      expect(() => elm327Codec.event.encode({ kind: 'text', text })).toThrow(RangeError);
    }
  });
});
