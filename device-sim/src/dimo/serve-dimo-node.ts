import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { issuePair } from '@outpost/gateway';
import { fail, fault, NS_PER_MS, ok, type Result } from '@outpost/schemas/words';
import { write } from '../network/http-exchange.ts';
import { openAuthority } from './authority.ts';
import { openBucket } from './bucket.ts';
import {
  attestationRoute,
  type DimoNodeOptions,
  type DimoNodeStatus,
  loginRoute,
  type Node,
  type Route,
  statusRoute,
} from './routes.ts';
import { openShelf, type Shelf } from './shelf.ts';

export type { DimoNodeOptions, DimoNodeStatus } from './routes.ts';

export interface ServedDimoNode extends AsyncDisposable {
  readonly statusUrl: string;
  readonly attestationUrl: string;
  readonly loginUrl: string;
  readonly shelf: Shelf;
  status(): DimoNodeStatus;
}

const REQUEST_DEADLINE_MS = 5_000;
const IDLE_MS = 60_000;
const CONNECTIONS_MAX = 64;
const TOKEN_SECONDS = 3_600;
const CERTIFICATE_DAYS = 30;

const listen = (server: NetServer, host: string, port: number): Promise<Result<number>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const words = `cannot listen on port ${port} (${error.code ?? error.message}); choose another.`;
      resolve(fail(fault('misconfigured', 'sim.listen', host, words)));
    });
    server.listen({ host, port }, () => resolve(ok((server.address() as AddressInfo).port)));
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const statusOf = (node: Node): DimoNodeStatus => ({
  node: node.options.node,
  requests: node.requests,
  answers: Object.fromEntries(node.answers),
  stored: node.shelf.events.size,
  signals: [...node.shelf.events.values()].reduce((sum, { signals }) => sum + signals.length, 0),
  repeated: node.shelf.repeated,
  dropped: node.dropped,
  logins: node.authority.logins,
  certificates: node.authority.certificates,
});

/** An ingest of DIMO on three real sockets: TLS with client certificates, tokens, and where both come from. */
export const serveDimoNode = async (options: DimoNodeOptions): Promise<Result<ServedDimoNode>> => {
  const {
    clock,
    root,
    host,
    node: kind,
    tokenSeconds = TOKEN_SECONDS,
    certificateDays = CERTIFICATE_DAYS,
  } = options;
  const nowMs = (): number => Number(clock.wall() / NS_PER_MS);
  const stop = new AbortController();
  const node: Node = {
    options,
    authority: openAuthority({ root, tokenSeconds, certificateDays, nowMs }),
    shelf: openShelf(),
    bucket: options.perSecondMax === undefined ? undefined : openBucket(options.perSecondMax),
    startedMs: nowMs(),
    nowMs,
    requests: 0,
    dropped: 0,
    answers: new Map(),
  };
  const status = (): DimoNodeStatus => statusOf(node);
  const pair = await issuePair(root, {
    kind: 'server',
    names: ['localhost', '127.0.0.1', '::1'],
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('9999-12-31T23:59:59Z'),
  });
  const open = (route: Route, wantsCertificate: boolean): Server => {
    const tls = {
      key: pair.key,
      cert: pair.certificate,
      ca: root.certificate,
      minVersion: 'TLSv1.2' as const,
      requestCert: wantsCertificate,
      // The older node ends the handshake; the newer one answers 401.
      rejectUnauthorized: wantsCertificate && kind === 'dis',
      requestTimeout: REQUEST_DEADLINE_MS,
      headersTimeout: REQUEST_DEADLINE_MS,
      keepAliveTimeout: IDLE_MS,
    };
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      response.on('error', () => response.destroy());
      route(request, stop.signal).then(
        (told) => {
          node.answers.set(String(told.status), (node.answers.get(String(told.status)) ?? 0) + 1);
          write(response, told);
        },
        () => response.destroy(),
      );
    };
    const server = createServer(tls, answer);
    server.maxConnections = CONNECTIONS_MAX;
    server.on('tlsClientError', (_, socket) => socket.destroy());
    return server;
  };
  const servers = [
    open(statusRoute(node), true),
    open(attestationRoute(node), false),
    open(loginRoute(node, status), false),
  ];
  const end = async (): Promise<void> => {
    stop.abort();
    for (const server of servers) await close(server);
  };
  const ports: number[] = [];
  for (const [at, server] of servers.entries()) {
    const port = await listen(server, host, options.ports[at] ?? 0);
    if (!port.ok) {
      await end();
      return port;
    }
    ports.push(port.value);
  }
  const [statusUrl = '', attestationUrl = '', loginUrl = ''] = ports.map((port) => `https://${host}:${port}`);
  return ok({ statusUrl, attestationUrl, loginUrl, shelf: node.shelf, status, [Symbol.asyncDispose]: end });
};
