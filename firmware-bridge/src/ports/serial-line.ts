import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { LineRate, Port } from '../port.ts';
import { closedByUs, createClosing } from './closing.ts';
import { createInbox } from './inbox.ts';

/** An open serial line as the kernel shows it. Nothing here blocks. */
export interface Line {
  /** Calls back once: when there is something to read, or with `gone` when the line is dead. */
  whenReadable(callback: (gone: boolean) => void): void;
  /** Bytes read; 0 is a hang-up; `again` where there was nothing after all. Throws where the line is dead. */
  read(into: Uint8Array): number | 'again';
  /** Bytes taken; `again` while the kernel's buffer is full. Throws where the line is dead. */
  write(bytes: Uint8Array): number | 'again';
  /** Waits until everything written has left, then changes the rate. Throws where the line cannot do that. */
  setBaud(baud: number): Promise<void>;
  /** Whether the configured path still leads to the very device that is open. */
  present(): Promise<boolean>;
  /** Gives everything back, lock included. */
  close(): Promise<void>;
}

/** At this many unread bytes reading stops. The kernel keeps 4 KiB more, then a device without handshake loses. */
const PAUSE_AT_BYTES = 64 * 1024;
const READ_MAX_BYTES = 4096;

/** How often the path is looked at: the longest time in which a silent unplugging stays unnoticed. */
const CHECK_EVERY_MS = 1_000;

/** A line that wakes us this often between two checks without a single byte only burns the processor. */
const EMPTY_WAKES_MAX = 2_000;

/** How long to wait for room in the kernel's buffer; at 115,200 baud it empties 58 bytes meanwhile. */
const WRITE_AGAIN_AFTER_MS = 5;

/** Writes waiting behind the one under way. One more is refused. */
const WRITES_WAITING_MAX = 64;

const unplugged = (where: string): Fault =>
  fault('unreachable', 'serial.unplugged', where, 'the device is gone; waiting for it to come back.');

const spinning = (where: string): Fault =>
  fault(
    'unreachable',
    'serial.spinning',
    where,
    'the line wakes all the time and brings nothing; opening anew.',
  );

interface Reading {
  start(): void;
  pause(): void;
  resume(): void;
  /** Starts counting empty wakes afresh. */
  checked(): void;
}

const readLoop = (line: Line, take: (bytes: Uint8Array) => void, end: (spun: boolean) => void): Reading => {
  const buffer = new Uint8Array(READ_MAX_BYTES);
  let armed = false;
  let paused = false;
  let emptyWakes = 0;

  const arm = (): void => {
    if (armed || paused) return;
    armed = true;
    try {
      line.whenReadable(woken);
    } catch {
      end(false);
    }
  };

  /**
   * Reading 0 bytes from a line with VMIN 1 can only be a hang-up. serialport's own stream reads again instead, for
   * ever, when the unplugging falls between two of its steps; that is why its stream is not used here.
   */
  const readOnce = (): number | 'again' | 'dead' => {
    try {
      const count = line.read(buffer);
      return count === 0 ? 'dead' : count;
    } catch {
      return 'dead';
    }
  };

  const woken = (gone: boolean): void => {
    armed = false;
    const count = gone ? 'dead' : readOnce();
    if (count === 'dead') {
      end(false);
      return;
    }
    if (count === 'again') emptyWakes += 1;
    else take(buffer.slice(0, count));
    if (emptyWakes > EMPTY_WAKES_MAX) end(true);
    else arm();
  };

  return {
    start: arm,
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      arm();
    },
    checked: () => {
      emptyWakes = 0;
    },
  };
};

/** Writes whole chunks one after another, in the order of the calls. */
const writeQueue = (line: Line, clock: Clock, why: () => Fault | undefined, dead: () => Fault) => {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const writeAll = async (bytes: Uint8Array, signal: AbortSignal): Promise<Result<void>> => {
    for (let at = 0; at < bytes.length; ) {
      signal.throwIfAborted();
      const closed = why();
      if (closed !== undefined) return fail(closed);
      let count: number | 'again';
      try {
        count = line.write(bytes.subarray(at));
      } catch {
        return fail(dead());
      }
      if (count === 'again' || count === 0) await clock.sleep(WRITE_AGAIN_AFTER_MS, signal);
      else at += count;
    }
    return ok(undefined);
  };

  return async (bytes: Uint8Array, signal: AbortSignal, where: string): Promise<Result<void>> => {
    if (waiting > WRITES_WAITING_MAX) {
      return fail(
        fault('unreachable', 'serial.stalled', where, 'takes no more bytes; is the device still there?'),
      );
    }
    waiting += 1;
    const mine = last.then(() => writeAll(bytes, signal));
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  };
};

/** A port over an open line, with every guard that a cable which can be pulled at any moment asks for. */
export const portOverLine = (
  line: Line,
  where: string,
  clock: Clock,
  signal: AbortSignal,
  rate: LineRate,
): Port => {
  const scope = abortScope(signal);
  let released: Promise<void> = Promise.resolve();
  const inbox = createInbox({
    pauseAtBytes: PAUSE_AT_BYTES,
    pause: () => reading.pause(),
    resume: () => reading.resume(),
  });
  const closing = createClosing(signal, where, () => {
    reading.pause();
    inbox.end();
    scope.release();
    scope.abort();
    released = line.close();
  });
  const reading = readLoop(
    line,
    (bytes) => inbox.push({ bytes, wall: clock.wall(), mono: clock.mono() }),
    (spun) => closing.end(spun ? spinning(where) : unplugged(where)),
  );
  const dead = (): Fault => {
    closing.end(unplugged(where));
    return closing.why ?? unplugged(where);
  };
  const write = writeQueue(line, clock, () => closing.why, dead);

  const watch = async (): Promise<void> => {
    while (closing.why === undefined) {
      await clock.sleep(CHECK_EVERY_MS, scope.signal);
      reading.checked();
      if (!(await line.present())) dead();
    }
  };
  // Its only way to fail is the abort at the end.
  watch().catch(() => undefined);
  reading.start();

  const setBaud = async (baud: number, within: AbortSignal): Promise<Result<void>> => {
    within.throwIfAborted();
    if (closing.why !== undefined) return fail(closing.why);
    try {
      await line.setBaud(baud);
      return ok(undefined);
    } catch (error) {
      const words = `cannot do ${baud} baud (${(error as Error).message.slice(0, 200)}).`;
      return fail(fault('unreachable', 'serial.baud', where, words));
    }
  };

  return {
    where,
    rate,
    setBaud,
    arrivals: inbox.arrivals,
    closed: closing.closed,
    write: (bytes, writeSignal) => write(bytes, writeSignal, where),
    [Symbol.asyncDispose]: async () => {
      closing.end(closedByUs(where));
      await released;
    },
  };
};
