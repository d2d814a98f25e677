import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Offset } from '../journal/contract.ts';
import { newTestBox, type TestBox } from '../run/testing.ts';
import { newKnownReadings } from './known-readings.ts';
import { make, readingsOf } from './testing.ts';

let box: TestBox;
beforeAll(async () => {
  box = await newTestBox();
  await make(box, 6);
});
afterAll(async () => {
  await box?.[Symbol.asyncDispose]();
});

describe('readings that are read again', () => {
  it('are found in any order, by each network for itself, and nothing where no reading stands', async () => {
    const places = await readingsOf(box);
    const known = newKnownReadings(box.opened.journal);
    const sequences = async (network: string, order: readonly Offset[]) => {
      const found: (number | undefined)[] = [];
      for (const place of order) found.push((await known.at(network, place))?.reading.sequence);
      return found;
    };
    const all = places.map((_, index) => index);
    expect(all.length).toBeGreaterThan(5);
    expect(await sequences('a', places)).toEqual(all);
    expect(await sequences('b', [...places].reverse())).toEqual([...all].reverse());
    expect(await sequences('a', [places[3]!, places[1]!, places[5]!])).toEqual([3, 1, 5]);
    expect(await sequences('a', [((places[3] ?? 0n) + 1n) as Offset, box.opened.journal.end])).toEqual([
      undefined,
      undefined,
    ]);
    const [first] = places;
    const placed = await known.at('c', first!);
    expect([placed?.stream, placed?.raw.length]).toEqual(['car/telemetry', 0]);
    await known[Symbol.asyncDispose]();
  });
});
