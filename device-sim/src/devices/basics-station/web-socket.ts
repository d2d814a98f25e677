import { WebSocket } from 'ws';

/** How a station proves to a server who it is, and by what it knows the server. */
export interface StationSecrets {
  /** The whole value of its Authorization header. */
  readonly authorization?: string;
  /** PEM. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** One connection of a station. */
export interface StationSocket {
  say(text: string): void;
  close(): void;
  /** Resolves once. */
  readonly closed: Promise<void>;
}

const CONNECT_WITHIN_MS = 10_000;

/** Undefined where nobody answers, or says no. */
export const openSocket = (
  url: string,
  { authorization, ...tls }: StationSecrets,
  told: (text: string, socket: StationSocket) => void,
  signal: AbortSignal,
): Promise<StationSocket | undefined> =>
  new Promise((resolve) => {
    const headers = authorization === undefined ? {} : { authorization };
    const socket = new WebSocket(url, { ...tls, headers, handshakeTimeout: CONNECT_WITHIN_MS });
    const stop = (): void => socket.terminate();
    signal.addEventListener('abort', stop, { once: true });
    const closed = new Promise<void>((done) => {
      socket.once('close', () => {
        signal.removeEventListener('abort', stop);
        resolve(undefined);
        done();
      });
    });
    const own: StationSocket = {
      say: (text) => {
        if (socket.readyState === socket.OPEN) socket.send(text);
      },
      close: () => socket.close(),
      closed,
    };
    // Whatever is wrong with it, it closes.
    socket.on('error', () => undefined);
    socket.on('message', (data) => told(String(data), own));
    socket.once('open', () => resolve(own));
    if (signal.aborted) stop();
  });
