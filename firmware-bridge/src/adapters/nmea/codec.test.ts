import { asciiBytes, type WallNs, wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventWire } from './codec.ts';
import type { NmeaEvent } from './event.ts';
import { SENTENCE_MAX_BYTES } from './sentence.ts';
import vectors from './vectors/sentences.json' with { type: 'json' };

const NOTHING = new Uint8Array(0);
const framesOf = (bytes: Uint8Array) => eventWire.cut(NOTHING, bytes).frames;
const decode = (text: string) => eventWire.decode(asciiBytes(text))[0]?.result;

/** Half a second is told in the text and not by the platform's own reading of dates. */
const moment = (text: string): WallNs => wallNs(BigInt(Date.parse(text)) * 1_000_000n);

const modes = ['autonomous', 'differential', 'rtk', 'estimated', 'manual', 'simulated'] as const;
const optional = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: undefined });
const place = fc.record({
  latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
  longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
});
const at = fc
  .integer({ min: 946_684_800_000, max: 4_000_000_000_000 })
  .map((ms) => wallNs(BigInt(ms) * 1_000_000n));
const timeOf = (moment: WallNs): string =>
  new Date(Number(moment / 1_000_000n)).toISOString().slice(11, 23).replaceAll(':', '');

const events: fc.Arbitrary<NmeaEvent> = fc.oneof(
  fc
    .record({
      kind: fc.constant('rmc' as const),
      talker: fc.constantFrom('GP', 'GN'),
      mode: fc.constantFrom(...modes),
      place,
      speedCmS: optional(10_000),
      courseCdeg: optional(35_999),
      at,
    })
    .map((rmc) => ({ ...rmc, time: timeOf(rmc.at) })),
  fc.record({
    kind: fc.constant('gga' as const),
    talker: fc.constantFrom('GP', 'GN'),
    time: at.map(timeOf),
    mode: fc.constantFrom(...modes),
    place,
    satellites: optional(99),
    hdopCenti: optional(9_999),
    altitudeCm: fc.option(fc.integer({ min: -1_000_000, max: 10_000_000 }), { nil: undefined }),
  }),
);

describe('a sentence', () => {
  it.each(vectors.read)('$sentence says what it says', ({ sentence, event }) => {
    const { latitude, longitude, at: text, ...rest } = event as Record<string, string | number>;
    const found = decode(`${sentence}\r\n`);
    expect(found).toMatchObject({ ok: true, value: rest });
    if (found?.ok !== true || found.value.kind === 'other') throw new Error('no position');
    expect(found.value.place).toEqual(latitude === undefined ? undefined : { latitude, longitude });
    if (found.value.kind === 'rmc' && text !== undefined) expect(found.value.at).toBe(moment(String(text)));
  });

  it.each(vectors.refused)(
    '$sentence is refused as $code, without a word of what it holds',
    ({ sentence, code }) => {
      const found = decode(`${sentence}\r\n`);
      expect(found).toMatchObject({ ok: false, fault: { kind: 'malformed', code } });
      expect(JSON.stringify(found)).not.toContain('4807');
    },
  );

  it('comes back from what was written', () => {
    fc.assert(
      fc.property(events, (event) => {
        const [frame, ...more] = framesOf(eventWire.encode(event));
        expect(more).toEqual([]);
        expect(eventWire.decode(frame ?? NOTHING)).toEqual([
          { raw: frame, result: { ok: true, value: event } },
        ]);
      }),
    );
  });

  it('with any one character changed is refused or is the same', () => {
    const bytes = asciiBytes(`${vectors.read[0]?.sentence}\r\n`);
    const whole = eventWire.decode(bytes)[0]?.result;
    fc.assert(
      fc.property(fc.nat(bytes.length - 3), fc.integer({ min: 1, max: 255 }), (index, mask) => {
        const damaged = bytes.slice();
        damaged[index] = (damaged[index] ?? 0) ^ mask;
        for (const frame of framesOf(damaged)) {
          const read = eventWire.decode(frame)[0]?.result;
          if (read?.ok === true) expect(read).toEqual(whole);
        }
      }),
    );
  });
});

describe('the wire', () => {
  const stream = asciiBytes(vectors.read.map(({ sentence }) => `${sentence}\r\n`).join(''));

  it('gives the same lines however the bytes arrive', () => {
    const whole = framesOf(stream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sizes) => {
        const frames: Uint8Array[] = [];
        let tail: Uint8Array = NOTHING;
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const size = sizes[i % sizes.length] ?? 1;
          const cut = eventWire.cut(tail, stream.subarray(at, at + size));
          frames.push(...cut.frames);
          tail = cut.tail;
          at += size;
        }
        expect(frames).toEqual(whole);
      }),
    );
  });

  it('takes any bytes without throwing, and keeps no more than a line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const { frames, tail } = eventWire.cut(NOTHING, bytes);
        expect(tail.length).toBeLessThanOrEqual(SENTENCE_MAX_BYTES);
        for (const frame of frames) eventWire.decode(frame);
      }),
    );
  });
});
