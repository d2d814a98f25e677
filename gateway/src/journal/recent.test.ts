import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch, Kept, Offset } from './contract.ts';
import { newRecent } from './recent.ts';
import { blob, entry, kept, openTest, readAll, scratch } from './testing.ts';

const never = new AbortController().signal;

/** The next entries of a follower up to `end`. */
const takeTo = async (batches: AsyncIterator<Batch>, end: Offset): Promise<Kept[]> => {
  const taken: Kept[] = [];
  while ((taken.at(-1)?.next ?? 0n) < end) {
    const next = await batches.next();
    if (next.done === true) break;
    taken.push(...next.value.entries);
  }
  return taken;
};

const follower = (
  journal: Awaited<ReturnType<typeof openTest>>,
  entriesMax: number,
  bytesMax = 65_536,
): AsyncIterator<Batch> => journal.follow('store', { entriesMax, bytesMax }, never)[Symbol.asyncIterator]();

describe('a follower that is close behind', () => {
  it('is given what stands on the disk, wherever commits, pages and segments end', async () => {
    // Lengths around the end of a page, whose last bytes may be zeros, and of everyday readings.
    const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 3_950, max: 4_200 }));
    const commits = fc.array(fc.array(length, { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 12,
    });
    const limits = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9_000 }));
    await fc.assert(
      fc.asyncProperty(commits, limits, async (made, [entriesMax, bytesMax]) => {
        await using dir = await scratch();
        await using journal = await openTest(dir.path);
        const close = follower(journal, entriesMax, bytesMax);
        const seen: Kept[] = [];
        for (const [at, lengths] of made.entries()) {
          await kept(
            journal.append(
              lengths.map((each) => blob(each, at)),
              'now',
            ),
          );
          seen.push(...(await takeTo(close, journal.end)));
        }
        const late = await takeTo(follower(journal, entriesMax, bytesMax), journal.end);
        const onDisk = await readAll(journal);
        expect(seen).toEqual(onDisk.map((each) => ({ ...each, decoded: undefined })));
        expect(late.map(({ offset, next, bytes }) => [offset, next, bytes])).toEqual(
          onDisk.map(({ offset, next, bytes }) => [offset, next, bytes]),
        );
      }),
      { numRuns: 8 },
    );
  });

  it('is given the same objects as another one, so that what one decodes the other has', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const [one, other] = [follower(journal, 10), follower(journal, 10)];
    await kept(journal.append([entry('first')], 'now'));
    const [theirs, mine] = [await takeTo(one, journal.end), await takeTo(other, journal.end)];
    expect(theirs).toHaveLength(1);
    expect(mine[0]).toBe(theirs[0]);
  });

  it('may begin within a commit, and is given what follows', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const first = await kept(journal.append([entry('a'), entry('b'), entry('c')], 'now'));
    const [a, b, c] = await readAll(journal);
    expect(a?.offset).toBe(first);
    await journal.commit('store', b?.offset as Offset);
    expect((await takeTo(follower(journal, 10), journal.end)).map(({ offset }) => offset)).toEqual([
      b?.offset,
      c?.offset,
    ]);
  });
});

describe('what is remembered of the last commits', () => {
  const commitAt = (from: number, count: number): Kept[] =>
    Array.from({ length: count }, (_, at) => ({
      ...entry('x'),
      offset: BigInt(from + at) as Offset,
      next: BigInt(from + at + 1) as Offset,
    }));
  const at = (offset: number): Offset => BigInt(offset) as Offset;

  it('is bounded: of what is older nothing is there', () => {
    const recent = newRecent(1_000, 10);
    for (let from = 0; from < 100; from += 5) recent.add(commitAt(from, 5));
    expect(recent.take(at(80), 100, 1_000)).toEqual([]);
    expect(recent.take(at(90), 100, 1_000)).toHaveLength(10);
    expect(newRecent(4, 10).take(at(0), 1, 1)).toEqual([]);
  });

  it('is given from the middle and over the ends of commits, within what the taker wants', () => {
    const recent = newRecent();
    for (let from = 0; from < 20; from += 5) recent.add(commitAt(from, 5));
    expect(recent.take(at(3), 4, 1_000).map(({ offset }) => offset)).toEqual([3n, 4n, 5n, 6n]);
    expect(recent.take(at(3), 100, 3)).toHaveLength(3);
    expect(recent.take(at(3), 100, 0)).toHaveLength(1);
    expect(recent.take(at(20), 100, 1_000)).toEqual([]);
  });
});
