import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Emulator extends AsyncDisposable {
  /** Of the pseudo-terminal it listens on. */
  readonly path: string;
}

const START_TIMEOUT_MS = 20_000;

const launcher = fileURLToPath(new URL('elm327-emulator.py', import.meta.url));

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
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-2_000);
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const insist = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await exited;
    clearTimeout(insist);
    await rm(directory, { recursive: true, force: true });
  };
  const path = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no terminal after 20 s: ${errors}`)), START_TIMEOUT_MS);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the emulator ended at once: ${errors}`)));
    child.stdout.setEncoding('utf8').once('data', (text: string) => {
      clearTimeout(late);
      resolve(text.trim());
    });
  }).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  return { path, [Symbol.asyncDispose]: stop };
};
