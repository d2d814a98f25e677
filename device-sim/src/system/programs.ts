import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@outpost/firmware-bridge';

/** Two levels up from src/system is the package, three the checkout. */
const CHECKOUT = join(fileURLToPath(new URL('.', import.meta.url)), '..', '..', '..');

/** The programs as people start them: compiled, each a process of its own. */
export const OUTPOST: string = join(CHECKOUT, 'gateway', 'bin', 'outpost.mjs');
export const OUTPOST_SIM: string = join(CHECKOUT, 'device-sim', 'bin', 'outpost-sim.mjs');

/** Long enough for a loaded machine; nothing waits so long where all is well. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** How a program ended: its exit code (null where a signal ended it) and everything that it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Program {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly running: () => boolean;
  /** What it has said so far, both channels. */
  readonly said: () => string;
  send(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const gather = (child: ChildProcess) => {
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return said;
};

export const startProgram = (
  script: string,
  args: readonly string[],
  { env = {}, cwd }: ProgramOptions = {},
): Program => {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const said = gather(child);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
  if (child.pid === undefined) throw new Error(`${script} could not be started`);
  return {
    pid: child.pid,
    ended,
    running: () => child.exitCode === null && child.signalCode === null,
    said: () => said.out + said.err,
    send: (signal) => void child.kill(signal),
  };
};

/** Runs a program to its end. */
export const runProgram = (
  script: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Ended> => startProgram(script, args, options).ended;

/** `outpost …` to its end. */
export const outpost = (args: readonly string[], options?: ProgramOptions): Promise<Ended> =>
  runProgram(OUTPOST, args, options);

/** Asks until there is an answer; throws with `what` where there is none in time. */
export const until = async <T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> => {
  const clock = systemClock();
  const deadline = clock.mono() + BigInt(patienceMs) * 1_000_000n;
  const never = new AbortController().signal;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.mono() > deadline) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await clock.sleep(LOOK_MS, never);
  }
};

/** The first match in what a running program says; throws with its words where it ends before. */
export const untilSaid = (program: Program, pattern: RegExp): Promise<string> =>
  until(`process ${program.pid} says ${pattern}`, () => {
    const found = pattern.exec(program.said())?.[0];
    if (found === undefined && !program.running()) throw new Error(`it ended and said: ${program.said()}`);
    return found;
  });
