import { join } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Disk } from './disk.ts';
import { isMissing } from './errors.ts';

/** Of the directory as a whole; a segment has its own besides. */
export const FORMAT_VERSION = 1;

/** One step from a version to the next, in place. A power cut may interrupt it: it must be able to start over. */
export interface Migration {
  readonly from: number;
  migrate(disk: Disk, directory: string): Promise<void>;
}

const NAME = 'format';
const TEXT = /^outpost-journal ([1-9][0-9]{0,5})\n$/;
const TEXT_BYTES_MAX = 64;

/** Undefined where there is none yet, 0 where it cannot be read. */
const readVersion = async (disk: Disk, directory: string): Promise<number | undefined> => {
  try {
    const file = await disk.open(join(directory, NAME), 'read');
    try {
      const bytes = new Uint8Array(TEXT_BYTES_MAX);
      const text = new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, 0)));
      return Number(TEXT.exec(text)?.[1] ?? 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** The new text takes the old one's place at once, or not at all. */
const writeVersion = async (disk: Disk, directory: string, version: number): Promise<void> => {
  const path = join(directory, `${NAME}.new`);
  await disk.unlink(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  const file = await disk.open(path, 'create');
  try {
    await file.write(new TextEncoder().encode(`outpost-journal ${version}\n`), 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await disk.rename(path, join(directory, NAME));
  await disk.syncDirectory(directory);
};

const wrong = (directory: string, words: string) =>
  fail(fault('misconfigured', 'journal.format', directory, words));

const checkVersion = (directory: string, version: number, known: number): Result<number> => {
  if (version === 0)
    return wrong(directory, `the file '${NAME}' is no journal's; choose another dataDirectory.`);
  if (version > known) {
    return wrong(
      directory,
      `was written by a newer Outpost (format ${version}, this one knows up to ${known}); install that version.`,
    );
  }
  return ok(version);
};

/** For those who only look: the version must be the present one. */
export const checkFormat = async (disk: Disk, directory: string): Promise<Result<number>> => {
  const version = await readVersion(disk, directory);
  if (version === undefined)
    return wrong(directory, 'holds no journal; check dataDirectory, or start the gateway first.');
  const checked = checkVersion(directory, version, FORMAT_VERSION);
  if (!checked.ok || version === FORMAT_VERSION) return checked;
  return wrong(
    directory,
    `has the older format ${version}; start the gateway once, which brings it up to date.`,
  );
};

/** Makes a new directory, or brings an old one to the format `target` step by step. */
export const prepareDirectory = async (
  disk: Disk,
  directory: string,
  migrations: readonly Migration[],
  target: number = FORMAT_VERSION,
): Promise<Result<number>> => {
  const found = await readVersion(disk, directory);
  if (found === undefined) {
    await writeVersion(disk, directory, target);
    return ok(target);
  }
  const checked = checkVersion(directory, found, target);
  if (!checked.ok) return checked;
  for (let version = found; version < target; version += 1) {
    const step = migrations.find(({ from }) => from === version);
    if (step === undefined) throw new Error(`No migration from journal format ${version}.`);
    await step.migrate(disk, directory);
    await writeVersion(disk, directory, version + 1);
  }
  return ok(target);
};
