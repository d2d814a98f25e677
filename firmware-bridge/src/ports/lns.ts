import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { abortScope } from '../abort-scope.ts';
import { readMessage, writeMessage } from '../message.ts';
import type { Peer, Port, PortContext, PortScheme } from '../port.ts';
import { badOption, checkShape, whereOf } from './address.ts';
import { closedByUs, createClosing } from './closing.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { isSame, LNS_FILES, proofOf, readSecrets, type Secrets } from './lns-secrets.ts';
import { createUpdates, UPDATE_PATH } from './lns-update.ts';

const EXAMPLE = 'lns://0.0.0.0:3001?cert=/etc/outpost/lns.crt&key=/etc/outpost/lns.key';

/** The longest message of a station, and the limit of the codec behind it. */
const MESSAGE_MAX_BYTES = 65_536;
const UNREAD_PAUSE_BYTES = 1024 * 1024;
/** Stations and their questions where to go, at one time. */
const CONNECTIONS_MAX = 512;
/** What a station has not taken yet; then it is hung up on. */
const UNSENT_MAX_BYTES = 256 * 1024;
/** A station hangs up after 60 s of silence, so it is asked before that; one that never answers is hung up on. */
const PING_EVERY_MS = 25_000;
const UPGRADE_WITHIN_MS = 10_000;
const HOST_MAX_CHARS = 256;
/** A name or an address, with its port: what is put before it in a URL is ours. */
const HOST = /^[\w.:[\]-]*$/;

const PATHS = /^\/(?:update-info|router-info|[A-Z0-9-]{1,16}\/router-[0-9a-f]{16})$/;

/** Why a connection is not taken, as a status of HTTP; undefined where it is. */
const refusal = (
  { url, headers }: IncomingMessage,
  { authorization }: Secrets,
  open: number,
): number | undefined => {
  const host = headers.host ?? '';
  if (!PATHS.test(url ?? '') || host.length > HOST_MAX_CHARS || !HOST.test(host)) return 404;
  const said = new TextEncoder().encode(headers.authorization ?? '');
  if (authorization !== undefined && !isSame(said, authorization)) return 401;
  return open >= CONNECTIONS_MAX ? 503 : undefined;
};

const peerOf = ({ socket }: IncomingMessage): Peer => ({
  address: socket.remoteAddress ?? '',
  port: socket.remotePort ?? 0,
});

const keyOf = ({ address, port }: Peer): string => `${address} ${port}`;

const bytesOf = (data: RawData): Uint8Array => {
  const whole = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
};

interface Connections {
  take(socket: WebSocket, request: IncomingMessage): void;
  readonly open: number;
  /** False where nobody is there, or takes no more. */
  send(to: Peer, text: string): boolean;
  /** Asks all whether they are still there, and hangs up on those that did not answer the last time. */
  ping(): void;
  pause(): void;
  resume(): void;
  end(): void;
}

const createConnections = (inbox: () => Inbox, scheme: 'ws' | 'wss', { clock }: PortContext): Connections => {
  const sockets = new Map<string, WebSocket>();
  const answered = new Set<WebSocket>();
  /** The last connection of each path of a router: a station that comes back is not also still there. */
  const routers = new Map<string, WebSocket>();

  return {
    take: (socket, request) => {
      const peer = peerOf(request);
      const path = request.url ?? '';
      const topic = `${scheme}://${request.headers.host ?? ''}${path}`;
      sockets.set(keyOf(peer), socket);
      answered.add(socket);
      if (path !== '/router-info') {
        routers.get(path)?.terminate();
        routers.set(path, socket);
      }
      socket.on('message', (data) => {
        answered.add(socket);
        const bytes = writeMessage({ topic, payload: bytesOf(data) });
        inbox().push({ bytes, wall: clock.wall(), mono: clock.mono(), peer });
      });
      socket.on('pong', () => answered.add(socket));
      // Whatever is wrong with it, it closes.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(keyOf(peer));
        answered.delete(socket);
        if (routers.get(path) === socket) routers.delete(path);
      });
    },
    get open() {
      return sockets.size;
    },
    send: (to, text) => {
      const socket = sockets.get(keyOf(to));
      if (socket === undefined || socket.readyState !== socket.OPEN) return false;
      if (socket.bufferedAmount > UNSENT_MAX_BYTES) {
        socket.terminate();
        return false;
      }
      socket.send(text);
      return true;
    },
    ping: () => {
      for (const socket of sockets.values()) {
        if (!answered.delete(socket)) socket.terminate();
        else if (socket.readyState === socket.OPEN) socket.ping();
      }
    },
    pause: () => {
      for (const socket of sockets.values()) socket.pause();
    },
    resume: () => {
      for (const socket of sockets.values()) socket.resume();
    },
    end: () => {
      for (const socket of sockets.values()) socket.terminate();
    },
  };
};

