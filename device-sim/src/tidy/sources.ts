import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout, from this file's place in it (src or dist). */
export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export const PACKAGES = ['schemas', 'firmware-bridge', 'gateway', 'device-sim'] as const;
export type PackageName = (typeof PACKAGES)[number];

export interface Source {
  /** From the top of the checkout, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly package: PackageName;
  readonly isTest: boolean;
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.outpost', '.cache']);

export const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

/** Every hand-written TypeScript file of the four packages. */
export const sources = (): readonly Source[] =>
  PACKAGES.flatMap((name) =>
    filesBelow(join(repository, name, 'src'))
      .filter((path) => path.endsWith('.ts') || path.endsWith('.tsx'))
      .map((path) => ({
        path: relative(repository, path),
        text: readFileSync(path, 'utf8'),
        package: name,
        isTest: path.endsWith('.test.ts'),
      })),
  );

/** The specifiers that a file imports or re-exports, dynamic imports included. */
export const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm)].map((match) => match[1] ?? '');

/** The code without comments and string contents, for rules about what code says. Regular expressions stay. */
export const codeOf = (text: string): string =>
  text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g,
    (match) => (match.startsWith('/') ? '' : "''"),
  );

export const present = (...parts: readonly string[]): boolean => existsSync(join(repository, ...parts));
