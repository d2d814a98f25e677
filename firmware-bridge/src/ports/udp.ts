import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { Peer, Port, PortContext, PortScheme } from '../port.ts';
import { badOption, checkShape, whereOf } from './address.ts';
import { closedByUs, createClosing } from './closing.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { type BoundAddress, readKernelDrops } from './kernel-drops.ts';

const EXAMPLE = 'udp://0.0.0.0:1700?rcvbuf=4194304';

/** Where only a port is given (`udp:1700`), nobody but this box is listened to. */
const LOOPBACK = '127.0.0.1';

/** Room in the kernel for what comes while this program is busy: some seconds of a thousand datagrams each. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const RECEIVE_BUFFER_MIN_BYTES = 4 * 1024;
const RECEIVE_BUFFER_MAX_BYTES = 256 * 1024 * 1024;

/** What nobody has read yet. A datagram beyond is dropped and counted: its sender cannot be held back. */
const UNREAD_MAX_BYTES = 4 * 1024 * 1024;
const UNREAD_MAX_DATAGRAMS = 8_192;

/** What the kernel has not taken yet, for all peers together. A datagram beyond is not sent, and counted. */
const UNSENT_MAX_BYTES = 256 * 1024;

/** How often the kernel is asked what it dropped. */
const ASK_DROPS_EVERY_MS = 5_000;

/** Names of what is counted. */
export const UDP_COUNTS = {
  /** Arrived, and nobody had read what came before. */
  unread: 'unread-dropped',
  /** Dropped by the kernel because the receive buffer was full. */
  kernel: 'kernel-dropped',
  /** A datagram for a peer that could not be sent: no way there, too long, or the kernel takes no more. */
  unsent: 'unsent',
  /** Trouble with one datagram that the socket told of: mostly that a peer does not listen. */
  troubles: 'socket-troubles',
} as const;

/** What a socket tells of one datagram, or of the network at one moment; it goes on working. */
const PASSING: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EMSGSIZE',
  'ENOBUFS',
  'ENOMEM',
  'EAGAIN',
  'EINTR',
  'EPERM',
  'EACCES',
]);

const failures: ReadonlyMap<string | undefined, { readonly code: string; readonly words: string }> = new Map([
  [
    'EADDRINUSE',
    { code: 'in-use', words: 'another program listens on that port already; stop it, or use another port.' },
  ],
  [
    'EADDRNOTAVAIL',
    { code: 'no-such-address', words: 'this box has no such address now; use 0.0.0.0 for all that it has.' },
  ],
  ['EACCES', { code: 'permission', words: 'ports below 1024 need permission; use a higher one.' }],
]);

const faultOf = (error: NodeJS.ErrnoException, where: string): Fault => {
  const known = failures.get(error.code);
  const words = known?.words ?? `the socket failed (${error.code ?? error.message}).`;
  return fault('unreachable', `udp.${known?.code ?? 'failed'}`, where, words);
};

/** Of a socket for both families, the addresses of IPv4 peers come as `::ffff:192.0.2.1`; here they are one. */
const MAPPED = '::ffff:';

const peerOf = ({ address, port }: RemoteInfo): Peer => {
  const bare = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  return { address: isIPv4(bare) ? bare : address, port };
};

interface Binding extends BoundAddress {
  readonly receiveBufferBytes: number;
}

/** Of an address that was checked. */
const bindingOf = (url: URL): Binding => {
  const asked = url.searchParams.get('rcvbuf');
  const receiveBufferBytes = asked === null ? RECEIVE_BUFFER_BYTES : Number(asked);
  if (url.host === '') return { address: LOOPBACK, port: Number(url.pathname), receiveBufferBytes };
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { address, port: Number(url.port), receiveBufferBytes };
};

const kibibytes = (bytes: number): string => `${Math.floor(bytes / 1024)} KiB`;

/** Linux doubles what it was asked for, for its own book-keeping, and answers with that (socket(7), SO_RCVBUF). */
const receiveBufferOf = (socket: Socket): number =>
  process.platform === 'linux' ? socket.getRecvBufferSize() / 2 : socket.getRecvBufferSize();

/** Sizes the receive buffer, and says what the kernel made of it. */
const sizeReceiveBuffer = (socket: Socket, wantedBytes: number): string => {
  try {
    socket.setRecvBufferSize(wantedBytes);
  } catch {
    // Some systems refuse what is too much, others give less: what counts is what it has.
  }
  const givenBytes = receiveBufferOf(socket);
  return givenBytes >= wantedBytes
    ? `Its receive buffer is ${kibibytes(givenBytes)}.`
    : `Its receive buffer is only ${kibibytes(givenBytes)} of the ${kibibytes(wantedBytes)} wanted, so bursts may be ` +
        `lost; sysctl -w net.core.rmem_max=${wantedBytes} allows more.`;
};

