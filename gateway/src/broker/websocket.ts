import { createServer } from 'node:http';
import { concatBytes, type Result } from '@outpost/schemas/words';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { Connection } from './aedes.ts';
import { CONNECT_TIMEOUT_MS } from './limits.ts';
import { type Listener, type ListenParts, listenWith, SOCKET_OPTIONS } from './listener.ts';

/** The name that a client asks for (MQTT 3.1.1 §6). */
const SUBPROTOCOL = 'mqtt';
/** What a fixed header adds to the longest packet. */
const HEADER_BYTES = 5;
/** How often requests that take too long are looked for; else it would be every half minute. */
const LOOK_MS = 1_000;

const asks = (header: string | undefined): boolean =>
  header?.split(',').some((name) => name.trim() === SUBPROTOCOL) === true;

/** The engine writes a packet in pieces; what it writes in one turn leaves in one frame. */
const inOneFrame =
  (socket: WebSocket) =>
  (pieces: readonly { readonly chunk: Uint8Array }[], done: (error?: Error | null) => void): void =>
    socket.send(concatBytes(...pieces.map(({ chunk }) => chunk)), done);

/** MQTT in binary frames of a WebSocket, for pages. */
export const openWebSocket = async ({ config, accept }: ListenParts): Promise<Result<Listener>> => {
  if (config.websocket === null) throw new Error('a listener was opened that is not configured');
  const timeouts = {
    headersTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: CONNECT_TIMEOUT_MS,
    connectionsCheckingInterval: LOOK_MS,
  };
  const server = createServer({ ...SOCKET_OPTIONS, ...timeouts }, (_, answer) => {
    answer.writeHead(426, { 'content-type': 'text/plain' }).end('MQTT over WebSocket is spoken here.\n');
  });
  const sockets = new WebSocketServer({
    server,
    maxPayload: config.packetMaxKibibytes * 1024 + HEADER_BYTES,
    perMessageDeflate: false,
    // Refused before it is a WebSocket: one that is closed politely may stay for as long as its client likes.
    verifyClient: ({ req }, answer) => answer(asks(req.headers['sec-websocket-protocol']), 400),
    handleProtocols: () => SUBPROTOCOL,
  });
  // The errors of the server under it; where it is opened they are answered.
  sockets.on('error', () => undefined);
  sockets.on('connection', (socket) => {
    // The stream listens for one error; nobody else would for the next.
    socket.on('error', () => undefined);
    accept(createWebSocketStream(socket, { writev: inOneFrame(socket) }) as unknown as Connection, undefined);
  });
  return await listenWith(server, 'ws', config.websocket, config);
};
