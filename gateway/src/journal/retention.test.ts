import { describe, expect, it } from 'vitest';
import type { Offset, Urgency } from './contract.ts';
import { blob, entry, kept, openTest, readAll, scratch, type TestJournal } from './testing.ts';

const DAY_MS = 86_400_000;
const KIB = 1024;

const fill = async (journal: TestJournal, bytes: number): Promise<void> => {
  for (let written = 0; written < bytes; written += 8 * KIB)
    await kept(journal.append([blob(8 * KIB, 1)], 'now'));
};

describe('what every reader has done with', () => {
  it('stays as the archive until there is too much of it', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { readers: ['a', 'b'], archiveBytesMax: 200 * KIB });
    await fill(journal, 600 * KIB);
    await journal.commit('a', journal.end);
    await fill(journal, 100 * KIB);
    expect([journal.start, journal.stats().archiveBytes]).toEqual([0n, 0]);
    await journal.commit('b', journal.end);
    await fill(journal, 100 * KIB);
    expect(journal.stats().archiveBytes).toBeLessThan(300 * KIB);
    expect(journal.start).toBeGreaterThan(0n);
    expect((await readAll(journal))[0]?.offset).toBe(journal.start);
    expect(journal.spans[0]?.base).toBe(journal.start);
  });

  it('goes when it is old, unless a clock that was not set says so', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { archiveDays: 30 });
    await fill(journal, 200 * KIB);
    await journal.commit('store', journal.end);
    await journal.clock.advance(29 * DAY_MS);
    await fill(journal, 100 * KIB);
    expect(journal.start).toBe(0n);
    journal.clock.step(-50 * 365 * DAY_MS);
    await fill(journal, 100 * KIB);
    expect(journal.start).toBe(0n);
    journal.clock.step(50 * 365 * DAY_MS + 2 * DAY_MS);
    await fill(journal, 100 * KIB);
    expect(journal.start).toBeGreaterThan(0n);
  });

  it('gives way to what is not done with, before anything new is refused', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { bytesMax: 1024 * KIB, archiveBytesMax: 1024 * KIB });
    await fill(journal, 600 * KIB);
    await journal.commit('store', journal.end);
    await fill(journal, 500 * KIB);
    const { bytes, refusedFull } = journal.stats();
    expect(refusedFull).toBe(0);
    expect(bytes).toBeLessThanOrEqual(1024 * KIB);
    expect(journal.position('store')).toBeGreaterThan(journal.start);
  });
});

describe('a journal that is full', () => {
  it('refuses what can wait first, keeps a reserve for the rest, and takes more when a reader gets on', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { bytesMax: 1024 * KIB });
    const append = async (urgency: Urgency) => {
      const result = journal.append([blob(8 * KIB, 1)], urgency);
      await journal.clock.advance(1000);
      return result;
    };
    const untilRefused = async (urgency: Urgency): Promise<number> => {
      for (let count = 0; ; count += 1) {
        const result = await append(urgency);
        if (result.ok) continue;
        expect(result.fault).toMatchObject({ kind: 'refused', code: 'journal.full' });
        return count;
      }
    };
    expect(await untilRefused('soon')).toBeGreaterThan(80);
    // Somebody waits for it, and still the reserve is not for what a device brought.
    expect(await untilRefused('awaited')).toBe(0);
    expect(await untilRefused('now')).toBeGreaterThan(2);
    expect((await append('soon')).ok).toBe(false);
    expect(journal.stats().bytes).toBeLessThanOrEqual(1024 * KIB);
    expect(journal.stats().refusedFull).toBe(4);
    await journal.commit('store', journal.end);
    expect((await append('soon')).ok).toBe(true);
  });

  it('refuses what is more than may wait for the disk', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, {
      segmentBytes: 4 * 1024 * KIB,
      bytesMax: 64 * 1024 * KIB,
    });
    const appends = Array.from({ length: 20 }, () => journal.append([blob(512 * KIB, 1)], 'soon'));
    await journal.clock.advance(1000);
    const codes = (await Promise.all(appends)).map((result) => (result.ok ? 'kept' : result.fault.code));
    expect(codes.filter((code) => code === 'journal.busy').length).toBeGreaterThan(2);
    expect(codes.filter((code) => code === 'kept').length).toBeGreaterThan(10);
    expect(journal.stats().refusedBusy).toBe(codes.filter((code) => code === 'journal.busy').length);
  });
});

describe('a reader that comes and goes', () => {
  it('holds nothing back while it is not configured, and starts at the first entry held afterwards', async () => {
    await using dir = await scratch();
    const small = { archiveBytesMax: 100 * KIB };
    const first = await openTest(dir.path, { ...small, readers: ['store', 'away'] });
    await fill(first, 100 * KIB);
    await first.commit('store', first.end);
    await first[Symbol.asyncDispose]();

    const second = await openTest(dir.path, small);
    await fill(second, 300 * KIB);
    await second.commit('store', second.end);
    await fill(second, 300 * KIB);
    expect(second.start).toBeGreaterThan(0n);
    await second[Symbol.asyncDispose]();

    await using third = await openTest(dir.path, { ...small, readers: ['store', 'away'] });
    expect(third.recovery.readersMoved).toEqual(['away']);
    expect(third.position('away')).toBe(third.start);
  });

  it('is forgotten for good when it is dropped', async () => {
    await using dir = await scratch();
    const first = await openTest(dir.path, { readers: ['store', 'gone'] });
    await kept(first.append([entry('a')], 'now'));
    await first.commit('gone', first.end);
    await first.forget('gone');
    expect(() => first.position('gone')).toThrow("'gone'");
    await first[Symbol.asyncDispose]();
    await using second = await openTest(dir.path, { readers: ['store', 'gone'] });
    expect(second.position('gone')).toBe(0n);
  });
});

describe('the context', () => {
  it('of the newest segment is there after a restart, with the offset that it was true at', async () => {
    await using dir = await scratch();
    let heads = 0;
    const context = () => Uint8Array.of(...Array.from({ length: 5000 }, () => heads));
    const first = await openTest(dir.path, { context });
    expect(first.context).toBeUndefined();
    for (heads = 1; first.stats().segments < 3; heads += 1) await kept(first.append([blob(9000, 1)], 'now'));
    const span = first.spans.at(-1);
    await first[Symbol.asyncDispose]();
    await using second = await openTest(dir.path, { context });
    expect(second.context?.at).toBe(span?.base as Offset);
    expect(second.context?.bytes).toEqual(new Uint8Array(5000).fill(heads - 1));
  });

  it('is limited', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { context: () => new Uint8Array(8193) });
    await expect(journal.append([entry('a')], 'now')).rejects.toThrow('at most 8192');
  });
});
