import { describe, expect, it } from 'vitest';
import { KIND, readAside } from '../record/entry.ts';
import type { Point } from '../store/point.ts';
import { newTestBox, type TestBox } from './testing.ts';

/** What only a Bug of ours could do to a writer. */
const dieAt = (box: TestBox, poison: number): void => {
  const write = box.influx.write.bind(box.influx);
  box.influx.write = async (points, retention, signal) => {
    if (points.some(({ floats }) => floats?.['value'] === poison)) throw new Error('a bug in writing');
    return write(points, retention, signal);
  };
};

const numbersOf = ({ influx }: TestBox): readonly number[] =>
  [...influx.points.values()]
    .flatMap(({ measurement, floats }: Point) => (measurement === 'vehicle' ? [floats?.['value'] ?? -1] : []))
    .sort((a, b) => a - b);

const asidesOf = async ({ opened: { journal } }: TestBox): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    const aside = kind === KIND.quarantined ? readAside(bytes) : undefined;
    if (aside?.ok) found.push(`${aside.value.code}: ${aside.value.words}`);
  }
  return found;
};

describe('the store’s follower', () => {
  it('goes on past the reading at which it dies, and keeps the books over its deaths', async () => {
    await using box = await newTestBox();
    dieAt(box, 13);
    for (let number = 0; number < 30; number += 1) {
      await box.say(number);
      await box.clock.advance(1_000);
    }
    await box.until(
      'the rest is stored',
      () => numbersOf(box).length === 29 && box.storeTally.deadLettered === 1,
    );
    await box.until('and done with', () => box.storeTally.pending + box.storeTally.waiting === 0);
    expect(numbersOf(box)).toEqual(Array.from({ length: 30 }, (_, i) => i).filter((i) => i !== 13));
    expect(box.store).toMatchObject({ state: 'running', setAside: 1 });
    const { read, stored, deadLettered, pending, waiting } = box.storeTally;
    expect(read).toBe(stored + deadLettered + pending + waiting);
    const asides = await asidesOf(box);
    expect(asides).toHaveLength(1);
    expect(asides[0]).toMatch(
      /^store\.dead-letter: .*failed again and again at the entry at journal offset \d+/,
    );

    // One death more than at the place itself: the first was in a batch. After it all is fast again.
    expect(box.store.restarts).toBe(4);
    const writes = box.influx.writes.length;
    for (let number = 100; number < 120; number += 1) await box.say(number);
    await box.until('more is stored', () => numbersOf(box).length === 49);
    expect(box.influx.writes.length - writes).toBeLessThan(10);
  });
});
