import { constants, fstatSync, readSync, writeSync } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { PortContext, PortScheme } from '../port.ts';
import { badOption, checkShape, pathOf, whereOf } from './address.ts';
import { type Line, portOverLine } from './serial-line.ts';
import { type LineLock, lockLine } from './serial-lock.ts';

const EXAMPLE = 'serial:///dev/ttyUSB0?baud=38400';

/** The factory setting of most ELM327 dongles. */
const BAUD_DEFAULT = 38_400;
const BAUD_MIN = 50;
const BAUD_MAX = 4_000_000;
/** Whoever speaks over the line tries rates until it is answered. */
const BAUD_AUTO = 'auto';

/** Closing may wait for a device that takes no bytes any more; nobody else should wait for that. */
const CLOSE_WAIT_MAX_MS = 2_000;

interface Settings {
  readonly baudRate: number;
  readonly auto: boolean;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** The part of serialport's binding that is used: the open line itself, without its stream (see serial-line.ts). */
interface Binding {
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', callback: (error: Error | null) => void): unknown };
  flush(): Promise<void>;
  drain(): Promise<void>;
  update(options: { readonly baudRate: number }): Promise<void>;
  close(): Promise<void>;
}

const option = (address: URL, name: string, otherwise: string): string =>
  address.searchParams.get(name) ?? otherwise;

const settingsOf = (address: URL): Result<Settings> => {
  const baud = option(address, 'baud', String(BAUD_DEFAULT));
  const auto = baud === BAUD_AUTO;
  const baudRate = auto ? BAUD_DEFAULT : /^\d{2,7}$/.test(baud) ? Number(baud) : 0;
  if (baudRate < BAUD_MIN || baudRate > BAUD_MAX) {
    return badOption(
      address,
      'baud',
      `must be “${BAUD_AUTO}” or a whole number from ${BAUD_MIN} to ${BAUD_MAX}`,
    );
  }
  const bits = option(address, 'databits', '8');
  if (bits !== '7' && bits !== '8') return badOption(address, 'databits', 'must be 7 or 8');
  const parity = option(address, 'parity', 'none');
  if (parity !== 'none' && parity !== 'even' && parity !== 'odd') {
    return badOption(address, 'parity', 'must be none, even or odd');
  }
  const stop = option(address, 'stopbits', '1');
  if (stop !== '1' && stop !== '2') return badOption(address, 'stopbits', 'must be 1 or 2');
  return ok({ baudRate, auto, dataBits: bits === '7' ? 7 : 8, parity, stopBits: stop === '1' ? 1 : 2 });
};

const unreachable = (where: string, code: string, words: string): Fault =>
  fault('unreachable', `serial.${code}`, where, words);

const absent = (where: string): Fault =>
  unreachable(where, 'absent', 'no such device; is it plugged in? "outpost discover" lists what is.');

/**
 * Retried, not fatal: for a moment after plugging in, a device node belongs to root alone, until udev has given it
 * to its group.
 */
const forbidden = (where: string): Fault =>
  unreachable(
    where,
    'permission',
    'permission denied; add the user to the group dialout (sudo usermod -aG dialout USER) and log in again.',
  );

const notALine = (where: string): Fault =>
  fault('misconfigured', 'serial.not-a-line', where, `is not a serial line; write it like ${EXAMPLE}.`);

const busy = (where: string, who: string): Fault =>
  unreachable(where, 'busy', `${who}; end it, or give this gateway a line of its own.`);

/** serialport reports the C library's words; their code is lost on the way. */
const faultOf = (message: string, where: string): Fault => {
  if (/cannot lock port/i.test(message)) return busy(where, 'another program holds this line');
  if (/permission denied|operation not permitted/i.test(message)) return forbidden(where);
  if (/inappropriate ioctl|not a typewriter/i.test(message)) return notALine(where);
  if (/no such (file|device)/i.test(message)) return absent(where);
  return unreachable(
    where,
    'failed',
    `cannot be opened (${message.replace(/^Error:? /, '').slice(0, 200)}).`,
  );
};

/** The device where all links end: the name its lock is taken under. */
const locate = async (path: string, where: string): Promise<Result<string>> => {
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isCharacterDevice()) return fail(notALine(where));
    await access(real, constants.R_OK | constants.W_OK);
    return ok(real);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(code === 'EACCES' || code === 'EPERM' ? forbidden(where) : absent(where));
  }
};

