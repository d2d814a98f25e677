import { createSocket } from 'node:dgram';

/** A socket without a mind of its own: for whoever plays a gateway by hand, or somebody who lies. */
export interface UdpEnd extends AsyncDisposable {
  readonly port: number;
  /** All that arrived, oldest first; nothing where somebody listens to it for hours. */
  readonly received: readonly Uint8Array[];
  send(bytes: Uint8Array, port: number): void;
}

const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** @param address of this machine; Linux has all of 127.0.0.0/8 */
export const openUdpEnd = async (
  address: string,
  heard: (bytes: Uint8Array) => void = () => undefined,
  keeps = true,
): Promise<UdpEnd> => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // Nobody listens there yet, or any more: the next datagram is sent all the same.
  socket.on('error', () => undefined);
  const received: Uint8Array[] = [];
  socket.on('message', (bytes) => {
    if (keeps) received.push(bytes);
    heard(bytes);
  });
  return {
    port: socket.address().port,
    received,
    send: (bytes, port) => socket.send(bytes, port, '127.0.0.1', () => undefined),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
};

/** A port that was free a moment ago. */
export const freeUdpPort = async (): Promise<number> => {
  await using end = await openUdpEnd('127.0.0.1');
  return end.port;
};
