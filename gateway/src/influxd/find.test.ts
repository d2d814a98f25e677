import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInfluxd } from './find.ts';

const signal = new AbortController().signal;
let directory: string;
let bin: string;
let cache: string;

const script = async (path: string, ...lines: readonly string[]): Promise<void> => {
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(path, 0o755);
};
const influxd = (path: string, version: string): Promise<void> =>
  script(path, `echo "InfluxDB ${version} (git: unknown)"`);

const find = (mayFetch = true) =>
  findInfluxd({ clock: systemClock(), cache, searchPath: `${bin}:/usr/bin:/bin`, mayFetch }, signal);

/** Stands in for Debian's: a package here is a shell script that says which version it unpacks. */
const packages = async (version: string): Promise<void> => {
  await script(
    join(bin, 'apt-get'),
    `[ "$*" = "download influxdb" ] && echo "${version}" > influxdb_1_x.deb`,
  );
  await script(
    join(bin, 'dpkg-deb'),
    'mkdir -p "$3/usr/bin" && f="$3/usr/bin/influxd"',
    'printf \'#!/bin/sh\\necho "InfluxDB %s"\\n\' "$(cat "$2")" > "$f" && chmod 755 "$f"',
  );
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-find-'));
  bin = join(directory, 'bin');
  cache = join(directory, 'cache');
  await mkdir(bin);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('an influxd is found', () => {
  it('on the PATH before anything else', async () => {
    await packages('v1.6.7~rc0');
    await influxd(join(bin, 'influxd'), 'v1.8.10');
    expect(await find()).toMatchObject({ ok: true, value: { found: 'path', version: '1.8.10' } });
  });

  it('in Debian’s package where the PATH has none of version 1, and the next time where it was unpacked', async () => {
    await influxd(join(bin, 'influxd'), 'v2.7.6');
    await packages('v1.6.7~rc0');
    expect(await find()).toMatchObject({ ok: true, value: { found: 'fetched', version: '1.6.7~rc0' } });
    await script(join(bin, 'apt-get'), 'exit 100');
    expect(await find()).toMatchObject({
      ok: true,
      value: { found: 'unpacked', path: join(cache, 'unpacked', 'usr', 'bin', 'influxd') },
    });
  });

  it('anew where what was unpacked does not run here', async () => {
    await mkdir(join(cache, 'unpacked', 'usr', 'bin'), { recursive: true });
    await script(join(cache, 'unpacked', 'usr', 'bin', 'influxd'), 'exit 126');
    await packages('v1.6.7');
    expect(await find()).toMatchObject({ ok: true, value: { found: 'fetched', version: '1.6.7' } });
  });
});

describe('where there is none', () => {
  it.each([
    [
      'the package cannot be fetched',
      'echo "E: Unable to locate package influxdb" >&2; exit 100',
      'Unable to locate',
    ],
    ['it comes to nothing', 'exit 0', 'left no package'],
  ])('%s: one line says so and how to get one', async (_, act, words) => {
    await script(join(bin, 'apt-get'), act);
    const found = await find();
    expect(found).toMatchObject({ ok: false, fault: { kind: 'unreachable', code: 'influxd.not-found' } });
    expect(!found.ok && found.fault.words).toContain(words);
    expect(!found.ok && found.fault.words).toContain('apt-get install influxdb');
    expect(!found.ok && found.fault.words).not.toContain('\n');
  });

  it('and nothing may be fetched: nothing is', async () => {
    await script(join(bin, 'apt-get'), `touch ${directory}/called`);
    expect((await find(false)).ok).toBe(false);
    await expect(rm(join(directory, 'called'))).rejects.toThrow('ENOENT');
  });
});