const refuse = (socket: Duplex, status: number): void => {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

const keepPinging = async (clock: Clock, connections: Connections, signal: AbortSignal): Promise<void> => {
  try {
    for (;;) {
      await clock.sleep(PING_EVERY_MS, signal);
      connections.ping();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const failures: ReadonlyMap<string | undefined, string> = new Map([
  ['EADDRINUSE', 'another program listens on that port already; stop it, or use another port.'],
  ['EADDRNOTAVAIL', 'this box has no such address now; use 0.0.0.0 for all that it has.'],
  ['EACCES', 'ports below 1024 need permission; use a higher one.'],
]);

const faultOf = (error: NodeJS.ErrnoException, where: string): Fault =>
  fault(
    'unreachable',
    'lns.failed',
    where,
    failures.get(error.code) ?? `the server failed (${error.code ?? error.message}).`,
  );

const listening = (server: Server, address: URL, where: string): Promise<Fault | undefined> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(faultOf(error, where)));
    server.listen(Number(address.port), address.hostname.replace(/^\[(.*)\]$/, '$1'), () =>
      resolve(undefined),
    );
  });

const portOver = (
  server: Server,
  sockets: WebSocketServer,
  { secrets, where }: { readonly secrets: Secrets; readonly where: string },
  context: PortContext,
): Port => {
  const { clock, signal, count } = context;
  const connections = createConnections(() => inbox, secrets.tls === undefined ? 'ws' : 'wss', context);
  const { pause, resume } = connections;
  const inbox: Inbox = createInbox({ pauseAtBytes: UNREAD_PAUSE_BYTES, gathers: true, pause, resume });
  const pinging = abortScope(signal);
  const pinged = keepPinging(clock, connections, pinging.signal);
  const gone = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  const closing = createClosing(signal, where, () => {
    inbox.end();
    pinging.release();
    pinging.abort();
    connections.end();
    server.close();
    server.closeAllConnections();
  });
  server.on('error', (error: NodeJS.ErrnoException) => closing.end(faultOf(error, where)));
  const updates = createUpdates(clock, pinging.signal);
  const scheme = secrets.tls === undefined ? 'http' : 'https';
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const isUpdate = request.method === 'POST' && request.url === UPDATE_PATH && closing.why === undefined;
    const no = isUpdate ? refusal(request, secrets, connections.open) : 404;
    if (no !== undefined) {
      count?.(`refused-${no}`, 1);
      response.writeHead(no, { connection: 'close' }).end();
      return;
    }
    const peer = peerOf(request);
    const topic = `${scheme}://${proofOf(request, secrets)}${request.headers.host ?? ''}${UPDATE_PATH}`;
    updates.take(request, response, peer, (payload) => {
      inbox.push({ bytes: writeMessage({ topic, payload }), wall: clock.wall(), mono: clock.mono(), peer });
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isOpen = closing.why === undefined && request.url !== UPDATE_PATH;
    const no = isOpen ? refusal(request, secrets, connections.open) : 404;
    if (no !== undefined) {
      count?.(`refused-${no}`, 1);
      refuse(socket, no);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => connections.take(opened, request));
  });
  return {
    where,
    arrivals: inbox.arrivals,
    closed: closing.closed,
    write: async (bytes, writeSignal, to) => {
      writeSignal.throwIfAborted();
      if (closing.why !== undefined) return fail(closing.why);
      const message = readMessage(bytes);
      if (!message.ok) throw new Error(message.fault.words);
      // A station that went is no trouble of the others.
      const { topic, payload } = message.value;
      const send = (peer: Peer): boolean =>
        topic === UPDATE_PATH
          ? updates.answer(peer, payload)
          : connections.send(peer, new TextDecoder().decode(payload));
      const isSent = to !== undefined && send(to);
      if (!isSent) count?.('unsent', 1);
      return ok(undefined);
    },
    [Symbol.asyncDispose]: async () => {
      closing.end(closedByUs(where));
      await Promise.all([gone, pinged]);
    },
  };
};

const open = async (address: URL, context: PortContext): Promise<Result<Port>> => {
  const { signal } = context;
  signal.throwIfAborted();
  const where = whereOf(address);
  const secrets = await readSecrets(address);
  if (!secrets.ok) return secrets;
  const { WebSocketServer: Sockets } = await import('ws');
  const { tls } = secrets.value;
  let server: Server;
  try {
    server = tls === undefined ? createServer() : createTlsServer(tls);
  } catch {
    return fail(fault('misconfigured', 'lns.tls', where, 'its certificate and key do not belong together.'));
  }
  server.headersTimeout = UPGRADE_WITHIN_MS;
  const why = await listening(server, address, where);
  if (why !== undefined) return fail(why);
  const sockets = new Sockets({ noServer: true, maxPayload: MESSAGE_MAX_BYTES, perMessageDeflate: false });
  const port = portOver(server, sockets, { secrets: secrets.value, where }, context);
  if (!signal.aborted) return ok(port);
  await port[Symbol.asyncDispose]();
  throw signal.reason;
};

const check = (address: URL): Result<void> => {
  const shape = checkShape(address, { example: EXAMPLE, options: LNS_FILES, host: 'required' });
  if (!shape.ok) return shape;
  const wrong = (words: string) =>
    fail(fault('misconfigured', 'port.address', whereOf(address), `${words}; write it like ${EXAMPLE}.`));
  if (address.port === '' || address.port === '0') return wrong('has no port number');
  if (isIP(address.hostname.replace(/^\[(.*)\]$/, '$1')) === 0) {
    return wrong("needs one of this box's own addresses, or 0.0.0.0 for all");
  }
  for (const name of LNS_FILES) {
    const file = address.searchParams.get(name);
    if (file !== null && !file.startsWith('/'))
      return badOption(address, name, 'must be the absolute path of a file');
  }
  const has = (name: (typeof LNS_FILES)[number]): boolean => address.searchParams.has(name);
  if (has('cert') !== has('key')) return badOption(address, 'cert', 'and "key" belong together');
  if (has('ca') && !has('cert'))
    return badOption(address, 'ca', 'asks stations for certificates, which needs "cert"');
  return ok(undefined);
};

/**
 * A server of WebSockets for the LNS protocol of Basics Station: many stations, each message under the URL of its
 * connection. TLS where there is a certificate; with `ca` stations must have one too, with `authorization` they must say
 * what stands in that file. The paths are `/router-info` and `/REGION/router-EUI`, and `/update-info` for POST.
 */
export const lns: PortScheme = { scheme: 'lns', example: EXAMPLE, check, open };
