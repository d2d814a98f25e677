import type { Server } from 'node:net';
import type { BrokerConfig } from '@outpost/schemas/config';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Log } from '../log.ts';
import type { Connection } from './aedes.ts';
import { KEEPALIVE_AFTER_MS } from './limits.ts';
import type { Counted } from './tally.ts';

export interface ListenParts {
  readonly config: BrokerConfig;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** @param keyHash of the certificate that was shown and that this box issued: SHA-256 of its public key, in hex */
  accept(connection: Connection, keyHash: string | undefined): void;
  count(what: Counted): void;
}

/** One thing that listens. */
export interface Listener {
  readonly address: string;
  /** Does what is to be done beside listening; rejects with the signal's reason. */
  tend?(signal: AbortSignal): Promise<never>;
  /** Takes no new connections; those that are open are whose they are. */
  close(): void;
}

/** Delays nothing that is small, and finds out when the other end is gone. */
export const SOCKET_OPTIONS = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEPALIVE_AFTER_MS,
} as const;

const unopened = (where: string, { code, message }: NodeJS.ErrnoException) => {
  if (code === 'EADDRINUSE') {
    const words = 'something else listens there; is another broker running? It is tried again.';
    return fault('unreachable', 'broker.in-use', where, words);
  }
  return fault(
    'unreachable',
    'broker.listen',
    where,
    `cannot be listened at: ${message}. It is tried again.`,
  );
};

/** Where a server listens, with the port that it got. */
const addressOf = (scheme: string, server: Server, host: string): string => {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
};

/** Begins to listen. Connections beyond `connectionsMax` are closed by the server itself, handshakes included. */
export const listenWith = (
  server: Server,
  scheme: string,
  { host, port }: { readonly host: string; readonly port: number },
  { connectionsMax }: BrokerConfig,
): Promise<Result<Listener>> =>
  new Promise((resolve) => {
    const where = `${scheme}://${host}:${port}`;
    server.maxConnections = connectionsMax;
    server.once('error', (error) => resolve(fail(unopened(where, error))));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      // A connection that could not be accepted (too many open files) is one less.
      server.on('error', () => undefined);
      resolve(ok({ address: addressOf(scheme, server, host), close: () => void server.close() }));
    });
  });
