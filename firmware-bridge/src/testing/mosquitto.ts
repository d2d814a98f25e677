import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';

/** Debian puts the broker where an ordinary user's path does not look. */
const PROGRAM = '/usr/sbin/mosquitto';

/** Whether Eclipse Mosquitto is here; tests that need it are skipped by name where it is not. */
export const hasMosquitto = (): boolean => spawnSync(PROGRAM, ['-h']).error === undefined;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const up = async (port: number, child: ChildProcess): Promise<void> => {
  const clock = systemClock();
  const { signal } = new AbortController();
  for (let tries = 0; tries < 100; tries += 1) {
    if (await accepts(port)) return;
    if (child.exitCode !== null) throw new Error(`mosquitto ended with code ${child.exitCode}.`);
    await clock.sleep(20, signal);
  }
  throw new Error('mosquitto does not listen after 2 s.');
};

export interface Mosquitto extends AsyncDisposable {
  readonly url: string;
  /** The same broker over WebSocket. */
  readonly webSocketUrl: string;
}

export interface MosquittoOptions {
  /** Who is asked for; anybody where not given. */
  readonly account?: { readonly user: string; readonly password: string };
  /** PEM files; with them it speaks TLS alone, and asks for a certificate of that authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Lines of an access list (mosquitto.conf(5), acl_file); everything is allowed where there are none. */
  readonly access?: readonly string[];
  /** Where it listens; a free port where not given. */
  readonly port?: number;
}

/** A broker of its own on loopback, with nothing on the disk. */
export const startMosquitto = async ({
  account,
  tls,
  access,
  ...at
}: MosquittoOptions = {}): Promise<Mosquitto> => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-mosquitto-'));
  // Started by root the broker becomes the user `mosquitto`, who must be able to read the files.
  chmodSync(folder, 0o755);
  const [port, webSocketPort] = [at.port ?? (await freePort()), await freePort()];
  const passwords = join(folder, 'passwords');
  if (account !== undefined) {
    spawnSync('/usr/bin/mosquitto_passwd', ['-b', '-c', passwords, account.user, account.password]);
    chmodSync(passwords, 0o644);
  }
  const accessFile = join(folder, 'access');
  if (access !== undefined) writeFileSync(accessFile, `${access.join('\n')}\n`);
  const secure =
    tls === undefined
      ? []
      : [`cafile ${tls.ca}`, `certfile ${tls.cert}`, `keyfile ${tls.key}`, 'require_certificate true'];
  const lines = [
    `listener ${port} 127.0.0.1`,
    ...secure,
    `listener ${webSocketPort} 127.0.0.1`,
    'protocol websockets',
    ...secure,
    ...(account === undefined
      ? ['allow_anonymous true']
      : ['allow_anonymous false', `password_file ${passwords}`]),
    ...(access === undefined ? [] : [`acl_file ${accessFile}`]),
    'persistence false',
    'max_queued_messages 0',
  ];
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn(PROGRAM, ['-c', file], { stdio: 'ignore' });
  await up(port, child);
  return {
    url: `${tls === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${port}`,
    webSocketUrl: `${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${webSocketPort}`,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.kill('SIGKILL')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
