import { readFile } from 'node:fs/promises';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { PostTls } from '../post.ts';
import type { DimoSettings } from './settings.ts';

/** The authorities to believe servers by: those of the file, or the machine's own where none is named. */
export const readAuthority = async ({
  authority,
  name,
}: Pick<DimoSettings, 'authority' | 'name'>): Promise<Result<PostTls>> => {
  if (authority === undefined) return ok({});
  try {
    return ok({ ca: new Uint8Array(await readFile(authority)) });
  } catch (error) {
    const where = `network ${name}, options.authority`;
    return fail(
      fault('misconfigured', 'dimo.settings', where, `cannot be read: ${(error as Error).message}.`),
    );
  }
};
