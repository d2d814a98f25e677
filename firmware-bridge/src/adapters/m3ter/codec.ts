import { fail, fault, fromBase64, fromHex, ok, type Result } from '@outpost/schemas/words';
import { type Message, readMessage, writeMessage } from '../../message.ts';
import { wholeMessage } from '../../mqtt/message-wire.ts';
import type { Codec, Wire } from '../../wire.ts';
import { type M3terPayload, PAYLOAD_MAX_BYTES, readPayload, writePayload } from './payload.ts';

/** A payload with the message that brought it. */
export interface M3terMessage {
  readonly topic: string;
  readonly payload: M3terPayload;
}

const OPEN_BRACE = 0x7b;
/** An event of a network server says much besides. */
const JSON_MAX_BYTES = 16 * 1024;
const HEX = /^(?:0x)?([0-9a-fA-F]+)\s*$/;

const malformed = (words: string): Result<never> => fail(fault('malformed', 'm3ter.message', 'm3ter', words));

/** The `data` of an uplink event of ChirpStack's MQTT integration; undefined where this is no such event. */
const dataOf = (bytes: Uint8Array): Uint8Array | undefined => {
  if (bytes[0] !== OPEN_BRACE || bytes.length > JSON_MAX_BYTES) return undefined;
  try {
    const event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    const { data } = event as { readonly data?: unknown };
    return typeof data === 'string' ? fromBase64(data) : undefined;
  } catch {
    return undefined;
  }
};

const hexOf = (bytes: Uint8Array): Uint8Array | undefined => {
  if (bytes.length < 2 * 72 || bytes.length > 2 * PAYLOAD_MAX_BYTES + 8) return undefined;
  const digits = HEX.exec(new TextDecoder().decode(bytes))?.[1];
  return digits === undefined ? undefined : fromHex(digits.toLowerCase());
};

/** A payload's bytes as they are, in hex, or in an event of a LoRaWAN network server; undefined where there are none. */
export const payloadBytesIn = (bytes: Uint8Array): Uint8Array | undefined => {
  const found = dataOf(bytes) ?? hexOf(bytes) ?? bytes;
  return found.length <= PAYLOAD_MAX_BYTES ? found : undefined;
};

export const payloadIn = (bytes: Uint8Array): Result<M3terPayload> => {
  const found = payloadBytesIn(bytes);
  return found === undefined
    ? malformed('is no payload of an M3ter, nor an event that brings one.')
    : readPayload(found);
};

/** Nothing is ever told to a meter from here; whatever is written goes as it is. */
const command: Wire<Message> = {
  tailMaxBytes: 0,
  cut: wholeMessage,
  decode: (frame) => [{ raw: frame, result: readMessage(frame) }],
  encode: writeMessage,
};

const event: Wire<M3terMessage> = {
  tailMaxBytes: 0,
  cut: wholeMessage,
  decode: (frame) => {
    const message = readMessage(frame);
    if (!message.ok) return [{ raw: frame, result: message }];
    const payload = payloadIn(message.value.payload);
    const { topic } = message.value;
    return [{ raw: frame, result: payload.ok ? ok({ topic, payload: payload.value }) : payload }];
  },
  encode: ({ topic, payload }) => writeMessage({ topic, payload: writePayload(payload) }),
};

export const m3terCodec: Codec<Message, M3terMessage> = { framing: 'messages', command, event };
