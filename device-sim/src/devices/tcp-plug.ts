import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type Line, type Plug, type PlugEvents, type Socket, UNREAD_MAX_BYTES } from './plug.ts';

const lineOver = (socket: TcpSocket): Line => ({
  write: (bytes) => {
    if (bytes.length === 0) return 0;
    if (socket.destroyed || socket.writableLength + bytes.length > UNREAD_MAX_BYTES) return bytes.length;
    socket.write(bytes);
    return 0;
  },
});

/** One program at a time, as a Wi-Fi dongle has it; a second is turned away. */
const serve = (server: Server, events: PlugEvents): { closeAll(): void } => {
  let current: TcpSocket | undefined;
  server.on('connection', (socket) => {
    socket.on('error', () => socket.destroy());
    if (current !== undefined) {
      socket.destroy();
      return;
    }
    current = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      events.bytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    });
    socket.on('close', () => {
      current = undefined;
      events.gone();
    });
    events.connected(lineOver(socket));
  });
  return { closeAll: () => current?.destroy() };
};

const words = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'EADDRINUSE') return 'another program listens there already; choose another port.';
  if (error.code === 'EACCES') return 'this user may not listen there; choose a port above 1023.';
  if (error.code === 'EADDRNOTAVAIL') return 'this machine does not have that address; try 127.0.0.1.';
  return `cannot listen there (${error.code ?? error.message}).`;
};

const listen = (server: Server, host: string, port: number): Promise<Result<number>> =>
  new Promise((resolve) => {
    const where = `tcp://${host}:${port}`;
    server.once('error', (error) => resolve(fail(fault('misconfigured', 'sim.listen', where, words(error)))));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });

/** Where a simulated Wi-Fi dongle listens. Port 0 takes any free one, and then keeps it. */
export const tcpSocket = (host: string, port: number): Socket => {
  let kept = port;
  return {
    plugIn: async (events) => {
      const server = createServer();
      const listening = await listen(server, host, kept);
      if (!listening.ok) return listening;
      kept = listening.value;
      const { closeAll } = serve(server, events);
      const plug: Plug = {
        where: `tcp://${host.includes(':') ? `[${host}]` : host}:${kept}`,
        isWhole: () => server.listening,
        [Symbol.asyncDispose]: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            closeAll();
          }),
      };
      return ok(plug);
    },
  };
};
