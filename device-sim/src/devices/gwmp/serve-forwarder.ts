import { createSocket, type Socket } from 'node:dgram';
import { type Clock, elapsedMs, type ReceptionBody } from '@outpost/schemas/words';
import {
  type Forwarder,
  type ForwarderInput,
  type ForwarderSocket,
  newForwarder,
  stepForwarder,
  type Totals,
} from './forwarder.ts';
import type { Planned } from './jit-queue.ts';
import { createWaker } from './waker.ts';

export interface ServedForwarderParts {
  readonly forwarder: Forwarder;
  readonly server: { readonly address: string; readonly port: number };
  /** An address of this machine to speak from; the usual one where it is not given. */
  readonly from?: string;
  readonly clock: Clock;
  /** What its counter shows now, µs. */
  readonly counterUs?: number;
  /** Told of each frame that goes on the air. */
  onAir?(planned: Planned): void;
}

/** A packet forwarder behind two real sockets. */
export interface ServedForwarder extends AsyncDisposable {
  /** Of the socket that it sends frames from, and the one that it is sent transmissions on. */
  readonly ports: Readonly<Record<ForwarderSocket, number>>;
  readonly totals: Totals;
  /** Its counter now, without its wraps, µs. */
  nowUs(): number;
  hear(frames: readonly ReceptionBody[]): void;
}

/** Bytes of each socket's receive buffer: as much as answers to a second of bursts. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

const bound = async (type: 'udp4' | 'udp6', from: string | undefined): Promise<Socket> => {
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, from, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // A server that is away answers with ICMP; the next datagram is tried all the same.
  socket.on('error', () => undefined);
  return socket;
};

/** Runs one forwarder against a server until it is disposed. */
export const serveForwarder = async (parts: ServedForwarderParts): Promise<ServedForwarder> => {
  const { forwarder, server, clock, from, counterUs = 0 } = parts;
  const type = server.address.includes(':') ? 'udp6' : 'udp4';
  const sockets: Readonly<Record<ForwarderSocket, Socket>> = {
    up: await bound(type, from),
    down: await bound(type, from),
  };
  const begun = clock.mono();
  const nowUs = (): number => counterUs + Math.floor(elapsedMs(begun, clock.mono()) * 1_000);
  let state = newForwarder(forwarder, nowUs());
  let isOver = false;

  const step = (input: ForwarderInput): void => {
    if (isOver) return;
    const now = nowUs();
    const { state: next, sent, onAir, wakeAtUs } = stepForwarder(forwarder, state, input, now);
    state = next;
    for (const { socket, bytes } of sent)
      sockets[socket].send(bytes, server.port, server.address, () => undefined);
    for (const planned of onAir) parts.onAir?.(planned);
    waker.at(Math.max(1, (wakeAtUs - now) / 1_000));
  };
  const waker = createWaker(clock, () => step({ kind: 'time' }));

  for (const name of ['up', 'down'] as const)
    sockets[name].on('message', (bytes) => step({ kind: 'datagram', socket: name, bytes }));
  step({ kind: 'time' });
  return {
    ports: { up: sockets.up.address().port, down: sockets.down.address().port },
    get totals() {
      return state.totals;
    },
    nowUs,
    hear: (frames) => step({ kind: 'heard', frames }),
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      isOver = true;
      waker.stop();
      const closed = [sockets.up, sockets.down].map(
        (socket) => new Promise<void>((resolve) => socket.close(() => resolve())),
      );
      await Promise.all(closed);
    },
  };
};
