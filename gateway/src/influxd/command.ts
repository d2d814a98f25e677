import { spawn } from 'node:child_process';
import type { Clock } from '@outpost/schemas/words';
import { within } from '../store/scope.ts';

/** Characters kept of each stream; what is longer loses its beginning. */
const OUTPUT_MAX = 65_536;

export interface Ran {
  /** 0 is success; -1 where the program could not be started or was ended. */
  readonly code: number;
  readonly out: string;
  /** What it said on standard error, or why it has no exit code. */
  readonly err: string;
}

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** Where programs are looked for. */
  readonly searchPath: string;
  readonly deadlineMs: number;
}

/** Runs a program to its end, with messages in English. Past the deadline it is killed, and so it is by an abort. */
export const runCommand = async (command: Command, clock: Clock, signal: AbortSignal): Promise<Ran> => {
  const child = spawn(command.program, command.arguments, {
    cwd: command.directory,
    env: { ...process.env, PATH: command.searchPath, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out = (out + text).slice(-OUTPUT_MAX);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-OUTPUT_MAX);
  });
  const ended = new Promise<Ran>((resolve) => {
    child.once('error', (error) => resolve({ code: -1, out, err: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
  try {
    const ran = await within(clock, command.deadlineMs, signal, () => ended);
    return ran === 'late' ? { code: -1, out, err: `no end within ${command.deadlineMs} ms` } : ran;
  } finally {
    child.kill('SIGKILL');
  }
};
