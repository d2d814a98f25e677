import { createServer, type Socket } from 'node:net';
import { identifierOf, newCutter, pubackPacket, type Seen, TYPE } from '../mqtt/packets.ts';

/** What stands on the other end of a network that is spoken to by MQTT: takes every message, and says so. */
export interface MqttEnd extends AsyncDisposable {
  readonly port: number;
  /** Messages so far, each as often as it came. */
  readonly messages: number;
}

/** Requests that only clients send (MQTT 3.1.1, §2.2.1). */
const REQUEST = { connect: 1, subscribe: 8, pingreq: 12 } as const;
const CONNACK = Uint8Array.of(0x20, 2, 0, 0);
const PINGRESP = Uint8Array.of(0xd0, 0);

const decoder = new TextDecoder();

/** Hands each PUBLISH over before it is acknowledged. */
export const openMqttEnd = async (
  port: number,
  took: (topic: string, payload: Uint8Array) => void,
): Promise<MqttEnd> => {
  const sockets = new Set<Socket>();
  let messages = 0;

  const publish = (socket: Socket, { first, body }: Seen): void => {
    const topicEnd = 2 + identifierOf(body);
    const isAwaited = (first & 0x06) !== 0;
    messages += 1;
    took(decoder.decode(body.subarray(2, topicEnd)), body.slice(isAwaited ? topicEnd + 2 : topicEnd));
    if (isAwaited) socket.write(pubackPacket(identifierOf(body.subarray(topicEnd))));
  };

  const answer = (socket: Socket, packet: Seen): void => {
    const { type, body } = packet;
    if (type === REQUEST.connect) socket.write(CONNACK);
    else if (type === REQUEST.pingreq) socket.write(PINGRESP);
    else if (type === REQUEST.subscribe) {
      socket.write(Uint8Array.of(TYPE.suback << 4, 3, body[0] ?? 0, body[1] ?? 0, 1));
    } else if (type === TYPE.publish) publish(socket, packet);
  };

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const cut = newCutter((packet) => answer(socket, packet));
    socket.on('data', cut);
    // Whoever is killed in the middle of a packet leaves so.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    get messages() {
      return messages;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
