import { type FileHandle, open as openFile } from 'node:fs/promises';
import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  fault,
  fromHex,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { Arrival, PortContext, PortScheme } from '../port.ts';
import { badOption, checkShape, pathOf, whereOf } from './address.ts';
import { closedByUs, createClosing } from './closing.ts';

const EXAMPLE = 'replay:///srv/captures/drive.jsonl?speed=1';

/** One line of a recording: an arrival of up to 64 KiB in hex, and its time. */
const LINE_MAX_BYTES = 140_000;
const READ_BYTES = 64 * 1024;
const SPEED_MAX = 1_000_000;
const NEWLINE = 0x0a;

interface Recorded {
  /** Milliseconds since the recording began. */
  readonly ms: number;
  readonly bytes: Uint8Array;
}

const speedOf = (address: URL): Result<number> => {
  const text = address.searchParams.get('speed') ?? '1';
  const speed = /^\d{1,7}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return speed > 0 && speed <= SPEED_MAX
    ? ok(speed)
    : badOption(address, 'speed', `must be a number above 0 and at most ${SPEED_MAX}; 1 is as recorded`);
};

const readRecorded = (line: string): Recorded | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('ms' in value) || !('hex' in value)) return undefined;
  const { ms, hex } = value;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0 || typeof hex !== 'string') return undefined;
  const bytes = fromHex(hex);
  return bytes === undefined || bytes.length === 0 ? undefined : { ms, bytes };
};

/** Whole lines without their line ends, at most one of them in memory; `too-long` ends it. */
async function* linesOf(file: FileHandle): AsyncGenerator<string | 'too-long', void, void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(READ_BYTES);
  let tail = new Uint8Array(0);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
    if (bytesRead === 0) break;
    const held = new Uint8Array(tail.length + bytesRead);
    held.set(tail);
    held.set(buffer.subarray(0, bytesRead), tail.length);
    let from = 0;
    for (let end = held.indexOf(NEWLINE, tail.length); end >= 0; end = held.indexOf(NEWLINE, from)) {
      yield decoder.decode(held.subarray(from, end));
      from = end + 1;
    }
    tail = held.slice(from);
    if (tail.length > LINE_MAX_BYTES) {
      yield 'too-long';
      return;
    }
  }
  if (tail.length > 0) yield decoder.decode(tail);
}

/** The end of a recording is final: opening it again would bring the same bytes a second time. */
const played = (where: string): Fault =>
  fault('refused', 'replay.ended', where, 'the recording is played to its end.');

const badLine = (where: string, line: number): Fault =>
  fault(
    'misconfigured',
    'replay.bad-line',
    where,
    `line ${line} is not a recorded arrival; each is like {"ms":12.5,"hex":"41540d"}, in order of time.`,
  );

interface Playing {
  readonly file: FileHandle;
  readonly where: string;
  readonly speed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Nothing is read ahead: a slow reader makes the recording late, it does not make a queue. */
async function* play({ file, where, speed, clock, signal }: Playing): AsyncGenerator<Arrival, Fault, void> {
  let start: MonoNs | undefined;
  let line = 0;
  let before = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    if (text.trim() === '') continue;
    const recorded = text === 'too-long' ? undefined : readRecorded(text);
    if (recorded === undefined || recorded.ms < before) return badLine(where, line);
    before = recorded.ms;
    start ??= clock.mono();
    const waitMs = recorded.ms / speed - elapsedMs(start, clock.mono());
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    signal.throwIfAborted();
    yield { bytes: recorded.bytes, wall: clock.wall(), mono: clock.mono() };
  }
  return played(where);
}

/** `play`, told to the port: why it ended goes to `end`, and an abort is no failure here. */
async function* arrivalsOf(playing: Playing, end: (why: Fault) => void): AsyncGenerator<Arrival, void, void> {
  try {
    end(yield* play(playing));
  } catch (error) {
    if (playing.signal.aborted) return;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    end(
      fault('misconfigured', 'replay.unreadable', playing.where, `the recording cannot be read (${code}).`),
    );
  }
}

const unreadable = (where: string, code: string | undefined): Fault =>
  code === 'ENOENT'
    ? fault(
        'misconfigured',
        'replay.absent',
        where,
        'there is no such file; give the whole path of a recording.',
      )
    : fault('misconfigured', 'replay.unreadable', where, `the recording cannot be read (${code}).`);

const open = async (address: URL, { clock, signal }: PortContext) => {
  signal.throwIfAborted();
  const where = whereOf(address);
  const speed = speedOf(address);
  if (!speed.ok) return speed;
  let file: FileHandle;
  try {
    file = await openFile(pathOf(address) ?? '', 'r');
  } catch (error) {
    return fail(unreadable(where, (error as NodeJS.ErrnoException).code));
  }
  if (signal.aborted) {
    await file.close();
    throw signal.reason;
  }
  const scope = abortScope(signal);
  let released: Promise<void> = Promise.resolve();
  const closing = createClosing(signal, where, () => {
    scope.release();
    scope.abort(closedByUs(where));
    released = file.close();
  });
  const playing: Playing = { file, where, speed: speed.value, clock, signal: scope.signal };
  return ok({
    where,
    origin: 'replayed' as const,
    arrivals: arrivalsOf(playing, closing.end),
    closed: closing.closed,
    /** What a recording is told changes nothing. */
    write: (_bytes: Uint8Array, writeSignal: AbortSignal) => {
      if (writeSignal.aborted) return Promise.reject(writeSignal.reason);
      return Promise.resolve(closing.why === undefined ? ok(undefined) : fail(closing.why));
    },
    [Symbol.asyncDispose]: async () => {
      closing.end(closedByUs(where));
      await released;
    },
  });
};

const check = (address: URL): Result<void> => {
  const shape = checkShape(address, { example: EXAMPLE, options: ['speed'], host: 'none' });
  if (!shape.ok) return shape;
  const speed = speedOf(address);
  return speed.ok ? ok(undefined) : speed;
};

/** A recording, one arrival a line, played through by the clock. Everything read from it is of origin `replayed`. */
export const replay: PortScheme = { scheme: 'replay', example: EXAMPLE, check, open };
