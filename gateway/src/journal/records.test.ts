import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endCommit,
  entryAt,
  findRecord,
  type Image,
  imageOf,
  isLastOfAppend,
  measure,
  paddedBytesMax,
  putRecord,
  recordStart,
  SLOT_HEAD_BYTES,
  skipPadding,
} from './records.ts';

const PAGE = 4096;

const entries = fc.array(
  fc.record({
    kind: fc.integer({ min: 1, max: 255 }),
    stream: fc.integer({ min: 0, max: 65_535 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Records from `first` on in a page; what is behind them was there before and must not shine through. */
const encode = (
  list: readonly { kind: number; stream: number; bytes: Uint8Array }[],
  first: number,
  salt: number,
) => {
  const image = imageOf(new Uint8Array(16 * PAGE).fill(0xa5), 3 * PAGE, salt);
  const places: number[] = [];
  let index = first;
  for (const [i, entry] of list.entries()) {
    index = recordStart(image, index);
    places.push(index);
    index = putRecord(image, index, entry, i === list.length - 1);
  }
  return { image, places, end: endCommit(image, index) };
};

const decode = (image: Image, first: number, end: number) => {
  const found = [];
  for (let at = skipPadding(image, first, end); at < end; ) {
    const next = measure(image, at, end);
    if (next <= 0) return undefined;
    const { kind, stream, bytes } = entryAt(image, at, next, 0n, next);
    found.push({ kind, stream, bytes: bytes.slice() });
    at = skipPadding(image, next, end);
  }
  return found;
};

const starts = fc.oneof(fc.integer({ min: 0, max: PAGE - SLOT_HEAD_BYTES }), fc.constant(0));

describe('records', () => {
  it('come back as they were, wherever in a page they begin', () => {
    fc.assert(
      fc.property(entries, starts, fc.nat(), (list, first, salt) => {
        const { image, places, end } = encode(list, first, salt);
        expect(decode(image, first, end)).toEqual(list);
        expect(places.filter((place) => isLastOfAppend(image, place))).toEqual(places.slice(-1));
        const bytes = list.reduce((sum, entry) => sum + 11 + entry.bytes.length, 0);
        expect(end - first).toBeLessThanOrEqual(paddedBytesMax(bytes));
        expect(PAGE - (end % PAGE)).toBeGreaterThanOrEqual(end % PAGE === 0 ? PAGE : SLOT_HEAD_BYTES);
      }),
    );
  });

  it('never have a length word that crosses a page', () => {
    fc.assert(
      fc.property(entries, starts, (list, first) => {
        for (const place of encode(list, first, 1).places) expect(place % PAGE).toBeLessThanOrEqual(PAGE - 4);
      }),
    );
  });

  it('do not pass with any bit flipped, in another place or under another salt', () => {
    const list = [{ kind: 1, stream: 2, bytes: Uint8Array.from({ length: 40 }, (_, i) => i) }];
    const { image, end } = encode(list, 0, 7);
    for (let at = 0; at < end; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = image.bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(measure(imageOf(flipped, image.origin, 7), 0, flipped.length)).toBeLessThanOrEqual(0);
      }
    }
    expect(measure(image, 0, end)).toBe(end);
    expect(measure(imageOf(image.bytes, image.origin + PAGE, 7), 0, end)).toBeLessThan(0);
    expect(measure(imageOf(image.bytes, image.origin, 8), 0, end)).toBeLessThan(0);
  });

  it('are found again behind any damage, and bytes that only look like a record are not', () => {
    const inner = encode([{ kind: 9, stream: 9, bytes: new Uint8Array(20) }], 0, 99).image.bytes.slice(0, 31);
    const list = [
      { kind: 1, stream: 0, bytes: new Uint8Array(50).fill(3) },
      { kind: 2, stream: 0, bytes: new Uint8Array([...inner, ...inner, ...inner]) },
      { kind: 3, stream: 0, bytes: new Uint8Array(50).fill(4) },
    ];
    const { image, places, end } = encode(list, 0, 7);
    const [, second = 0, third = 0] = places;
    for (let length = 0; length < 8; length += 1) {
      const bytes = image.bytes.slice();
      bytes.fill(0xff, second, second + 1 + length);
      const damaged = imageOf(bytes, image.origin, 7);
      expect(measure(damaged, second, end)).toBeLessThan(0);
      expect(findRecord(damaged, second + 1, end)).toBe(third);
    }
  });
});
