import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '@outpost/schemas/config';
import { EXIT_MISCONFIGURED, type Fault, fail, fault, type Result, sentence } from '@outpost/schemas/words';

/** What a command may touch of the outside; tests give their own. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Asks for a secret without showing it; undefined where nobody is there to answer. */
  secret(question: string): Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Exit codes: 0 done, 1 it failed or does not hold, 2 no verdict, 78 the configuration cannot work. */
export const EXIT: { readonly [code in 'done' | 'failed' | 'unidentified' | 'misconfigured']: number } = {
  done: 0,
  failed: 1,
  unidentified: 2,
  misconfigured: EXIT_MISCONFIGURED,
} as const;

export const exitCodeOf = (why: Fault): number =>
  why.kind === 'misconfigured' ? EXIT.misconfigured : EXIT.failed;

/** Says the one sentence and gives the exit code that belongs to it. */
export const complain = (terminal: Terminal, why: Fault): number => {
  terminal.err(sentence(why));
  return exitCodeOf(why);
};

const PLACES = ['outpost.json', '/etc/outpost/outpost.json'];

/** Where the configuration is: as told, by OUTPOST_CONFIG, in this folder, in /etc/outpost. */
export const configPath = (told: string | undefined, env: Terminal['env']): string | undefined =>
  told ?? env['OUTPOST_CONFIG'] ?? PLACES.find((path) => existsSync(path));

const misconfigured = (where: string, words: string) =>
  fail(fault('misconfigured', 'config.unreadable', where, words));

export interface LoadedConfig {
  readonly path: string;
  readonly config: Config;
}

/** Loads the schema library too, so that commands which never read a configuration start without it. */
export const loadConfig = async (
  told: string | undefined,
  env: Terminal['env'],
): Promise<Result<LoadedConfig>> => {
  const path = configPath(told, env);
  if (path === undefined) {
    return misconfigured(
      'configuration',
      `none of ${PLACES.join(', ')} is there; make one with \`outpost init\`.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const what = words.includes('ENOENT') ? 'there is no such file; make one with `outpost init`' : words;
    return misconfigured(path, `${what}.`);
  }
  const { parseConfig } = await import('@outpost/schemas/config');
  const parsed = parseConfig(value, path);
  if (!parsed.ok) return parsed;
  const dataDirectory = resolve(parsed.value.dataDirectory);
  return { ok: true, value: { path, config: { ...parsed.value, dataDirectory } } };
};
