import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCredentials } from '../influxd/credentials.ts';
import { influxdLayout } from '../influxd/layout.ts';
import { outpost } from './main.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-grafana-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const out: string[] = [];
  const err: string[] = [];
  const code = await outpost(['grafana', ...args], {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env,
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const configure = async (store: unknown): Promise<string> => {
  const file = join(directory, 'outpost.json');
  await writeFile(file, JSON.stringify({ dataDirectory: directory, store, devices: [], networks: [] }));
  return file;
};

describe('outpost grafana', () => {
  it('writes all that Grafana needs, and the password where only root reads it', async () => {
    const config = await configure({});
    const layout = influxdLayout(join(directory, 'store', 'influxdb'));
    const credentials = await loadCredentials(layout.credentialsFile);
    if (!credentials.ok) throw new Error(credentials.fault.words);
    await writeFile(layout.portsFile, JSON.stringify({ http: 8086, rpc: 8088 }));
    const root = join(directory, 'host');

    const { code, out, err } = await run(['install', '--config', config, '--root', root]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('systemctl restart grafana-server');
    const secret = join(root, 'etc/grafana/outpost.env');
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    const { user, password } = credentials.value.read;
    expect(await readFile(secret, 'utf8')).toBe(
      `OUTPOST_INFLUX_URL=http://127.0.0.1:8086\nOUTPOST_INFLUX_USER=${user}\nOUTPOST_INFLUX_PASSWORD=${password}\nOUTPOST_INFLUX_DATABASE=outpost\n`,
    );
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    expect(files.filter(({ name }) => name.endsWith('.json')).length).toBe(5);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      if (path !== secret) expect(await readFile(path, 'utf8')).not.toContain(password);
    }
    expect(out).not.toContain(password);

    const printed = await run(['print', '--config', config, '--url', 'http://192.168.0.9:8086']);
    expect(printed.out).toContain('OUTPOST_INFLUX_URL=http://192.168.0.9:8086');
  });

  it('says what is missing in one sentence', async () => {
    const early = await run(['print', '--config', await configure({})]);
    expect([early.code, early.err]).toEqual([78, expect.stringMatching(/let the gateway run once first\.$/)]);
    const none = await run(['print', '--config', await configure(null)]);
    expect([none.code, none.err]).toEqual([78, expect.stringMatching(/nothing for Grafana to show\.$/)]);
    const own = await run(['print', '--config', await configure({ url: 'http://db:8086' })]);
    expect([own.code, own.err]).toEqual([78, expect.stringMatching(/OUTPOST_INFLUX_USER/)]);
  });

  const OWN = { OUTPOST_INFLUX_USER: 'reader', OUTPOST_INFLUX_PASSWORD: 'two words "$HOME" \\ end' };

  it('puts a password with any characters where systemd reads it back, over a file that was open to all', async () => {
    const config = await configure({ url: 'http://db:8086' });
    const root = join(directory, 'host');
    const secret = join(root, 'etc/grafana/outpost.env');
    await mkdir(join(root, 'etc/grafana'), { recursive: true });
    await writeFile(secret, 'old');
    await chmod(secret, 0o644);
    const before = process.umask(0o077);
    try {
      expect(await run(['install', '--config', config, '--root', root], OWN)).toMatchObject({
        code: 0,
        err: '',
      });
    } finally {
      process.umask(before);
    }
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect(await readFile(secret, 'utf8')).toContain(
      'OUTPOST_INFLUX_PASSWORD="two words \\"\\$HOME\\" \\\\ end"\n',
    );
    const board = join(root, 'var/lib/grafana/outpost/overview.json');
    expect((await stat(board)).mode & 0o777).toBe(0o644);
    expect((await stat(join(root, 'var/lib/grafana'))).mode & 0o777).toBe(0o755);
  });

  it('takes away dashboards that there are no more, and nothing else', async () => {
    const config = await configure({ url: 'http://db:8086' });
    const root = join(directory, 'host');
    const boards = join(root, 'var/lib/grafana/outpost');
    await mkdir(boards, { recursive: true });
    await writeFile(join(boards, 'former.json'), '{}');
    await writeFile(join(boards, 'notes.txt'), 'mine');
    expect((await run(['install', '--config', config, '--root', root], OWN)).code).toBe(0);
    expect((await readdir(boards)).sort()).toEqual([
      'attestations.json',
      'hotspot.json',
      'notes.txt',
      'outpost.json',
      'overview.json',
      'vehicle.json',
    ]);
  });

  it('refuses an address that Grafana cannot ask, and a password that no line can hold', async () => {
    const config = await configure({ url: 'http://db:8086' });
    for (const url of ['pi:8086', 'ftp://pi/', 'http://me:secret@pi:8086']) {
      const { code, err } = await run(['print', '--config', config, '--url', url], OWN);
      expect([code, err]).toEqual([78, expect.stringContaining('--url')]);
      expect(err).not.toContain('secret');
    }
    const broken = await run(['print', '--config', config], { ...OWN, OUTPOST_INFLUX_PASSWORD: 'a\nb' });
    expect([broken.code, broken.err]).toEqual([78, expect.stringMatching(/line break/)]);
  });
});
