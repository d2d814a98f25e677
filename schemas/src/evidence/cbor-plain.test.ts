import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CborValue, encodeCbor } from './cbor.ts';
import { readPlainCbor } from './cbor-plain.ts';
import { decodeByLibrary, decodeCbor } from './cbor-read.ts';

const scalar: fc.Arbitrary<CborValue> = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
  fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.constantFrom<CborValue>(2n ** 53n, -(2n ** 53n), 2n ** 53n - 1n, true, false, null),
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
);

const value: fc.Arbitrary<CborValue> = fc.letrec<{ item: CborValue }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 12 },
    scalar,
    fc.array(tie('item'), { maxLength: 6 }),
    fc
      .dictionary(fc.integer().map(String), tie('item'), { maxKeys: 3 })
      .map((entries) => new Map(Object.entries(entries).map(([key, each]) => [Number(key), each]))),
  ),
})).item;

/** What is read plainly is what the library reads too. */
const agrees = (bytes: Uint8Array): boolean => {
  const plain = readPlainCbor(bytes);
  if (plain === undefined) return false;
  expect(decodeByLibrary(bytes)).toEqual({ ok: true, value: plain });
  expect(encodeCbor(plain)).toEqual(bytes);
  return true;
};

describe('the plain reader of CBOR', () => {
  it('reads what the library reads, or leaves it to the library', () => {
    let read = 0;
    fc.assert(
      fc.property(value, (item) => {
        if (agrees(encodeCbor(item))) read += 1;
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('accepts no damaged bytes that the library refuses', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(value, damage, fc.nat(), (item, changes, cut) => {
        const bytes = encodeCbor(item);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        agrees(bytes);
        agrees(bytes.slice(0, cut % (bytes.length + 1)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('accepts no bytes at random that the library refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => void agrees(bytes)),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['a longer form', [0x18, 0x17]],
    ['a longer form of two', [0x19, 0, 0xff]],
    ['a longer form of four', [0x1a, 0, 0, 0xff, 0xff]],
    ['a longer form of eight', [0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]],
    ['bytes behind', [0x01, 0x01]],
    ['an indefinite length', [0x9f, 0x01, 0xff]],
    ['an array of more than there is', [0x9b, 0, 0, 0, 1, 0, 0, 0, 0]],
    ['a floating-point number', [0xf9, 0x3c, 0x00]],
    ['undefined', [0xf7]],
    ['nothing', []],
  ])('does not read %s', (_, bytes) => {
    expect(readPlainCbor(Uint8Array.from(bytes))).toBe(undefined);
    expect(decodeCbor(Uint8Array.from(bytes)).ok).toBe(false);
  });

  it('gives copies of bytes, not views of what was read', () => {
    const bytes = encodeCbor([Uint8Array.of(1, 2, 3)]);
    const read = readPlainCbor(bytes) as readonly Uint8Array[];
    bytes.fill(0);
    expect(read).toEqual([Uint8Array.of(1, 2, 3)]);
  });
});
