import { connect, createServer, type Socket } from 'node:net';

/** A way over TCP to a server that can be frozen, as by a dead radio link, cut, and healed. */
export interface Way extends AsyncDisposable {
  readonly url: string;
  /** Nothing comes through any more, and nobody is told. */
  freeze(): void;
  /** Every connection ends, and new ones too. */
  cut(): void;
  heal(): void;
}

export const openWay = async (to: string): Promise<Way> => {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let isCut = false;
  let isFrozen = false;
  const keep = (near: Socket, far: Socket): void => {
    sockets.add(near);
    near.on('error', () => far.destroy());
    near.on('close', () => {
      sockets.delete(near);
      far.destroy();
    });
    near.on('data', (bytes) => {
      if (!isFrozen) far.write(bytes);
    });
  };
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    keep(near, far);
    keep(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    freeze: () => {
      isFrozen = true;
    },
    cut: () => {
      isCut = true;
      end();
    },
    heal: () => {
      isCut = false;
      isFrozen = false;
    },
    [Symbol.asyncDispose]: async () => {
      end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
