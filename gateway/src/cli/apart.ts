import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ran } from '../settings/box-controls.ts';
import { EXIT, type Terminal } from './context.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/outpost.mjs', import.meta.url));

/** A configuration with every default filled in; one with a thousand devices is a tenth of this. */
const PRINTED_MAX_BYTES = 4 * 1024 * 1024;

/** Far more than the slowest machine needs to read one file. */
const TIMEOUT_MS = 60_000;

/** Runs a command of this program in a process of its own; what it loads is gone when it ends. */
export const outpostApart = async (
  args: readonly string[],
  { env, signal }: Pick<Terminal, 'env' | 'signal'>,
): Promise<Ran> =>
  await new Promise((resolve) => {
    const limits = { maxBuffer: PRINTED_MAX_BYTES, timeout: TIMEOUT_MS, signal };
    execFile(process.execPath, [PROGRAM, ...args], { ...limits, env: { ...env } }, (error, out, said) => {
      if (error === null) return resolve({ code: EXIT.done, out, err: said.trimEnd() });
      const err = said.trimEnd() === '' ? `it could not be run: ${error.message}` : said.trimEnd();
      resolve({ code: typeof error.code === 'number' ? error.code : EXIT.failed, out, err });
    });
  });