/** Nothing there to read, or no room to write: every other failure means that the line is dead. */
const orAgain = (call: () => number): number | 'again' => {
  try {
    return call();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR') return 'again';
    throw error;
  }
};

const stillLeadsTo = async (path: string, fd: number): Promise<boolean> => {
  try {
    const there = await stat(path);
    const here = fstatSync(fd);
    // A node made anew under the same name is another device: same number, other inode.
    return there.rdev === here.rdev && there.ino === here.ino && there.dev === here.dev;
  } catch {
    return false;
  }
};

const lineOver = (binding: Binding, fd: number, path: string, lock: LineLock, clock: Clock): Line => {
  const giveBack = async (): Promise<void> => {
    // Unsent bytes would keep close(2) waiting for a device that is not there.
    await binding.flush().catch(() => undefined);
    await binding.close().catch(() => undefined);
    lock.release();
  };
  let closed = false;
  return {
    whenReadable: (callback) => binding.poller.once('readable', (error) => callback(error !== null)),
    read: (into) => (closed ? 0 : orAgain(() => readSync(fd, into))),
    write: (bytes) => (closed ? 'again' : orAgain(() => writeSync(fd, bytes))),
    setBaud: async (baudRate) => {
      await binding.drain();
      await binding.update({ baudRate });
    },
    present: () => (closed ? Promise.resolve(false) : stillLeadsTo(path, fd)),
    close: async () => {
      closed = true;
      const timeout = abortScope(new AbortController().signal);
      const late = clock.sleep(CLOSE_WAIT_MAX_MS, timeout.signal).catch(() => undefined);
      await Promise.race([giveBack(), late]);
      timeout.abort();
    },
  };
};

const noBinding = (where: string, why: string): Fault =>
  fault('misconfigured', 'serial.platform', where, `this platform has no serial lines for us (${why}).`);

/** Loaded on first use: a gateway without a serial line needs no native code. */
const loadSerialPort = async (where: string): Promise<Result<typeof import('serialport').SerialPort>> => {
  try {
    return ok((await import('serialport')).SerialPort);
  } catch (error) {
    return fail(noBinding(where, (error as Error).message.slice(0, 200)));
  }
};

const openBinding = async (device: string, settings: Settings, where: string): Promise<Result<Binding>> => {
  const loaded = await loadSerialPort(where);
  if (!loaded.ok) return loaded;
  try {
    const { auto: _, ...line } = settings;
    const opened = await loaded.value.binding.open({ path: device, lock: true, ...line });
    if ('poller' in opened) return ok(opened);
    await opened.close();
    return fail(noBinding(where, 'Linux or macOS is needed'));
  } catch (error) {
    return fail(faultOf((error as Error).message, where));
  }
};

const openLine = async (
  path: string,
  settings: Settings,
  where: string,
  clock: Clock,
): Promise<Result<Line>> => {
  const located = await locate(path, where);
  if (!located.ok) return located;
  const outcome = lockLine(located.value);
  if (outcome.kind === 'held') {
    const who = outcome.pid === undefined ? 'somebody' : `process ${outcome.pid}`;
    return fail(busy(where, `${who} holds this line (${outcome.file})`));
  }
  const opened = await openBinding(located.value, settings, where);
  if (opened.ok && opened.value.fd !== null) {
    return ok(lineOver(opened.value, opened.value.fd, path, outcome.lock, clock));
  }
  outcome.lock.release();
  return opened.ok ? fail(absent(where)) : opened;
};

const open = async (address: URL, { clock, signal }: PortContext) => {
  signal.throwIfAborted();
  const where = whereOf(address);
  const settings = settingsOf(address);
  if (!settings.ok) return settings;
  const line = await openLine(pathOf(address) ?? '', settings.value, where, clock);
  if (!line.ok) return line;
  if (signal.aborted) {
    await line.value.close();
    throw signal.reason;
  }
  const { baudRate: baud, auto } = settings.value;
  return ok(portOverLine(line.value, where, clock, signal, { baud, auto }));
};

const check = (address: URL): Result<void> => {
  const options = ['baud', 'databits', 'parity', 'stopbits'];
  const shape = checkShape(address, { example: EXAMPLE, options, host: 'none' });
  if (!shape.ok) return shape;
  const settings = settingsOf(address);
  return settings.ok ? ok(undefined) : settings;
};

/** A serial line. A path below /dev/serial/by-id follows the device to whatever name it gets next time. */
export const serial: PortScheme = { scheme: 'serial', example: EXAMPLE, check, open };
