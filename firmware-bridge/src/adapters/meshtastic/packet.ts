import { concatBytes } from '@outpost/schemas/words';
import {
  type Field,
  type FieldKind,
  fieldsOf,
  floatBits,
  floatOf,
  type MessageSchema,
  signed32,
  writeBytes,
  writeFixed32,
  writeVarint,
} from './protobuf.ts';

/** What a packet carries: opened by the radio with a key it has, or closed. */
export type Contents =
  | { readonly kind: 'decoded'; readonly port: number; readonly payload: Uint8Array }
  | { readonly kind: 'encrypted'; readonly payload: Uint8Array };

/** A packet of the mesh as the radio hands it over (`MeshPacket`). */
export interface MeshPacket {
  /** Numbers of nodes. */
  readonly from: number;
  readonly to: number;
  /** The hash of the channel where it is closed, else the radio's own number for it. */
  readonly channel: number;
  readonly contents: Contents;
  readonly id: number;
  /** Seconds since 1970 by the radio's clock, 0 where it has none. */
  readonly rxTime: number;
  /** dB; a float of 32 bits. */
  readonly rxSnr: number;
  readonly hopLimit: number;
  readonly wantAck: boolean;
  /** dBm; 0 where it was not heard by radio. */
  readonly rxRssi: number;
  readonly viaMqtt: boolean;
  readonly hopStart: number;
  readonly nextHop: number;
  readonly relayNode: number;
  /** 1 LoRa, 5 MQTT, 6 UDP; 0 where the firmware does not say. */
  readonly transport: number;
}

/** The highest port there can be. */
const PORT_MAX = 511;

const DATA: MessageSchema = {
  fields: new Map<number, FieldKind>([
    [1, { numberMax: PORT_MAX }],
    [2, { bytesMax: 256 }],
    [3, 'varint'],
    [4, 'fixed32'],
    [5, 'fixed32'],
    [6, 'fixed32'],
    [7, 'fixed32'],
    [8, 'fixed32'],
    [9, 'varint'],
    [10, { bytesMax: 64 }],
  ]),
  ordered: true,
  oneOf: [],
};

/** Three bits of the header. */
const HOPS_MAX = 7;
/** There are eight today. */
const TRANSPORT_MAX = 15;
const DECODED = 4;
const ENCRYPTED = 5;

/** Field numbers of Meshtastic's `mesh.proto`. */
export const PACKET: MessageSchema = {
  fields: new Map<number, FieldKind>([
    [1, 'fixed32'],
    [2, 'fixed32'],
    [3, { numberMax: 255 }],
    [DECODED, DATA],
    [ENCRYPTED, { bytesMax: 256 }],
    [6, 'fixed32'],
    [7, 'fixed32'],
    [8, 'fixed32'],
    [9, { numberMax: HOPS_MAX }],
    [10, { numberMax: 1 }],
    [11, { numberMax: 127 }],
    [12, 'varint'],
    [13, 'varint'],
    [14, { numberMax: 1 }],
    [15, { numberMax: HOPS_MAX }],
    [16, { bytesMax: 32 }],
    [17, { numberMax: 1 }],
    [18, { numberMax: 255 }],
    [19, { numberMax: 255 }],
    [20, 'varint'],
    [21, { numberMax: TRANSPORT_MAX }],
    [22, { numberMax: 1 }],
  ]),
  ordered: true,
  oneOf: [DECODED, ENCRYPTED],
};

const EMPTY = new Uint8Array(0);

const contentsOf = (byNumber: ReadonlyMap<number, Field>): Contents => {
  const encrypted = byNumber.get(ENCRYPTED);
  if (encrypted !== undefined) return { kind: 'encrypted', payload: encrypted.bytes };
  const inner = new Map(
    fieldsOf(byNumber.get(DECODED)?.bytes ?? EMPTY).map((field) => [field.number, field]),
  );
  return { kind: 'decoded', port: inner.get(1)?.value ?? 0, payload: inner.get(2)?.bytes ?? EMPTY };
};

/** Of a message that fits the schema. */
export const readPacket = (message: Uint8Array): MeshPacket => {
  const byNumber = new Map(fieldsOf(message).map((field) => [field.number, field]));
  const number = (field: number): number => byNumber.get(field)?.value ?? 0;
  const rssi = byNumber.get(12);
  return {
    from: number(1),
    to: number(2),
    channel: number(3),
    contents: contentsOf(byNumber),
    id: number(6),
    rxTime: number(7),
    rxSnr: floatOf(number(8)),
    hopLimit: number(9),
    wantAck: number(10) !== 0,
    rxRssi: rssi === undefined ? 0 : signed32(rssi),
    viaMqtt: number(14) !== 0,
    hopStart: number(15),
    nextHop: number(18),
    relayNode: number(19),
    transport: number(21),
  };
};

const writeContents = ({ contents }: MeshPacket): Uint8Array => {
  const { kind, payload } = contents;
  if (kind === 'encrypted') return writeBytes(ENCRYPTED, payload);
  const data = payload.length === 0 ? EMPTY : writeBytes(2, payload);
  return writeBytes(DECODED, concatBytes(writeVarint(1, contents.port), data));
};

export const writePacket = (packet: MeshPacket): Uint8Array =>
  concatBytes(
    writeFixed32(1, packet.from),
    writeFixed32(2, packet.to),
    writeVarint(3, packet.channel),
    writeContents(packet),
    writeFixed32(6, packet.id),
    writeFixed32(7, packet.rxTime),
    writeFixed32(8, floatBits(packet.rxSnr)),
    writeVarint(9, packet.hopLimit),
    writeVarint(10, packet.wantAck ? 1 : 0),
    writeVarint(12, packet.rxRssi),
    writeVarint(14, packet.viaMqtt ? 1 : 0),
    writeVarint(15, packet.hopStart),
    writeVarint(18, packet.nextHop),
    writeVarint(19, packet.relayNode),
    writeVarint(21, packet.transport),
  );

/** Without what it carries: somebody's words, somebody's place. */
export const withoutPayload = (packet: MeshPacket): MeshPacket => ({
  ...packet,
  contents: { ...packet.contents, payload: EMPTY },
});

/**
 * The 16 bytes before the payload as they were on the air (Meshtastic's radio header): to, from, number, flags,
 * hash of the channel, next hop, relay. The hash is 0 where the radio opened the packet and does not tell it.
 */
export const radioHeader = (packet: MeshPacket): Uint8Array => {
  const header = new Uint8Array(16);
  const view = new DataView(header.buffer);
  view.setUint32(0, packet.to, true);
  view.setUint32(4, packet.from, true);
  view.setUint32(8, packet.id, true);
  const flags =
    (packet.hopLimit & 7) |
    (packet.wantAck ? 8 : 0) |
    (packet.viaMqtt ? 16 : 0) |
    ((packet.hopStart & 7) << 5);
  header[12] = flags;
  header[13] = packet.contents.kind === 'encrypted' ? packet.channel & 0xff : 0;
  header[14] = packet.nextHop & 0xff;
  header[15] = packet.relayNode & 0xff;
  return header;
};
