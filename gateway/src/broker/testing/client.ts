import { connect, type Socket } from 'node:net';
import { concatBytes } from '@outpost/schemas/words';

const text = (value: string): Uint8Array => {
  const bytes = new TextEncoder().encode(value);
  return concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
};

const packet = (first: number, ...body: readonly Uint8Array[]): Uint8Array => {
  const rest = concatBytes(...body);
  const length: number[] = [];
  for (let left = rest.length; ; left >>= 7) {
    length.push(left < 128 ? left : (left & 0x7f) | 0x80);
    if (left < 128) break;
  }
  return concatBytes(Uint8Array.of(first, ...length), rest);
};

export interface ConnectFields {
  readonly clientId: string;
  readonly user?: string;
  readonly password?: string;
  readonly isKept?: boolean;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** CONNECT of MQTT 3.1.1 §3.1, without keepalive. */
export const connectPacket = ({ clientId, user, password, isKept, will }: ConnectFields): Uint8Array => {
  const flags =
    (user === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40) |
    (will === undefined ? 0 : 0x04) |
    (isKept === true ? 0 : 0x02);
  const fields = [clientId, ...(will === undefined ? [] : [will.topic, will.payload]), user, password];
  const given = fields.filter((field) => field !== undefined);
  return packet(0x10, text('MQTT'), Uint8Array.of(4, flags, 0, 0), ...given.map(text));
};

export const publishPacket = (
  topic: string,
  payload: Uint8Array,
  { id = 0, qos = id === 0 ? 0 : 1, retain = false }: { id?: number; qos?: number; retain?: boolean } = {},
): Uint8Array =>
  packet(
    0x30 | (qos << 1) | (retain ? 1 : 0),
    text(topic),
    qos === 0 ? new Uint8Array(0) : Uint8Array.of(id >> 8, id & 0xff),
    payload,
  );

export const subscribePacket = (id: number, ...filters: readonly string[]): Uint8Array =>
  packet(
    0x82,
    Uint8Array.of(id >> 8, id & 0xff),
    ...filters.map((filter) => concatBytes(text(filter), Uint8Array.of(0))),
  );

/** One packet from the broker. */
export interface Answered {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Whole packets at the start of some bytes, all of them shorter than 16 KiB. */
const take = (bytes: Uint8Array): { readonly answers: readonly Answered[]; readonly rest: Uint8Array } => {
  const answers: Answered[] = [];
  let rest = bytes;
  for (;;) {
    const [first, low, high] = rest;
    if (first === undefined || low === undefined) break;
    const isShort = low < 128;
    if (!isShort && high === undefined) break;
    const length = isShort ? low : (low & 0x7f) + (high ?? 0) * 128;
    const end = (isShort ? 2 : 3) + length;
    if (rest.length < end) break;
    answers.push({ type: first >> 4, body: rest.subarray(isShort ? 2 : 3, end) });
    rest = rest.subarray(end);
  }
  return { answers, rest };
};

/** A client of bytes: a test sends what it likes and sees what comes. */
export interface TestClient extends AsyncDisposable {
  readonly socket: Socket;
  send(...packets: readonly Uint8Array[]): void;
  /** The next packet; undefined once the broker closed the connection. */
  next(): Promise<Answered | undefined>;
  /** What has come and was not taken. */
  readonly waiting: number;
  readonly closed: Promise<void>;
}

export const connectClient = async (port: number): Promise<TestClient> => {
  const socket = connect(port, '127.0.0.1');
  const answers: Answered[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  let wake: () => void = () => undefined;
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isClosed = true;
      wake();
      resolve();
    });
  });
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const taken = take(concatBytes(rest, chunk));
    rest = taken.rest;
    answers.push(...taken.answers);
    wake();
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    socket,
    send: (...packets) => void socket.write(concatBytes(...packets)),
    next: async () => {
      while (answers.length === 0 && !isClosed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return answers.shift();
    },
    get waiting() {
      return answers.length;
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await closed;
    },
  };
};
