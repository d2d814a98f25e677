import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestPage, type TestPage } from './testing.ts';

let page: TestPage;
let cookie: string;

const STATUS = JSON.stringify({
  broker: { addresses: ['mqtt://127.0.0.1:1883', 'mqtts://192.168.1.4:8883'] },
});

beforeEach(async () => {
  page = await openTestPage({ status: () => STATUS });
  cookie = await page.claim();
});
afterEach(async () => {
  await page[Symbol.asyncDispose]();
});

const add = async (
  body: object,
): Promise<{ readonly status: number; readonly said: Record<string, unknown> }> => {
  const answer = await page.post('/api/devices', body, { cookie });
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
};

describe('enrolling a device over the API', () => {
  it('gives what is to be typed into it, its password once, and a QR code of all that', async () => {
    const { status, said } = await add({ name: 'probe' });
    expect(status).toBe(200);
    expect(said).toMatchObject({
      name: 'probe',
      proof: { kind: 'password' },
      clientId: 'probe',
      topics: ['devices/probe/#'],
      server: 'mqtts://192.168.1.4:8883',
      words: '',
    });
    expect(said['url']).toBe(
      `mqtts://probe:${said['password']}@192.168.1.4:8883?client=probe&topic=devices%2Fprobe%2F%23`,
    );
    expect(said['qr']).toContain('█');
    const listed = await (await page.get('/api/devices', cookie)).text();
    expect(listed).toContain('"probe"');
    expect(listed).not.toContain(String(said['password']));
    expect(listed).not.toContain('digest');
  });

  it('gives a certificate and its key in place of a password', async () => {
    const { status, said } = await add({ name: 'probe', kind: 'wican', proof: 'certificate' });
    expect(status).toBe(200);
    expect(new X509Certificate(String(said['certificate'])).subject).toBe('CN=probe');
    expect(said['key']).toContain('PRIVATE KEY');
    expect(said['authority']).toContain('BEGIN CERTIFICATE');
    expect(said).toMatchObject({ topics: ['wican/probe/#'] });
    expect(said['password']).toBe(undefined);
  });

  it('refuses what the command refuses, in its words, and takes an enrolment away', async () => {
    await add({ name: 'probe' });
    expect(await add({ name: 'probe' })).toMatchObject({
      status: 422,
      said: { error: expect.stringMatching(/enrolled already/) },
    });
    expect((await add({ name: 'Probe 2' })).status).toBe(422);
    expect((await add({ name: 'other', topics: ['devices/probe/x'] })).status).toBe(422);
    expect((await add({ name: 'other', proof: 'request' })).status).toBe(422);
    expect((await add({ name: 'other', kind: 'toaster' })).status).toBe(400);
    const revoke = () => page.post('/api/devices/revoke', { name: 'probe' }, { cookie });
    expect((await revoke()).status).toBe(200);
    expect((await revoke()).status).toBe(422);
    expect((await (await page.get('/api/devices', cookie)).json()) as object).toMatchObject({ devices: [] });
  });

  it('is for the owner alone', async () => {
    expect((await page.get('/api/devices')).status).toBe(401);
    expect((await page.post('/api/devices', { name: 'probe' })).status).toBe(401);
    expect((await page.post('/api/devices/revoke', { name: 'probe' })).status).toBe(401);
  });
});
