import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'quarantine';
/** What is refused beyond this is in the journal's settlements alone. */
const FILES_MAX = 100;

/** What DIMO refused, whole, with its reason: for people. */
export interface Refused {
  readonly id: string;
  readonly event: string;
  readonly words: string;
}

export const quarantineFolder = (directory: string): string => join(directory, FOLDER);

/** How many there are. */
export const countQuarantine = async (directory: string): Promise<number> => {
  const names = await readdir(quarantineFolder(directory)).catch(() => []);
  return names.length;
};

/** Keeps it aside, once by its id, and at most a hundred; a disk that says no loses nothing that the journal lacks. */
export const quarantine = async (directory: string, { id, event, words }: Refused): Promise<boolean> => {
  const folder = quarantineFolder(directory);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await countQuarantine(directory)) >= FILES_MAX) return false;
    const path = join(folder, `${id.replaceAll('/', '-')}.json`);
    await writeFile(path, `${JSON.stringify({ words, event })}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
};
