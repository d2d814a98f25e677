import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** One MQTT message; the topic is as much a part of what was said as the payload. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

const LENGTH_BYTES = 2;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The topic's length is a 16-bit number (MQTT 3.1.1 §1.5.3). */
export const TOPIC_MAX_BYTES = 0xff_ff;

/**
 * A message as one frame: length of the topic (u16, big-endian), topic in UTF-8, payload. It is the shape that a
 * PUBLISH has on the wire without its packet identifier (MQTT 3.1.1 §3.3.2.1).
 */
export const writeMessage = ({ topic, payload }: Message): Uint8Array => {
  const name = new TextEncoder().encode(topic);
  if (name.length > TOPIC_MAX_BYTES) {
    throw new Error(`A topic of ${name.length} B cannot be written; ${TOPIC_MAX_BYTES} B is the most.`);
  }
  const frame = new Uint8Array(LENGTH_BYTES + name.length + payload.length);
  new DataView(frame.buffer).setUint16(0, name.length);
  frame.set(name, LENGTH_BYTES);
  frame.set(payload, LENGTH_BYTES + name.length);
  return frame;
};

const malformed = (words: string): Result<Message> =>
  fail(fault('malformed', 'message.frame', 'message', words));

/** The payload is a view of the frame. A fault is `malformed`. */
export const readMessage = (frame: Uint8Array): Result<Message> => {
  if (frame.length < LENGTH_BYTES) return malformed('is too short for the length of a topic.');
  const length = ((frame[0] ?? 0) << 8) | (frame[1] ?? 0);
  const end = LENGTH_BYTES + length;
  if (end > frame.length) return malformed('ends within its topic.');
  try {
    const topic = UTF8.decode(frame.subarray(LENGTH_BYTES, end));
    return ok({ topic, payload: frame.subarray(end) });
  } catch {
    return malformed('has a topic that is no UTF-8.');
  }
};
