import { SIGNALS } from '@outpost/schemas/vehicle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOfValue } from './value-rule.ts';

const numbers = SIGNALS.filter(({ unit }) => unit !== 'text');

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.maxSafeInteger(),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => thousandths / 1_000),
  // Halfway between two mantissas, and next to it.
  fc
    .tuple(fc.integer({ min: -10_000, max: 10_000 }), fc.constantFrom(0, 1e-9, -1e-9, 1e-13))
    .map(([tenths, off]) => tenths / 10 + 0.05 + off),
  fc.constantFrom(0, -0, 0.5, -0.5, 1.005, 2.675, 1e15, 2 ** 40, 1e-16),
);

describe('a number in the unit of its signal', () => {
  it('means the same whichever way its mantissa is found', () => {
    fc.assert(
      fc.property(fc.constantFrom(...numbers), value, (signal, number) => {
        const rule = { pointer: '', signal, unit: signal.unit };
        // A rule with words, even none, takes the exact way.
        expect(bodyOfValue(rule, number)).toEqual(bodyOfValue({ ...rule, words: new Map() }, number));
      }),
      { numRuns: 5_000 },
    );
  });
});
