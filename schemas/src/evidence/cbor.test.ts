import { encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../words/index.ts';
import { type CborValue, encodeCbor } from './cbor.ts';
import { decodeCbor, itemExtent } from './cbor-read.ts';

const hex = (text: string): Uint8Array => fromHex(text)!;

/** RFC 8949, Appendix A: those that evidence can hold. */
const APPENDIX_A: readonly (readonly [CborValue, string])[] = [
  [0, '00'],
  [1, '01'],
  [10, '0a'],
  [23, '17'],
  [24, '1818'],
  [25, '1819'],
  [100, '1864'],
  [1_000, '1903e8'],
  [1_000_000, '1a000f4240'],
  [1_000_000_000_000, '1b000000e8d4a51000'],
  [18_446_744_073_709_551_615n, '1bffffffffffffffff'],
  [-18_446_744_073_709_551_616n, '3bffffffffffffffff'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1_000, '3903e7'],
  [false, 'f4'],
  [true, 'f5'],
  [null, 'f6'],
  [new Uint8Array(0), '40'],
  [hex('01020304'), '4401020304'],
  ['', '60'],
  ['a', '6161'],
  ['IETF', '6449455446'],
  ['"\\', '62225c'],
  ['ü', '62c3bc'],
  ['水', '63e6b0b4'],
  ['𐅑', '64f0908591'],
  [[], '80'],
  [[1, 2, 3], '83010203'],
  [[1, [2, 3], [4, 5]], '8301820203820405'],
  [Array.from({ length: 25 }, (_, i) => i + 1), '98190102030405060708090a0b0c0d0e0f101112131415161718181819'],
  [new Map(), 'a0'],
  [
    new Map([
      [1, 2],
      [3, 4],
    ]),
    'a201020304',
  ],
];

/** Anything that evidence can hold, but tags, which cborg writes differently. */
const values: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.maxSafeInteger(),
    fc.integer({ min: -300, max: 300 }),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc
      .array(fc.tuple(fc.integer({ min: -70_000, max: 70_000 }), tie('value')), { maxLength: 12 })
      .map((entries) => new Map(entries)),
  ),
})).value;

test('the examples of RFC 8949 are written and read byte for byte', () => {
  for (const [value, encoded] of APPENDIX_A) {
    expect(toHex(encodeCbor(value))).toBe(encoded);
    expect(decodeCbor(hex(encoded))).toEqual({ ok: true, value });
  }
});

test('a tagged item is written and read', () => {
  expect(toHex(encodeCbor({ tag: 18, value: [1] }))).toBe('d28101');
  expect(decodeCbor(hex('d28101'))).toEqual({ ok: true, value: { tag: 18, value: [1] } });
});

test('whatever is written equals what cborg writes by RFC 8949 §4.2.1, and reads back to the same bytes', () => {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = encodeCbor(value);
      expect(toHex(bytes)).toBe(toHex(encode(value, rfc8949EncodeOptions)));
      const read = decodeCbor(bytes);
      expect(read.ok && toHex(encodeCbor(read.value))).toBe(toHex(bytes));
      expect(itemExtent(bytes, 0)).toEqual({ kind: 'whole', end: bytes.length });
    }),
    { numRuns: 400 },
  );
});

test('numbers that have no exact integer encoding are a bug of whoever writes them', () => {
  for (const value of [0.5, Number.NaN, 2 ** 53, 2n ** 64n, -(2n ** 64n) - 1n]) {
    expect(() => encodeCbor(value)).toThrow(RangeError);
  }
});

test('every other encoding of the same value is refused', () => {
  const refused: Readonly<Record<string, string>> = {
    'an integer in more bytes than needed': '1817',
    'a longer integer in more bytes than needed': '1900ff',
    'a safe integer in eight bytes': '1b0000000000000001',
    'a negative integer in more bytes than needed': '3800',
    'a byte string whose length is too long': '5801ff',
    'an indefinite byte string': '5f4101ff',
    'an indefinite text': '7f6161ff',
    'an indefinite array': '9f01ff',
    'an indefinite map': 'bf0102ff',
    'a half-precision float': 'f93c00',
    'a single-precision float': 'fa3f800000',
    'a double-precision float': 'fb3ff0000000000000',
    undefined: 'f7',
    'a simple value': 'f0',
    'a two-byte simple value': 'f8ff',
    'a break': 'ff',
    'a map with a key twice': 'a201020103',
    'a map out of order': 'a203040102',
    'a map with text keys': 'a1616101',
    'another tag': 'c11a514b67b0',
    'text that is no UTF-8': '62c328',
    'a surrogate in UTF-8': '63eda080',
    'bytes after the item': '0001',
    nothing: '',
    'an array that ends too early': '820 1'.replace(' ', ''),
    'a text that ends too early': '6261',
    'a length that ends too early': '19ff',
    'a reserved length': '1c',
  };
  for (const [what, bytes] of Object.entries(refused)) {
    const read = decodeCbor(hex(bytes.length % 2 === 0 ? bytes : `${bytes}0`));
    expect(read.ok ? `accepted ${what}` : read.fault.kind).toBe('malformed');
  }
});

test('depth and size have limits, also where an array only announces its length', () => {
  const nested = (depth: number): Uint8Array => hex(`${'81'.repeat(depth)}00`);
  expect(decodeCbor(nested(15)).ok).toBe(true);
  expect(decodeCbor(nested(16)).ok).toBe(false);
  expect(decodeCbor(new Uint8Array(1_000_000).fill(0x81)).ok).toBe(false);
  expect(decodeCbor(hex('9b001fffffffffffff')).ok).toBe(false);
  expect(itemExtent(hex('5a00fffff0'), 0)).toEqual({ kind: 'partial' });
  expect(itemExtent(hex('5a01000000'), 0).kind).toBe('broken');
  expect(decodeCbor(new Uint8Array(12), { sizeMaxBytes: 8, depthMax: 2 }).ok).toBe(false);
});

test('text that begins with a byte order mark keeps it', () => {
  const bytes = encodeCbor('\ufeffVIN');
  expect(decodeCbor(bytes)).toEqual({ ok: true, value: '\ufeffVIN' });
  const long = `\ufeff\ufeff${'x'.repeat(300)}`;
  expect(decodeCbor(encodeCbor([long, ['\ufeff']]))).toEqual({ ok: true, value: [long, ['\ufeff']] });
});

test('random bytes are read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const read = decodeCbor(bytes);
      if (read.ok) expect(toHex(encodeCbor(read.value))).toBe(toHex(bytes));
    }),
    { numRuns: 2_000 },
  );
});
