import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { fail, fault, ok, type Result, sentence } from '@outpost/schemas/words';
import type { ServedCar } from '../serve-car.ts';
import { readOrder } from './read-order.ts';
import { statusOf } from './status.ts';

/** Longer than any order by far; a longer line ends the connection. */
export const ORDER_MAX_CHARACTERS = 4_096;

/** Programs that are connected at once; another is turned away. */
export const CLIENTS_MAX = 8;

type Controlled = Pick<ServedCar, 'look' | 'command' | 'tally' | 'where'>;

const reply = (car: Controlled, line: string): string => {
  const wish = readOrder(line);
  if (!wish.ok) return JSON.stringify({ ok: false, words: sentence(wish.fault) });
  if (wish.value.kind === 'order') {
    const { make } = wish.value;
    car.command((now) => make(now.car));
  }
  return JSON.stringify({ ok: true, ...statusOf(car) });
};

const converse = (car: Controlled, socket: Socket): void => {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') socket.write(`${reply(car, line)}\n`);
    if (rest.length > ORDER_MAX_CHARACTERS) socket.destroy();
  });
};

/** Whether somebody still listens at a socket that an earlier run left behind. */
const isAlive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });

const clear = async (path: string): Promise<Result<void>> => {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return ok(undefined);
  const words = there.isSocket()
    ? 'another simulation listens there; choose another path.'
    : 'is there already and is no socket; choose another path.';
  if (!there.isSocket() || (await isAlive(path))) {
    return fail(fault('misconfigured', 'sim.control', path, words));
  }
  await unlink(path).catch(() => undefined);
  return ok(undefined);
};

const listen = (server: Server, path: string): Promise<Result<void>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const words = `no socket can be made there (${error.code ?? error.message}).`;
      resolve(fail(fault('misconfigured', 'sim.control', path, words)));
    });
    server.listen(path, () => resolve(ok(undefined)));
  });

/**
 * A Unix socket at which a running simulation takes orders: a JSON object on each line, answered with one line. Only
 * the user who started it may connect. Disposing closes it and removes the file.
 */
export const serveControl = async (path: string, car: Controlled): Promise<Result<AsyncDisposable>> => {
  const cleared = await clear(path);
  if (!cleared.ok) return cleared;
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    if (clients.size >= CLIENTS_MAX) {
      socket.destroy();
      return;
    }
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    converse(car, socket);
  });
  const listening = await listen(server, path);
  if (!listening.ok) return listening;
  await chmod(path, 0o600);
  return ok({
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  });
};
