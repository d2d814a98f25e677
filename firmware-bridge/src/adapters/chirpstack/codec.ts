import {
  CONN_STATE,
  DOWNLINK_FRAME,
  DOWNLINK_TX_ACK,
  GATEWAY_STATS,
  type GatewayTopic,
  gwEncodingOf,
  readGw,
  readTopic,
  receptionOf,
  statisticsOf,
  topicOf,
  UPLINK_FRAME,
  writeGw,
  writeStatistics,
  writeUplink,
} from '@outpost/schemas/radio/gw';
import { fail, fault, ok, type ReceptionBody, type Result } from '@outpost/schemas/words';
import { readMessage, writeMessage } from '../../message.ts';
import type { Codec, Cut, Item, Wire } from '../../wire.ts';
import type { From, GwCommand, GwEvent } from './event.ts';

/** Longer messages than any uplink, statistic or downlink; an MQTT port has its own limit above it. */
export const MESSAGE_MAX_BYTES = 65_536;

/** What our simulator says of itself in the metadata of each message; nothing else prints it. */
export const SIMULATOR_MARK = 'Outpost simulator';
const SIMULATED: ReadonlyMap<string, string> = new Map([['source', SIMULATOR_MARK]]);
const NO_METADATA: ReadonlyMap<string, string> = new Map();

const isMarked = (metadata: ReadonlyMap<string, string>): boolean =>
  metadata.get('source') === SIMULATOR_MARK;

const otherGateway = (): Result<never> => {
  const words = 'names another gateway than its topic does.';
  return fail(fault('malformed', 'chirpstack.gateway', 'message', words));
};

const readUp = (from: From, payload: Uint8Array): Result<GwEvent> => {
  const read = readGw(UPLINK_FRAME, payload);
  if (!read.ok) return read;
  const body = receptionOf(read.value);
  if (!body.ok) return body;
  const { gatewayId = '', metadata = NO_METADATA, context } = read.value.rxInfo ?? {};
  if (gatewayId !== from.gateway) return otherGateway();
  const counts = context === undefined || context.length === 0 ? undefined : body.value.tmst !== undefined;
  return ok({ kind: 'heard', from, bodies: [body.value], simulated: isMarked(metadata), counts });
};

const readStats = (from: From, payload: Uint8Array): Result<GwEvent> => {
  const read = readGw(GATEWAY_STATS, payload);
  if (!read.ok) return read;
  const { gatewayId, metadata } = read.value;
  if (gatewayId !== from.gateway) return otherGateway();
  const bodies = statisticsOf(read.value, gatewayId);
  return ok({ kind: 'stats', from, bodies, simulated: isMarked(metadata), counts: undefined });
};

const readAck = (from: From, payload: Uint8Array): Result<GwEvent> => {
  const read = readGw(DOWNLINK_TX_ACK, payload);
  if (!read.ok) return read;
  const { gatewayId, downlinkId, items } = read.value;
  if (gatewayId !== from.gateway) return otherGateway();
  return ok({ kind: 'ack', from, downlinkId, statuses: items.map(({ status }) => status) });
};

const readConn = (from: From, payload: Uint8Array): Result<GwEvent> => {
  const read = readGw(CONN_STATE, payload);
  if (!read.ok) return read;
  if (read.value.gatewayId !== from.gateway) return otherGateway();
  return ok({ kind: 'conn', from, online: read.value.state === 'ONLINE' });
};

const READERS: ReadonlyMap<string, (from: From, payload: Uint8Array) => Result<GwEvent>> = new Map([
  ['event/up', readUp],
  ['event/stats', readStats],
  ['event/ack', readAck],
  ['state/conn', readConn],
]);

const fromOf = ({ prefix, gateway }: GatewayTopic, payload: Uint8Array): From => ({
  prefix,
  gateway,
  encoding: gwEncodingOf(payload),
});

const readEvent = (frame: Uint8Array): Result<GwEvent> => {
  const message = readMessage(frame);
  if (!message.ok) return message;
  const topic = readTopic(message.value.topic);
  if (!topic.ok) return topic;
  const from = fromOf(topic.value, message.value.payload);
  const what = `${topic.value.family}/${topic.value.name}`;
  const reader = READERS.get(what);
  return reader === undefined ? ok({ kind: 'other', from, what }) : reader(from, message.value.payload);
};

