import { existsSync } from 'node:fs';
import { ok, type Result } from '@outpost/schemas/words';
import { journalDirectory } from '../data-directory.ts';
import { nodeDisk, type Offset, openJournalReadOnly, thisProcess } from '../journal/index.ts';
import { takeLock } from '../journal/lock.ts';
import { encodeChains, newChains } from '../record/chains.ts';
import { chainsAt } from '../run/history.ts';

/** Does something that no gateway may do at the same time; `refused` where one is running. */
export const lockedData = async <T>(
  dataDirectory: string,
  act: () => Promise<Result<T>>,
): Promise<Result<T>> => {
  const disk = nodeDisk();
  await disk.makeDirectory(journalDirectory(dataDirectory));
  const lock = await takeLock(disk, journalDirectory(dataDirectory), thisProcess());
  if (!lock.ok) return lock;
  try {
    return await act();
  } finally {
    await lock.value.release();
  }
};

/** The heads of all chains so far, for a backup; of no chains where there is no journal yet. */
export const headsOf = async (dataDirectory: string): Promise<Result<Uint8Array>> => {
  const directory = journalDirectory(dataDirectory);
  if (!existsSync(directory)) return ok(encodeChains(newChains(0n as Offset)));
  const journal = await openJournalReadOnly({ directory, disk: nodeDisk() });
  if (!journal.ok) return journal;
  return ok(encodeChains(await chainsAt(journal.value, journal.value.end)));
};
