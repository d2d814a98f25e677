import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Offset } from '../journal/contract.ts';
import { newReadingPlaces } from './reading-places.ts';

describe('places of readings', () => {
  it('say whose each of the latest is, and nothing of older ones and of what never was one', () => {
    const steps = fc.array(fc.record({ by: fc.nat(50), device: fc.constantFrom('a', 'b', 'c') }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 12 }), (all, max) => {
        const places = newReadingPlaces(max);
        const added: { offset: Offset; device: string }[] = [];
        let offset = 0n;
        for (const { by, device } of all) {
          offset += BigInt(by + 2);
          added.push({ offset: offset as Offset, device });
          places.add(offset as Offset, device);
        }
        const held = added.slice(-max);
        for (const each of added)
          expect(places.deviceAt(each.offset)).toBe(held.includes(each) ? each.device : undefined);
        for (const each of added) expect(places.deviceAt((each.offset + 1n) as Offset)).toBe(undefined);
        expect(places.deviceAt(0n as Offset)).toBe(undefined);
      }),
    );
  });
});
