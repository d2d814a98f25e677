import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';

export interface Emulator extends AsyncDisposable {
  /** Of the pseudo-terminal it listens on. */
  readonly path: string;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 2_000;

const launcher = fileURLToPath(new URL('elm327-emulator.py', import.meta.url));

/** Whether the work is done in time. */
const within = async (ms: number, work: Promise<void>): Promise<boolean> => {
  const done = new AbortController();
  const late = systemClock()
    .sleep(ms, done.signal)
    .then(
      () => false,
      () => true,
    );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    done.abort();
  }
};

/**
 * Starts the ELM327-emulator package with one of its scenarios. `answers` stand before its own: request to payload,
 * both hex, single frame. It ends when disposed of, and with this process at the latest.
 */
export const startEmulator = async (
  python: string,
  scenario: string,
  answers: Readonly<Record<string, string>> = {},
): Promise<Emulator> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-emulator-'));
  const child = spawn(python, [launcher, scenario, JSON.stringify(answers)], {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-2_000);
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    if (!(await within(STOP_TIMEOUT_MS, exited))) child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  let path = '';
  const printed = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => {
      path = text.trim();
      resolve();
    });
  });
  await within(START_TIMEOUT_MS, Promise.race([printed, exited]));
  if (path !== '') return { path, [Symbol.asyncDispose]: stop };
  await stop();
  throw new Error(`The emulator gave no terminal: ${errors}`);
};
