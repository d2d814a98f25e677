import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
});
