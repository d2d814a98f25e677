import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

export const keysDirectory = (dataDirectory: string): string => join(dataDirectory, 'keys');
export const journalDirectory = (dataDirectory: string): string => join(dataDirectory, 'journal');
export const storeDirectory = (dataDirectory: string): string => join(dataDirectory, 'store');

/** Makes the data directory for this user alone, or takes the one that is there. */
export const makeDataDirectory = async (path: string): Promise<Result<void>> => {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await stat(path);
    return found.isDirectory()
      ? ok(undefined)
      : fail(fault('misconfigured', 'data.no-directory', path, 'is no directory; name another data directory.'));
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    return fail(fault('misconfigured', 'data.unwritable', path, `the data directory cannot be made: ${message}.`));
  }
};

/** What systemd and dbus say this installation is; a copied card takes it along, a restored backup does not. */
export const machineId = async (): Promise<string> => {
  try {
    return (await readFile('/etc/machine-id', 'utf8')).trim();
  } catch {
    return '';
  }
};
