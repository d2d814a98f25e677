import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Clock, type Fault, fail, fault, type Result } from '@outpost/schemas/words';
import { journalDirectory } from '../data-directory.ts';
import type { LedgerPage, PageAsked } from './page.ts';

/** What the program apart is told, and what it says. */
export interface ApartAsked extends PageAsked {
  readonly directory: string;
}
export type ApartSaid = Result<LedgerPage>;

/** As it is compiled: this file stands two directories below the package both there and as its source. */
const PROGRAM = fileURLToPath(new URL('../../dist/ledger/apart.main.js', import.meta.url));

/** What the program may hold, in MiB: young objects (three times that), and what stays. */
const SEMI_SPACE_MIB = 2;
const OLD_SPACE_MIB = 96;
/** Whoever waits longer has gone. */
const READ_MAX_MS = 300_000;

const aside = (words: string): Fault => fault('unreachable', 'ledger.apart', 'the ledger', words);

const saidBy = (child: ChildProcess, asked: ApartAsked): Promise<ApartSaid> =>
  new Promise((resolve) => {
    child.once('message', (said) => resolve(said as ApartSaid));
    child.once('error', ({ message }) => resolve(fail(aside(`could not be read: ${message}.`))));
    child.once('exit', (code, signal) =>
      resolve(fail(aside(`could not be read: its reader ended with ${signal ?? `code ${code}`}.`))),
    );
    child.send(asked, () => undefined);
  });

/** Readings of devices and signing go first. */
const letWait = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or this system does not let us; then it runs as everything else.
  }
};

/**
 * Reads the ledger of a journal in use in a program of its own, for a running gateway: neither the time that it takes nor
 * its memory are the gateway's.
 */
export const readApart = async (
  asked: ApartAsked,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<ApartSaid> => {
  const child = fork(PROGRAM, [], {
    execArgv: [`--max-semi-space-size=${SEMI_SPACE_MIB}`, `--max-old-space-size=${OLD_SPACE_MIB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  letWait(child.pid);
  const done = new AbortController();
  const tooLong = clock
    .sleep(READ_MAX_MS, AbortSignal.any([signal, done.signal]))
    .then(() =>
      fail(aside('takes longer than five minutes to read; ask for less, or use `outpost ledger`.')),
    );
  // Whoever is done, or told to stop, waits no longer.
  tooLong.catch(() => undefined);
  try {
    return await Promise.race([saidBy(child, asked), tooLong]);
  } finally {
    done.abort(new Error('the ledger is read'));
    child.kill('SIGKILL');
  }
};

/** The page's ledger, as a running gateway reads it. */
export const ledgerApart =
  (dataDirectory: string, networks: ApartAsked['networks'], clock: Pick<Clock, 'sleep'>) =>
  (asked: Omit<PageAsked, 'networks'>, signal: AbortSignal): Promise<Result<LedgerPage>> =>
    readApart({ directory: journalDirectory(dataDirectory), networks, ...asked }, clock, signal);
