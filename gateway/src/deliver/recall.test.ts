import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kept, Offset } from '../journal/contract.ts';
import { newRecall, type RecallParts } from './recall.ts';

type Place = Offset;
const offset = (number: number) => BigInt(number) as Offset;

interface Said {
  readonly ended: readonly Place[];
  readonly intended: readonly Place[];
}

/** A journal whose entries say just that; things stand in it wherever they are said to. */
const journalOf = (said: readonly Said[], position = 0): RecallParts<Place>['journal'] => ({
  start: offset(0),
  end: offset(1_000_000),
  position: () => offset(position),
  async *read() {
    for (const [at] of said.entries()) {
      const next = offset(at + 1);
      yield { kind: 9, stream: 0, bytes: Uint8Array.of(at >> 8, at & 0xff), offset: offset(at), next };
    }
  },
});

const recallOf = (said: readonly Said[], takesOnce: boolean, max: number, position = 0) =>
  newRecall<Place>({
    journal: journalOf(said, position),
    reader: 'deliver:sim',
    takesOnce,
    read: ({ bytes: [high = 0, low = 0] }: Kept) => said[high * 256 + low],
    max,
  });

/** What a run wrote down of things that it brought in batches: the intent of each batch, then ends in some order. */
const runOf = (batches: readonly (readonly ('ended' | 'doubtful' | 'new')[])[]) => {
  const said: Said[] = [];
  const things: { readonly place: Place; readonly is: 'ended' | 'doubtful' | 'new' }[] = [];
  for (const batch of batches) {
    const own = batch.map((is, at) => ({ place: offset(things.length + at), is }));
    things.push(...own);
    const intended = own.filter(({ is }) => is !== 'new').map(({ place }) => place);
    if (intended.length > 0) said.push({ ended: [], intended });
    const ended = own.filter(({ is }) => is === 'ended').map(({ place }) => place);
    for (const place of ended.reverse()) said.push({ ended: [place], intended: [] });
  }
  return { said, things };
};

const thing = fc.constantFrom('ended' as const, 'ended' as const, 'doubtful' as const, 'new' as const);
const batches = fc.array(fc.array(thing, { minLength: 1, maxLength: 6 }), { maxLength: 12 });

describe('what earlier runs left', () => {
  it('is said of each thing as it was written down, where there is room for a batch', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.boolean(), async (all, takesOnce) => {
        const { said, things } = runOf(all);
        const recall = recallOf(said, takesOnce, 10_000);
        for (const { place, is } of things) expect(await recall.of(place, place)).toBe(is);
        expect(await recall.of(offset(9_999), offset(9_999))).toBe('new');
        expect(recall.isOver).toBe(true);
      }),
    );
  });

  it('never makes one that may have been sent look new to a network that pays twice, however little room there is', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 8 }), async (all, max) => {
        const { said, things } = runOf(all);
        const recall = recallOf(said, true, max);
        for (const { place, is } of things) {
          const found = await recall.of(place, place);
          if (is === 'ended') expect(['ended', 'doubtful']).toContain(found);
          if (is === 'doubtful') expect(found).toBe('doubtful');
        }
      }),
    );
  });

  it('lets a network that knows things by their id have again what there is no room to look for', async () => {
    const { said } = runOf([['new', 'ended', 'ended', 'ended'], ['ended']]);
    for (const [takesOnce, found] of [
      [false, 'new'],
      [true, 'doubtful'],
    ] as const) {
      const recall = recallOf(said, takesOnce, 2);
      expect(await recall.of(offset(0), offset(0)), String(takesOnce)).toBe(found);
    }
  });

  it('goes on as things are passed, and holds no more than there is room for', async () => {
    const { said, things } = runOf(Array.from({ length: 200 }, () => ['ended', 'ended', 'ended'] as const));
    const recall = recallOf(said, false, 9);
    for (const { place } of things) expect(await recall.of(place, place)).toBe('ended');
    expect(await recall.of(offset(9_999), offset(9_999))).toBe('new');
    expect(recall.isOver).toBe(true);
  });

  it('forgets intents before the cursor, and all of it once the cursor is past', async () => {
    const stale = recallOf([{ ended: [], intended: [offset(3), offset(40)] }], true, 100, 10);
    expect(await stale.of(offset(20), offset(20))).toBe('new');
    expect(await stale.of(offset(3), offset(3))).toBe('new');
    expect(stale.isOver).toBe(false);
    stale.passed(offset(1_000_000));
    expect(stale.isOver).toBe(true);
  });
});
