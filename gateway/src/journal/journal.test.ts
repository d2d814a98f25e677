import { describe, expect, it } from 'vitest';
import type { Batch, Offset } from './contract.ts';
import { blob, entry, kept, openTest, readAll, scratch, textOf } from './testing.ts';

const never = new AbortController().signal;
const FOLLOW = { entriesMax: 100, bytesMax: 65_536 };

const take = async (batches: AsyncIterable<Batch>, count: number): Promise<readonly Batch[]> => {
  const taken: Batch[] = [];
  for await (const batch of batches) if (taken.push(batch) === count) break;
  return taken;
};

describe('an append', () => {
  it('is read back byte for byte, in order, with offsets that follow each other', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const first = await kept(journal.append([entry('a', 7, 65_535), entry('', 255, 0)], 'now'));
    const second = await kept(journal.append([entry('b'.repeat(10_000))], 'now'));
    const entries = await readAll(journal);
    expect(entries.map(({ kind, stream }) => [kind, stream])).toEqual([
      [7, 65_535],
      [255, 0],
      [1, 0],
    ]);
    expect(entries.map(textOf)).toEqual(['a', '', 'b'.repeat(10_000)]);
    expect([entries[0]?.offset, entries[2]?.offset]).toEqual([first, second]);
    expect(entries.map(({ next }) => next)).toEqual([entries[1]?.offset, entries[2]?.offset, journal.end]);
  });

  it('that can wait is committed within commitEveryMs, together with all that came meanwhile', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { commitEveryMs: 1000 });
    let settled = 0;
    const appends = ['a', 'b', 'c'].map((text) =>
      kept(journal.append([entry(text)], 'soon')).then((offset) => {
        settled += 1;
        return offset;
      }),
    );
    await journal.clock.advance(999);
    expect([settled, journal.stats().commits, journal.end]).toEqual([0, 0, 0n]);
    await journal.clock.advance(1);
    await Promise.all(appends);
    expect([settled, journal.stats().commits, journal.stats().pendingBytes]).toEqual([3, 1, 0]);
  });

  it('that somebody waits for takes along what was to come soon, in the order of the appends', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const soon = kept(journal.append([entry('first')], 'soon'));
    const now = kept(journal.append([entry('second')], 'now'));
    expect(await soon).toBeLessThan(await now);
    expect((await readAll(journal)).map(textOf)).toEqual(['first', 'second']);
    expect(journal.stats().commits).toBe(1);
  });

  it('made while a sync is under way shares the next commit with the others', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const appends = Array.from({ length: 200 }, (_, i) => kept(journal.append([entry(`${i}`)], 'now')));
    await Promise.all(appends);
    expect(journal.stats().commits).toBeLessThan(5);
    expect((await readAll(journal)).map(textOf)).toEqual(appends.map((_, i) => `${i}`));
  });

  it('of nothing is kept at once, and one that breaks the rules is a bug', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    expect(await kept(journal.append([], 'now'))).toBe(0n);
    expect(() => journal.append([entry('a', 0)], 'now')).toThrow('kind 0');
    expect(() => journal.append([entry('a', 1, 65_536)], 'now')).toThrow('stream 65536');
    expect(() => journal.append([blob(33 * 1024, 1)], 'now')).toThrow('more than the 32768');
  });

  it('after the end is rejected, and the end commits what waits', async () => {
    await using dir = await scratch();
    const journal = await openTest(dir.path);
    const soon = kept(journal.append([entry('last words')], 'soon'));
    await journal[Symbol.asyncDispose]();
    await soon;
    await expect(journal.append([entry('late')], 'now')).rejects.toThrow('closed');
    await using again = await openTest(dir.path);
    expect((await readAll(again)).map(textOf)).toEqual(['last words']);
  });
});

describe('a reader', () => {
  it('follows from its position on, in batches within its limits, and is woken by what comes', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const texts = Array.from({ length: 10 }, (_, i) => `${i}`);
    await kept(
      journal.append(
        texts.map((text) => entry(text)),
        'now',
      ),
    );
    const batches = journal.follow('store', { entriesMax: 4, bytesMax: 65_536 }, never);
    const got = await take(batches, 3);
    expect(got.map(({ entries }) => entries.map(textOf).join(''))).toEqual(['0123', '4567', '89']);
    const woken = take(journal.follow('store', FOLLOW, never), 2);
    await journal.clock.advance(0);
    await journal.append([entry('woken')], 'now');
    expect((await woken).flatMap(({ entries }) => entries.map(textOf))).toEqual([...texts, 'woken']);
  });

  it('is given one entry even where it alone is larger than the limit', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    await kept(journal.append([blob(5000, 1), blob(5000, 2), blob(10, 3), blob(10, 4)], 'now'));
    const batches = await take(journal.follow('store', { entriesMax: 10, bytesMax: 100 }, never), 3);
    expect(batches.map(({ entries }) => entries.length)).toEqual([1, 1, 2]);
  });

  it('waits until it is aborted, with the reason of the signal', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    const abort = new AbortController();
    const waiting = take(journal.follow('store', FOLLOW, abort.signal), 1);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('goes on after a restart where its last durable commit left it, never before and never behind the end', async () => {
    await using dir = await scratch();
    const journal = await openTest(dir.path);
    await kept(
      journal.append(
        ['a', 'b', 'c'].map((text) => entry(text)),
        'now',
      ),
    );
    const second = (await readAll(journal))[1]?.next as Offset;
    await journal.commit('store', second);
    await journal.commit('store', 0n as Offset);
    await expect(journal.commit('store', (journal.end + 1n) as Offset)).rejects.toThrow('not durable');
    await journal[Symbol.asyncDispose]();
    await using again = await openTest(dir.path);
    expect(again.position('store')).toBe(second);
    const [batch] = await take(again.follow('store', FOLLOW, never), 1);
    expect(batch?.entries.map(textOf)).toEqual(['c']);
    expect(() => again.position('nobody')).toThrow("'nobody'");
  });

  it('commits of many at once cost few syncs', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { readers: ['a', 'b', 'c'] });
    await kept(
      journal.append(
        Array.from({ length: 50 }, () => entry('x')),
        'now',
      ),
    );
    const before = journal.stats().syncs;
    const offsets = (await readAll(journal)).map(({ next }) => next);
    await Promise.all(['a', 'b', 'c'].flatMap((name) => offsets.map((end) => journal.commit(name, end))));
    expect(journal.stats().syncs - before).toBeLessThan(4);
    expect(journal.position('c')).toBe(journal.end);
  });
});

describe('a range', () => {
  it('is read from any entry to any other, over segments and while more is written', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    for (let i = 0; i < 60; i += 1) await kept(journal.append([blob(3000, i), blob(100, i)], 'now'));
    expect(journal.stats().segments).toBeGreaterThan(2);
    const all = await readAll(journal);
    expect(all.map(({ bytes }) => [bytes.length, bytes[0]])).toEqual(
      Array.from({ length: 120 }, (_, i) => [i % 2 === 0 ? 3000 : 100, i >> 1]),
    );
    const [from, to] = [all[17]?.offset, all[101]?.offset] as [Offset, Offset];
    const part: Offset[] = [];
    for await (const each of journal.read(from, to)) part.push(each.offset);
    expect(part).toEqual(all.slice(17, 101).map(({ offset }) => offset));
  });
});
