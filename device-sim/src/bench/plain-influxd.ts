import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { freePort } from '../mqtt/box.ts';

const NEVER = new AbortController().signal;
const LOOK_MS = 20;
const LOOKS_MAX = 1_500;

/** A real influxd without users, as a peer writes to it too, that may be away for a while. */
export interface PlainInfluxd {
  readonly port: number;
  readonly url: string;
  pid(): number;
  /** Resolves once it answers. */
  start(): Promise<void>;
  /** Kill -9: it is away at once, and comes back with what it had acknowledged. */
  stop(): Promise<void>;
  /** The first number of the first row; 0 where there is none. */
  number(statement: string, database?: string): Promise<number>;
}

const configOf = (directory: string, http: number, rpc: number): string =>
  [
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${rpc}"`,
    '[meta]',
    `dir = "${join(directory, 'meta')}"`,
    '[data]',
    `dir = "${join(directory, 'data')}"`,
    `wal-dir = "${join(directory, 'wal')}"`,
    'query-log-enabled = false',
    '[monitor]',
    'store-enabled = false',
    '[http]',
    `bind-address = "127.0.0.1:${http}"`,
    'log-enabled = false',
    '',
  ].join('\n');

interface Answer {
  readonly results?: readonly {
    readonly series?: readonly { readonly values?: readonly (readonly unknown[])[] }[];
    readonly error?: string;
  }[];
}

export const openPlainInfluxd = async (program: string, directory: string): Promise<PlainInfluxd> => {
  const clock = systemClock();
  const [port, rpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'influxdb.conf');
  await writeFile(config, configOf(directory, port, rpc));
  let child: ChildProcess | undefined;
  const answers = async (): Promise<boolean> => {
    try {
      return (await fetch(`${url}/ping`)).status === 204;
    } catch {
      return false;
    }
  };
  return {
    port,
    url,
    pid: () => child?.pid ?? 0,
    start: async () => {
      child = spawn(program, ['-config', config], { stdio: 'ignore' });
      for (let looks = 0; !(await answers()); looks += 1) {
        if (looks > LOOKS_MAX) throw new Error('influxd does not answer');
        await clock.sleep(LOOK_MS, NEVER);
      }
    },
    stop: async () => {
      const running = child;
      child = undefined;
      if (running === undefined || running.exitCode !== null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
    },
    number: async (statement, database = '') => {
      const query = new URLSearchParams({ q: statement, db: database });
      const answer = (await (await fetch(`${url}/query?${query}`, { method: 'POST' })).json()) as Answer;
      const [first] = answer.results ?? [];
      if (first?.error !== undefined) throw new Error(`InfluxDB: ${first.error}`);
      const rows = (first?.series ?? []).flatMap(({ values = [] }) => values);
      return Number(rows[0]?.[1] ?? 0);
    },
  };
};
