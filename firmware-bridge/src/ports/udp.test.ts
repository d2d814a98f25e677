import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { asciiBytes, asciiText, type Result } from '@outpost/schemas/words';
import { afterEach, describe, expect, it } from 'vitest';
import type { Arrival, Port } from '../port.ts';
import { openPort } from './index.ts';
import { readKernelDrops } from './kernel-drops.ts';

const { signal: never } = new AbortController();
const PASS = Number.POSITIVE_INFINITY;

const sockets: Socket[] = [];
const ports: Port[] = [];

afterEach(async () => {
  for (const port of ports.splice(0)) await port[Symbol.asyncDispose]();
  for (const socket of sockets.splice(0)) socket.close();
});

const bindTo = async (type: 'udp4' | 'udp6', address: string): Promise<Socket> => {
  const socket = createSocket(type);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, resolve);
  });
  return socket;
};

/** A socket of somebody else. */
const peer = async (type: 'udp4' | 'udp6' = 'udp4'): Promise<Socket> => {
  const socket = await bindTo(type, type === 'udp4' ? '127.0.0.1' : '::1');
  sockets.push(socket);
  return socket;
};

/** A number that nobody uses now. */
const freePort = async (): Promise<number> => {
  const socket = await bindTo('udp4', '127.0.0.1');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
};

const opened = (result: Result<Port>): Port => {
  if (!result.ok) throw new Error(result.fault.words);
  ports.push(result.value);
  return result.value;
};

interface Bench {
  readonly port: Port;
  readonly number: number;
  readonly counts: Map<string, number>;
  readonly clock: ManualClock;
}

const bench = async (host = '127.0.0.1', options = ''): Promise<Bench> => {
  const counts = new Map<string, number>();
  const clock = manualClock();
  const number = await freePort();
  const count = (what: string, times: number): void => {
    counts.set(what, (counts.get(what) ?? 0) + times);
  };
  const context = { clock, signal: never, count };
  const port = opened(await openPort(`udp://${host}:${number}${options}`, context));
  return { port, number, counts, clock };
};

const send = (from: Socket, bytes: Uint8Array, to: number, address = '127.0.0.1') =>
  new Promise<void>((resolve, reject) => {
    from.send(bytes, to, address, (error) => (error === null ? resolve() : reject(error)));
  });

const read = async (port: Port, enough: number): Promise<readonly Arrival[]> => {
  const iterator = port.arrivals[Symbol.asyncIterator]();
  const got: Arrival[] = [];
  while (got.length < enough) {
    const next = await iterator.next();
    if (next.done === true) break;
    got.push(next.value);
  }
  return got;
};

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await turns(1);
};

const heardBy = (socket: Socket) =>
  new Promise<string>((resolve) => {
    socket.once('message', (bytes) => resolve(asciiText(bytes)));
  });

