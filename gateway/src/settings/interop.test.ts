import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { ok } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { outpostApart } from '../cli/apart.ts';
import { keysDirectory, networkDirectory } from '../data-directory.ts';
import { scratch } from '../journal/testing.ts';
import { keyText, openKeyRing } from '../keys/index.ts';
import { ensureDimoKey, readDimoKey } from '../networks/dimo/identity.ts';
import { openTestPage, PASSWORD } from '../page/testing.ts';
import { newBox } from './testing.ts';

/** A page whose box is real but for its restarts, which are counted. */
const setUp = async (directory: string) => {
  const path = join(directory, 'outpost.json');
  const config = { dataDirectory: directory, page: { port: 0 }, store: null };
  await writeFile(path, JSON.stringify(config));
  const { box, restarts, said } = newBox(path);
  const orders: string[] = [];
  const page = await openTestPage({
    box,
    dataDirectory: directory,
    order: (request) => {
      orders.push(request);
      return Promise.resolve(ok('{"kind":"done","words":"done."}'));
    },
  });
  const cookie = await page.claim();
  const post = (at: string, body: unknown) => page.post(at, body, { cookie });
  const settings = async () =>
    (await (await page.get('/api/settings', cookie)).json()) as {
      readonly text: string;
      readonly version: string;
      readonly earlier: readonly { readonly id: string }[];
    };
  return { page, cookie, post, settings, config, path, restarts, said, orders };
};

describe('the settings over the API', () => {
  it('are saved once a gateway could run with them, and it is started anew', async () => {
    await using directory = await scratch();
    const { page, post, settings, config, path, restarts } = await setUp(directory.path);
    await using _ = page;
    const before = await settings();
    expect(JSON.parse(before.text)).toEqual(config);
    const next = { ...config, attest: { readingsMax: 64 } };
    const saved = await post('/api/settings', { text: JSON.stringify(next), version: before.version });
    expect([saved.status, await saved.json()]).toEqual([200, {}]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(next);
    await restarts.next();
    const after = await settings();
    const [earlier] = after.earlier;
    const undone = await post('/api/settings/restore', { id: earlier?.id, version: after.version });
    expect(undone.status).toBe(200);
    expect((await settings()).text).toBe(before.text);
    await restarts.next();
  });

  it('that no gateway could run with are refused with the sentence that the command says', async () => {
    await using directory = await scratch();
    const { page, post, settings, config, path, restarts } = await setUp(directory.path);
    await using _ = page;
    const { version, text } = await settings();
    const refused = async (value: object): Promise<string> => {
      const answer = await post('/api/settings', { text: JSON.stringify({ ...config, ...value }), version });
      expect(answer.status).toBe(422);
      return ((await answer.json()) as { readonly error: string }).error;
    };
    expect(await refused({ attest: { readingsMax: 0 } })).toMatch(/attest\.readingsMax/);
    expect(await refused({ devices: [{ name: 'car', adapter: 'elm', port: 'tcp://a:1' }] })).toMatch(/elm/);
    expect(await refused({ page: null })).toMatch(/this page/);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(restarts.count).toBe(0);
    const stale = await post('/api/settings', { text, version: '0' });
    expect(stale.status).toBe(409);
  });
});

describe('the box over the API', () => {
  it('gives a copy of its keys that only the passphrase opens, and leaves none behind', async () => {
    await using directory = await scratch();
    const { page, post } = await setUp(directory.path);
    await using _ = page;
    const parts = { directory: keysDirectory(directory.path), kind: 'file', clock: systemClock() } as const;
    const ring = await openKeyRing(parts);
    if (!ring.ok) throw new Error(ring.fault.words);
    const own = networkDirectory(directory.path, 'dimo');
    await mkdir(own, { recursive: true, mode: 0o700 });
    const dimo = await ensureDimoKey(own);
    const short = await post('/api/backup', { passphrase: 'short' });
    expect(short.status).toBe(400);
    const answer = await post('/api/backup', { passphrase: PASSWORD });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
    const sealed = new Uint8Array(await answer.arrayBuffer());
    expect((await readdir(directory.path)).filter((name) => name.startsWith('backup'))).toEqual([]);
    await using other = await scratch();
    const file = join(other.path, 'keys.backup');
    await writeFile(file, sealed);
    const env = { ...process.env, OUTPOST_PASSPHRASE: PASSWORD };
    const args = ['keys', 'import', file, '--data', join(other.path, 'data')];
    const { signal } = new AbortController();
    expect(await outpostApart(args, { env, signal })).toMatchObject({ code: 0 });
    const shown = await outpostApart(['keys', 'show', '--data', join(other.path, 'data')], { env, signal });
    expect(shown.out.trim()).toBe(keyText(ring.value.gateway().publicKey));
    const back = await readDimoKey(networkDirectory(join(other.path, 'data'), 'dimo'));
    expect(back.ok && back.value?.address).toBe(dimo.ok && dimo.value.address);
    expect(back.ok && back.value?.address).toMatch(/^0x/);
  });

  it('shows its log, and what is around it, and passes orders on', async () => {
    await using directory = await scratch();
    const { page, cookie, post, said, orders } = await setUp(directory.path);
    await using _ = page;
    said.push('one', 'two');
    expect(await (await page.get('/api/log', cookie)).json()).toEqual({ lines: ['one', 'two'] });
    expect(Array.isArray(await (await page.get('/api/discover', cookie)).json())).toBe(true);
    const order = { device: 'roof', kind: 'approve', gateway: '0102030405060708' };
    expect(await (await post('/api/order', order)).json()).toEqual({ kind: 'done', words: 'done.' });
    expect(orders.map((each) => JSON.parse(each) as unknown)).toEqual([order]);
  });

  it('that another program runs has none of it', async () => {
    await using page = await openTestPage();
    const cookie = await page.claim();
    for (const at of ['/api/settings', '/api/settings/schema', '/api/log', '/api/discover'])
      expect((await page.get(at, cookie)).status).toBe(503);
    expect((await page.post('/api/restart', {}, { cookie })).status).toBe(503);
  });
});
