import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';

export interface SlcanEmulator extends AsyncDisposable {
  /** Of the pseudo-terminal at whose other end it listens. */
  readonly path: string;
}

const START_TIMEOUT_MS = 20_000;
const LOOK_EVERY_MS = 50;
const forEver = new AbortController().signal;

const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

/** Waits until `ready`; false where it does not come about in time. */
const until = async (ready: () => boolean): Promise<boolean> => {
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += LOOK_EVERY_MS) {
    if (ready()) return true;
    await systemClock().sleep(LOOK_EVERY_MS, forEver);
  }
  return false;
};

/**
 * Starts the SLCAN face of the ELM327-emulator package with one of its scenarios, over a pair of pseudo-terminals that
 * `socat` makes. Both end when disposed of.
 */
export const startSlcanEmulator = async (python: string, scenario: string): Promise<SlcanEmulator> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-slcan-emulator-'));
  const [ours, theirs] = [join(directory, 'ours'), join(directory, 'theirs')];
  const pty = (link: string): string => `pty,raw,echo=0,link=${link}`;
  const socat = spawn('socat', [pty(ours), pty(theirs)], { stdio: 'ignore' });
  const socatEnded = endOf(socat);
  const children: [ChildProcess, Promise<void>][] = [[socat, socatEnded]];
  const stop = async (): Promise<void> => {
    for (const [child] of children) child.kill('SIGKILL');
    await Promise.all(children.map(([, ended]) => ended));
    await rm(directory, { recursive: true, force: true });
  };
  if (!(await until(() => existsSync(ours) && existsSync(theirs)))) {
    await stop();
    throw new Error('socat made no pair of terminals.');
  }
  // Its console reads standard input and ends with it, so that stays open.
  const emulator = spawn(python, ['-m', 'elm', '--slcan', theirs, '--scenario', scenario], {
    cwd: directory,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  children.push([emulator, endOf(emulator)]);
  return { path: ours, [Symbol.asyncDispose]: stop };
};
