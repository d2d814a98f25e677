import { asciiBytes, asciiText, concatBytes, fail, fault, ok } from '@outpost/schemas/words';
import type { Codec, Wire } from '../../wire.ts';
import { type MeshPacket, PACKET, readPacket, writePacket } from './packet.ts';
import {
  ANY_MESSAGE,
  type Field,
  type FieldKind,
  fieldsOf,
  type MessageSchema,
  writeBytes,
  writeVarint,
} from './protobuf.ts';
import { frameOf, messageIn, streamCutter, TAIL_MAX_BYTES } from './stream.ts';

/** What the radio says (`FromRadio`). */
export type MeshtasticEvent =
  | { readonly kind: 'packet'; readonly packet: MeshPacket }
  /** `MyNodeInfo`: the number of the radio's own node, and the name its maker gave it, if any. */
  | { readonly kind: 'my-info'; readonly node: number; readonly device: string }
  /** Everything that `want-config` asked for was said. */
  | { readonly kind: 'config-complete'; readonly id: number }
  | { readonly kind: 'rebooted' }
  | { readonly kind: 'metadata'; readonly firmware: string }
  /** Anything else, by its field number. */
  | { readonly kind: 'other'; readonly field: number; readonly bytes: Uint8Array };

/** What it is told (`ToRadio`). */
export type MeshtasticCommand =
  | { readonly kind: 'want-config'; readonly id: number }
  | { readonly kind: 'heartbeat' };

const PACKET_FIELD = 2;
const MY_INFO_FIELD = 3;
const COMPLETE_FIELD = 7;
const REBOOTED_FIELD = 8;
const METADATA_FIELD = 13;
/** Variants known today end at 19. */
const VARIANT_MAX = 31;

const variants: readonly number[] = Array.from({ length: VARIANT_MAX - 1 }, (_, index) => index + 2);

const FROM_RADIO: MessageSchema = {
  fields: new Map<number, FieldKind>([
    [1, 'varint'],
    ...variants.map((number) => [number, ANY_MESSAGE] as const),
    [PACKET_FIELD, PACKET],
    [COMPLETE_FIELD, 'varint'],
    [REBOOTED_FIELD, 'varint'],
  ]),
  ordered: true,
  oneOf: variants,
};

const WANT_CONFIG = 3;
const HEARTBEAT = 7;

const TO_RADIO: MessageSchema = {
  fields: new Map<number, FieldKind>([
    [1, PACKET],
    [WANT_CONFIG, 'varint'],
    [4, 'varint'],
    [HEARTBEAT, ANY_MESSAGE],
  ]),
  ordered: true,
  oneOf: [1, WANT_CONFIG, 4, HEARTBEAT],
};

/** Text of a maker; anything that is no plain text is left out. */
const textOf = (field: Field | undefined): string =>
  asciiText(field?.bytes ?? new Uint8Array(0))
    .replaceAll(/[^\x20-\x7e]/g, '')
    .slice(0, 64);

const eventOf = (message: Uint8Array): MeshtasticEvent | undefined => {
  const field = fieldsOf(message).find(({ number }) => number !== 1);
  if (field === undefined) return undefined;
  const inner = (number: number): Field | undefined =>
    fieldsOf(field.bytes).find((each) => each.number === number);
  switch (field.number) {
    case PACKET_FIELD:
      return { kind: 'packet', packet: readPacket(field.bytes) };
    case MY_INFO_FIELD:
      return { kind: 'my-info', node: inner(1)?.value ?? 0, device: textOf(inner(12)) };
    case COMPLETE_FIELD:
      return { kind: 'config-complete', id: field.value };
    case REBOOTED_FIELD:
      return { kind: 'rebooted' };
    case METADATA_FIELD:
      return { kind: 'metadata', firmware: textOf(inner(1)) };
    default:
      return { kind: 'other', field: field.number, bytes: field.bytes };
  }
};

const messageOf = (event: MeshtasticEvent): Uint8Array => {
  switch (event.kind) {
    case 'packet':
      return writeBytes(PACKET_FIELD, writePacket(event.packet));
    case 'my-info': {
      const device = event.device === '' ? new Uint8Array(0) : writeBytes(12, asciiBytes(event.device));
      return writeBytes(MY_INFO_FIELD, concatBytes(writeVarint(1, event.node), device));
    }
    case 'config-complete':
      return writeVarint(COMPLETE_FIELD, event.id);
    case 'rebooted':
      return writeVarint(REBOOTED_FIELD, 1);
    case 'metadata':
      return writeBytes(METADATA_FIELD, writeBytes(1, asciiBytes(event.firmware)));
    case 'other':
      return writeBytes(event.field, event.bytes);
  }
};

/** Quotes nothing: it may hold a position. */
const noMessage = (code: string) =>
  fail(fault('malformed', `meshtastic.${code}`, 'frame', 'this is no message of a Meshtastic radio.'));

const eventWire: Wire<MeshtasticEvent> = {
  tailMaxBytes: TAIL_MAX_BYTES,
  cut: streamCutter(FROM_RADIO),
  decode: (frame) => {
    const message = messageIn(FROM_RADIO, frame);
    const event = message === undefined ? undefined : eventOf(message);
    return [{ raw: frame, result: event === undefined ? noMessage('from-radio') : ok(event) }];
  },
  encode: (event) => frameOf(messageOf(event)),
};

/** A sleeping radio wakes up by these, and takes them for no frame. */
const WAKE_UP = new Uint8Array(32).fill(0xc3);

const commandWire: Wire<MeshtasticCommand> = {
  tailMaxBytes: TAIL_MAX_BYTES,
  cut: streamCutter(TO_RADIO),
  decode: (frame) => {
    const message = messageIn(TO_RADIO, frame);
    const [field] = message === undefined ? [] : fieldsOf(message);
    if (field?.number === WANT_CONFIG) {
      return [{ raw: frame, result: ok({ kind: 'want-config', id: field.value }) }];
    }
    return [
      { raw: frame, result: field?.number === HEARTBEAT ? ok({ kind: 'heartbeat' }) : noMessage('to-radio') },
    ];
  },
  encode: (command) => {
    const message =
      command.kind === 'heartbeat'
        ? writeBytes(HEARTBEAT, new Uint8Array(0))
        : writeVarint(WANT_CONFIG, command.id);
    return concatBytes(WAKE_UP, frameOf(message));
  },
};

/** Meshtastic's client API on a serial line or TCP, as far as receptions need it. */
export const meshtasticCodec: Codec<MeshtasticCommand, MeshtasticEvent> = {
  command: commandWire,
  event: eventWire,
};
