import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manualClock } from '@outpost/schemas/testing';
import { fail, fault, ok } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { openSettingsFile, type Settings } from './settings-file.ts';

const textOf = (value: object): string => JSON.stringify({ dataDirectory: '/data', page: {}, ...value });

const rig = async (directory: string) => {
  const path = join(directory, 'outpost.json');
  await writeFile(path, textOf({ n: 0 }));
  const checked: string[] = [];
  const clock = manualClock();
  const file = openSettingsFile({
    path,
    directory: join(directory, 'settings'),
    clock,
    check: async (candidate) => {
      const text = await readFile(candidate, 'utf8');
      checked.push(text);
      return text.includes('"bad"')
        ? fail(fault('misconfigured', 'x', 'n', 'must be a number.'))
        : ok(undefined);
    },
  });
  const read = async (): Promise<Settings> => {
    const settings = await file.read();
    if (!settings.ok) throw new Error(settings.fault.words);
    return settings.value;
  };
  return { path, file, clock, checked, read };
};

describe('the settings', () => {
  it('are replaced as a whole once they were checked, and can be put back', async () => {
    await using directory = await scratch();
    const { file, path, read, checked } = await rig(directory.path);
    const before = await read();
    expect(before).toMatchObject({ text: textOf({ n: 0 }), isWritable: true, earlier: [] });
    expect(await file.save(textOf({ n: 1 }), before.version)).toEqual(ok(undefined));
    expect(await readFile(path, 'utf8')).toBe(textOf({ n: 1 }));
    expect(checked).toEqual([textOf({ n: 1 })]);
    const after = await read();
    expect(after.version).not.toBe(before.version);
    const [earlier] = after.earlier;
    expect(await file.restore(earlier?.id ?? '', after.version)).toEqual(ok(undefined));
    const back = await read();
    expect(back.text).toBe(textOf({ n: 0 }));
    expect(back.version).toBe(before.version);
    expect(back.earlier).toHaveLength(2);
  });

  it('that cannot work are not saved, and say why', async () => {
    await using directory = await scratch();
    const { file, read } = await rig(directory.path);
    const { version, text } = await read();
    const ends = [
      textOf({ n: 'bad' }),
      '{"dataDirectory": "/data"',
      '[]',
      textOf({ page: null }),
      textOf({ dataDirectory: '/elsewhere' }),
      textOf({ n: 'x'.repeat(1024 * 1024) }),
    ].map((each) => file.save(each, version));
    const codes = (await Promise.all(ends)).map((each) => (each.ok ? 'saved' : each.fault.code));
    expect(codes).toEqual([
      'x',
      'settings.no-json',
      'settings.no-json',
      'settings.page',
      'settings.data-directory',
      'settings.too-long',
    ]);
    expect(await read()).toMatchObject({ text, version, earlier: [] });
    expect(await readdir(join(directory.path, 'settings'))).toEqual([]);
  });

  it('are not overwritten by who has not seen the last change', async () => {
    await using directory = await scratch();
    const { file, read } = await rig(directory.path);
    const { version } = await read();
    const [first, second] = await Promise.all([
      file.save(textOf({ n: 1 }), version),
      file.save(textOf({ n: 2 }), version),
    ]);
    expect(first).toEqual(ok(undefined));
    expect(second).toMatchObject({ ok: false, fault: { code: 'settings.changed' } });
    expect((await read()).text).toBe(textOf({ n: 1 }));
  });

  it('are checked without being saved', async () => {
    await using directory = await scratch();
    const { file, read } = await rig(directory.path);
    const { text } = await read();
    expect(await file.check(textOf({ n: 1 }))).toEqual(ok(undefined));
    expect(await file.check(textOf({ n: 'bad' }))).toMatchObject({ ok: false });
    expect((await read()).text).toBe(text);
  });

  it('of the last twenty times are kept, in order also where the clock goes back', async () => {
    await using directory = await scratch();
    const { file, read, clock } = await rig(directory.path);
    for (let n = 1; n <= 25; n += 1) {
      clock.step(n % 3 === 0 ? -60_000 : 1_000);
      const { version } = await read();
      expect(await file.save(textOf({ n }), version)).toEqual(ok(undefined));
    }
    const { earlier, version } = await read();
    expect(earlier).toHaveLength(20);
    expect(await file.restore(earlier[0]?.id ?? '', version)).toEqual(ok(undefined));
    expect((await read()).text).toBe(textOf({ n: 24 }));
    expect(await file.restore('1', (await read()).version)).toMatchObject({
      fault: { code: 'settings.no-earlier' },
    });
  });
});
