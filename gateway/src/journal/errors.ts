import { type Fault, fault } from '@outpost/schemas/words';

/** The operating system's name of a failure (`ENOSPC`), undefined for anything else that was thrown. */
export const errorCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

/** The disk or the owner's share of it is full: the only failure of a write that heals by itself. */
export const isNoSpace = (error: unknown): boolean => {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
};

export const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT';

export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * A failure at a point behind which what was to be written may or may not be found again. Without the system's code it
 * is not taken for a full disk, which would be answered with a refusal.
 */
export const withoutCode = (error: unknown): Error => new Error(words(error), { cause: error });

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(bytes < 1e7 ? 1 : 0)} MiB`;

export const journalFull = (directory: string, heldBytes: number, bytesMax: number): Fault =>
  fault(
    'refused',
    'journal.full',
    directory,
    `${mebibytes(heldBytes)} wait here for readers that do not get on, and ${mebibytes(bytesMax)} is the limit; ` +
      'see which network or database is away, drop it, or raise journal.mebibytesMax.',
  );

export const diskFull = (directory: string, freeBytes: number | undefined): Fault =>
  fault(
    'refused',
    'journal.disk-full',
    directory,
    `the disk is full${freeBytes === undefined ? '' : ` (${mebibytes(freeBytes)} free)`}; ` +
      'free some space and recording goes on by itself.',
  );

export const journalBusy = (directory: string, pendingBytes: number): Fault =>
  fault(
    'refused',
    'journal.busy',
    directory,
    `${mebibytes(pendingBytes)} wait for a disk that is slower than what arrives; use a faster disk or fewer devices.`,
  );

/** A directory that cannot be opened at all is the owner's to repair: rights, mount, a file in its place. */
export const unusable = (where: string, error: unknown): Fault =>
  isNoSpace(error)
    ? diskFull(where, undefined)
    : fault(
        'misconfigured',
        'journal.directory',
        where,
        `cannot be used (${words(error)}); check the mount, the owner and the rights of this directory.`,
      );

/** What was not acknowledged is rejected with this; the program ends, and what was acknowledged is read at the next start. */
export const brokenDisk = (directory: string, error: unknown): Error =>
  new Error(
    `${directory}: the journal cannot be written any more (${words(error)}). What was acknowledged is safe. ` +
      'Check the card and the mount; a file system that found errors is read-only until it was repaired.',
    { cause: error },
  );