/** Asks the kernel now and then what it dropped. Ends with the signal, or where this system does not say. */
const watchDrops = (bound: BoundAddress, clock: Clock, count: (what: string, times: number) => void) => {
  let told = 0;
  const ask = async (): Promise<boolean> => {
    const drops = await readKernelDrops(bound);
    if (drops === undefined) return false;
    // The counter of the kernel has 32 bits.
    const more = (drops - told + 2 ** 32) % 2 ** 32;
    told = drops;
    if (more > 0) count(UDP_COUNTS.kernel, more);
    return true;
  };
  return {
    ask,
    watch: async (signal: AbortSignal): Promise<void> => {
      try {
        while (await ask()) await clock.sleep(ASK_DROPS_EVERY_MS, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
};

type Count = (what: string, times: number) => void;

/** What the socket may be told; nothing here waits for a peer. */
const senderOver = (socket: Socket, isIpv6: boolean, count: Count) => (bytes: Uint8Array, to: Peer) => {
  if (socket.getSendQueueSize() + bytes.length > UNSENT_MAX_BYTES) {
    count(UDP_COUNTS.unsent, 1);
    return;
  }
  const address = isIpv6 && isIPv4(to.address) ? `${MAPPED}${to.address}` : to.address;
  socket.send(bytes, to.port, address, (error) => {
    if (error !== null) count(UDP_COUNTS.unsent, 1);
  });
};

const receiveInto = (inbox: Inbox, clock: Clock, count: Count) => (chunk: Buffer, from: RemoteInfo) => {
  if (inbox.unreadArrivals >= UNREAD_MAX_DATAGRAMS || inbox.unreadBytes + chunk.length > UNREAD_MAX_BYTES) {
    count(UDP_COUNTS.unread, 1);
    return;
  }
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  inbox.push({ bytes, wall: clock.wall(), mono: clock.mono(), peer: peerOf(from) });
};

const portOver = (socket: Socket, where: string, remark: string, context: PortContext): Port => {
  const { clock, signal } = context;
  const count: Count = (what, times) => context.count?.(what, times);
  const inbox = createInbox({
    pauseAtBytes: UNREAD_MAX_BYTES,
    pause: () => undefined,
    resume: () => undefined,
    gathers: true,
  });
  const bound = socket.address();
  const drops = watchDrops(bound, clock, count);
  const watching = abortScope(signal);
  const watched = drops.watch(watching.signal);
  const gone = new Promise<void>((resolve) => {
    socket.once('close', resolve);
  });
  const release = async (): Promise<void> => {
    watching.release();
    watching.abort();
    await watched;
    await drops.ask();
    socket.close();
  };
  const closing = createClosing(signal, where, () => {
    inbox.end();
    socket.removeAllListeners('message');
    // Nothing in it rejects, and closing waits for it.
    void release();
  });
  const send = senderOver(socket, isIPv6(bound.address), count);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (PASSING.has(error.code)) count(UDP_COUNTS.troubles, 1);
    else closing.end(faultOf(error, where));
  });
  socket.on('message', receiveInto(inbox, clock, count));

  return {
    where,
    remark,
    arrivals: inbox.arrivals,
    closed: closing.closed,
    write: async (bytes, writeSignal, to) => {
      writeSignal.throwIfAborted();
      if (closing.why !== undefined) return fail(closing.why);
      if (to === undefined) throw new Error('A datagram was written to nobody.');
      // What cannot be sent is counted: whoever sends datagrams lives with those that do not arrive.
      send(bytes, to);
      return ok(undefined);
    },
    [Symbol.asyncDispose]: async () => {
      closing.end(closedByUs(where));
      await gone;
    },
  };
};

/** Resolves with what went wrong, or with nothing once the socket is bound. */
const bound = (socket: Socket, { address, port }: BoundAddress, where: string) =>
  new Promise<Fault | undefined>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(faultOf(error, where)));
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(undefined);
    });
  });

const open = async (url: URL, context: PortContext): Promise<Result<Port>> => {
  const { signal } = context;
  signal.throwIfAborted();
  const where = whereOf(url);
  const binding = bindingOf(url);
  const socket = createSocket({
    type: isIPv6(binding.address) ? 'udp6' : 'udp4',
    // Peers are addresses; none of them is ever worth a question to a name server.
    lookup: (host, _, found) => found(isIP(host) === 0 ? new Error('no address') : null, host, isIP(host)),
  });
  const why = await bound(socket, binding, where);
  if (why === undefined && !signal.aborted) {
    return ok(portOver(socket, where, sizeReceiveBuffer(socket, binding.receiveBufferBytes), context));
  }
  socket.close();
  signal.throwIfAborted();
  return fail(why ?? closedByUs(where));
};

const PORT = /^[1-9][0-9]{0,4}$/;

const check = (url: URL): Result<void> => {
  const wrong = (words: string) =>
    fail(fault('misconfigured', 'port.address', whereOf(url), `${words}; write it like ${EXAMPLE}.`));
  const isPortAlone = url.host === '' && PORT.test(url.pathname) && Number(url.pathname) <= 65_535;
  const shape = checkShape(url, { example: EXAMPLE, options: ['rcvbuf'], host: 'own' });
  if (!shape.ok) return shape;
  if (!isPortAlone) {
    if (url.host === '') return wrong('has no host');
    if (url.pathname !== '' && url.pathname !== '/') return wrong('takes nothing after the port number');
    if (url.port === '' || url.port === '0') return wrong('has no port number');
    if (isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) === 0) {
      return wrong("needs one of this box's own addresses, or 0.0.0.0 for all");
    }
  }
  const asked = url.searchParams.get('rcvbuf');
  const bytes = asked === null ? RECEIVE_BUFFER_BYTES : Number(asked);
  const isFit = bytes >= RECEIVE_BUFFER_MIN_BYTES && bytes <= RECEIVE_BUFFER_MAX_BYTES;
  return Number.isInteger(bytes) && isFit && asked !== ''
    ? ok(undefined)
    : badOption(
        url,
        'rcvbuf',
        `must be a whole number of bytes from ${RECEIVE_BUFFER_MIN_BYTES} to ${RECEIVE_BUFFER_MAX_BYTES}`,
      );
};

/** Datagrams from many peers. Each arrival is one, with who sent it; each write is one, to whom it names. */
export const udp: PortScheme = { scheme: 'udp', example: EXAMPLE, check, open };
