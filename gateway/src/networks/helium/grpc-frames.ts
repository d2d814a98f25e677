import { concatBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { MESSAGE_MAX_BYTES } from './wire.ts';

/** What stands before a message: whether it is compressed, and its length in 32 bits (gRPC over HTTP/2, "Requests"). */
export const PREFIX_BYTES = 5;

/** One message as it goes over a stream, never compressed. */
export const frameMessage = (message: Uint8Array): Uint8Array => {
  const framed = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, PREFIX_BYTES);
  return framed;
};

/** Cuts what a stream brings into messages. */
export interface Deframer {
  /**
   * The messages that are whole now. A fault is `malformed` (compressed, or longer than any that is expected), and
   * the end of this stream. Keeps at most one message that is not whole.
   */
  take(bytes: Uint8Array): Result<readonly Uint8Array[]>;
}

const bent = (words: string): Result<never> =>
  fail(fault('malformed', 'helium.grpc', 'helium network', words));

export const createDeframer = (): Deframer => {
  let tail = new Uint8Array(0);
  return {
    take: (bytes) => {
      let rest = tail.length === 0 ? bytes : concatBytes(tail, bytes);
      const messages: Uint8Array[] = [];
      while (rest.length >= PREFIX_BYTES) {
        if (rest[0] !== 0) return bent('sent a compressed message, which nobody asked for.');
        const length = new DataView(rest.buffer, rest.byteOffset).getUint32(1);
        if (length > MESSAGE_MAX_BYTES)
          return bent(`announced a message of ${length} bytes; ${MESSAGE_MAX_BYTES} are read at most.`);
        if (rest.length < PREFIX_BYTES + length) break;
        messages.push(rest.slice(PREFIX_BYTES, PREFIX_BYTES + length));
        rest = rest.subarray(PREFIX_BYTES + length);
      }
      tail = rest.slice();
      return ok(messages);
    },
  };
};
