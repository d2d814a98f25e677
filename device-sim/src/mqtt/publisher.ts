import { connect, type Socket } from 'node:net';
import { type Account, connectPacket, identifierOf, newCutter, publishPacket, TYPE } from './packets.ts';

/** Identifiers go round below this; more are never under way. */
const IDENTIFIERS = 60_000;

export interface PublisherParts {
  readonly port: number;
  readonly account: Account;
  /** Told of each acknowledgement with the number that was given to `publish`. */
  acknowledged(number: number): void;
}

/** One connection that publishes, by hand, so that it costs next to nothing. */
export interface Publisher {
  readonly socket: Socket;
  /** Messages that are not acknowledged yet. */
  readonly underWay: number;
  /** With QoS 1; `number` comes back with the acknowledgement. */
  publish(topic: string, payload: Uint8Array, number: number): void;
  /** With QoS 0. False where the socket wants to be drained first. */
  drop(bytes: Uint8Array): boolean;
  readonly closed: Promise<void>;
}

/** Resolves when it is let in; rejects where it is not. */
export const connectPublisher = ({ port, account, acknowledged }: PublisherParts): Promise<Publisher> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const numbers = new Map<number, number>();
    let last = 0;
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    const publisher: Publisher = {
      socket,
      get underWay() {
        return numbers.size;
      },
      publish: (topic, payload, number) => {
        last = (last % IDENTIFIERS) + 1;
        numbers.set(last, number);
        socket.write(publishPacket(topic, payload, last));
      },
      drop: (bytes) => socket.write(bytes),
      closed,
    };
    const cut = newCutter(({ type, body }) => {
      if (type === TYPE.connack) {
        if (body[1] === 0) resolve(publisher);
        else reject(new Error(`${account.clientId} was not let in: return code ${body[1]}`));
      }
      if (type !== TYPE.puback) return;
      const id = identifierOf(body);
      const number = numbers.get(id);
      if (number === undefined) throw new Error(`an acknowledgement of ${id}, which is not under way`);
      numbers.delete(id);
      acknowledged(number);
    });
    socket.on('data', cut);
    socket.on('error', reject);
    socket.once('connect', () => socket.write(connectPacket(account)));
  });
