import { resolve } from 'node:path';
import { ok, type Result } from '@outpost/schemas/words';
import { loadConfig, type Terminal } from './context.ts';

export interface WhereOptions {
  readonly config?: string;
  readonly data?: string;
}

/** The data directory that a command is about: as told, or the configuration's. */
export const dataDirectoryOf = async (options: WhereOptions, terminal: Terminal): Promise<Result<string>> => {
  if (options.data !== undefined) return ok(resolve(options.data));
  const loaded = await loadConfig(options.config, terminal.env);
  return loaded.ok ? ok(loaded.value.config.dataDirectory) : loaded;
};
