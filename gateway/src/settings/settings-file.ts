import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { errorCode, writeWhole } from '../store/whole-file.ts';
import { type Earlier, earlierFiles } from './earlier.ts';

export const SETTINGS_MAX_BYTES = 1024 * 1024;
const VERSION_DIGITS = 16;

export interface Settings {
  readonly text: string;
  /** Changes with every change of the text. */
  readonly version: string;
  readonly isWritable: boolean;
  /** The newest first. */
  readonly earlier: readonly Earlier[];
}

export interface SettingsParts {
  /** The configuration file. */
  readonly path: string;
  /** Where earlier ones are kept. */
  readonly directory: string;
  readonly clock: Clock;
  /** Whether this program can run with what stands in that file; a fault says why not. */
  check(path: string): Promise<Result<void>>;
}

/** The configuration file, as its owner changes it from elsewhere than an editor. */
export interface SettingsFile {
  read(): Promise<Result<Settings>>;
  /** Whether the text could be saved; nothing is. */
  check(text: string): Promise<Result<void>>;
  /** Takes the place of the version that was read, if nothing else has in the meantime. */
  save(text: string, version: string): Promise<Result<void>>;
  /** Puts an earlier one back; what it replaces becomes an earlier one. */
  restore(id: string, version: string): Promise<Result<void>>;
}

const versionOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, VERSION_DIGITS);

const isWritable = async (path: string): Promise<boolean> => {
  try {
    // The file is replaced as a whole, so that its directory must be ours too.
    await access(path, constants.W_OK);
    await access(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const membersOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
};

const wrong = (code: string, words: string): Fault =>
  fault('misconfigured', `settings.${code}`, 'the settings', words);

/** What a page must not take away from under itself. */
const keepsPage = (before: string, after: string): Result<void> => {
  const [was, is] = [membersOf(before), membersOf(after)];
  if (is === undefined)
    return fail(wrong('no-json', 'are no JSON object; look for a missing comma or quote.'));
  if (was?.['dataDirectory'] !== is['dataDirectory'])
    return fail(wrong('data-directory', 'name another dataDirectory; that is changed on the box itself.'));
  const hasPage = typeof is['page'] === 'object' && is['page'] !== null;
  return hasPage
    ? ok(undefined)
    : fail(wrong('page', 'would turn this page off; that is done on the box itself.'));
};

export const openSettingsFile = ({ path, directory, clock, check }: SettingsParts): SettingsFile => {
  const earlier = earlierFiles(directory, clock);

  const current = async (): Promise<Result<string>> => {
    try {
      return ok(await readFile(path, 'utf8'));
    } catch (error) {
      return fail(wrong('unreadable', `cannot be read from ${path} (${errorCode(error)}).`));
    }
  };

  const checked = async (before: string, text: string): Promise<Result<void>> => {
    if (text.length > SETTINGS_MAX_BYTES)
      return fail(wrong('too-long', `are longer than ${SETTINGS_MAX_BYTES} bytes.`));
    const kept = keepsPage(before, text);
    if (!kept.ok) return kept;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const candidate = join(directory, 'candidate.json');
    await writeWhole(candidate, text);
    try {
      return await check(candidate);
    } finally {
      await unlink(candidate);
    }
  };

  const replace = async (text: string, version: string): Promise<Result<void>> => {
    const before = await current();
    if (!before.ok) return before;
    if (versionOf(before.value) !== version)
      return fail(wrong('changed', 'were changed by somebody else meanwhile; look at them again.'));
    const fine = await checked(before.value, text);
    if (!fine.ok) return fine;
    if (!(await isWritable(path)))
      return fail(wrong('read-only', `cannot be written: ${path} and its directory belong to another user.`));
    await earlier.keep(before.value);
    await writeWhole(path, text);
    return ok(undefined);
  };

  // One after the other: two that began at the same version must not both win.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act, act);
    last = next.catch(() => undefined);
    return next;
  };

  return {
    read: async () => {
      const text = await current();
      if (!text.ok) return text;
      const version = versionOf(text.value);
      const now = { isWritable: await isWritable(path), earlier: await earlier.list() };
      return ok({ text: text.value, version, ...now });
    },
    check: (text) =>
      inTurn(async () => {
        const before = await current();
        return before.ok ? await checked(before.value, text) : before;
      }),
    save: (text, version) => inTurn(() => replace(text, version)),
    restore: (id, version) =>
      inTurn(async () => {
        const text = await earlier.read(id);
        return text === undefined
          ? fail(wrong('no-earlier', 'of that time are not kept any more.'))
          : await replace(text, version);
      }),
  };
};
