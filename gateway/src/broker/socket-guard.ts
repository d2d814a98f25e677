import type { Connection } from './aedes.ts';

/** Fixed headers of MQTT 3.1.1 §2.2: a type, then at most four bytes of length. */
const LENGTH_BYTES_MAX = 4;

/**
 * Reads nothing but lengths, over any cut of the bytes. False once a packet announces more than `maxBytes`, or a
 * length that is none: a parser that gathers a packet first can be made to hold 256 MiB by five bytes.
 */
export const newLengthScan = (maxBytes: number): ((chunk: Uint8Array) => boolean) => {
  let bodyBytes = 0;
  let digits = -1;
  let length = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (bodyBytes > 0) {
        const taken = Math.min(bodyBytes, chunk.length - at);
        bodyBytes -= taken;
        at += taken;
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      if (digits < 0) {
        digits = 0;
        length = 0;
        continue;
      }
      length += (byte & 0x7f) * 128 ** digits;
      digits += 1;
      if (byte >= 0x80) {
        if (digits === LENGTH_BYTES_MAX) return false;
        continue;
      }
      if (length > maxBytes) return false;
      bodyBytes = length;
      digits = -1;
    }
    return true;
  };
};

export interface SocketLimits {
  readonly packetMaxBytes: number;
  readonly unsentMaxBytes: number;
}

/** Why a guard cut a connection off. */
export type Cut = 'packet-too-long' | 'receiver-stalled';

/** What sees the bytes of a connection before the engine does, once it is known whose they are. */
export interface Tap {
  /** Nothing is read now. The connection says `readable` once more when that is over. */
  readonly isHolding: boolean;
  /** Gives back what the engine shall see, or null. */
  take(chunk: Uint8Array): Uint8Array | null;
}

export interface SocketGuard {
  tap(tap: Tap): void;
}

/**
 * Stands between a connection and whoever speaks MQTT over it. Reading: no packet longer than the limit gets through,
 * and nothing is read from who does not take its answers. Writing: never says that it is full, so that nobody waits
 * for one receiver; what may wait for it is bounded here and where messages are forwarded. `cut` is called once.
 */
export const guardSocket = (
  connection: Connection,
  { packetMaxBytes, unsentMaxBytes }: SocketLimits,
  cut: (why: Cut) => void,
): SocketGuard => {
  const admit = newLengthScan(packetMaxBytes);
  const read = connection.read.bind(connection);
  const write = connection.write.bind(connection);
  let isCut = false;
  let tap: Tap | undefined;
  const end = (why: Cut): null => {
    if (!isCut) cut(why);
    isCut = true;
    connection.destroy();
    return null;
  };
  connection.read = (size) => {
    if (isCut || tap?.isHolding === true) return null;
    if (connection.writableLength > unsentMaxBytes) return end('receiver-stalled');
    const chunk = read(size);
    if (chunk === null) return null;
    if (!admit(chunk)) return end('packet-too-long');
    return tap === undefined ? chunk : tap.take(chunk);
  };
  connection.write = (...args) => {
    write(...args);
    return true;
  };
  return {
    tap: (given) => {
      tap = given;
    },
  };
};
