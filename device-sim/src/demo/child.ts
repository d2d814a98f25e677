import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** One program of the demo, running as a process of its own on the other end of real sockets. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly running: () => boolean;
  /** Resolves with the exit code, or with 128 + the signal's absence as -1. */
  readonly exited: Promise<number>;
  /** Asks it to end, waits, and ends it. */
  stop(): Promise<void>;
}

export interface ChildParts {
  readonly name: string;
  readonly script: string;
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly args: readonly string[];
  /** Every line that it prints, on either channel. */
  line(text: string): void;
}

/** A child that has not ended so long after it was asked to is killed. */
const STOP_MS = 20_000;

const exitOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? -1));
    child.once('error', () => resolve(-1));
  });

export const startChild = ({ name, script, nodeArgs = [], args, line }: ChildParts): Result<Child> => {
  // A process group of its own: a Ctrl-C in the terminal reaches the demo, which then stops its children in order.
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid === undefined) {
    return fail(fault('unreachable', 'demo.spawn', name, 'could not be started; is there memory left?'));
  }
  const { pid } = child;
  const exited = exitOf(child);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line);
  }
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const stop = async (): Promise<void> => {
    if (!running()) return;
    child.kill('SIGTERM');
    const timer = AbortSignal.timeout(STOP_MS);
    timer.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    await exited;
  };
  return ok({ name, pid, running, exited, stop });
};

/** Resolves with the first printed line that `wanted` makes something of; a fault when the child ends before. */
export const firstLine = async <T>(
  start: (line: (text: string) => void) => Result<Child>,
  wanted: (text: string) => T | undefined,
): Promise<Result<{ readonly child: Child; readonly found: T }>> => {
  const said: string[] = [];
  let settle: (found: T) => void = () => undefined;
  const seen = new Promise<T>((resolve) => {
    settle = resolve;
  });
  const started = start((text) => {
    if (said.length < 20) said.push(text);
    const found = wanted(text);
    if (found !== undefined) settle(found);
  });
  if (!started.ok) return started;
  const child = started.value;
  const gone = child.exited.then(() => undefined);
  const found = await Promise.race([seen, gone]);
  return found === undefined
    ? fail(fault('unreachable', 'demo.ended', child.name, `ended at once; it said: ${said.join(' / ')}`))
    : ok({ child, found });
};
