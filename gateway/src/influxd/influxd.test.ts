import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Influx } from '../store/influx.ts';
import type { Point } from '../store/point.ts';
import type { Credentials, Login } from './credentials.ts';
import { openInfluxd } from './influxd.ts';
import { influxdEnvironment } from './layout.ts';
import { endOrphan } from './orphan.ts';
import { influxAs, provision } from './provision.ts';
import { brokenDatabases } from './repair.ts';
import { type RunningInflux, realInflux, runInflux } from './testing/real-influx.ts';

const signal = new AbortController().signal;
const clock = systemClock();
const found = await realInflux(signal);
const program = found.ok ? found.value.path : '';
const name = found.ok ? 'a managed InfluxDB' : `a managed InfluxDB (skipped: ${found.fault.words})`;

const DATABASE = 'outpost';

const NOW = BigInt(Math.floor(performance.timeOrigin)) * 1_000_000n;
const points = (count: number, measurement: string): readonly Point[] =>
  Array.from({ length: count }, (_, i) => ({
    measurement,
    tags: { device: `car-${i % 100}` },
    integers: { seq: i },
    at: NOW + BigInt(i),
  }));

const write = async (influx: Influx, count: number, measurement: string): Promise<void> => {
  const outcomes = await influx.write(points(count, measurement), 'raw', signal);
  expect(outcomes.filter(({ kind }) => kind !== 'stored')).toEqual([]);
};

const count = async (influx: Influx, measurement: string): Promise<number> => {
  const rows = await influx.query(`SELECT count("seq") FROM "raw"."${measurement}"`, signal);
  return rows.ok ? Number(rows.value[0]?.['count'] ?? 0) : -1;
};

/** What a power cut leaves of a file whose head was written through a memory mapping only. */
const zeroHead = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  await handle.write(new Uint8Array(4096), 0, 4096, 0);
  await handle.close();
};

