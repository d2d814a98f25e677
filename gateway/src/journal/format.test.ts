import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from './disk.ts';
import { prepareDirectory } from './format.ts';
import { openTest, scratch } from './testing.ts';

describe('the format of a data directory', () => {
  it('is written into a new one and accepted afterwards', async () => {
    await using dir = await scratch();
    await (await openTest(dir.path))[Symbol.asyncDispose]();
    expect(await readFile(join(dir.path, 'format'), 'utf8')).toBe('outpost-journal 1\n');
    await (await openTest(dir.path))[Symbol.asyncDispose]();
  });

  it('of a newer version, or of something else, is left alone and told in words', async () => {
    await using dir = await scratch();
    await writeFile(join(dir.path, 'format'), 'outpost-journal 2\n');
    await expect(openTest(dir.path)).rejects.toThrow('written by a newer Outpost (format 2');
    await writeFile(join(dir.path, 'format'), 'my holiday pictures\n');
    await expect(openTest(dir.path)).rejects.toThrow("no journal's");
    expect(await readFile(join(dir.path, 'format'), 'utf8')).toBe('my holiday pictures\n');
  });

  it('is brought up to date step by step, and an interrupted step is taken again', async () => {
    await using dir = await scratch();
    const disk = nodeDisk();
    await writeFile(join(dir.path, 'format'), 'outpost-journal 1\n');
    const taken: number[] = [];
    let power = false;
    const migrations = [1, 2].map((from) => ({
      from,
      migrate: async () => {
        taken.push(from);
        if (from === 2 && !power) throw new Error('power cut');
      },
    }));
    await expect(prepareDirectory(disk, dir.path, migrations, 3)).rejects.toThrow('power cut');
    power = true;
    expect(await prepareDirectory(disk, dir.path, migrations, 3)).toEqual({ ok: true, value: 3 });
    expect(taken).toEqual([1, 2, 2]);
    expect(await readFile(join(dir.path, 'format'), 'utf8')).toBe('outpost-journal 3\n');
    await expect(prepareDirectory(disk, dir.path, migrations, 4)).rejects.toThrow(
      'No migration from journal format 3',
    );
  });

  it('cannot be told where the directory cannot be used, which is a fault', async () => {
    await using dir = await scratch();
    await writeFile(join(dir.path, 'file'), 'in the way');
    await expect(openTest(join(dir.path, 'file'))).rejects.toThrow('cannot be used');
    await expect(openTest(join(dir.path, 'file', 'below'))).rejects.toThrow('cannot be used');
  });
});
