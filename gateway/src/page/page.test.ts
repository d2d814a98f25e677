import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { monoNs } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';
import { createSessions } from './logins.ts';
import { cookieOf, openTestPage, PASSWORD, type TestPage } from './testing.ts';

const S = 1_000_000_000n;

let page: TestPage;

beforeEach(async () => {
  page = await openTestPage();
});
afterEach(async () => {
  await page[Symbol.asyncDispose]();
});

describe('a box that nobody has claimed', () => {
  it('shows its code at its console and in a file that only its own user reads, and tells nobody else anything', async () => {
    expect(page.said[0]).toContain(await page.code());
    expect((await stat(join(page.directory, 'page', 'claim-code.txt'))).mode & 0o077).toBe(0);
    expect(await (await page.get('/api/hello')).json()).toEqual({ isClaimed: false, isOwner: false });
    expect((await page.get('/healthz')).status).toBe(200);
    for (const path of [
      '/api/status',
      '/api/live',
      '/metrics',
      '/api/logout',
      '/nothing',
      '/../etc/passwd',
    ]) {
      expect((await page.get(path)).status, path).toBe(401);
    }
  });

  it('keeps its code over a restart, and is claimed once, with the right code and a password that is long enough', async () => {
    const before = await page.code();
    await page.restart();
    expect(await page.code()).toBe(before);
    const bad = await page.post('/api/claim', { code: 'AAAAA-AAAAA', password: PASSWORD });
    expect([bad.status, await bad.json()]).toEqual([
      403,
      { error: 'that is not the code that this box shows.' },
    ]);
    expect((await page.post('/api/claim', { code: before, password: 'short' })).status).toBe(403);
    expect(
      (await page.post('/api/claim', { code: before.toLowerCase().replace('-', ' '), password: PASSWORD }))
        .status,
    ).toBe(200);
    expect((await page.post('/api/claim', { code: before, password: PASSWORD })).status).toBe(403);
    expect(await page.code().catch(() => 'gone')).toBe('gone');
    // Whoever showed the code to people shows it no longer.
    expect(page.said.at(-1)).toBe(`page: ${page.url}, claimed`);
    const kept = await readFile(join(page.directory, 'page', 'owner.json'), 'utf8');
    expect(kept).not.toContain(PASSWORD);
  });
});

describe('a box with an owner', () => {
  it('lets the owner in and out, over a restart too', async () => {
    const first = await page.claim();
    expect(await (await page.get('/api/status', first)).json()).toEqual({ version: '1' });
    await page.restart();
    expect((await page.get('/api/status', first)).status).toBe(401);
    expect((await page.post('/api/login', { password: 'wrong wrong wrong' })).status).toBe(401);
    const login = await page.post('/api/login', { password: PASSWORD });
    expect(login.headers.get('set-cookie')).toMatch(/^outpost=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\//);
    const second = cookieOf(login);
    expect((await page.get('/nothing', second)).status).toBe(404);
    expect((await page.post('/api/logout', {}, { cookie: second })).status).toBe(200);
    expect((await page.get('/api/status', second)).status).toBe(401);
  });

  it('answers guesses only so often', async () => {
    await page.claim();
    const answers: number[] = [];
    for (let guess = 0; guess < 8; guess += 1)
      answers.push((await page.post('/api/login', { password: `guess ${guess}` })).status);
    expect(answers.filter((status) => status === 429).length).toBeGreaterThanOrEqual(3);
    expect((await page.post('/api/login', { password: PASSWORD })).status).toBe(429);
  });

  it('takes no change from another page, and answers to no name but its own', async () => {
    const cookie = await page.claim();
    const others: readonly Readonly<Record<string, string>>[] = [
      { origin: 'http://evil.example' },
      { 'x-outpost': '0' },
      { 'content-type': 'text/plain' },
    ];
    for (const headers of others)
      expect((await page.post('/api/logout', {}, { cookie, ...headers })).status).toBe(403);
    const { port } = new URL(page.url);
    const statusAs = (host: string): Promise<number | undefined> =>
      new Promise((resolve) => {
        request({ port, path: '/healthz', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).end();
      });
    expect(await statusAs('evil.example')).toBe(421);
    expect(await statusAs(`box.example:${port}`)).toBe(200);
    expect(await statusAs('[::1]:8080')).toBe(200);
  });

  it('refuses what is too long or no JSON, and says so', async () => {
    await page.claim();
    const long = await page.post('/api/login', { password: 'x'.repeat(70_000) });
    expect([long.status, await long.json()]).toEqual([
      400,
      { error: 'this request has 65536 bytes at most.' },
    ]);
    const none = await fetch(`${page.url}/api/login`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json', 'x-outpost': '1' },
    });
    expect([none.status, await none.json()]).toEqual([400, { error: 'this is no JSON.' }]);
    expect((await page.post('/api/login', { password: 7 })).status).toBe(400);
  });

  it('forbids scripts, frames and sources that are not its own', async () => {
    const { headers } = await page.get('/healthz');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('tells an open page what devices say, as they say it', async () => {
    const cookie = await page.claim();
    const answer = await page.get('/api/live', cookie);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    const until = async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(text)) text += decoder.decode((await reader?.read())?.value, { stream: true });
    };
    await until(/event: status\ndata: {"version":"1"}/);
    const speed = { kind: 'number', signal: 1, mantissa: 88, ecu: 0x7e8 } as const;
    page.latest.take(
      'car',
      [{ body: speed, raw: new Uint8Array(0), mono: monoNs(0n), origin: 'live' }],
      1_800_000_000_000,
    );
    await until(/event: values\n.*"name":"Vehicle.Speed","unit":"km\/h","value":88/);
    await reader?.cancel();
  });
});

describe('what a page leans on', () => {
  it('gives each caller so many at once and more with time, and remembers so many callers', () => {
    const limiter = createLimiter({ burst: 2, everyMs: 1_000, callersMax: 2 });
    const at = (s: number) => monoNs(BigInt(s) * S);
    expect([limiter.take('a', at(0)), limiter.take('a', at(0)), limiter.take('a', at(0))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(limiter.take('a', at(1))).toBe(true);
    expect(limiter.take('a', at(1))).toBe(false);
    expect(limiter.take('b', at(1))).toBe(true);
    expect(limiter.take('c', at(1))).toBe(true);
    expect(limiter.callers).toBe(2);
    // The one that had used up all it may is the one that is remembered.
    expect(limiter.take('a', at(1))).toBe(false);
  });

  it('ends sessions that are idle, old, or too many', () => {
    const sessions = createSessions();
    const day = 86_400n * S;
    const first = sessions.begin(monoNs(0n));
    expect(sessions.touch(first, monoNs(6n * day))).toBe(true);
    expect(sessions.touch(first, monoNs(14n * day))).toBe(false);
    const old = sessions.begin(monoNs(0n));
    for (let d = 5n; d <= 30n; d += 5n) expect(sessions.touch(old, monoNs(d * day))).toBe(true);
    expect(sessions.touch(old, monoNs(31n * day))).toBe(false);
    const tokens = Array.from({ length: 65 }, () => sessions.begin(monoNs(0n)));
    expect(sessions.size).toBe(64);
    expect(sessions.touch(tokens[0] ?? '', monoNs(0n))).toBe(false);
    expect(sessions.touch('made up', monoNs(0n))).toBe(false);
  });
});
