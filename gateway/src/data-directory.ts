import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { writeWhole } from './store/whole-file.ts';

export const keysDirectory = (dataDirectory: string): string => join(dataDirectory, 'keys');
export const journalDirectory = (dataDirectory: string): string => join(dataDirectory, 'journal');
export const storeDirectory = (dataDirectory: string): string => join(dataDirectory, 'store');
export const networksDirectory = (dataDirectory: string): string => join(dataDirectory, 'networks');
/** What one network keeps for itself. */
export const networkDirectory = (dataDirectory: string, name: string): string =>
  join(networksDirectory(dataDirectory), name);

/** Makes the data directory for this user alone, or takes the one that is there. */
export const makeDataDirectory = async (path: string): Promise<Result<void>> => {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await stat(path);
    return found.isDirectory()
      ? ok(undefined)
      : fail(
          fault('misconfigured', 'data.no-directory', path, 'is no directory; name another data directory.'),
        );
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    return fail(
      fault('misconfigured', 'data.unwritable', path, `the data directory cannot be made: ${message}.`),
    );
  }
};

const MACHINE_ID = '/etc/machine-id';
const machinePath = (dataDirectory: string): string => join(dataDirectory, 'machine');

const textOf = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return '';
  }
};

/**
 * Whether this directory was last used by another installation: a backup was laid back, or the data moved to another
 * box. A card that was copied whole takes its machine id along and is not noticed here, but by its chains.
 */
export const isOtherMachine = async (dataDirectory: string): Promise<boolean> => {
  const [before, id] = [await textOf(machinePath(dataDirectory)), await textOf(MACHINE_ID)];
  return id !== '' && before !== '' && before !== id;
};

/** From now on the directory is this installation's. */
export const rememberMachine = async (dataDirectory: string): Promise<void> => {
  const [before, id] = [await textOf(machinePath(dataDirectory)), await textOf(MACHINE_ID)];
  if (id !== '' && before !== id) await writeWhole(machinePath(dataDirectory), `${id}\n`);
};
