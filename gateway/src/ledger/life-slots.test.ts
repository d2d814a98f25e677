import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { Offset } from '../journal/contract.ts';
import { newLifeSlots } from './life-slots.ts';

const hashOf = (number: number): Uint8Array => platformHash(Uint8Array.of(number >> 8, number & 0xff));

/** Hashes of which many begin with the same word, as they would have to be searched one behind the other. */
const alikeOf = (number: number): Uint8Array => {
  const hash = hashOf(number);
  hash.fill(7, 0, 4);
  return hash;
};

describe('slots of attestations', () => {
  it('know the latest of them by their hash, whatever was held in the slot before', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), isReal: fc.boolean() }),
      fc.record({ do: fc.constant('end' as const), of: fc.nat(60), column: fc.nat(3), place: fc.nat(1_000) }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(hashOf, alikeOf),
        (steps, max, hash) => {
          const slots = newLifeSlots(max);
          const model: { place: Offset; isReal: boolean; ends: Map<number, Offset> }[] = [];
          for (const each of steps) {
            if (each.do === 'add') {
              const place = BigInt(model.length * 100) as Offset;
              slots.add(hash(model.length), place, each.isReal);
              model.push({ place, isReal: each.isReal, ends: new Map() });
              continue;
            }
            const ordinal = slots.find(hash(each.of));
            const isHeld = each.of < model.length && each.of >= model.length - max;
            expect(ordinal).toBe(isHeld ? each.of : undefined);
            if (ordinal === undefined) continue;
            slots.setVerdict(ordinal, each.column, BigInt(each.place) as Offset);
            model[ordinal]?.ends.set(each.column, BigInt(each.place) as Offset);
          }
          expect([slots.start, slots.end]).toEqual([Math.max(0, model.length - max), model.length]);
          for (let ordinal = slots.start; ordinal < slots.end; ordinal += 1) {
            const known = model[ordinal];
            expect([slots.placeOf(ordinal), slots.isReal(ordinal)]).toEqual([known?.place, known?.isReal]);
            for (const column of [0, 1, 2, 3])
              expect(slots.verdictOf(ordinal, column)).toBe(known?.ends.get(column));
          }
        },
      ),
    );
  });
});
