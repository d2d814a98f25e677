import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, fault } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPDATE_PATH } from '../adapters/basics-station/cups.ts';
import { systemClock } from '../clock.ts';
import { readMessage, writeMessage } from '../message.ts';
import { hasOpenssl, makeTestAuthority, type TestAuthority } from '../testing/test-authority.ts';
import { openPort } from './index.ts';

const EUI = 'b827ebfffe72e3bb';
const clock = systemClock();
const { signal } = new AbortController();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

interface Asking {
  readonly cert?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status and the body; undefined where the connection is refused. */
const post = (port: number, ca: string, { cert, key, headers }: Asking) =>
  new Promise<{ readonly status: number | undefined; readonly body: string } | undefined>((resolve) => {
    const pem = (file: string | undefined) => (file === undefined ? {} : readFileSync(file));
    const options = {
      host: '127.0.0.1',
      port,
      path: UPDATE_PATH,
      method: 'POST',
      agent: false,
      ca: readFileSync(ca),
      // The name is taken from the Host header, which lies here.
      checkServerIdentity: () => undefined,
      ...(cert === undefined ? {} : { cert: pem(cert) as never, key: pem(key) as never }),
      headers: { ...headers },
    };
    const asked = request(options, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', () => resolve(undefined));
    asked.end('{}');
  });

describe.skipIf(!hasOpenssl())('a question for settings over TLS', () => {
  let folder: string;
  let authority: TestAuthority;
  let server: { readonly cert: string; readonly key: string };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'outpost-lns-update-'));
    authority = makeTestAuthority(folder);
    server = authority.issue('box');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Opens a port that answers each question with the address that it came under. */
  const openWith = async (query: string) => {
    const number = await freePort();
    const tls = `cert=${server.cert}&key=${server.key}`;
    const opened = await openPort(`lns://127.0.0.1:${number}?${tls}${query}`, { clock, signal });
    if (!opened.ok) throw new Error(opened.fault.words);
    const port = opened.value;
    const answering = (async () => {
      for await (const { bytes, peer } of port.arrivals) {
        const read = readMessage(bytes);
        const { topic } = read.ok ? read.value : { topic: '' };
        const payload = new TextEncoder().encode(topic);
        const answer = writeMessage({ topic: UPDATE_PATH, payload });
        if (peer !== undefined) await port.write(answer, signal, peer);
      }
    })();
    return {
      number,
      [Symbol.asyncDispose]: async () => {
        await port[Symbol.asyncDispose]();
        await answering.catch(() => fail(fault('unreachable', 'test', 'test', 'ended')));
      },
    };
  };

  it('comes with what the station has shown: its token', async () => {
    const word = join(folder, 'word');
    writeFileSync(word, 'Bearer abc');
    chmodSync(word, 0o600);
    await using port = await openWith(`&authorization=${word}`);
    const asked = await post(port.number, authority.ca, { headers: { authorization: 'Bearer abc' } });
    expect(asked).toEqual({ status: 200, body: `https://token@127.0.0.1:${port.number}/update-info` });
    expect((await post(port.number, authority.ca, {}))?.status).toBe(401);
    const forged = { authorization: 'Bearer abc', host: 'certificate@evil' };
    expect((await post(port.number, authority.ca, { headers: forged }))?.status).toBe(404);
  });

  it('comes with what the station has shown: a certificate, and the EUI that it names', async () => {
    await using port = await openWith(`&ca=${authority.ca}`);
    const named = await post(port.number, authority.ca, authority.issue(EUI));
    expect(named?.body).toBe(`https://certificate:${EUI}@127.0.0.1:${port.number}/update-info`);
    const unnamed = await post(port.number, authority.ca, authority.issue('roof'));
    expect(unnamed?.body).toBe(`https://certificate@127.0.0.1:${port.number}/update-info`);
    expect(await post(port.number, authority.ca, {})).toBeUndefined();
  });

  it('comes with nothing where nothing was asked of the station', async () => {
    await using port = await openWith('');
    const asked = await post(port.number, authority.ca, { headers: { host: 'box' } });
    expect(asked?.body).toBe('https://box/update-info');
    const forged = { host: 'token@box' };
    expect((await post(port.number, authority.ca, { headers: forged }))?.status).toBe(404);
  });
});
