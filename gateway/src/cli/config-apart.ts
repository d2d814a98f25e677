import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Config } from '@outpost/schemas/config';
import { EXIT, type Terminal } from './context.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/outpost.mjs', import.meta.url));

/** A configuration with every default filled in; one with a thousand devices is a tenth of this. */
const PRINTED_MAX_BYTES = 4 * 1024 * 1024;

/** Far more than the slowest machine needs to read one file. */
const TIMEOUT_MS = 60_000;

/**
 * The configuration as `outpost config --print` shows it, by a process of its own: the schema library that checks it
 * would stay in this one for as long as it runs, 11 MiB of a Raspberry Pi's memory for a second's work. Where it cannot
 * be had, the reason is said and the exit code is given.
 */
export const loadConfigApart = async (
  told: string | undefined,
  terminal: Terminal,
): Promise<{ readonly config: Config } | { readonly code: number }> =>
  await new Promise((resolve) => {
    const args = [PROGRAM, 'config', '--print', ...(told === undefined ? [] : ['--config', told])];
    const limits = { maxBuffer: PRINTED_MAX_BYTES, timeout: TIMEOUT_MS, signal: terminal.signal };
    execFile(process.execPath, args, { ...limits, env: { ...terminal.env } }, (error, printed, said) => {
      if (error === null) return resolve({ config: JSON.parse(printed) as Config });
      terminal.err(
        said.trimEnd() === '' ? `The configuration could not be read: ${error.message}` : said.trimEnd(),
      );
      resolve({ code: typeof error.code === 'number' ? error.code : EXIT.failed });
    });
  });
