import { type DownlinkFrame, downlinkItems, sentBody } from '@outpost/schemas/radio/gw';
import { fromHex, type ReceptionBody } from '@outpost/schemas/words';
import { commandWire, eventWire } from './codec.ts';

/** No MQTT message has a topic without a letter, so no frame of one begins like this. */
const MARK_BYTES = 2;
const LENGTH_BYTES = 4;
const HEAD_BYTES = MARK_BYTES + LENGTH_BYTES;

/**
 * What stands in a leaf for a frame that a gateway sent: two zero bytes, the length of the downlink (u32, big-endian),
 * the message with the downlink as it was asked for, and the message with the gateway's answer.
 */
export const sentRaw = (asked: Uint8Array, answered: Uint8Array): Uint8Array => {
  const raw = new Uint8Array(HEAD_BYTES + asked.length + answered.length);
  new DataView(raw.buffer).setUint32(MARK_BYTES, asked.length);
  raw.set(asked, HEAD_BYTES);
  raw.set(answered, HEAD_BYTES + asked.length);
  return raw;
};

export const isSentRaw = (raw: Uint8Array): boolean =>
  raw.length > HEAD_BYTES && raw[0] === 0 && raw[1] === 0;

/** The frame that a gateway said it sends; undefined where the bytes do not say so. */
export const readSent = (raw: Uint8Array): ReceptionBody | undefined => {
  if (!isSentRaw(raw)) return undefined;
  const length = new DataView(raw.buffer, raw.byteOffset).getUint32(MARK_BYTES);
  const asked = commandWire.decode(raw.subarray(HEAD_BYTES, HEAD_BYTES + length))[0]?.result;
  const answered = eventWire.decode(raw.subarray(HEAD_BYTES + length))[0]?.result;
  if (asked?.ok !== true || answered?.ok !== true || answered.value.kind !== 'ack') return undefined;
  const { frame, to } = asked.value;
  const { statuses, downlinkId, from } = answered.value;
  if (frame.downlinkId !== downlinkId || to.gateway !== from.gateway) return undefined;
  const items = downlinkItems(frame as DownlinkFrame);
  const item = items.ok ? items.value[statuses.indexOf('OK')] : undefined;
  const eui = fromHex(from.gateway);
  return item === undefined || eui === undefined ? undefined : sentBody(eui, item);
};
