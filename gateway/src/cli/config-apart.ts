import type { Config } from '@outpost/schemas/config';
import { outpostApart } from './apart.ts';
import { EXIT, type Terminal } from './context.ts';

/**
 * The configuration as `outpost config --print` shows it, by a process of its own: the schema library that checks it
 * would stay in this one for as long as it runs, 11 MiB of a Raspberry Pi's memory for a second's work. Where it cannot
 * be had, the reason is said and the exit code is given.
 */
export const loadConfigApart = async (
  told: string | undefined,
  terminal: Terminal,
): Promise<{ readonly config: Config } | { readonly code: number }> => {
  const args = ['config', '--print', ...(told === undefined ? [] : ['--config', told])];
  const { code, out, err } = await outpostApart(args, terminal);
  if (code === EXIT.done) return { config: JSON.parse(out) as Config };
  terminal.err(err);
  return { code };
};
