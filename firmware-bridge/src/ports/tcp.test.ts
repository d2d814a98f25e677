import { createServer, type Server, type Socket } from 'node:net';
import { manualClock } from '@outpost/schemas/testing';
import { asciiBytes, asciiText, type Result } from '@outpost/schemas/words';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Port } from '../port.ts';
import { openPort } from './index.ts';

interface OtherEnd {
  readonly address: string;
  readonly accepted: Promise<Socket>;
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = async (): Promise<OtherEnd> => {
  const server = createServer();
  servers.push(server);
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { address: `tcp://127.0.0.1:${address.port}`, accepted };
};

const { signal: never } = new AbortController();

const opened = (result: Result<Port>): Port => {
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const open = async (address: string, signal: AbortSignal = never): Promise<Port> =>
  opened(await openPort(address, { clock: systemClock(), signal }));

const readAll = async (port: Port, enoughBytes = Number.POSITIVE_INFINITY): Promise<string> => {
  let text = '';
  for await (const { bytes } of port.arrivals) {
    text += asciiText(bytes);
    if (text.length >= enoughBytes) break;
  }
  return text;
};

describe('a TCP port', () => {
  it('carries bytes both ways and says where it goes', async () => {
    const { address, accepted } = await listen();
    const port = await open(address);
    const device = await accepted;
    device.once('data', (heard) => device.end(`you said ${heard.toString()}`));
    expect((await port.write(asciiBytes('ATI\r'), never)).ok).toBe(true);
    expect(await readAll(port)).toBe('you said ATI\r');
    expect(port.where).toBe(address);
    await port[Symbol.asyncDispose]();
  });

  it('says once that the other end closed the connection, after its last bytes', async () => {
    const { address, accepted } = await listen();
    const port = await open(address);
    (await accepted).end('bye');
    expect(await readAll(port)).toBe('bye');
    expect((await port.closed).code).toBe('tcp.closed');
    expect(await port.write(asciiBytes('x'), never)).toMatchObject({ fault: { code: 'tcp.closed' } });
    await port[Symbol.asyncDispose]();
    await port[Symbol.asyncDispose]();
    expect((await port.closed).code).toBe('tcp.closed');
  });

  it('says that the connection was broken off', async () => {
    const { address, accepted } = await listen();
    const port = await open(address);
    (await accepted).resetAndDestroy();
    expect(await port.closed).toMatchObject({ kind: 'unreachable', code: 'tcp.reset' });
    expect(await readAll(port)).toBe('');
  });

  it('says that nothing listens there', async () => {
    const { address } = await listen();
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const result = await openPort(address, { clock: systemClock(), signal: never });
    expect(result).toMatchObject({ ok: false, fault: { kind: 'unreachable', code: 'tcp.refused' } });
  });

  it('gives up after 5 s without an answer', async () => {
    const clock = manualClock();
    const { address } = await listen();
    const result = openPort(address, { clock, signal: never });
    // The manual clock moves before the event loop had a turn in which the connection could be made.
    await clock.advance(5_000);
    expect(await result).toMatchObject({ ok: false, fault: { kind: 'unreachable', code: 'tcp.timeout' } });
    expect(clock.sleeping).toBe(0);
  });

  it('rejects with the reason of an abort before and during the opening', async () => {
    const { address } = await listen();
    const stop = new AbortController();
    const reason = new Error('enough');
    const opening = openPort(address, { clock: manualClock(), signal: stop.signal });
    stop.abort(reason);
    await expect(opening).rejects.toBe(reason);
    const late = openPort(address, { clock: manualClock(), signal: stop.signal });
    await expect(late).rejects.toBe(reason);
  });

  it('is closed by the abort of its context', async () => {
    const { address, accepted } = await listen();
    const stop = new AbortController();
    const port = await open(address, stop.signal);
    const device = await accepted;
    const ended = new Promise((resolve) => device.once('close', resolve));
    device.resume();
    stop.abort();
    expect((await port.closed).code).toBe('port.closed');
    expect(await readAll(port)).toBe('');
    await ended;
  });

  it('rejects a write only with its own signal’s reason', async () => {
    const { address } = await listen();
    const port = await open(address);
    const reason = new Error('enough');
    await expect(port.write(asciiBytes('x'), AbortSignal.abort(reason))).rejects.toBe(reason);
    await port[Symbol.asyncDispose]();
  });

  it('refuses bytes beyond a bound when the other end takes none', async () => {
    const { address, accepted } = await listen();
    const port = await open(address);
    const device = await accepted;
    const stop = new AbortController();
    const chunk = new Uint8Array(64 * 1024);
    let refused: string | undefined;
    const pending: Promise<unknown>[] = [];
    for (let i = 0; i < 1_000 && refused === undefined; i += 1) {
      const written = port.write(chunk, stop.signal);
      pending.push(written.catch(() => undefined));
      const result = await Promise.race([written, new Promise((resolve) => setTimeout(resolve, 5))]);
      const { ok, fault: why } = (result ?? {}) as { ok?: boolean; fault?: { code: string } };
      if (ok === false) refused = why?.code;
    }
    expect(refused).toBe('tcp.stalled');
    stop.abort(new Error('enough'));
    await Promise.all(pending);
    device.destroy();
    await port[Symbol.asyncDispose]();
  });

  it('holds a bounded number of bytes for a reader who is away, and loses none', async () => {
    const { address, accepted } = await listen();
    const port = await open(address);
    const device = await accepted;
    const totalBytes = 8 * 2 ** 20;
    let handedOver = 0;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const talk = (): void => {
      while (handedOver < totalBytes) {
        handedOver += chunk.length;
        if (!device.write(chunk)) {
          device.once('drain', talk);
          return;
        }
      }
      device.end();
    };
    talk();
    await new Promise((resolve) => setTimeout(resolve, 200));
    // The sender is held back, and what the port took so far is stamped earlier than this.
    expect(device.writableLength).toBeGreaterThan(0);
    const started = systemClock().mono();
    let held = 0;
    let total = 0;
    for await (const { bytes, mono } of port.arrivals) {
      total += bytes.length;
      if (mono < started) held += bytes.length;
    }
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(256 * 1024);
    expect(total).toBe(totalBytes);
    await port[Symbol.asyncDispose]();
  });
});
