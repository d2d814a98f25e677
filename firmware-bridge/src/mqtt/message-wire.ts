import { type Message, readMessage, writeMessage } from '../message.ts';
import type { Codec, Wire } from '../wire.ts';

/** Nothing is ever left over of a message. */
export const wholeMessage = (tail: Uint8Array, chunk: Uint8Array) => ({
  frames: [chunk],
  tail,
  discardedBytes: 0,
});

const wire: Wire<Message> = {
  tailMaxBytes: 0,
  cut: wholeMessage,
  decode: (frame) => [{ raw: frame, result: readMessage(frame) }],
  encode: writeMessage,
};

/** Messages as they are, for devices whose language is known to their owner only. */
export const messageCodec: Codec<Message, Message> = { framing: 'messages', command: wire, event: wire };
