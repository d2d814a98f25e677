#!/usr/bin/env node
// Builds what browsers get into gateway/dist/browser, where anything that it is made of has changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marker = join(root, 'gateway', 'dist', 'browser', '.made-of');

/** All that the page imports from lies below these. */
const SOURCES = ['gateway/page', 'gateway/src/control', 'gateway/src/keys', 'schemas/src'];
const isSource = (name) => /\.(tsx?|css|html|svg|json)$/.test(name) && !name.endsWith('.test.ts');

const filesBelow = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const hashOfSources = () => {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const path of SOURCES.flatMap((source) => filesBelow(join(root, source)))) {
    hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash.digest('hex');
};

export const buildPage = async () => {
  const hash = hashOfSources();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  const { build } = await import('vite');
  await build({ configFile: join(root, 'gateway', 'page', 'vite.config.ts') });
  writeFileSync(marker, hash);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildPage();
