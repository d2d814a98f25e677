import { createServer } from 'node:net';
import { ok, type Result } from '@outpost/schemas/words';
import { type Listener, type ListenParts, listenWith, SOCKET_OPTIONS } from './listener.ts';

/** Everything that listens. */
export interface Listeners {
  readonly addresses: readonly string[];
  /** Rejects with the signal's reason; nothing listens then. */
  tend(signal: AbortSignal): Promise<never>;
}

const openTcp = ({ config, accept }: ListenParts): Promise<Result<Listener>> | undefined => {
  if (config.tcp === null) return undefined;
  const server = createServer(SOCKET_OPTIONS, (socket) => accept(socket, undefined));
  return listenWith(server, 'mqtt', config.tcp, config);
};

const openWebSocket = async (parts: ListenParts): Promise<Result<Listener>> =>
  (await import('./websocket.ts')).openWebSocket(parts);

const openTls = async (parts: ListenParts): Promise<Result<Listener>> =>
  (await import('./tls.ts')).openTls(parts);

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Opens all that are configured, or none and the first fault; `misconfigured` where trying again does not help. */
export const openListeners = async (parts: ListenParts): Promise<Result<Listeners>> => {
  const { config } = parts;
  const listeners: Listener[] = [];
  const close = (): void => {
    for (const listener of listeners) listener.close();
  };
  for (const open of [
    () => openTcp(parts),
    () => (config.tls === null ? undefined : openTls(parts)),
    () => (config.websocket === null ? undefined : openWebSocket(parts)),
  ]) {
    const listener = await open();
    if (listener === undefined) continue;
    if (!listener.ok) {
      close();
      return listener;
    }
    listeners.push(listener.value);
  }
  return ok({
    addresses: listeners.map(({ address }) => address),
    tend: async (signal) => {
      try {
        return await Promise.race([
          aborted(signal),
          ...listeners.flatMap(({ tend }) => tend?.(signal) ?? []),
        ]);
      } finally {
        close();
      }
    },
  });
};
