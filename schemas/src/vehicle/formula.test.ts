import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Formula,
  formatFormula,
  formatRatio,
  formulaBits,
  formulaBytes,
  mantissaOf,
  parseDecimal,
  parseFormula,
  parseRatio,
  ratio,
  rawLimits,
  rawOf,
  readRaw,
  tellsApart,
  writeRaw,
} from './formula.ts';

const formula = (text: string): Formula => {
  const parsed = parseFormula(text);
  if (!parsed.ok) throw new Error(parsed.fault.words);
  return parsed.value;
};

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const formulas = fc
  .record({
    startBit: fc.integer({ min: 0, max: 127 }),
    bitLength: fc.integer({ min: 1, max: 64 }),
    order: fc.constantFrom('big' as const, 'little' as const),
    signed: fc.boolean(),
    factor: fc
      .tuple(fc.bigInt({ min: -99_999n, max: 99_999n }), fc.bigInt({ min: 1n, max: 9_999n }))
      .filter(([numerator]) => numerator !== 0n)
      .map(([numerator, denominator]) => ratio(numerator, denominator)),
    offset: fc.bigInt({ min: -999_999n, max: 999_999n }).map((value) => ratio(value, 1_000n)),
  })
  .map((each): Formula => each);

describe('a compact formula', () => {
  it('reads a coolant temperature as DBC files write it', () => {
    const coolant = formula('31|8@0+ (1,-40)');
    expect(readRaw(bytes('0341057B'), coolant)).toBe(0x7bn);
    expect(mantissaOf(coolant, 0, 0x7bn)).toBe(83n);
  });

  it('counts big endian numbers from their top bit and little endian ones from their bottom bit', () => {
    expect(readRaw(bytes('1234'), formula('7|16@0+ (1,0)'))).toBe(0x1234n);
    expect(readRaw(bytes('1234'), formula('0|16@1+ (1,0)'))).toBe(0x3412n);
    expect(readRaw(bytes('1234'), formula('3|8@0+ (1,0)'))).toBe(0x23n);
    expect(readRaw(bytes('1234'), formula('4|8@1+ (1,0)'))).toBe(0x41n);
    expect(readRaw(bytes('80'), formula('7|1@0+ (1,0)'))).toBe(1n);
    expect(readRaw(bytes('FFFE'), formula('7|16@0- (1,0)'))).toBe(-2n);
    expect(readRaw(bytes('FFFFFFFFFFFFFFFF'), formula('7|64@0+ (1,0)'))).toBe(2n ** 64n - 1n);
    expect(readRaw(bytes('12'), formula('7|16@0+ (1,0)'))).toBeUndefined();
  });

  it('keeps decimals and fractions exact', () => {
    expect(parseDecimal('1E-05')).toEqual(ratio(1n, 100_000n));
    expect(parseDecimal('-.5')).toEqual(ratio(-1n, 2n));
    expect(parseDecimal('2.')).toEqual(ratio(2n));
    expect(parseRatio('100/255')).toEqual(ratio(20n, 51n));
    expect(parseRatio('1/-2')).toEqual(ratio(-1n, 2n));
    expect(mantissaOf(formula('7|8@0+ (100/255,0)'), 2, 128n)).toBe(5_020n);
    for (const bad of ['', '.', '-', '1e', '1e99', '1/0', '1/2/3', '0x10', '1 2', '1'.repeat(19), 'NaN']) {
      expect(parseRatio(bad), bad).toBeUndefined();
    }
  });

  it('refuses what is no formula in one sentence', () => {
    const bad = [
      '',
      '31|8@2+ (1,0)',
      '31|0@0+ (1,0)',
      '31|65@0+ (1,0)',
      '31|8@0+ (0,0)',
      '31|8@0+ (one,0)',
      '31|8@0+ (1,)',
      '31|8@0+ 1,0',
      '32760|8@0+ (1,0)',
      '32760|9@1+ (1,0)',
      `31|8@0+ (1,${'0'.repeat(200)})`,
    ];
    for (const text of bad) {
      const parsed = parseFormula(text);
      expect(parsed.ok, text).toBe(false);
      if (!parsed.ok) {
        expect(parsed.fault).toMatchObject({ kind: 'malformed', code: 'formula.invalid' });
        expect(parsed.fault.words).toMatch(/^[a-z].*\.$/);
      }
    }
    expect(parseFormula('32767|8@0+ (1,0)').ok).toBe(false);
    expect(parseFormula('32759|8@0+ (1,0)').ok).toBe(true);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(formulas, (each) => {
        expect(formula(formatFormula(each))).toEqual(each);
        expect(parseRatio(formatRatio(each.factor))).toEqual(each.factor);
      }),
      { numRuns: 300 },
    );
  });

  it('puts a raw number where it reads it and touches no other bit', () => {
    fc.assert(
      fc.property(
        formulas,
        fc.uint8Array({ minLength: 24, maxLength: 24 }),
        fc.bigInt(),
        (each, before, any) => {
          const { min, max } = rawLimits(each);
          const raw = min + (((any % (max - min + 1n)) + (max - min + 1n)) % (max - min + 1n));
          const after = before.slice();
          writeRaw(after, each, raw);
          expect(readRaw(after, each)).toBe(raw);
          const own = new Set(formulaBits(each));
          expect(Math.max(...own) >> 3).toBe(formulaBytes(each) - 1);
          for (let bit = 0; bit < 24 * 8; bit += 1) {
            if (own.has(bit)) continue;
            expect(((after[bit >> 3] ?? 0) >> (bit & 7)) & 1).toBe(
              ((before[bit >> 3] ?? 0) >> (bit & 7)) & 1,
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('finds the raw number of every mantissa that a raw number gave where neighbours differ', () => {
    fc.assert(
      fc.property(formulas, fc.integer({ min: 0, max: 9 }), fc.bigInt(), (each, decimals, any) => {
        fc.pre(tellsApart(each, decimals));
        const raw = BigInt.asIntN(63, any);
        expect(rawOf(each, decimals, mantissaOf(each, decimals, raw))).toBe(raw);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses to write a number that does not fit', () => {
    expect(() => writeRaw(new Uint8Array(1), formula('7|8@0+ (1,0)'), 256n)).toThrow(RangeError);
    expect(() => writeRaw(new Uint8Array(1), formula('7|8@0- (1,0)'), -129n)).toThrow(RangeError);
    expect(() => writeRaw(new Uint8Array(1), formula('7|16@0+ (1,0)'), 1n)).toThrow(RangeError);
  });
});
