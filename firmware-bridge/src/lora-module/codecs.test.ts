import { asciiBytes, concatBytes, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loraE5Codec } from '../adapters/lora-e5/codec.ts';
import { redecode as redecodeLoraE5 } from '../adapters/lora-e5/index.ts';
import loraE5 from '../adapters/lora-e5/vectors/events.json' with { type: 'json' };
import { rn2483Codec } from '../adapters/rn2483/codec.ts';
import { redecode as redecodeRn2483 } from '../adapters/rn2483/index.ts';
import rn2483 from '../adapters/rn2483/vectors/events.json' with { type: 'json' };
import { rui3Codec } from '../adapters/rui3/codec.ts';
import { redecode as redecodeRui3 } from '../adapters/rui3/index.ts';
import rui3 from '../adapters/rui3/vectors/events.json' with { type: 'json' };
import { rylrCodec } from '../adapters/rylr/codec.ts';
import { redecode as redecodeRylr } from '../adapters/rylr/index.ts';
import rylr from '../adapters/rylr/vectors/events.json' with { type: 'json' };
import type { Codec, Wire } from '../wire.ts';

interface Vectors {
  readonly events: readonly { readonly text: string; readonly event: object }[];
  readonly refused: readonly string[];
  readonly commands: readonly string[];
}

interface Dialect {
  readonly name: string;
  readonly codec: Codec<string, object>;
  readonly vectors: Vectors;
  redecode(raw: Uint8Array): readonly object[];
}

const DIALECTS: readonly Dialect[] = [
  { name: 'rui3', codec: rui3Codec as never, vectors: rui3, redecode: redecodeRui3 },
  { name: 'lora-e5', codec: loraE5Codec as never, vectors: loraE5, redecode: redecodeLoraE5 },
  { name: 'rn2483', codec: rn2483Codec as never, vectors: rn2483, redecode: redecodeRn2483 },
  { name: 'rylr', codec: rylrCodec as never, vectors: rylr, redecode: redecodeRylr },
];

/** Bytes as their hex digits, so that vectors can hold them. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part)));

const NOTHING = new Uint8Array(0);

const itemsOf = <T>(wire: Wire<T>, chunks: readonly Uint8Array[]) => {
  let tail: Uint8Array = NOTHING;
  let discarded = 0;
  const items = chunks.flatMap((chunk) => {
    const cut = wire.cut(tail, chunk);
    ({ tail } = cut);
    expect(tail.length).toBeLessThanOrEqual(wire.tailMaxBytes);
    discarded += cut.discardedBytes;
    return cut.frames.flatMap((frame) => wire.decode(frame));
  });
  return { items, discarded, tail };
};

const chop = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return at.slice(1).map((to, index) => bytes.slice(at[index], to));
};

const line = (text: string): Uint8Array => asciiBytes(`${text}\r\n`);

describe.each(DIALECTS)('the lines of $name', ({ codec, vectors, redecode }) => {
  it.each(vectors.events)('$text says what it says, and is written so', ({ text, event }) => {
    const [item, ...others] = codec.event.decode(line(text));
    if (item?.result.ok !== true) throw new Error('refused');
    expect(others).toEqual([]);
    expect(plain(item.result.value)).toEqual(event);
    expect(codec.event.encode(item.result.value)).toEqual(line(text));
  });

  it.each(vectors.refused)('%j is refused', (text) => {
    expect(codec.event.decode(line(text)).map(({ result }) => result.ok)).toEqual([false]);
  });

  it.each(vectors.commands)('%s is heard as it was said', (text) => {
    const bytes = codec.command.encode(text);
    expect(codec.command.cut(NOTHING, bytes).frames).toEqual([bytes]);
    expect(codec.command.decode(bytes)).toEqual([{ raw: bytes, result: { ok: true, value: text } }]);
  });

  it('are the same however they are cut', () => {
    const all = concatBytes(...vectors.events.map(({ text }) => line(text)));
    const whole = itemsOf(codec.event, [all]);
    expect(whole.items).toHaveLength(vectors.events.length);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
        expect(itemsOf(codec.event, chop(all, cuts))).toEqual(whole);
      }),
      { numRuns: 30 },
    );
    expect(
      itemsOf(
        codec.event,
        [...all].map((byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(whole);
  });

  it('of any bytes neither throw nor grow, and the same bytes are the same items however cut', () => {
    const lineEnds = fc.constantFrom(13, 10, 43, 44, 58, 0);
    const noise = fc.array(fc.oneof(fc.nat(255), lineEnds), { maxLength: 400 });
    fc.assert(
      fc.property(noise, fc.array(fc.nat(), { maxLength: 9 }), (some, cuts) => {
        const bytes = Uint8Array.from(some);
        expect(itemsOf(codec.event, chop(bytes, cuts))).toEqual(itemsOf(codec.event, [bytes]));
        redecode(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it('that are changed on their way take no other line along', () => {
    fc.assert(
      fc.property(fc.nat(vectors.events.length - 1), fc.nat(), fc.nat(255), (which, at, byte) => {
        const lines = vectors.events.map(({ text }) => line(text));
        const changed = lines.map((one, index) => {
          if (index !== which) return one;
          const copy = Uint8Array.from(one);
          copy[at % (one.length - 2)] = byte;
          return copy;
        });
        const { items } = itemsOf(codec.event, [concatBytes(...changed)]);
        const good = new Set(items.filter(({ result }) => result.ok).map(({ raw }) => toHex(raw)));
        const lost = lines.filter((one, index) => index !== which && !good.has(toHex(one)));
        expect(lost.length).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a line that broke off', () => {
  it('takes no whole one along, and is never read for itself', () => {
    const wire = rui3Codec.event;
    const broken = '+EVT:RXP2P:-60:9:4011';
    const { items } = itemsOf(wire, [asciiBytes(broken), line('+EVT:RXP2P:-50:8:AABB')]);
    expect(items.map(({ result }) => (result.ok ? result.value.kind : result.fault.code))).toEqual([
      'rui3.broken-off',
      'frame',
    ]);
    expect(items.map(({ raw }) => raw.length)).toEqual([broken.length, 23]);
  });
});
