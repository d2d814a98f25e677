import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineTrust } from '@outpost/gateway';
import { ok, type Result } from '@outpost/schemas/words';
import { type Child, firstLine, startChild } from './child.ts';

/** Two levels up from dist/demo is the package, three the checkout. */
const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const CHECKOUT: string = join(PACKAGE, '..');
const SIM = join(PACKAGE, 'bin', 'outpost-sim.mjs');
const GATEWAY = join(CHECKOUT, 'gateway', 'bin', 'outpost.mjs');

/** As the systemd unit starts it: a small young space and no helper threads cost a little time and spare 15 MiB. */
const SMALL_HEAP = [
  '--max-semi-space-size=1',
  '--single-threaded-gc',
  '--v8-pool-size=1',
  '--optimize-for-size',
];

export type Say = (line: string) => void;

const KEY = /outpost-ed25519:[0-9a-f]{64}/;
const HTTP = /http:\/\/[\w.:[\]-]+:\d+/;
const TCP = /tcp:\/\/[\w.:[\]-]+:\d+/;

/** Starts the car; gives the address of its dongle. */
export const startCar = async (
  args: readonly string[],
): Promise<Result<{ readonly child: Child; readonly found: string }>> =>
  await firstLine(
    (line) =>
      startChild({ name: 'car', script: SIM, args: ['car', '--listen', 'tcp://127.0.0.1:0', ...args], line }),
    (text) => TCP.exec(text)?.[0],
  );

export interface NetworkPlace {
  readonly url: string;
  readonly key: string;
}

/** Starts the receiving network; gives its address and the key that its receipts are signed with. */
export const startNetwork = async (
  state: string,
): Promise<Result<{ readonly child: Child; readonly found: NetworkPlace }>> => {
  let url: string | undefined;
  let key: string | undefined;
  const args = ['network', '--listen', 'http://127.0.0.1:0', '--state', state, '--accept-simulated'];
  return await firstLine(
    (line) => startChild({ name: 'network', script: SIM, args, line }),
    (text) => {
      url ??= HTTP.exec(text)?.[0];
      key ??= KEY.exec(text)?.[0];
      return url === undefined || key === undefined ? undefined : { url, key };
    },
  );
};

const PAGE_PORT = 8_080;
const PAGE_PORTS_MAX = 20;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });

/** The port that people expect, else the next one that nobody has; 0 where all are taken, and the system chooses. */
const pagePort = async (): Promise<number> => {
  for (let port = PAGE_PORT; port < PAGE_PORT + PAGE_PORTS_MAX; port += 1)
    if (await isFree(port)) return port;
  return 0;
};

/** The demo's own configuration: keys that are worth nothing, short waits, everything below one directory. */
export const writeConfig = async (
  directory: string,
  port: string,
  network: NetworkPlace,
): Promise<{ readonly path: string; readonly data: string }> => {
  const path = join(directory, 'outpost.json');
  const data = join(directory, 'gateway');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const config = {
    dataDirectory: data,
    keyKind: 'demo',
    devices: [{ name: 'car', adapter: 'elm327', port }],
    networks: [{ name: 'demo', network: 'outpost', ...network, acceptSimulated: true }],
    store: { flushEveryS: 2 },
    attest: { everySeconds: 10 },
    page: { port: await pagePort() },
    // Nobody is paid by a demo: where the system says nothing of its clock, it is believed at once.
    clock: { trust: machineTrust() === 'none' ? 'rtc' : 'auto' },
  };
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`);
  return { path, data };
};

export const startGateway = (config: string, line: Say): Result<Child> =>
  startChild({
    name: 'gateway',
    script: GATEWAY,
    nodeArgs: SMALL_HEAP,
    args: ['run', '--config', config],
    line,
  });

/** In the order in which each still has somebody to speak to. */
export const stopAll = async (children: readonly Child[]): Promise<void> => {
  for (const child of children) await child.stop();
};

export const portOf = async (
  port: string | undefined,
  carArgs: readonly string[],
): Promise<Result<{ readonly port: string; readonly car?: Child }>> => {
  if (port !== undefined) return ok({ port });
  const car = await startCar(carArgs);
  return car.ok ? ok({ port: car.value.found, car: car.value.child }) : car;
};
