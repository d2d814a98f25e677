import { type Message, readMessage } from '@outpost/firmware-bridge';
import {
  DOWNLINK_FRAME,
  DOWNLINK_TX_ACK,
  type DownlinkFrame,
  downlinkItems,
  GATEWAY_STATS,
  type GwEncoding,
  readGw,
  readTopic,
  TX_ACK_STATUSES,
  type TxAckStatus,
  topicOf,
  UPLINK_FRAME,
  writeGw,
  writeStatistics,
  writeUplink,
} from '@outpost/schemas/radio/gw';
import {
  type Body,
  type DownlinkItem,
  fail,
  fault,
  type OrderOutcome,
  ok,
  type ReceptionBody,
  type Result,
  toHex,
} from '@outpost/schemas/words';
import type { LiveDelivery } from '../contract.ts';

/** How this side writes. */
export interface Style {
  readonly prefix: string;
  readonly encoding: GwEncoding;
}

/** The message of a ChirpStack gateway that a reading stands in; undefined where it came otherwise. */
export const originalOf = ({ prefix }: Style, { raw }: LiveDelivery): Message | undefined => {
  const message = readMessage(raw);
  const topic = message.ok ? readTopic(message.value.topic) : message;
  if (!message.ok || !topic.ok || topic.value.family !== 'event') return undefined;
  const { name, gateway } = topic.value;
  if (name !== 'up' && name !== 'stats') return undefined;
  return { topic: topicOf({ prefix, gateway }, 'event', name), payload: message.value.payload };
};

/** The same for the same reading, whenever it is sent: a second one can be told by it. */
export const uplinkIdOf = ({ epoch, sequence }: Pick<LiveDelivery, 'epoch' | 'sequence'>): number => {
  const start = new DataView(epoch.buffer, epoch.byteOffset).getUint32(0);
  return (start + sequence) % 2 ** 32 || 1;
};

const isoOf = (wall: bigint): string => new Date(Number(wall / 1_000_000n)).toISOString();

/** An uplink as ChirpStack wants it; when it was heard stands in its metadata, because it may come hours later. */
export const uplinkMessage = (
  { prefix, encoding }: Style,
  delivery: LiveDelivery,
  body: ReceptionBody,
  gateway: Uint8Array,
): Message => {
  const metadata = new Map([['received_at', isoOf(delivery.wall)]]);
  const frame = writeUplink(body, { uplinkId: uplinkIdOf(delivery), metadata });
  const topic = topicOf({ prefix, gateway: toHex(gateway) }, 'event', 'up');
  return { topic, payload: writeGw(UPLINK_FRAME, frame, encoding) };
};

/** @param bodies the counts of one interval */
export const statsMessage = (
  { prefix, encoding }: Style,
  { wall }: LiveDelivery,
  gateway: string,
  bodies: readonly Body[],
): Message => ({
  topic: topicOf({ prefix, gateway }, 'event', 'stats'),
  payload: writeGw(GATEWAY_STATS, { ...writeStatistics(bodies), gatewayId: gateway, time: wall }, encoding),
});

/** What ChirpStack wants a gateway to send. */
export interface Downlink {
  readonly gateway: string;
  readonly downlinkId: number;
  readonly items: readonly DownlinkItem[];
}

export type ChirpstackCommand =
  | { readonly kind: 'down'; readonly downlink: Downlink }
  | { readonly kind: 'other' };

/** Reads what came under a command topic. A fault is `malformed`. */
export const readCommand = ({ topic, payload }: Message): Result<ChirpstackCommand> => {
  const where = readTopic(topic);
  if (!where.ok) return where;
  const { family, name, gateway } = where.value;
  if (family !== 'command' || name !== 'down') return ok({ kind: 'other' });
  const frame: Result<DownlinkFrame> = readGw(DOWNLINK_FRAME, payload);
  if (!frame.ok) return frame;
  if (frame.value.gatewayId !== gateway) {
    return fail(
      fault('malformed', 'chirpstack.gateway', 'message', 'names another gateway than its topic does.'),
    );
  }
  const items = downlinkItems(frame.value);
  if (!items.ok) return items;
  const downlink = { gateway, downlinkId: frame.value.downlinkId, items: items.value };
  return ok({ kind: 'down', downlink });
};

/** Codes of ours that have another name there. */
const STATUSES: ReadonlyMap<string, TxAckStatus> = new Map<string, TxAckStatus>([
  ['', 'IGNORED'],
  ['frequency', 'TX_FREQ'],
  ['power', 'TX_POWER'],
  ['duty-cycle', 'DUTY_CYCLE_OVERFLOW'],
  ['busy', 'QUEUE_FULL'],
  ['ledger-full', 'QUEUE_FULL'],
]);

const statusOf = (code: string): TxAckStatus => {
  const name = code.toUpperCase().replaceAll('-', '_');
  return STATUSES.get(code) ?? TX_ACK_STATUSES.find((status) => status === name) ?? 'INTERNAL_ERROR';
};

/** One status for each item; where nothing was sent at least one of them says why. */
export const statusesOf = (outcome: OrderOutcome, items: number): readonly TxAckStatus[] => {
  if (outcome.kind === 'done') {
    return Array.from({ length: items }, (_, at) => (at === (outcome.item ?? 0) ? 'OK' : 'IGNORED'));
  }
  const codes = outcome.items ?? [];
  const statuses = Array.from({ length: items }, (_, at) => statusOf(codes[at] ?? ''));
  return statuses.every((status) => status === 'IGNORED')
    ? statuses.map(() => statusOf(outcome.code))
    : statuses;
};

export const ackMessage = (
  { prefix, encoding }: Style,
  { gateway, downlinkId, items }: Downlink,
  outcome: OrderOutcome,
): Message => {
  const statuses = statusesOf(outcome, items.length).map((status) => ({ status }));
  const ack = { gatewayId: gateway, downlinkId, items: statuses };
  return {
    topic: topicOf({ prefix, gateway }, 'event', 'ack'),
    payload: writeGw(DOWNLINK_TX_ACK, ack, encoding),
  };
};
