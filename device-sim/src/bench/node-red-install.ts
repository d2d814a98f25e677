import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The last that run on Node 20; no dependencies of this project. */
const PACKAGES = { 'node-red': '4.1.15', 'node-red-contrib-influxdb': '0.7.0' } as const;

const CHECKOUT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const INSTALL_MS = 600_000;

export type Installed = { readonly modules: string } | { readonly absent: string };

/** Node-RED and its InfluxDB nodes, fetched once into the checkout's cache; or why they are not here. */
export const installNodeRed = async (): Promise<Installed> => {
  const directory = join(CHECKOUT, '.cache', 'node-red');
  const modules = join(directory, 'node_modules');
  if (existsSync(join(modules, 'node-red', 'red.js'))) return { modules };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  const done = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--omit=dev'], {
    cwd: directory,
    encoding: 'utf8',
    timeout: INSTALL_MS,
  });
  if (done.status === 0) return { modules };
  const words = done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? 'npm failed';
  return { absent: `Node-RED could not be fetched: ${words}` };
};
