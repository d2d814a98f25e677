import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { errorCode, writeWhole } from '../store/whole-file.ts';
import type { InfluxdPorts } from './layout.ts';

/** Binds and lets go again; undefined where the port is taken. 0 asks for any. */
const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });

const freePort = async (preferred: number, except = 0): Promise<number> => {
  for (const wanted of [preferred, 0, 0]) {
    const port = await tryPort(wanted);
    if (port !== undefined && port !== except) return port;
  }
  throw new Error('the machine has no free port on 127.0.0.1');
};

const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;

const lastPorts = async (file: string): Promise<Partial<InfluxdPorts>> => {
  try {
    const { http, rpc } = JSON.parse(await readFile(file, 'utf8')) as Partial<Record<string, unknown>>;
    return isPort(http) && isPort(rpc) ? { http, rpc } : {};
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return {};
    throw error;
  }
};

/** The ports of last time if they are free, so that a dashboard's address holds; else free ones. 0 is any. */
export const choosePorts = async (file: string, preferred: InfluxdPorts): Promise<InfluxdPorts> => {
  const last = await lastPorts(file);
  const http = await freePort(last.http ?? preferred.http);
  const rpc = await freePort(last.rpc ?? preferred.rpc, http);
  if (http !== last.http || rpc !== last.rpc) await writeWhole(file, `${JSON.stringify({ http, rpc })}\n`);
  return { http, rpc };
};
