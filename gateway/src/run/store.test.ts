import { fault } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { StoreView } from '../control/status.ts';
import { KIND, readAside } from '../record/entry.ts';
import type { Point } from '../store/point.ts';
import { newStoreTally } from '../store/tally.ts';
import { showStore } from './tasks.ts';
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

describe('the status of the store', () => {
  const view: StoreView = {
    state: 'starting',
    words: '',
    url: undefined,
    database: 'outpost',
    made: 0,
    stored: 0,
    deadLettered: 0,
    waiting: 0,
    rollup: '',
  };
  const target = {
    influx: {} as never,
    url: 'http://127.0.0.1:8086',
    words: 'as configured',
    prepare: () => Promise.reject(new Error('not asked here')),
    influxd: undefined,
  };

  it('accounts for every record, and tells what is wrong with roll-ups apart from what is wrong with writing', () => {
    const tally = { ...newStoreTally(), read: 10, stored: 5, deadLettered: 1, pending: 3, waiting: 1 };
    showStore(view, tally, target);
    expect(view).toMatchObject({ made: 10, stored: 5, deadLettered: 1, waiting: 4, rollup: '' });
    expect(view.made).toBe(view.stored + view.deadLettered + view.waiting);
    expect(view).toMatchObject({ state: 'writing', words: 'as configured' });

    tally.rollupFault = fault('refused', 'influx.no', 'influx', 'it will not.');
    showStore(view, tally, target);
    expect(view).toMatchObject({ state: 'writing', words: 'as configured', rollup: 'influx: it will not.' });

    tally.fault = fault('unreachable', 'influx.away', 'influx', 'it is away.');
    showStore(view, tally, target);
    expect(view).toMatchObject({ state: 'waiting', words: 'influx: it is away.' });
  });
});
