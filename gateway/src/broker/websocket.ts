import { createServer } from 'node:http';
import type { Result } from '@outpost/schemas/words';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Connection } from './aedes.ts';
import { CONNECT_TIMEOUT_MS } from './limits.ts';
import { type Listener, type ListenParts, listenWith, SOCKET_OPTIONS } from './listener.ts';

/** The name that a client asks for (MQTT 3.1.1 §6). */
const SUBPROTOCOL = 'mqtt';
/** What a fixed header adds to the longest packet. */
const HEADER_BYTES = 5;

/** MQTT in binary frames of a WebSocket, for pages. */
export const openWebSocket = async ({ config, accept }: ListenParts): Promise<Result<Listener>> => {
  if (config.websocket === null) throw new Error('a listener was opened that is not configured');
  const timeouts = { headersTimeout: CONNECT_TIMEOUT_MS, requestTimeout: CONNECT_TIMEOUT_MS };
  const server = createServer({ ...SOCKET_OPTIONS, ...timeouts }, (_, answer) => {
    answer.writeHead(426, { 'content-type': 'text/plain' }).end('MQTT over WebSocket is spoken here.\n');
  });
  const sockets = new WebSocketServer({
    server,
    maxPayload: config.packetMaxKibibytes * 1024 + HEADER_BYTES,
    perMessageDeflate: false,
    handleProtocols: (names) => (names.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  // The errors of the server under it; where it is opened they are answered.
  sockets.on('error', () => undefined);
  sockets.on('connection', (socket) => {
    if (socket.protocol !== SUBPROTOCOL) {
      socket.close(1002, 'ask for the subprotocol mqtt');
      return;
    }
    accept(createWebSocketStream(socket) as unknown as Connection, undefined);
  });
  return await listenWith(server, 'ws', config.websocket, config);
};
