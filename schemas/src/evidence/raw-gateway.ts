import { readTopic } from '../radio/gw/readings/topic.ts';
import { toHex } from '../words/index.ts';

const PUSH_DATA = 0;
const PUSH_DATA_HEAD_BYTES = 12;
const BRACE = 0x7b;
const TOPIC_MAX_BYTES = 256;

/** PUSH_DATA of the Semtech UDP protocol (PROTOCOL.md §4): version, token, 0, EUI, then JSON. */
const pushDataGateway = (raw: Uint8Array): string | undefined => {
  const [version, , , id] = raw;
  const isPushData = (version === 1 || version === 2) && id === PUSH_DATA;
  return isPushData && raw[PUSH_DATA_HEAD_BYTES] === BRACE
    ? toHex(raw.subarray(4, PUSH_DATA_HEAD_BYTES))
    : undefined;
};

/** An MQTT message of ChirpStack's: length of the topic (u16), topic, payload, as the box keeps messages. */
const topicGateway = (raw: Uint8Array): string | undefined => {
  const length = ((raw[0] ?? 0) << 8) | (raw[1] ?? 0);
  if (length === 0 || length > TOPIC_MAX_BYTES || raw.length < 2 + length) return undefined;
  const topic = readTopic(new TextDecoder().decode(raw.subarray(2, 2 + length)));
  return topic.ok ? topic.value.gateway : undefined;
};

/** Which LoRa gateway a leaf's raw bytes are of, and whether they came through a broker. */
export interface RawGateway {
  /** EUI, 16 digits of lower-case hex. */
  readonly eui: string;
  readonly isQueued: boolean;
}

/** A place or a count that a gateway says of itself does not name it; what stands in front of it in its frame does. */
export const rawGateway = (raw: Uint8Array): RawGateway | undefined => {
  const byTopic = topicGateway(raw);
  if (byTopic !== undefined) return { eui: byTopic, isQueued: true };
  const eui = pushDataGateway(raw);
  return eui === undefined ? undefined : { eui, isQueued: false };
};
