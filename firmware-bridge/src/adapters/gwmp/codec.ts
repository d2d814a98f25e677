import { concatBytes, fail, ok, type Result } from '@outpost/schemas/words';
import type { Codec, Cut, Item, Wire } from '../../wire.ts';
import {
  DATAGRAM_MAX_BYTES,
  euiOf,
  type From,
  GATEWAY_HEAD_BYTES,
  gatewayDatagram,
  HEAD_BYTES,
  ID,
  malformed,
  readHead,
  withoutTail,
  writeHead,
} from './datagram.ts';
import type { GwmpCommand, GwmpEvent } from './event.ts';
import { isMembers, type Members, readMembers, SIMULATOR_MARK } from './members.ts';
import { readPushData } from './push-data.ts';
import { type Heard, writeRxpk } from './rxpk.ts';
import { type Stat, writeStat } from './stat.ts';
import { readTxAck, writeTxAck } from './tx-ack.ts';
import { readTxpk, writeTxpk } from './txpk.ts';

const EMPTY = new Uint8Array(0);

/** A datagram is a frame. */
const whole = (_tail: Uint8Array, chunk: Uint8Array): Cut => ({
  frames: [chunk],
  tail: EMPTY,
  discardedBytes: 0,
});

const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const one = <T>(raw: Uint8Array, result: Result<T>): readonly Item<T>[] => [{ raw, result }];

const decodeEvent = (bytes: Uint8Array): readonly Item<GwmpEvent>[] => {
  const head = readHead(bytes);
  if (!head.ok) return one(bytes, head);
  const { version, token, id } = head.value;
  if (id !== ID.pushData && id !== ID.pullData && id !== ID.txAck)
    return one(bytes, ok({ kind: 'other', id }));
  if (bytes.length < GATEWAY_HEAD_BYTES)
    return one(bytes, malformed('short', 'a datagram of a gateway is shorter than its head of 12 bytes.'));
  const from: From = { version, token, eui: euiOf(bytes) };
  if (id === ID.pushData) return readPushData(from, bytes);
  if (id === ID.pullData) return one(bytes, ok({ kind: 'pull', from }));
  const ack = readTxAck(withoutTail(bytes, GATEWAY_HEAD_BYTES));
  return one(bytes, ack.ok ? ok({ kind: 'tx-ack', from, ack: ack.value }) : ack);
};

/** What a forwarder pushes at once. */
export interface Push {
  readonly from: From;
  readonly frames: readonly Pick<Heard, 'bodies'>[];
  readonly stat?: Stat | undefined;
  /** Each item says that it comes from our simulator. */
  readonly simulated?: boolean;
}

/** For the simulator: one PUSH_DATA. What is to be added to an item, as vendors do, comes in `more`. */
export const writePush = ({ from, frames, stat, simulated }: Push, more: Members = {}): Uint8Array => {
  const marked = simulated === true ? { meta: { source: SIMULATOR_MARK } } : {};
  const rxpk = frames.map((frame) => ({ ...writeRxpk(frame), ...more, ...marked }));
  const json = {
    ...(rxpk.length === 0 ? {} : { rxpk }),
    ...(stat === undefined ? {} : { stat: { ...writeStat(stat), ...marked } }),
  };
  return gatewayDatagram(from, ID.pushData, jsonBytes(json));
};

const encodeEvent = (event: GwmpEvent): Uint8Array => {
  switch (event.kind) {
    case 'heard':
      return writePush({ from: event.from, frames: [event], simulated: event.simulated });
    case 'stat':
      return writePush({ from: event.from, frames: [], stat: event.stat, simulated: event.stat.simulated });
    case 'bad':
      return gatewayDatagram(event.from, ID.pushData, jsonBytes({ rxpk: [{}] }));
    case 'push':
      return gatewayDatagram(event.from, ID.pushData, jsonBytes({}));
    case 'pull':
      return gatewayDatagram(event.from, ID.pullData);
    case 'tx-ack': {
      const json = writeTxAck(event.ack);
      return gatewayDatagram(event.from, ID.txAck, json === undefined ? undefined : jsonBytes(json));
    }
    case 'other':
      return writeHead({ version: 2, token: 0, id: event.id });
  }
};

/** What gateways send. A PUSH_DATA is its items and then a `push`. */
export const eventWire: Wire<GwmpEvent> = {
  tailMaxBytes: DATAGRAM_MAX_BYTES,
  cut: whole,
  decode: decodeEvent,
  encode: encodeEvent,
};

const decodeResp = (bytes: Uint8Array): Result<GwmpCommand> => {
  const head = readHead(bytes);
  if (!head.ok) return head;
  const { version, token, id } = head.value;
  const common = { version, token, to: undefined };
  if (id === ID.pushAck) return ok({ kind: 'push-ack', ...common });
  if (id === ID.pullAck) return ok({ kind: 'pull-ack', ...common });
  if (id !== ID.pullResp) return malformed('command', 'a datagram is none that a server sends.');
  const members = readMembers(withoutTail(bytes, HEAD_BYTES));
  if (!members.ok) return members;
  const txpk = members.value['txpk'];
  if (!isMembers(txpk)) return malformed('txpk', 'there is no transmission in it.');
  const item = readTxpk(txpk);
  return item.ok ? ok({ kind: 'pull-resp', ...common, item: item.value }) : fail(item.fault);
};

const encodeCommand = (command: GwmpCommand): Uint8Array => {
  const { version, token } = command;
  switch (command.kind) {
    case 'push-ack':
      return writeHead({ version, token, id: ID.pushAck });
    case 'pull-ack':
      return writeHead({ version, token, id: ID.pullAck });
    case 'pull-resp':
      return concatBytes(
        writeHead({ version, token, id: ID.pullResp }),
        jsonBytes({ txpk: writeTxpk(command.item) }),
      );
  }
};

export const commandWire: Wire<GwmpCommand> = {
  tailMaxBytes: DATAGRAM_MAX_BYTES,
  cut: whole,
  decode: (bytes) => one(bytes, decodeResp(bytes)),
  encode: encodeCommand,
};

/** The protocol between gateways and servers, versions 1 and 2 (sx1302_hal: packet_forwarder/PROTOCOL.md). */
export const gwmpCodec: Codec<GwmpCommand, GwmpEvent> = {
  framing: 'messages',
  command: commandWire,
  event: eventWire,
};