describe.skipIf(!found.ok)(name, () => {
  let influx: RunningInflux;
  let client: Influx;
  const parts = () => ({
    program,
    directory: influx.influxd.layout.directory,
    ports: { http: 0, rpc: 0 },
    clock,
    say: () => undefined,
  });
  const as = (login: Login | undefined) => influxAs(influx.influxd, login, DATABASE, clock, 5_000);

  beforeAll(async () => {
    if (!found.ok) return;
    influx = await runInflux(program);
    const layout = await influx.prepare(DATABASE);
    expect(layout).toMatchObject({ raw: 'raw', rollups: true, created: true });
    client = influx.connect(DATABASE);
  });
  afterAll(() => influx?.end());

  it('is set up with users that may do what they need and no more, and passwords nobody else can read', async () => {
    expect(await influx.prepare(DATABASE)).toMatchObject({ raw: 'raw', rollups: true, created: false });
    const { credentials, layout } = influx.influxd;
    expect((await stat(layout.credentialsFile)).mode & 0o777).toBe(0o600);
    await write(as(credentials.write), 1, 'users');
    expect(await count(as(credentials.read), 'users')).toBe(1);
    const [refused] = await as(credentials.read).write(points(1, 'users'), 'raw', signal);
    expect(refused).toMatchObject({ kind: 'kept', fault: { code: 'influx.not-allowed' } });
    expect((await as(undefined).query('SHOW DATABASES', signal)).ok).toBe(false);
    const policies = await as(credentials.admin).query(`SHOW RETENTION POLICIES ON "${DATABASE}"`, signal);
    expect(
      policies.ok && policies.value.map((row) => [row['name'], row['duration'], row['default']]),
    ).toEqual([
      ['raw', '336h0m0s', true],
      ['r1m', '8784h0m0s', false],
    ]);
    const log = influx.influxd.status().log.join('\n');
    for (const { password } of Object.values(credentials)) expect(log).not.toContain(password);
  });

  it('listens on loopback only, on both its ports', async () => {
    const { url, layout } = influx.influxd;
    const { rpc } = JSON.parse(await readFile(layout.portsFile, 'utf8')) as { rpc: number };
    const reached = (port: number, host: string) =>
      new Promise((resolve) => {
        const socket = connect(port, host, () => resolve(true)).once('error', () => resolve(false));
        socket.unref();
      });
    for (const port of [Number(new URL(url).port), rpc]) {
      expect(await reached(port, '127.0.0.1')).toBe(true);
      expect(await reached(port, '127.0.0.2')).toBe(false);
    }
  });

  it('is started again when it dies, and keeps what it acknowledged', async () => {
    await write(client, 2_000, 'died');
    const { pid, restarts } = influx.influxd.status();
    process.kill(pid ?? 0, 'SIGKILL');
    while (influx.influxd.status().restarts === restarts) await clock.sleep(10, signal);
    await influx.ready();
    expect(influx.influxd.status().pid).not.toBe(pid);
    expect(await count(client, 'died')).toBe(2_000);
    expect(influx.said.join()).toContain('SIGKILL ended it');
  });

  it('answers after a power cut that it alone would hang on for ever, with every acknowledged point', async () => {
    await write(client, 2_000, 'cut');
    const { layout, url } = influx.influxd;
    process.kill(influx.influxd.status().pid ?? 0, 'SIGKILL');
    await influx.stop();
    for (const each of ['00', '03', '07']) {
      await zeroHead(join(layout.data, DATABASE, '_series', each, '0000'));
    }
    expect(await brokenDatabases(layout)).toEqual([DATABASE]);

    const ports = { http: Number(new URL(url).port), rpc: 0 };
    const alone = spawn(program, ['run', '-config', '/dev/null'], {
      env: influxdEnvironment(layout, ports),
      stdio: 'ignore',
    });
    await clock.sleep(1_000, signal);
    const alive = alone.exitCode === null && alone.signalCode === null;
    const answers = (await influx.connect(DATABASE, 300).ping(signal)).ok;
    alone.kill('SIGKILL');
    expect({ alive, answers }).toEqual({ alive: true, answers: false });

    const { repairs } = influx.influxd.status();
    const began = performance.now();
    influx.start();
    await influx.ready();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(influx.influxd.status().repairs).toBe(repairs + 1);
    expect(await count(client, 'cut')).toBe(2_000);
    expect((await readdir(layout.setAside)).length).toBe(1);
    expect(existsSync(layout.settledFile)).toBe(false);
    await influx.prepare(DATABASE);
    expect(existsSync(layout.settledFile)).toBe(true);
    await write(client, 2_500, 'cut');
    expect(await count(client, 'cut')).toBe(2_500);
  });

  it('ends the child that a killed gateway left behind, and nobody else', async () => {
    await write(client, 100, 'orphan');
    const { layout } = influx.influxd;
    const { pid } = influx.influxd.status();
    const said: string[] = [];
    // A second gateway opens the directory of one that is gone; the first one here only looks like gone.
    const second = await openInfluxd({ ...parts(), say: (words) => said.push(words) }, signal);
    expect(second.ok).toBe(true);
    expect(said.join()).toContain(`process ${pid}`);
    await influx.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    await writeFile(layout.pidFile, String(stranger.pid));
    expect(await endOrphan(layout, clock, signal)).toBeUndefined();
    expect(stranger.exitCode).toBeNull();
    stranger.kill('SIGKILL');
    influx.start();
    await influx.ready();
    expect(await count(client, 'orphan')).toBe(100);
  });

  it('keeps its address over restarts of the gateway, and leaves no pid file when it is stopped', async () => {
    await influx.stop();
    const { layout, url } = influx.influxd;
    expect(existsSync(layout.pidFile)).toBe(false);
    const again = await openInfluxd(parts(), signal);
    expect(again.ok && again.value.url).toBe(url);
    influx.start();
    await influx.ready();
  });

  it('says what to do where its passwords were lost, and takes restored ones', async () => {
    const { layout } = influx.influxd;
    const kept = JSON.parse(await readFile(layout.credentialsFile, 'utf8')) as Credentials;
    await influx.stop();
    const openWith = async (text: string) => {
      await writeFile(layout.credentialsFile, text, { mode: 0o600 });
      return openInfluxd(parts(), signal);
    };
    expect(await openWith('{}')).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    const login = { user: kept.write.user, password: 'another-password-1234' };
    const other = await openWith(JSON.stringify({ ...kept, write: login }));
    if (!other.ok) throw new Error(other.fault.words);
    influx.start();
    await influx.ready();
    const plan = { database: DATABASE, rawDays: 14, rollupDays: 366 };
    expect((await provision(other.value, plan, clock, signal)).ok).toBe(true);
    await write(influxAs(other.value, login, DATABASE, clock, 5_000), 1, 'restored');
    await influx.stop();
    const lost = await openWith(
      JSON.stringify({ ...kept, admin: { ...kept.admin, password: login.password } }),
    );
    if (!lost.ok) throw new Error(lost.fault.words);
    influx.start();
    await influx.ready();
    expect(await provision(lost.value, plan, clock, signal)).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', code: 'influxd.other-users' },
    });
  });
});
