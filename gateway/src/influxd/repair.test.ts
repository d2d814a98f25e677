import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InfluxdLayout, influxdLayout } from './layout.ts';
import { brokenDatabases, repairSeries } from './repair.ts';
import { openRing } from './ring.ts';

let layout: InfluxdLayout;

const put = async (path: string, text: string): Promise<void> => {
  const whole = join(layout.data, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, text);
};

beforeEach(async () => {
  layout = influxdLayout(await mkdtemp(join(tmpdir(), 'outpost-repair-')));
  await put('good/_series/00/0000', 'SSEG\u0001');
  await put('good/_series/00/index', 'SIDX\u0001');
  await put('good/raw/1/000001-01.tsm', 'points');
});
afterEach(() => rm(layout.directory, { recursive: true, force: true }));

it('finds nothing to repair in a good database, nor where there is none', async () => {
  expect(await repairSeries(layout)).toEqual([]);
  expect(await brokenDatabases(influxdLayout('/nowhere'))).toEqual([]);
});

it.each([
  ['a segment of zeros', '_series/03/0000', '\0\0\0\0\0'],
  ['an empty segment', '_series/07/0000', ''],
  ['a second segment of zeros', '_series/00/0001', '\0\0\0\0\0'],
  ['a series index of zeros', '_series/00/index', '\0\0\0\0\0'],
])('moves aside what is derived from the points, and nothing else: %s', async (_, path, text) => {
  await put('bad/_series/00/0000', 'SSEG\u0001');
  await put(`bad/${path}`, text);
  await put('bad/raw/7/index/0/MANIFEST', '{}');
  await put('bad/raw/7/000001-01.tsm', 'points');
  await put('bad/r1m/8/fields.idx', 'fields');
  await writeFile(layout.settledFile, '');
  expect(await repairSeries(layout)).toEqual(['bad']);
  expect((await readdir(join(layout.data, 'bad'))).sort()).toEqual(['r1m', 'raw']);
  expect(await readdir(join(layout.data, 'bad', 'raw', '7'))).toEqual(['000001-01.tsm']);
  expect(await readFile(join(layout.setAside, '1', 'bad', path), 'latin1')).toBe(text);
  expect(
    await readFile(join(layout.setAside, '1', 'bad', 'raw', '7', 'index', '0', 'MANIFEST'), 'utf8'),
  ).toBe('{}');
  expect(await readdir(layout.directory)).not.toContain('settled');
  expect(await repairSeries(layout)).toEqual([]);
});

it('keeps what the last three repairs moved aside', async () => {
  for (let i = 0; i < 5; i += 1) {
    await put('bad/_series/00/0000', '\0\0\0\0');
    expect(await repairSeries(layout)).toEqual(['bad']);
  }
  expect((await readdir(layout.setAside)).sort()).toEqual(['3', '4', '5']);
});

it('keeps the last lines of a log, whatever pieces they come in', () => {
  const ring = openRing(3, 10);
  for (const piece of ['on', 'e\ntwo\nthr', 'ee\nfour\n', 'x'.repeat(50), '\nla', 'st']) ring.add(piece);
  expect(ring.lines()).toEqual(['four', 'x'.repeat(10), 'last']);
  for (let i = 0; i < 100; i += 1) ring.add('y'.repeat(1_000));
  expect(ring.lines().join('').length).toBeLessThan(100);
});
