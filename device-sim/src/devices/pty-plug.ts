import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { type Line, type Plug, type PlugEvents, type Socket, UNREAD_MAX_BYTES } from './plug.ts';

/** `socat` makes the line in a few milliseconds. */
const READY_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 10;

const unusable = (path: string, code: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', `sim.${code}`, path, words));

const SOCAT_MISSING =
  'a serial line needs the program socat, which is not installed (Debian: apt install socat); ' +
  'or use --listen tcp://127.0.0.1:35000.';

/** A link that an earlier run left behind may be replaced, a file of somebody's may not. */
const clear = async (path: string): Promise<Result<void>> => {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return ok(undefined);
  if (!there.isSymbolicLink()) {
    return unusable(
      path,
      'pty-path',
      'is there already and is no link; choose another path for the serial line.',
    );
  }
  await unlink(path).catch(() => undefined);
  return ok(undefined);
};

const isThere = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => undefined)) !== undefined;

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
}

const start = (path: string): Running => {
  const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (chunk: Uint8Array) => {
    said = (said + String(chunk)).slice(-500);
  });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? SOCAT_MISSING : `socat cannot be started: ${error.message}`),
    );
    child.once('close', () => resolve(`socat ended${said === '' ? '.' : `: ${said.trim()}`}`));
  });
  return { child, ended };
};

const appears = async (
  path: string,
  running: Running,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<void>> => {
  let ended: string | undefined;
  void running.ended.then((words) => {
    ended = words;
  });
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    if (await isThere(path)) return ok(undefined);
    if (ended !== undefined) return unusable(path, 'pty', ended);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  return unusable(path, 'pty', 'socat did not make the serial line; may this user write there?');
};

const lineOver = ({ child: { stdin } }: Running): Line => ({
  write: (bytes) => {
    if (bytes.length === 0) return 0;
    if (stdin === null || stdin.destroyed || stdin.writableLength + bytes.length > UNREAD_MAX_BYTES) {
      return bytes.length;
    }
    stdin.write(bytes);
    return 0;
  },
});

/** Pulls the line out at once, as a hand does: whoever has it open notices. */
const pull = async (running: Running, holder: FileHandle | undefined, path: string): Promise<void> => {
  running.child.kill('SIGKILL');
  await running.ended;
  await holder?.close();
  // A killed socat leaves its link behind, and it now leads nowhere.
  await unlink(path).catch(() => undefined);
};

const run = promisify(execFile);

/** A program that changes its rate waits at least so long before it speaks again. */
const RATE_SETTLES_MS = 5;

interface Watched {
  hear(bytes: Uint8Array): void;
  look(): Promise<void>;
}

/**
 * Asks the terminal for the rate that the program has set, whenever it speaks after a pause; its bytes wait for the
 * answer of a few milliseconds.
 */
const watchRate = (path: string, clock: Clock, events: PlugEvents): Watched => {
  let lastAt: MonoNs | undefined;
  let known = 0;
  let before: Promise<void> = Promise.resolve();
  const ask = async (): Promise<void> => {
    const { stdout } = await run('stty', ['-F', path, 'speed']);
    const baud = Number(stdout.trim());
    if (!Number.isInteger(baud) || baud === 0 || baud === known) return;
    known = baud;
    events.lineRate(baud);
  };
  const look = (): Promise<void> => {
    // A terminal that is gone has no rate; the line's end is told elsewhere.
    before = before.then(ask).catch(() => undefined);
    return before;
  };
  return {
    look,
    hear: (bytes) => {
      const now = clock.mono();
      const paused = lastAt === undefined || elapsedMs(lastAt, now) >= RATE_SETTLES_MS;
      lastAt = now;
      before = (paused ? look() : before).then(() => events.bytes(bytes));
    },
  };
};

export interface PtyOptions {
  /** Tell the dongle which rate the program has set, so that another than its own is garbage. */
  readonly watchesRate?: boolean;
}

/**
 * Where a simulated serial dongle appears: a pseudo-terminal made by `socat`, because Node cannot make one itself.
 * The line stays while programs come and go, so that nobody is told when one goes.
 */
export const ptySocket = (path: string, clock: Clock, options: PtyOptions = {}): Socket => ({
  plugIn: async (events, signal) => {
    const cleared = await clear(path);
    if (!cleared.ok) return cleared;
    const running = start(path);
    const ready = await appears(path, running, clock, signal).catch(async (reason: unknown) => {
      await pull(running, undefined, path);
      throw reason;
    });
    if (!ready.ok) {
      running.child.kill('SIGKILL');
      return ready;
    }
    // With no reader at all the kernel hangs the line up and socat ends; our own open end prevents it.
    const holder = await open(path, constants.O_RDWR | constants.O_NOCTTY);
    const watched = options.watchesRate === true ? watchRate(path, clock, events) : undefined;
    const hear = watched?.hear ?? ((bytes: Uint8Array): void => events.bytes(bytes));
    running.child.stdout?.on('data', (chunk: Uint8Array) => hear(Uint8Array.from(chunk)));
    events.connected(lineOver(running));
    void running.ended.then(() => events.gone());
    const plug: Plug = {
      where: `serial://${path}`,
      isWhole: () => running.child.exitCode === null && running.child.signalCode === null,
      ...(watched === undefined ? {} : { lookAtRate: watched.look }),
      [Symbol.asyncDispose]: () => pull(running, holder, path),
    };
    return ok(plug);
  },
});
