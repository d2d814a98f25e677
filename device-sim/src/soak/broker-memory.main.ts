/**
 * What connections cost the broker: senders that announce 256 MiB before they have said who they are, and many that are
 * idle; and what a subscriber that takes nothing costs everybody else.
 *
 *     npm run soak -- broker-memory [--idle 10000] [--hostile 64]
 *
 * Prints one JSON object to stdout; exits with 1 where a bar is missed.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '@outpost/firmware-bridge';
import { connectPacket, newCutter, TYPE } from '../mqtt/packets.ts';

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '10000' },
    hostile: { type: 'string', default: '64' },
  },
});

const HOSTILE_MAX_KIB = 1_024;
const IDLE_MAX_KIB = 20;
/** What each hostile sender pours in behind its claim of 256 MiB. */
const POURED = new Uint8Array(8 << 20);
const AT_ONCE = 200;
const NEVER = new AbortController().signal;

const clock = systemClock();
const directory = await mkdtemp(join(tmpdir(), 'outpost-broker-memory-'));
const script = join(dirname(fileURLToPath(import.meta.url)), '..', 'bench', 'mqtt-broker.child.js');
const child = spawn(process.execPath, ['--expose-gc', script, directory, 'load', '65535', 'lab'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
const { port } = JSON.parse((await lines.next()).value ?? '') as { readonly port: number };

const rssKib = async (): Promise<number> => {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
};

const dial = (first: Uint8Array): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => resolve(socket));
    socket.once('close', () => resolve(socket));
    socket.on(
      'data',
      newCutter(({ type }) => (type === TYPE.connack ? resolve(socket) : undefined)),
    );
    socket.once('connect', () => socket.write(first));
  });

const hostile = async (count: number): Promise<number> => {
  const before = await rssKib();
  let most = before;
  const claim = Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f);
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await dial(claim);
      if (!socket.destroyed) socket.write(POURED);
      return socket;
    }),
  );
  for (let looks = 0; looks < 20; looks += 1) {
    await clock.sleep(50, NEVER);
    most = Math.max(most, await rssKib());
  }
  for (const socket of sockets) socket.destroy();
  return (most - before) / count;
};

const idle = async (count: number): Promise<number> => {
  const before = await rssKib();
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, (_, at) =>
      dial(connectPacket({ clientId: `idle-${sockets.length + at}` })),
    );
    sockets.push(...(await Promise.all(batch)));
  }
  await clock.sleep(2_000, NEVER);
  const after = await rssKib();
  const open = sockets.filter((socket) => !socket.destroyed).length;
  if (open < count) throw new Error(`only ${open} of ${count} stay open`);
  for (const socket of sockets) socket.destroy();
  return (after - before) / count;
};

try {
  const hostileKib = await hostile(Number(values.hostile));
  const idleKib = await idle(Number(values.idle));
  process.stdout.write(`${JSON.stringify({ hostileKib, idleKib, ...values })}\n`);
  if (hostileKib > HOSTILE_MAX_KIB || idleKib > IDLE_MAX_KIB) process.exitCode = 1;
} finally {
  child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
}
