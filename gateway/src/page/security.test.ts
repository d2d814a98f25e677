import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, json } from './http.ts';
import { cookieOf, openTestPage, PASSWORD, type TestPage } from './testing.ts';

let page: TestPage;
let cookie: string;

beforeAll(async () => {
  page = await openTestPage();
  cookie = await page.claim();
});
afterAll(async () => {
  await page[Symbol.asyncDispose]();
});

/** All that comes back on one connection until the other side ends it. */
const answerOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.on('data', (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });

const portOf = (url: string): number => Number(new URL(url).port);

/** Exactly these bytes, which no client would send. */
const raw = async (text: string): Promise<string> => {
  const socket = connect({ host: '127.0.0.1', port: portOf(page.url) });
  socket.write(text);
  return await answerOf(socket);
};

const head = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close', `cookie: ${cookie}`, ...headers, '', ''].join(
    '\r\n',
  );

const POST_HEADERS = ['content-type: application/json', 'x-outpost: 1'];

describe('paths', () => {
  it.each([
    '/../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/../../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/%00',
    '//etc/passwd',
    '/page/owner.json',
    '/api/../page/claim-code.txt',
    'http://127.0.0.1/etc/passwd',
    '/.made-of',
  ])('lead nowhere on the disk: %s', async (path) => {
    const answer = await raw(head(`GET ${path}`));
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /);
    expect(answer).not.toMatch(/root:|"digest"|"name": "outpost"/);
  });

  it('that are no addresses are answered and end nothing', async () => {
    for (const path of ['*', '//', '/\\..\\..', '/?%', '/%', `/${'a'.repeat(4_000)}`])
      expect(await raw(head(`GET ${path}`)), path).toMatch(/^HTTP\/1\.1 [24]\d\d /);
    expect((await page.get('/healthz')).status).toBe(200);
    expect(page.said.join('\n')).not.toMatch(/TypeError|Invalid URL/);
  });
});

describe('what is sent', () => {
  it('is refused where it is longer than may be, announced or not', async () => {
    const announced = await raw(head('POST /api/login', ...POST_HEADERS, 'content-length: 1000000000'));
    expect(announced).toMatch(/^HTTP\/1\.1 4\d\d /);
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const socket = connect({ host: '127.0.0.1', port: portOf(page.url) });
    const answer = answerOf(socket);
    socket.write(head('POST /api/login', ...POST_HEADERS, 'transfer-encoding: chunked') + piece + piece);
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*65536 bytes at most/);
  });

  it('has a head that is not longer than may be', async () => {
    expect(await raw(head('GET /healthz', `x-long: ${'x'.repeat(9_000)}`))).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('is a change only where our own page asks for it', async () => {
    const logout = (...headers: readonly string[]) =>
      raw(`${head('POST /api/logout', ...headers, 'content-length: 2')}{}`);
    const form = ['content-type: application/x-www-form-urlencoded'];
    for (const headers of [
      form,
      ['content-type: text/plain', 'x-outpost: 1'],
      ['content-type: application/json'],
      [...POST_HEADERS, 'origin: http://evil.example'],
      [...POST_HEADERS, 'origin: null'],
      [...POST_HEADERS, 'origin: https://127.0.0.1'],
    ]) {
      expect(await logout(...headers), headers.join()).toMatch(/^HTTP\/1\.1 403 /);
    }
    expect((await page.get('/api/status', cookie)).status).toBe(200);
    expect(await logout(...POST_HEADERS, 'origin: http://127.0.0.1')).toMatch(/^HTTP\/1\.1 200 /);
    expect((await page.get('/api/status', cookie)).status).toBe(401);
    cookie = cookieOf(await page.post('/api/login', { password: PASSWORD }));
  });

  it('reaches no object of ours by its names', async () => {
    for (const body of ['{"__proto__":{"code":"x"}}', '{"constructor":1}', '[]', 'null', '"x"', '1'])
      expect((await page.post('/api/claim', JSON.parse(body))).status, body).toBe(400);
    expect((await page.get('/api/evidence/attestations?__proto__=1', cookie)).status).toBe(400);
  });
});

describe('who is slow', () => {
  const slow = async (text: string): Promise<string> => {
    const patience = { headersMs: 100, requestMs: 200, stalledMs: 200, everyMs: 20 };
    const server = createHttp({
      names: [],
      patience,
      respond: async (asked) => json((await asked.body()).ok),
      failed: () => undefined,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    socket.write(text);
    try {
      return await answerOf(socket);
    } finally {
      server.close();
    }
  };

  it('with the head of a request is let go', async () => {
    expect(await slow('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n')).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });

  it('with a body is let go', async () => {
    const sent = await slow(`${head('POST /', ...POST_HEADERS, 'content-length: 100')}{"a"`);
    expect(sent).not.toContain('200 OK');
  });
});
