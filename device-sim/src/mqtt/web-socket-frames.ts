import { concatBytes } from '@outpost/schemas/words';
import type { Random } from '../random/sfc32.ts';

/** The client's half of a WebSocket as bytes (RFC 6455), for senders that damage it. */

const HOST = '127.0.0.1';
/** Sixteen bytes in base64, as §4.1 asks for; the answer to it is not looked at. */
const KEY = 'AAECAwQFBgcICQoLDA0ODw==';

export const upgradeRequest = (port: number, protocol = 'mqtt'): Uint8Array =>
  new TextEncoder().encode(
    `GET / HTTP/1.1\r\nHost: ${HOST}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  );

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameShape {
  readonly opcode: number;
  readonly isLast: boolean;
}

/** One masked frame (§5.2). */
export const maskedFrame = (
  chance: Random,
  payload: Uint8Array,
  { opcode, isLast }: FrameShape,
): Uint8Array => {
  const { length } = payload;
  const size =
    length < 126
      ? [0x80 | length]
      : length < 65_536
        ? [0x80 | 126, length >> 8, length & 0xff]
        : [
            0x80 | 127,
            0,
            0,
            0,
            0,
            (length >>> 24) & 0xff,
            (length >> 16) & 0xff,
            (length >> 8) & 0xff,
            length & 0xff,
          ];
  const mask = chance.bytes(4);
  const masked = payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0));
  return concatBytes(Uint8Array.of((isLast ? 0x80 : 0) | opcode, ...size), mask, masked);
};

/**
 * Takes the payloads out of what a server sends: frames without a mask, behind the head of its HTTP answer. Each payload is
 * handed to `see`.
 */
export const newServerFrames = (see: (payload: Uint8Array) => void): ((chunk: Uint8Array) => void) => {
  let tail: Uint8Array = new Uint8Array(0);
  let isHead = true;
  const end = new TextEncoder().encode('\r\n\r\n');
  return (chunk) => {
    tail = concatBytes(tail, chunk);
    if (isHead) {
      const at = tail.findIndex((_, from) => end.every((byte, offset) => tail[from + offset] === byte));
      if (at < 0) return;
      isHead = false;
      tail = tail.slice(at + end.length);
    }
    for (;;) {
      const [, size = 0, high = 0, low = 0] = tail;
      // Nothing that a broker says to these senders is longer than 64 KiB.
      const start = size < 126 ? 2 : 4;
      const length = size < 126 ? size : (high << 8) | low;
      if (tail.length < start || tail.length < start + length) return;
      see(tail.slice(start, start + length));
      tail = tail.slice(start + length);
    }
  };
};
