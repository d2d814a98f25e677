import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Asked, Reply } from './http.ts';
import type { Routes } from './route.ts';

/** Where the build puts what browsers get; the same from `src/page` and from `dist/page`. */
export const builtPage = (): string => fileURLToPath(new URL('../../dist/browser/', import.meta.url));

const FILES_MAX = 64;
const TOTAL_MAX_BYTES = 4 << 20;
/** Smaller ones are not worth unpacking. */
const GZIP_MIN_BYTES = 512;

/** Only these are served; what else is there is not. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

interface Served {
  readonly type: string;
  readonly plain: Uint8Array;
  /** Over plain http browsers take nothing better. */
  readonly packed: Uint8Array | undefined;
  readonly etag: string;
  /** Its name changes with what is in it. */
  readonly isHashed: boolean;
}

const pack = promisify(gzip);

const serve = async (name: string, plain: Uint8Array): Promise<Served> => ({
  type: TYPES[extname(name)] ?? '',
  plain,
  packed: plain.length < GZIP_MIN_BYTES ? undefined : await pack(plain, { level: 9 }),
  etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  isHashed: name.startsWith('assets/'),
});

const reply = (file: Served, asked: Asked): Reply => {
  const headers = {
    etag: file.etag,
    vary: 'accept-encoding',
    'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (asked.header('if-none-match') === file.etag) return { status: 304, type: file.type, body: '', headers };
  const takesGzip = /\bgzip\b/.test(asked.header('accept-encoding') ?? '');
  return takesGzip && file.packed !== undefined
    ? { status: 200, type: file.type, body: file.packed, headers: { ...headers, 'content-encoding': 'gzip' } }
    : { status: 200, type: file.type, body: file.plain, headers };
};

/**
 * A route for each file of the page. They are read once, here, and nothing else can be asked for: no path of a request
 * ever reaches the disk. Where the page was not built there are none.
 */
export const pageFiles = async (directory: string = builtPage()): Promise<Routes> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (): Dirent[] => [],
  );
  const names = entries
    .filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const routes: [string, Routes[string]][] = [];
  let bytes = 0;
  for (const name of names.sort().slice(0, FILES_MAX)) {
    const plain = new Uint8Array(await readFile(join(directory, name)));
    bytes += plain.length;
    if (bytes > TOTAL_MAX_BYTES) break;
    const file = await serve(name, plain);
    const route = { access: 'anyone', answer: (asked: Asked) => reply(file, asked) } as const;
    routes.push([`GET /${name === 'index.html' ? '' : name}`, route]);
  }
  return Object.fromEntries(routes);
};
