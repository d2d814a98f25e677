import type { Result } from '../../words/index.ts';
import { readBinary } from './binary-read.ts';
import { writeBinary } from './binary-write.ts';
import type { Given, Message } from './field.ts';
import type { Looked } from './given.ts';
import { readJson } from './json-read.ts';
import { writeJson } from './json-write.ts';

export * from './downlink.ts';
export type { Given, Message, MessageType, ValueOf } from './field.ts';
export * from './gateway.ts';
export {
  type DownlinkFrame,
  downlinkItems,
  sentBody,
  wholeDbm,
  writeDownlink,
} from './readings/downlink.ts';
export { type GatewayStats, statisticsOf, writeStatistics } from './readings/statistics.ts';
export { type GatewayTopic, readTopic, topicOf } from './readings/topic.ts';
export { receptionOf, type UplinkExtra, type UplinkFrame, writeUplink } from './readings/uplink.ts';
export * from './shared.ts';
export * from './uplink.ts';

/** The two ways in which ChirpStack's gateway side writes a message. */
export type GwEncoding = 'protobuf' | 'json';

const BRACE = 0x7b;

/** No `gw` message of protobuf can begin as an object of JSON does: it would be a group. */
export const gwEncodingOf = (payload: Uint8Array): GwEncoding => (payload[0] === BRACE ? 'json' : 'protobuf');

/** Reads either encoding. Fields that are not in the table are passed over. A fault is `malformed`. */
export const readGw = <Value>(message: Message<Value>, payload: Uint8Array): Result<Value> =>
  gwEncodingOf(payload) === 'json' ? readJson(message, payload) : readBinary(message, payload);

/**
 * Protobuf comes out byte for byte as `@chirpstack/chirpstack-api` 4.19 writes it, map keys in order of their texts;
 * JSON is protojson without absent fields. Throws a Bug for a value that its field cannot hold.
 */
export const writeGw = <Value>(
  message: Message<Value>,
  value: Given<Value>,
  encoding: GwEncoding,
): Uint8Array =>
  encoding === 'json'
    ? new TextEncoder().encode(writeJson(message, value as Looked))
    : writeBinary(message, value as Looked);
