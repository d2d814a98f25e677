import { ENVELOPE_UP, PACKET_UP } from './codec.ts';
import { PREFIX_BYTES } from './grpc-frames.ts';
import { FIELD_MAX_BYTES, type Message, putField, putVarint } from './wire.ts';

/** Before the message: what gRPC puts there, the tag of the envelope's field, and its length in at most 5 bytes. */
const HEAD_MAX_BYTES = PREFIX_BYTES + 1 + 5;
/** Of any kind of key: ECDSA in DER takes up to 72. */
const SIGNATURE_MAX_BYTES = 72;
const FIELDS = Object.keys(PACKET_UP).length;
const ENVELOPE_TAG = ENVELOPE_UP.packet * 8 + 2;

/** Everything but the signature, in canonical encoding, from that place on; gives back where it ends. */
const putUnsigned = (into: Uint8Array, from: number, packet: Message<typeof PACKET_UP>): number => {
  let at = putField(into, from, PACKET_UP.payload, packet.payload);
  at = putField(into, at, PACKET_UP.timestamp, packet.timestamp);
  at = putField(into, at, PACKET_UP.rssi, packet.rssi);
  at = putField(into, at, PACKET_UP.frequency, packet.frequency);
  at = putField(into, at, PACKET_UP.datarate, packet.datarate);
  at = putField(into, at, PACKET_UP.snr, packet.snr);
  at = putField(into, at, PACKET_UP.region, packet.region);
  at = putField(into, at, PACKET_UP.holdTime, packet.holdTime);
  return putField(into, at, PACKET_UP.gateway, packet.gateway);
};

const varintBytes = (value: number): number => {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
};

/**
 * A packet, signed, in its envelope, in its gRPC frame: the same bytes as `frameMessage(encodeUp('packet',
 * encodeSigned(PACKET_UP, …)))`, in one buffer, since this is done for every packet that goes up.
 */
export const framePacket = (
  packet: Message<typeof PACKET_UP>,
  sign: (bytes: Uint8Array) => Uint8Array,
): Uint8Array => {
  const contents = packet.payload.length + packet.gateway.length + SIGNATURE_MAX_BYTES;
  const into = new Uint8Array(HEAD_MAX_BYTES + FIELDS * FIELD_MAX_BYTES + contents);
  const unsigned = putUnsigned(into, HEAD_MAX_BYTES, packet);
  const signature = sign(into.subarray(HEAD_MAX_BYTES, unsigned));
  const end = putField(into, unsigned, PACKET_UP.signature, signature);
  const length = end - HEAD_MAX_BYTES;
  // The head is put right before the message, so it begins where its length says.
  const envelope = HEAD_MAX_BYTES - varintBytes(length) - 1;
  into[envelope] = ENVELOPE_TAG;
  putVarint(into, envelope + 1, length);
  const start = envelope - PREFIX_BYTES;
  const framed = end - envelope;
  into[start + 1] = framed >>> 24;
  into[start + 2] = framed >>> 16;
  into[start + 3] = framed >>> 8;
  into[start + 4] = framed;
  return into.subarray(start, end);
};
