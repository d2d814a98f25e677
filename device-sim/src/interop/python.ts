import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

const run = promisify(execFile);

/** Pinned: what these peers do is measured, and a new version may do something else. */
const PACKAGES: readonly string[] = ['ELM327-emulator==4.0.0', 'obd==0.7.3'];

const INSTALL_TIMEOUT_MS = 180_000;
const PYTHON_TIMEOUT_MS = 30_000;

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const cacheDirectory = (): string => process.env['OUTPOST_CACHE'] ?? join(repository, '.cache');

const lastLine = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr ?? '').trim().split('\n').at(-1) || (message ?? String(error)).split('\n')[0] || 'no reason';
};

const install = async (draft: string, directory: string, signal: AbortSignal): Promise<void> => {
  await run('python3', ['-m', 'venv', draft], { timeout: PYTHON_TIMEOUT_MS, signal });
  const patience = ['--retries', '1', '--timeout', '20'];
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...patience, ...PACKAGES];
  await run(join(draft, 'bin', 'python'), pip, { timeout: INSTALL_TIMEOUT_MS, signal });
  await writeFile(join(draft, 'complete'), `${PACKAGES.join('\n')}\n`);
  // Whoever was faster has made the same thing.
  await rename(draft, directory).catch(() => undefined);
};

/**
 * The interpreter of a virtual environment that has the peers which these tests talk to; made once, kept in the
 * repository's `.cache`. A fault says why it cannot be had, for the name of the skipped test.
 */
export const pythonWithPeers = async (signal: AbortSignal): Promise<Result<string>> => {
  const directory = join(cacheDirectory(), 'python-peers-1');
  const python = join(directory, 'bin', 'python');
  if (existsSync(join(directory, 'complete'))) return ok(python);
  const draft = `${directory}.${process.pid}`;
  try {
    await mkdir(dirname(directory), { recursive: true });
    await install(draft, directory, signal);
    return ok(python);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const words = `Python 3 with ${PACKAGES.join(' and ')} cannot be had: ${lastLine(error)}`;
    return fail(fault('unreachable', 'interop.python', 'python3', words));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};
