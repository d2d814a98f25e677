import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFiles } from './files.ts';
import type { Asked, Reply } from './http.ts';
import type { Routes } from './route.ts';

const SCRIPT = `export const words = ${JSON.stringify('a'.repeat(2_000))};\n`;

let directory: string;
let files: Routes;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-files-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Outpost</title>');
  await writeFile(join(directory, 'assets', 'main-Ab12.js'), SCRIPT);
  await writeFile(join(directory, '.made-of'), 'not for browsers');
  await writeFile(join(directory, 'assets', 'main-Ab12.js.map'), '{}');
  await symlink('/etc/passwd', join(directory, 'assets', 'passwd.js'));
  files = await pageFiles(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

type Whole = Extract<Reply, { readonly status: number }>;

const ask = async (name: string, headers: Readonly<Record<string, string>> = {}): Promise<Whole> => {
  const asked = { header: (each: string) => headers[each] } as unknown as Asked;
  const reply = await files[`GET ${name}`]?.answer(asked);
  if (reply === undefined || !('status' in reply)) throw new Error(`${name} is not there`);
  return reply;
};

describe("the page's files", () => {
  it('are those with a known type that lie there themselves, and nothing else is a path', () => {
    expect(Object.keys(files).sort()).toEqual(['GET /', 'GET /assets/main-Ab12.js']);
  });

  it('are there for good where their name changes with them, else asked for again', async () => {
    expect((await ask('/')).headers).toMatchObject({ 'cache-control': 'no-cache' });
    const { type, headers } = await ask('/assets/main-Ab12.js');
    expect(type).toBe('text/javascript; charset=utf-8');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable' });
  });

  it('come packed to whoever unpacks them, and not at all to whoever has them', async () => {
    const plain = await ask('/assets/main-Ab12.js', { 'accept-encoding': 'br' });
    expect(new TextDecoder().decode(plain.body as Uint8Array)).toBe(SCRIPT);
    const packed = await ask('/assets/main-Ab12.js', { 'accept-encoding': 'deflate, gzip' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(packed.body as Uint8Array).toString()).toBe(SCRIPT);
    expect((packed.body as Uint8Array).length).toBeLessThan(SCRIPT.length / 10);
    const etag = packed.headers?.['etag'] ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(await ask('/assets/main-Ab12.js', { 'if-none-match': etag })).toMatchObject({
      status: 304,
      body: '',
    });
  });

  it('are none where the page was not built, and never more than so many', async () => {
    expect(await pageFiles(join(directory, 'nothing'))).toEqual({});
    const many = join(directory, 'many');
    await mkdir(many);
    for (let at = 0; at < 70; at += 1) await writeFile(join(many, `${at}.css`), 'a{}');
    expect(Object.keys(await pageFiles(many))).toHaveLength(64);
  });
});
