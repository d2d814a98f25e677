import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** A program that speaks in lines. */
export interface Child {
  readonly pid: number;
  /** Throws with its words where it ended before. */
  line(): Promise<string>;
  say(line: string): void;
  running(): boolean;
  /** What it has said on stderr, where that was kept. */
  complaints(): string;
  end(): Promise<void>;
}

const COMPLAINTS_MAX_CHARS = 8_192;

export const childOf = (child: ChildProcess): Child => {
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-COMPLAINTS_MAX_CHARS);
  });
  // What is said to a program that has just ended is lost, like it.
  child.stdin?.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`a program ended early: ${complaints}`);
      return next.value;
    },
    say: (line) => void child.stdin?.write(`${line}\n`),
    running: () => child.exitCode === null && child.signalCode === null,
    complaints: () => complaints,
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await ended;
    },
  };
};

export interface ChildOptions {
  /** Options of Node itself. */
  readonly node?: readonly string[];
  readonly args: readonly string[];
}

/** A compiled script in a process of its own. */
export const startChild = (script: string, { node = [], args }: ChildOptions): Child =>
  childOf(spawn(process.execPath, [...node, script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] }));

/** Clock ticks of /proc are hundredths of a second (sysconf _SC_CLK_TCK on Linux). */
const TICK_MS = 10;

/** Milliseconds of processor time that a process has used, all threads. */
export const cpuMs = async (pid: number): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

/** Resident memory of a process in KiB; 0 once it is gone. */
export const rssKib = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
};
