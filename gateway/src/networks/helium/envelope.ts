import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { ENVELOPE_DOWN, PACKET_ACK, PACKET_DOWN, SESSION_OFFER, WINDOW } from './codec.ts';
import { decode, type Message } from './wire.ts';

/** When and how a downlink is to be sent. */
export type Window = Message<typeof WINDOW>;

export interface PacketDown {
  readonly payload: Uint8Array;
  readonly rx1: Window | undefined;
  readonly rx2: Window | undefined;
}

/** What the router says; `nothing` is the empty message with which it takes its leave, and what is newer than this. */
export type Down =
  | { readonly kind: 'packet'; readonly packet: PacketDown }
  | { readonly kind: 'offer'; readonly nonce: Uint8Array }
  | { readonly kind: 'ack'; readonly payloadHash: Uint8Array }
  | { readonly kind: 'nothing' };

const windowOf = (bytes: Uint8Array): Result<Window | undefined> =>
  bytes.length === 0 ? ok(undefined) : decode(WINDOW, bytes);

const packetOf = (bytes: Uint8Array): Result<Down> => {
  const read = decode(PACKET_DOWN, bytes);
  if (!read.ok) return read;
  const rx1 = windowOf(read.value.rx1);
  const rx2 = windowOf(read.value.rx2);
  if (!rx1.ok) return rx1;
  if (!rx2.ok) return rx2;
  const packet = { payload: read.value.payload, rx1: rx1.value, rx2: rx2.value };
  return ok({ kind: 'packet', packet });
};

const contentOf = (number: number, bytes: Uint8Array): Result<Down> => {
  if (number === ENVELOPE_DOWN.packet) return packetOf(bytes);
  if (number === ENVELOPE_DOWN.sessionOffer) {
    const offer = decode(SESSION_OFFER, bytes);
    return offer.ok ? ok({ kind: 'offer', nonce: offer.value.nonce }) : offer;
  }
  const ack = decode(PACKET_ACK, bytes);
  return ack.ok ? ok({ kind: 'ack', payloadHash: ack.value.payloadHash }) : ack;
};

const KNOWN: ReadonlySet<number> = new Set(Object.values(ENVELOPE_DOWN));

/** The one field of an envelope; of several the last counts. Undefined where there is none, or bent bytes. */
export const readChoice = (
  bytes: Uint8Array,
  known: ReadonlySet<number>,
): { readonly number: number; readonly bytes: Uint8Array } | 'none' | 'bent' => {
  let found: { readonly number: number; readonly bytes: Uint8Array } | undefined;
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      if (wire === WireType.LengthDelimited && known.has(number))
        found = { number, bytes: Uint8Array.from(reader.bytes()) };
      else reader.skip(wire, number);
    }
    return reader.pos === reader.len ? (found ?? 'none') : 'bent';
  } catch {
    return 'bent';
  }
};

/** Reads `envelope_down_v1`. A fault is `malformed`. */
export const readDown = (bytes: Uint8Array): Result<Down> => {
  const choice = readChoice(bytes, KNOWN);
  if (choice === 'none') return ok({ kind: 'nothing' });
  if (choice === 'bent')
    return fail(
      fault('malformed', 'helium.wire', 'helium network', 'An envelope cannot be read to its end.'),
    );
  return contentOf(choice.number, choice.bytes);
};
