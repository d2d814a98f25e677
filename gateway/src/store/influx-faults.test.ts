import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '@outpost/firmware-bridge';
import { afterEach, describe, expect, it } from 'vitest';
import { type Influx, openInflux } from './influx.ts';
import type { Point } from './point.ts';
import { influxTarget } from './target.ts';

const clock = systemClock();
const signal = new AbortController().signal;
const open = new Set<Server>();

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    open.add(server);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** Answers each connection with raw bytes, and then does what a dying server does. */
const rawServer = (act: (socket: Socket) => void): Promise<number> =>
  listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => act(socket));
    }),
  );

const httpServer = (act: RequestListener): Promise<number> => listen(createHttp(act));

const connect = (port: number, deadlineMs = 200, identity = {}): Influx => {
  const target = influxTarget(`http://127.0.0.1:${port}`, 'db', identity);
  if (!target.ok) throw new Error('the address is good');
  return openInflux(target.value, { clock, deadlineMs });
};

const point: Point = { measurement: 'm', tags: { device: 'car' }, floats: { value: 1 }, at: 1n };

const elapsed = async <T>(act: Promise<T>): Promise<{ ms: number; value: T }> => {
  const began = performance.now();
  const value = await act;
  return { ms: performance.now() - began, value };
};

afterEach(() => {
  for (const server of open) server.close();
  open.clear();
});

const HEAD = (status: string) => `HTTP/1.1 ${status}\r\nContent-Length: 1000\r\n\r\n{"err`;

describe('a server that hangs or dies', () => {
  it.each([
    ['never answers', (): void => undefined],
    ['sends a head and hangs', (socket: Socket): void => void socket.write(HEAD('200 OK'))],
    ['sends a head of 500 and hangs', (socket: Socket): void => void socket.write(HEAD('500 Broken'))],
  ])('%s: the call ends at its deadline and the point is kept', async (_, act) => {
    const influx = connect(await rawServer(act));
    const { ms, value } = await elapsed(influx.write([point], undefined, signal));
    expect(value).toMatchObject([{ kind: 'kept', fault: { kind: 'unreachable', code: 'influx.late' } }]);
    expect(ms).toBeLessThan(1_000);
    const query = await influx.query('SHOW DATABASES', signal);
    expect(query).toMatchObject({ ok: false, fault: { code: 'influx.late' } });
  });

  it.each(['200 OK', '400 Bad Request', '500 Internal Server Error'])(
    'cuts the connection within an answer of %s: the call ends at once',
    async (status) => {
      const port = await rawServer((socket) => {
        socket.write(HEAD(status), () => socket.destroy());
      });
      const { ms, value } = await elapsed(connect(port, 20_000).write([point], undefined, signal));
      expect(value).toMatchObject([{ kind: 'kept', fault: { kind: 'unreachable' } }]);
      expect(ms).toBeLessThan(2_000);
    },
  );

  it('says nothing and closes, or is not there: the point is kept', async () => {
    const port = await rawServer((socket) => socket.destroy());
    const kept = { kind: 'kept', fault: { kind: 'unreachable', code: 'influx.unreachable' } };
    expect(await connect(port).write([point], undefined, signal)).toMatchObject([kept]);
    expect(await connect(1).write([point], undefined, signal)).toMatchObject([kept]);
    expect(await connect(1).ping(signal)).toMatchObject({ ok: false, fault: { kind: 'unreachable' } });
  });

  it('lets an abort through as the reason of the signal', async () => {
    const influx = connect(await rawServer(() => undefined), 60_000);
    const stop = new AbortController();
    const writing = influx.write([point], undefined, stop.signal);
    stop.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
  });
});

describe('a server that answers strangely', () => {
  it('gives the words of a 500, which the client throws away, and is asked again at once', async () => {
    let calls = 0;
    const port = await httpServer((_, response) => {
      calls += 1;
      response.writeHead(500, { 'X-Influxdb-Error': 'engine: no space left on device' }).end('{}');
    });
    const influx = connect(port);
    for (let i = 1; i <= 3; i += 1) {
      const [outcome] = await influx.write([point], undefined, signal);
      expect(outcome).toMatchObject({ kind: 'kept', fault: { code: 'influx.server-error' } });
      expect(outcome?.kind === 'kept' && outcome.fault.words).toContain('no space left on device');
      expect(calls).toBe(i);
    }
  });

  it('is no InfluxDB: a page instead of JSON is a fault, not a Bug', async () => {
    const influx = connect(await httpServer((_, response) => void response.end('<html>Welcome</html>')));
    expect(await influx.query('SHOW DATABASES', signal)).toMatchObject({
      ok: false,
      fault: { kind: 'unreachable', code: 'influx.no-json' },
    });
    expect(await influx.ping(signal)).toMatchObject({ ok: true, value: { kind: 'unknown', version: '' } });
  });

  it.each([
    [400, 'poison'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [413, 'poison'],
    [422, 'poison'],
    [429, 'unreachable'],
    [302, 'misconfigured'],
    [503, 'unreachable'],
  ])('answers %i to a point: %s', async (status, expected) => {
    const port = await httpServer(
      (_, response) => void response.writeHead(status).end('{"error":"the words"}'),
    );
    const [outcome] = await connect(port).write([point], undefined, signal);
    expect(outcome?.kind === 'kept' ? outcome.fault.kind : outcome?.kind).toBe(expected);
    if (outcome?.kind === 'poison') expect(outcome.words).toBe('the words');
  });

  it('takes at most so much in one body: the batch is halved until it fits', async () => {
    const sizes: number[] = [];
    const port = await httpServer((request, response) => {
      let lines = 0;
      request.setEncoding('utf8').on('data', (text: string) => {
        lines += text.split('\n').length;
      });
      request.on('end', () => {
        sizes.push(lines);
        response.writeHead(lines > 100 ? 413 : 204).end();
      });
    });
    const points = Array.from({ length: 500 }, (_, i) => ({ ...point, at: BigInt(i + 1) }));
    const outcomes = await connect(port).write(points, undefined, signal);
    expect(outcomes.every(({ kind }) => kind === 'stored')).toBe(true);
    expect(sizes.filter((size) => size <= 100).reduce((sum, size) => sum + size, 0)).toBe(500);
  });
});

describe('who we are', () => {
  const authorizationSent = async (identity: object, path = ''): Promise<string | undefined> => {
    let sent: string | undefined;
    const port = await httpServer((request, response) => {
      sent = request.headers.authorization;
      response.writeHead(204).end();
    });
    const target = influxTarget(`http://${path}127.0.0.1:${port}`, 'db', identity);
    if (!target.ok) throw new Error('the address is good');
    await openInflux(target.value, { clock, deadlineMs: 500 }).write([point], undefined, signal);
    return sent;
  };
  const basic = (text: string): string => `Basic ${btoa(text)}`;

  it('is nobody unless somebody is named, which the client would make root', async () => {
    expect(await authorizationSent({})).toBeUndefined();
  });

  it('is sent as it is, whatever stands in the password', async () => {
    expect(await authorizationSent({ user: 'me', password: 'p:%3A q' })).toBe(basic('me:p:%3A q'));
    expect(await authorizationSent({}, 'me:p%3Aq@')).toBe(basic('me:p:q'));
    expect(await authorizationSent({ token: 'abc' })).toBe('Token abc');
  });
});