describe('a UDP port', () => {
  it('hears many peers, each datagram whole with who sent it, and answers each of them', async () => {
    const { port, number, clock } = await bench();
    const [one, two] = [await peer(), await peer()];
    await send(one, asciiBytes('from one'), number);
    await send(two, asciiBytes('from two'), number);
    await send(one, new Uint8Array(0), number);
    const arrivals = await read(port, 3);
    expect(arrivals.map(({ bytes, peer: from }) => [asciiText(bytes), from])).toEqual([
      ['from one', { address: '127.0.0.1', port: one.address().port }],
      ['from two', { address: '127.0.0.1', port: two.address().port }],
      ['', { address: '127.0.0.1', port: one.address().port }],
    ]);
    expect(arrivals[0]).toMatchObject({ wall: clock.wall(), mono: clock.mono() });
    const heard = [heardBy(one), heardBy(two)];
    for (const { peer: to } of arrivals.slice(0, 2)) {
      const text = asciiBytes(`to ${to?.port}`);
      expect((await port.write(text, never, to)).ok).toBe(true);
    }
    expect(await Promise.all(heard)).toEqual([`to ${one.address().port}`, `to ${two.address().port}`]);
  });

  it('hears IPv6, and IPv4 over the same socket under its own addresses', async () => {
    const { port, number } = await bench('[::]');
    const [four, six] = [await peer('udp4'), await peer('udp6')];
    await send(four, asciiBytes('4'), number);
    await send(six, asciiBytes('6'), number, '::1');
    const arrivals = await read(port, 2);
    const from = arrivals.map(({ peer: who }) => who?.address).sort();
    expect(from).toEqual(['127.0.0.1', '::1']);
    const heard = [heardBy(four), heardBy(six)];
    for (const { bytes, peer: to } of arrivals) await port.write(bytes, never, to);
    expect(await Promise.all(heard)).toEqual(['4', '6']);
  });

  it('listens to this box alone where only a port is given', async () => {
    const number = await freePort();
    const port = opened(await openPort(`udp:${number}`, { clock: manualClock(), signal: never }));
    expect(port.where).toBe(`udp:${number}`);
    await send(await peer(), asciiBytes('near'), number);
    expect((await read(port, 1)).length).toBe(1);
    // The address of this box for others, if it has one, is not listened to: it may still be bound.
    expect(await readKernelDrops({ address: '127.0.0.1', port: number })).toBe(0);
    expect(await readKernelDrops({ address: '0.0.0.0', port: number })).toBeUndefined();
  });

  it('says what the kernel made of the receive buffer that was wanted', async () => {
    const most = Number(readFileSync('/proc/sys/net/core/rmem_max', 'latin1'));
    const less = await bench('127.0.0.1', '?rcvbuf=65536');
    expect(less.port.remark).toBe('Its receive buffer is 64 KiB.');
    const wanted = 2 * most;
    const more = await bench('127.0.0.1', `?rcvbuf=${wanted}`);
    expect(more.port.remark).toContain(`only ${most / 1024} KiB of the ${wanted / 1024} KiB wanted`);
    expect(more.port.remark).toContain(`sysctl -w net.core.rmem_max=${wanted}`);
  });

  it('hands over together what one turn of the event loop brought', async () => {
    const { port, number } = await bench();
    const from = await peer();
    const first = port.arrivals[Symbol.asyncIterator]().next();
    await Promise.all(Array.from({ length: 10 }, (_, i) => send(from, asciiBytes(`${i}`), number)));
    const texts = [asciiText((await first).value?.bytes ?? new Uint8Array(0))];
    for (let next = port.arrivals.take?.(); next !== undefined; next = port.arrivals.take?.()) {
      texts.push(asciiText(next.bytes));
    }
    expect(texts.length).toBeGreaterThan(1);
    expect(texts).toEqual(texts.map((_, i) => `${i}`));
  });

  it('survives that nobody listens where it sends to', async () => {
    const { port, number } = await bench();
    const absent = { address: '127.0.0.1', port: await freePort() };
    for (let i = 0; i < 20; i += 1) {
      expect((await port.write(asciiBytes('anybody?'), never, absent)).ok).toBe(true);
      await turns(2);
    }
    await send(await peer(), asciiBytes('still here'), number);
    expect(asciiText((await read(port, 1))[0]?.bytes ?? new Uint8Array(0))).toBe('still here');
    expect(await Promise.race([port.closed, 'open'])).toBe('open');
  });

  it('counts a datagram that no network carries, and goes on', async () => {
    const { port, counts } = await bench();
    const to = await peer();
    const { address, port: number } = to.address();
    expect((await port.write(new Uint8Array(65_508), never, { address, port: number })).ok).toBe(true);
    await until(() => counts.get('unsent') === 1);
    await port.write(asciiBytes('x'), never, { address: 'gateway.example', port: 1 });
    await until(() => counts.get('unsent') === 2);
    const heard = heardBy(to);
    await port.write(asciiBytes('after it'), never, { address, port: number });
    expect(await heard).toBe('after it');
    await expect(port.write(asciiBytes('x'), never)).rejects.toThrow(/to nobody/);
  });

  it('takes the longest datagram that there is', async () => {
    const { port, number } = await bench();
    const long = Uint8Array.from({ length: 65_507 }, (_, i) => i);
    await send(await peer(), long, number);
    expect((await read(port, 1))[0]?.bytes).toEqual(long);
  });

  it('keeps a bounded number unread, and counts what it dropped beyond', async () => {
    const { port, number, counts } = await bench();
    const from = await peer();
    let sent = 0;
    while ((counts.get('unread-dropped') ?? 0) < 50) {
      await Promise.all(Array.from({ length: 200 }, () => send(from, asciiBytes('x'), number)));
      sent += 200;
      await turns(10);
      expect(sent).toBeLessThan(20_000);
    }
    let read = 0;
    while (port.arrivals.take?.() !== undefined) read += 1;
    expect(read).toBe(8_192);
    await send(from, asciiBytes('y'), number);
    let last: Arrival | undefined;
    await until(() => {
      last = port.arrivals.take?.() ?? last;
      return last !== undefined && asciiText(last.bytes) === 'y';
    });
  });

  it.runIf(process.platform === 'linux')('counts what the kernel dropped, all of it by the end', async () => {
    const { port, number, counts, clock } = await bench('127.0.0.1', '?rcvbuf=4096');
    const from = await peer();
    // More than fits, before this program has a turn to read.
    const burst = async (): Promise<void> => {
      const sent = Array.from({ length: 64 }, () => send(from, new Uint8Array(1_000), number));
      await Promise.all(sent);
      await turns(4);
    };
    await until(() => clock.sleeping > 0);
    await burst();
    const dropped = await readKernelDrops({ address: '127.0.0.1', port: number });
    expect(dropped).toBeGreaterThan(0);
    expect(counts.size).toBe(0);
    await clock.advance(5_000);
    await until(() => counts.get('kernel-dropped') === dropped);
    await burst();
    const later = await readKernelDrops({ address: '127.0.0.1', port: number });
    expect(later).toBeGreaterThan(dropped ?? PASS);
    await port[Symbol.asyncDispose]();
    expect(counts.get('kernel-dropped')).toBe(later);
    expect(clock.sleeping).toBe(0);
  });

  it('says what it cannot listen on, and that trying again may help', async () => {
    const { number } = await bench();
    const again = await openPort(`udp:${number}`, { clock: manualClock(), signal: never });
    expect(again).toMatchObject({ fault: { kind: 'unreachable', code: 'udp.in-use' } });
    const elsewhere = await openPort('udp://192.0.2.1:1700', { clock: manualClock(), signal: never });
    expect(elsewhere).toMatchObject({ fault: { kind: 'unreachable', code: 'udp.no-such-address' } });
  });

  it('closes once, ends its reader, frees its number, and writes nothing then', async () => {
    const { port, number } = await bench();
    const reading = read(port, 1);
    await port[Symbol.asyncDispose]();
    await port[Symbol.asyncDispose]();
    expect(await reading).toEqual([]);
    expect((await port.closed).code).toBe('port.closed');
    const to = { address: '127.0.0.1', port: number };
    expect(await port.write(asciiBytes('x'), never, to)).toMatchObject({ fault: { code: 'port.closed' } });
    opened(await openPort(`udp:${number}`, { clock: manualClock(), signal: never }));
  });

  it('closes with its signal, and does not open for one that is over', async () => {
    const stop = new AbortController();
    const context = { clock: manualClock(), signal: stop.signal };
    const address = `udp:${await freePort()}`;
    const port = opened(await openPort(address, context));
    stop.abort(new Error('enough'));
    expect((await port.closed).code).toBe('port.closed');
    await expect(openPort(address, context)).rejects.toThrow('enough');
    await expect(port.write(asciiBytes('x'), stop.signal)).rejects.toThrow('enough');
  });
});
