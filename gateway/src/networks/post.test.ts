import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { openPoster } from './post.ts';

/** A certificate that vouches for itself, made for this test and worth nothing; until 2126. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgREbeu8XbLL9TR7M9
yQu9/VsG5V7YYHHkT7MrX+rnOPuhRANCAAQJNG2UPengRW7iLnx70zZDjSipQAPW
FZS4krFn4jPrt4m3oNentXnW1PB7iAne/ib4scLsdVnJ5/ohuv1dQGes
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUX8AXqiGTCq1ifNSptk8b5irvaicwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAwMTExMFoYDzIxMjYxMDMx
MDAxMTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQJNG2UPengRW7iLnx70zZDjSipQAPWFZS4krFn4jPrt4m3oNentXnW
1PB7iAne/ib4scLsdVnJ5/ohuv1dQGeso28wbTAdBgNVHQ4EFgQUFN0hoovEIEdy
IzhFkBd2EvqmnmowHwYDVR0jBBgwFoAUFN0hoovEIEdyIzhFkBd2EvqmnmowDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAO0C7oRaC2oH+th+fmyHcsJlsmaFmowd+Mchae4/z10dAiBK
T5ckiTEzOkxl4XIRM+dESKAeZfx0F5ZpyNudoYk4Yg==
-----END CERTIFICATE-----`;

const serve = async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer({ key: KEY, cert: CERTIFICATE }, ({ headers }, response) => {
    asked.push(headers);
    response.end('yes');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    options: {
      url: new URL(`https://127.0.0.1:${port}/v1/attestations`),
      clock: manualClock(),
      code: 'play',
      contentType: 'application/cbor',
      deadlineMs: 1_000,
      answerMaxBytes: 1_000,
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const NEVER = new AbortController().signal;

describe('a network that nobody vouches for', () => {
  it('is not spoken to over https, whatever the environment says', async () => {
    await using served = await serve();
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await using poster = openPoster(served.options);
      const reply = await poster.post(new Uint8Array(3), NEVER);
      expect(reply).toMatchObject({ ok: false, fault: { kind: 'untrusted', code: 'play.tls' } });
      expect(served.asked).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('is spoken to once its authority is named, with the headers of each request', async () => {
    await using served = await serve();
    await using poster = openPoster({
      ...served.options,
      tls: { ca: new TextEncoder().encode(CERTIFICATE) },
    });
    const reply = await poster.post(new Uint8Array(3), NEVER, { authorization: 'Bearer x' });
    expect(reply).toMatchObject({ ok: true, value: { status: 200 } });
    expect(served.asked).toMatchObject([
      { authorization: 'Bearer x', 'content-type': 'application/cbor', 'content-length': '3' },
    ]);
  });
});
