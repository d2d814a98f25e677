import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askControl, type Status } from '@outpost/gateway';
import type { Report } from '@outpost/schemas/evidence';
import type { NetworkStatus } from '../network/serve-network.ts';
import {
  type Ended,
  OUTPOST,
  OUTPOST_SIM,
  outpost,
  type Program,
  startProgram,
  until,
  untilSaid,
} from './programs.ts';

const TCP = /tcp:\/\/[\w.:[\]-]+:\d+/;
const HTTP = /http:\/\/[\w.:[\]-]+:\d+/;
const KEY = /outpost-ed25519:[0-9a-f]{64}/;
const ASK_MS = 5_000;

export interface NetworkEnd {
  readonly url: string;
  readonly key: string;
  readonly program: Program;
  status(): Promise<NetworkStatus>;
}

/** A directory of its own, and every program that a test starts in it; all are gone when it is disposed. */
export interface Scene extends AsyncDisposable {
  readonly directory: string;
  /** Starts a simulated car; gives the address of its dongle. */
  car(...args: readonly string[]): Promise<string>;
  /** Starts a receiving network that remembers below `name`. */
  network(name: string, ...args: readonly string[]): Promise<NetworkEnd>;
  /** Starts `outpost run` and does not wait for it. */
  gateway(config: string): Program;
  /** Writes a file into the directory; anything but text is written as JSON. Gives its path. */
  write(name: string, content: unknown): Promise<string>;
  path(name: string): string;
}

export const openScene = async (): Promise<Scene> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-system-'));
  const programs: Program[] = [];
  const start = (script: string, args: readonly string[]): Program => {
    const program = startProgram(script, args);
    programs.push(program);
    return program;
  };
  const path = (name: string): string => join(directory, name);
  return {
    directory,
    path,
    car: (...args) => untilSaid(start(OUTPOST_SIM, ['car', '--listen', 'tcp://127.0.0.1:0', ...args]), TCP),
    async network(name, ...args) {
      const place = ['--listen', 'http://127.0.0.1:0', '--state', path(name)];
      const program = start(OUTPOST_SIM, ['network', ...place, ...args]);
      const key = await untilSaid(program, KEY);
      const url = await untilSaid(program, HTTP);
      const status = async (): Promise<NetworkStatus> =>
        (await (await fetch(`${url}/v1/status`)).json()) as NetworkStatus;
      return { url, key, program, status };
    },
    gateway: (config) => start(OUTPOST, ['run', '--config', config]),
    async write(name, content) {
      await writeFile(path(name), typeof content === 'string' ? content : JSON.stringify(content));
      return path(name);
    },
    async [Symbol.asyncDispose]() {
      for (const program of programs) if (program.running()) program.send('SIGKILL');
      await Promise.all(programs.map(({ ended }) => ended));
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export interface ConfigParts {
  readonly data: string;
  readonly port: string;
  readonly network?: NetworkEnd | undefined;
  readonly acceptSimulated?: boolean;
}

/** A gateway that signs every second and keeps everything in its journal only. */
export const configOf = ({ data, port, network, acceptSimulated = true }: ConfigParts) => ({
  dataDirectory: data,
  keyKind: 'demo',
  devices: [{ name: 'car', adapter: 'elm327', port }],
  networks:
    network === undefined
      ? []
      : [{ name: 'sim', network: 'outpost', url: network.url, key: network.key, acceptSimulated }],
  store: null,
  attest: { everySeconds: 1 },
  journal: { commitEveryMs: 100 },
  clock: { trust: 'rtc' },
});

/** Undefined where no gateway answers. */
export const statusOf = async (data: string): Promise<Status | undefined> => {
  const answer = await askControl(data, '/status', ASK_MS);
  return answer.ok ? (JSON.parse(answer.value) as Status) : undefined;
};

/** The first status of a running gateway that `wanted` says yes to. */
export const untilStatus = (
  gateway: Program,
  data: string,
  what: string,
  wanted: (status: Status) => boolean,
): Promise<Status> =>
  until(what, async () => {
    const status = await statusOf(data);
    if (status === undefined && !gateway.running()) throw new Error(`the gateway ended: ${gateway.said()}`);
    return status !== undefined && status.pid === gateway.pid && wanted(status) ? status : undefined;
  });

/** Stops it as systemd does; gives how it ended. */
export const stop = async (program: Program): Promise<Ended> => {
  program.send('SIGTERM');
  return await program.ended;
};

export const exportAll = async (data: string, out: string): Promise<string> => {
  const done = await outpost(['export', '--data', data, '--from', '1h', '--to', 'now', '--out', out]);
  if (done.code !== 0) throw new Error(`nothing exported: ${done.err}`);
  return out;
};

/** The report as scripts get it: hashes, keys and big numbers are text. */
export type JsonReport = Omit<Report, 'counts' | 'streams'> & {
  readonly counts: Readonly<Record<string, number>>;
  readonly streams: readonly {
    readonly stream: string;
    readonly epochs: readonly {
      readonly epoch: string;
      readonly reason: string;
      readonly firstCounter: number;
      readonly lastCounter: number;
      readonly readings: number;
    }[];
  }[];
};

/** `outpost verify --json`. */
export const verify = async (
  file: string,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly report: JsonReport }> => {
  const { code, out, err } = await outpost(['verify', file, '--json', ...args]);
  if (out === '') throw new Error(`verify gave no report: ${err}`);
  return { code, report: JSON.parse(out) as JsonReport };
};
