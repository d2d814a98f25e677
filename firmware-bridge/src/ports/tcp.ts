import { connect, type Socket } from 'node:net';
import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { Port, PortContext, PortScheme } from '../port.ts';
import { checkShape, whereOf } from './address.ts';
import { closedByUs, createClosing } from './closing.ts';
import { createInbox } from './inbox.ts';

const EXAMPLE = 'tcp://192.168.0.10:35000';

/** A dongle on the same Wi-Fi answers in milliseconds; the kernel alone would wait two minutes. */
const CONNECT_TIMEOUT_MS = 5_000;

/** The kernel asks whether the other end still exists after this silence. A session's own silence is the fast way. */
const KEEPALIVE_AFTER_MS = 10_000;

/**
 * At most 256 KiB stay unread: reading stops at 128 KiB, the chunk in hand has up to 64 KiB, and the socket may
 * hold another such chunk. From there on TCP itself holds the sender back; nothing is lost.
 */
const PAUSE_AT_BYTES = 128 * 1024;

/** Bytes handed to the socket and not yet taken by the kernel. A write beyond is refused, not queued. */
const UNWRITTEN_MAX_BYTES = 256 * 1024;

const unreachable = (where: string, code: string, words: string): Fault =>
  fault('unreachable', `tcp.${code}`, where, words);

interface Failure {
  readonly code: string;
  readonly words: string;
}

const REFUSED: Failure = {
  code: 'refused',
  words: 'nothing listens there; is the device on, and is the port right?',
};
const NO_SUCH_HOST: Failure = {
  code: 'no-such-host',
  words: 'that name has no address; check its spelling and the DNS.',
};
const NO_ROUTE: Failure = {
  code: 'no-route',
  words: "no way there; is this box joined to the device's network?",
};
const TIMEOUT: Failure = {
  code: 'timeout',
  words: 'it stopped answering; is the device on and in reach?',
};
const RESET: Failure = {
  code: 'reset',
  words: 'the other end broke the connection off.',
};

const failures: ReadonlyMap<string | undefined, Failure> = new Map([
  ['ECONNREFUSED', REFUSED],
  ['ENOTFOUND', NO_SUCH_HOST],
  ['EAI_AGAIN', NO_SUCH_HOST],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['ETIMEDOUT', TIMEOUT],
  ['ECONNRESET', RESET],
  ['EPIPE', RESET],
]);

const faultOf = (error: NodeJS.ErrnoException, where: string): Fault => {
  const { code, words } = failures.get(error.code) ?? {
    code: 'failed',
    words: `the connection failed (${error.code ?? error.message}).`,
  };
  return unreachable(where, code, words);
};

const unanswered = (where: string): Fault =>
  unreachable(
    where,
    'timeout',
    `no answer within ${CONNECT_TIMEOUT_MS / 1000} s; is this box joined to the device's network?`,
  );

/** Resolves with what went wrong, or with nothing once the socket is connected. */
const connected = (socket: Socket, where: string, clock: Clock, signal: AbortSignal) =>
  new Promise<Fault | undefined>((resolve) => {
    const timeout = abortScope(signal);
    const finish = (why: Fault | undefined): void => {
      resolve(why);
      timeout.release();
      timeout.abort();
    };
    socket.once('connect', () => finish(undefined));
    socket.on('error', (error) => finish(faultOf(error, where)));
    clock.sleep(CONNECT_TIMEOUT_MS, timeout.signal).then(
      () => finish(unanswered(where)),
      () => finish(closedByUs(where)),
    );
  });

const writeTo = (socket: Socket, bytes: Uint8Array, signal: AbortSignal, gone: () => Fault) =>
  new Promise<Result<void>>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    socket.write(bytes, (error) => {
      signal.removeEventListener('abort', abort);
      resolve(error === null || error === undefined ? ok(undefined) : fail(gone()));
    });
  });

const portOver = (socket: Socket, where: string, clock: Clock, signal: AbortSignal): Port => {
  const inbox = createInbox({
    pauseAtBytes: PAUSE_AT_BYTES,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  });
  const closing = createClosing(signal, where, () => {
    inbox.end();
    socket.destroy();
  });
  const hungUp = unreachable(where, 'closed', 'the other end closed the connection.');
  socket.on('error', (error) => closing.end(faultOf(error, where)));
  socket.on('close', () => closing.end(hungUp));
  socket.on('data', (chunk) => {
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    inbox.push({ bytes, wall: clock.wall(), mono: clock.mono() });
  });

  return {
    where,
    arrivals: inbox.arrivals,
    closed: closing.closed,
    write: async (bytes, writeSignal) => {
      writeSignal.throwIfAborted();
      if (closing.why !== undefined) return fail(closing.why);
      if (socket.writableLength + bytes.length > UNWRITTEN_MAX_BYTES) {
        return fail(unreachable(where, 'stalled', 'takes no more bytes; is the device still there?'));
      }
      return writeTo(socket, bytes, writeSignal, () => closing.why ?? hungUp);
    },
    [Symbol.asyncDispose]: async () => {
      closing.end(closedByUs(where));
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
    },
  };
};

const open = async (address: URL, { clock, signal }: PortContext): Promise<Result<Port>> => {
  signal.throwIfAborted();
  const where = whereOf(address);
  const socket = connect({
    // A URL writes IPv6 addresses in brackets; the resolver wants them without.
    host: address.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(address.port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEPALIVE_AFTER_MS,
  });
  const why = await connected(socket, where, clock, signal);
  if (why === undefined && !signal.aborted) return ok(portOver(socket, where, clock, signal));
  socket.destroy();
  signal.throwIfAborted();
  return fail(why ?? closedByUs(where));
};

const check = (address: URL): Result<void> => {
  const shape = checkShape(address, { example: EXAMPLE, options: [], host: 'required' });
  if (!shape.ok) return shape;
  if (address.port === '' || address.port === '0') {
    return fail(
      fault(
        'misconfigured',
        'port.address',
        whereOf(address),
        `has no port number; write it like ${EXAMPLE}.`,
      ),
    );
  }
  return ok(undefined);
};

/** A dongle or a serial server behind a TCP port. */
export const tcp: PortScheme = { scheme: 'tcp', example: EXAMPLE, check, open };