const messageTo = (from: From, what: 'event' | 'state', name: string, payload: Uint8Array): Uint8Array =>
  writeMessage({ topic: topicOf(from, what, name), payload });

/** For the simulator. */
const writeEvent = (event: GwEvent): Uint8Array => {
  const { from } = event;
  const { gateway: gatewayId, encoding } = from;
  switch (event.kind) {
    case 'heard': {
      const [body] = event.bodies as readonly ReceptionBody[];
      if (body === undefined) throw new Error('An uplink without a reception cannot be written.');
      const metadata = event.simulated ? SIMULATED : NO_METADATA;
      const uplink = writeUplink(body, { uplinkId: body.tmst ?? 0, metadata });
      return messageTo(from, 'event', 'up', writeGw(UPLINK_FRAME, uplink, encoding));
    }
    case 'stats': {
      const metadata = event.simulated ? SIMULATED : NO_METADATA;
      const stats = { ...writeStatistics(event.bodies), gatewayId, metadata };
      return messageTo(from, 'event', 'stats', writeGw(GATEWAY_STATS, stats, encoding));
    }
    case 'ack': {
      const items = event.statuses.map((status) => ({ status }));
      const ack = { gatewayId, downlinkId: event.downlinkId, items };
      return messageTo(from, 'event', 'ack', writeGw(DOWNLINK_TX_ACK, ack, encoding));
    }
    case 'conn': {
      const state = { gatewayId, state: event.online ? ('ONLINE' as const) : ('OFFLINE' as const) };
      return messageTo(from, 'state', 'conn', writeGw(CONN_STATE, state, encoding));
    }
    case 'other':
      return writeMessage({
        topic: `${from.prefix}gateway/${gatewayId}/${event.what}`,
        payload: new Uint8Array(),
      });
  }
};

const whole = (_tail: Uint8Array, chunk: Uint8Array): Cut => ({
  frames: [chunk],
  tail: new Uint8Array(),
  discardedBytes: 0,
});

const one = <T>(raw: Uint8Array, read: (frame: Uint8Array) => Result<T>): readonly Item<T>[] => [
  { raw, result: raw.length > MESSAGE_MAX_BYTES ? tooLong() : read(raw) },
];

const tooLong = (): Result<never> =>
  fail(fault('malformed', 'chirpstack.length', 'message', `is longer than ${MESSAGE_MAX_BYTES} B.`));

export const eventWire: Wire<GwEvent> = {
  tailMaxBytes: MESSAGE_MAX_BYTES,
  cut: whole,
  decode: (frame) => one(frame, readEvent),
  encode: writeEvent,
};

const readCommand = (frame: Uint8Array): Result<GwCommand> => {
  const message = readMessage(frame);
  if (!message.ok) return message;
  const topic = readTopic(message.value.topic);
  if (!topic.ok) return topic;
  const { family, name } = topic.value;
  if (family !== 'command' || name !== 'down') {
    return fail(fault('malformed', 'chirpstack.command', 'message', 'is no downlink.'));
  }
  const read = readGw(DOWNLINK_FRAME, message.value.payload);
  if (!read.ok) return read;
  if (read.value.gatewayId !== topic.value.gateway) return otherGateway();
  return ok({ to: fromOf(topic.value, message.value.payload), frame: read.value });
};

export const commandWire: Wire<GwCommand> = {
  tailMaxBytes: MESSAGE_MAX_BYTES,
  cut: whole,
  decode: (frame) => one(frame, readCommand),
  encode: ({ to, frame }) =>
    writeMessage({
      topic: topicOf(to, 'command', 'down'),
      payload: writeGw(DOWNLINK_FRAME, frame, to.encoding),
    }),
};

/** ChirpStack's gateway side over MQTT, in both encodings of `gw`; each message is one frame. */
export const chirpstackCodec: Codec<GwCommand, GwEvent> = {
  framing: 'messages',
  command: commandWire,
  event: eventWire,
};
