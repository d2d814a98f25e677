import { accessSync, constants, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lock files as other serial programs know them: `LCK..ttyUSB0` holds the owner's process number as ten characters
 * (FHS 3.0 §5.9). A second line of ours holds when that process started, so that a number used again after a crash
 * or in a restarted container is not mistaken for the owner. The kernel's `flock`, taken by serialport when it
 * opens the line, settles races between two starters; this file is for a name in the message, for programs that
 * know only such files, and for two ports of one process.
 */
export interface LineLock {
  release(): void;
}

export type LockOutcome =
  | { readonly kind: 'locked'; readonly lock: LineLock }
  | { readonly kind: 'held'; readonly pid: number | undefined; readonly file: string };

export interface LockPlace {
  /** Tried in this order; the first that can be written gets the file, and a file in any of them counts. */
  readonly directories: readonly string[];
  readonly pid: number;
  /** When a process started, as text to compare; undefined where it does not run or nobody can tell. */
  startOf(pid: number): string | undefined;
  isRunning(pid: number): boolean;
}

/** A stale file is removed at most this often in one attempt; more means that somebody fights for the line. */
const STALE_ROUNDS_MAX = 3;

/** Field 22 of /proc/PID/stat, counted behind the command name, which may itself hold spaces and brackets. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

export const systemLockPlace = (): LockPlace => ({
  directories: ['/run/lock', '/var/lock', tmpdir()],
  pid: process.pid,
  startOf,
  isRunning,
});

/** `LCK..ttyUSB0` for /dev/ttyUSB0. */
export const lockFileName = (device: string): string =>
  `LCK..${device.replace(/^\/dev\//, '').replaceAll('/', '_')}`;

const textOf = (place: LockPlace): string =>
  `${String(place.pid).padStart(10)}\n${place.startOf(place.pid) ?? ''}\n`;

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
};

/** Who holds a lock file with this text; `nobody` where its owner is gone. */
const holder = (text: string, place: LockPlace): { readonly pid: number | undefined } | 'nobody' => {
  const [first = '', start = ''] = text.split('\n');
  // Half a file or a foreign format: better to ask than to break into somebody's line.
  if (!/^\s*\d{1,10}\s*$/.test(first)) return { pid: undefined };
  const pid = Number(first);
  if (!place.isRunning(pid)) return 'nobody';
  const startNow = place.startOf(pid);
  return start !== '' && startNow !== undefined && start !== startNow ? 'nobody' : { pid };
};

const canWrite = (directory: string): boolean => {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The file appears whole or not at all: it is written beside and then linked, which fails where one exists. */
const create = (file: string, text: string, pid: number): 'created' | 'exists' | 'cannot' => {
  const draft = `${file}.${pid}`;
  try {
    rmSync(draft, { force: true });
    // `wx` does not follow a link that somebody laid out in a directory open to all.
    writeFileSync(draft, text, { mode: 0o644, flag: 'wx' });
    linkSync(draft, file);
    return 'created';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'exists' : 'cannot';
  } finally {
    rmSync(draft, { force: true });
  }
};

const remove = (file: string): void => {
  try {
    rmSync(file, { force: true });
  } catch {
    // Somebody else's file in a sticky directory: it stays, and counts as stale for everybody.
  }
};

/** `device` is the real path of the line, not a link to it. */
export const lockLine = (device: string, place: LockPlace = systemLockPlace()): LockOutcome => {
  const name = lockFileName(device);
  const text = textOf(place);
  const directories = [...new Set(place.directories)];
  for (const directory of directories) {
    const file = join(directory, name);
    const found = read(file);
    if (found === undefined) continue;
    const who = holder(found, place);
    if (who !== 'nobody') return { kind: 'held', pid: who.pid, file };
  }
  for (const directory of directories.filter(canWrite)) {
    const file = join(directory, name);
    for (let round = 0; round < STALE_ROUNDS_MAX; round += 1) {
      const outcome = create(file, text, place.pid);
      if (outcome === 'created') {
        return { kind: 'locked', lock: { release: () => read(file) === text && remove(file) } };
      }
      if (outcome === 'cannot') break;
      const who = holder(read(file) ?? '', place);
      if (who !== 'nobody') return { kind: 'held', pid: who.pid, file };
      remove(file);
    }
  }
  // No place for a lock file: the kernel's own lock still keeps two openers apart.
  return { kind: 'locked', lock: { release: () => undefined } };
};
