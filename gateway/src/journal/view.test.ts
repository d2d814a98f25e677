import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from './disk.ts';
import { blob, entry, kept, openTest, readAll, scratch, textOf } from './testing.ts';
import { openJournalReadOnly } from './view.ts';

const view = async (directory: string) => {
  const opened = await openJournalReadOnly({ directory, disk: nodeDisk() });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

describe('a look at a journal', () => {
  it('that is in use shows what is durable, and where its readers are', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    for (let i = 0; i < 100; i += 1) await kept(journal.append([entry(`${i}`), blob(900, i)], 'now'));
    await journal.commit('store', (await readAll(journal))[9]?.next ?? journal.end);
    const seen = await view(dir.path);
    expect(await readAll(seen)).toEqual(await readAll(journal));
    expect([seen.start, seen.end, seen.bytes]).toEqual([journal.start, journal.end, journal.stats().bytes]);
    expect(seen.spans).toEqual(journal.spans);
    expect(seen.readers).toEqual(journal.stats().readers);
    expect(seen.damages).toEqual([]);
  });

  it('stays as it was while the journal goes on, and changes nothing', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path);
    await kept(journal.append([entry('before')], 'now'));
    const files = await readdir(dir.path);
    const seen = await view(dir.path);
    expect(await readdir(dir.path)).toEqual(files);
    for (let i = 0; i < 50; i += 1) await kept(journal.append([blob(3000, i)], 'now'));
    expect((await readAll(seen)).map(textOf)).toEqual(['before']);
  });

  it('never sees half of anything, however often it looks while there is writing and deleting', async () => {
    await using dir = await scratch();
    await using journal = await openTest(dir.path, { archiveBytesMax: 64 * 1024 });
    let looks = 0;
    const write = async (): Promise<void> => {
      for (let i = 0; i < 150; i += 1) {
        await kept(journal.append([entry(`${i}`), blob((i * 997) % 5000, i)], 'now'));
        if (i % 10 === 0) await journal.commit('store', journal.end);
      }
    };
    const writing = write().finally(() => {
      looks = Number.POSITIVE_INFINITY;
    });
    for (; looks < 1000; looks += 1) {
      const durable = journal.end;
      const seen = await view(dir.path);
      expect(seen.end).toBeGreaterThanOrEqual(durable);
      expect(seen.damages).toEqual([]);
    }
    await writing;
    const seen = await view(dir.path);
    expect((await readAll(seen)).at(-1)?.bytes.length).toBe((149 * 997) % 5000);
  });

  it('where there is none says so', async () => {
    await using dir = await scratch();
    for (const directory of [dir.path, join(dir.path, 'nowhere')]) {
      const opened = await openJournalReadOnly({ directory, disk: nodeDisk() });
      expect(opened).toMatchObject({ ok: false, fault: { kind: 'misconfigured', code: 'journal.format' } });
    }
  });
});
