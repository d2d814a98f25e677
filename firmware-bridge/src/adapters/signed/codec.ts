import { type Message, readMessage, writeMessage } from '../../message.ts';
import { wholeMessage } from '../../mqtt/message-wire.ts';
import type { Codec, Wire } from '../../wire.ts';
import { readSigned, type SignedReading } from './form.ts';

/** Nothing is ever told to such a device; whatever is written goes as it is. */
const command: Wire<Message> = {
  tailMaxBytes: 0,
  cut: wholeMessage,
  decode: (frame) => [{ raw: frame, result: readMessage(frame) }],
  encode: writeMessage,
};

/** A message whose payload is a signed reading, in one of the two forms. */
export interface SignedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly reading: SignedReading;
}

const event: Wire<SignedMessage> = {
  tailMaxBytes: 0,
  cut: wholeMessage,
  decode: (frame) => {
    const message = readMessage(frame);
    if (!message.ok) return [{ raw: frame, result: message }];
    const reading = readSigned(message.value.payload);
    const result = reading.ok
      ? { ok: true as const, value: { ...message.value, reading: reading.value } }
      : reading;
    return [{ raw: frame, result }];
  },
  // The payload as it was signed: signed bytes are never made a second time.
  encode: writeMessage,
};

export const signedCodec: Codec<Message, SignedMessage> = { framing: 'messages', command, event };
