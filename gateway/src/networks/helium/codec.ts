import { concatBytes } from '@outpost/schemas/words';
import { encode, encodeBytes, encodeChoice, type Layout, type Message } from './wire.ts';

// Field numbers and types: helium/proto, src/service (packet router, PoC LoRa, IoT config). Apache-2.0.

const field = <T extends Layout[string]['type']>(number: number, type: T): { number: number; type: T } => ({
  number,
  type,
});

/** `packet_router_register_v1`; `timestamp` in ms, `packetAckInterval` in s (0: no acknowledgements). */
export const REGISTER = {
  timestamp: field(1, 'uint64'),
  gateway: field(2, 'bytes'),
  signature: field(3, 'bytes'),
  sessionCapable: field(4, 'bool'),
  packetAckInterval: field(5, 'uint32'),
} as const;

/** `packet_router_session_offer_v1`, and `lora_stream_session_offer_v1`, which is the same. */
export const SESSION_OFFER = { nonce: field(1, 'bytes') } as const;

/**
 * `packet_router_session_init_v1`, and `lora_stream_session_init_v1`: the same bytes are signed for both services, so
 * a signature for one is good for the other. Nothing else may be signed that looks like this.
 */
export const SESSION_INIT = {
  gateway: field(1, 'bytes'),
  nonce: field(2, 'bytes'),
  sessionKey: field(3, 'bytes'),
  signature: field(4, 'bytes'),
} as const;

/** `packet_router_packet_up_v1`; `timestamp` in µs of the concentrator, `rssi` in dBm, `holdTime` in ms. */
export const PACKET_UP = {
  payload: field(1, 'bytes'),
  timestamp: field(2, 'uint64'),
  rssi: field(3, 'sint32'),
  frequency: field(4, 'uint32'),
  datarate: field(5, 'int32'),
  snr: field(6, 'float'),
  region: field(7, 'int32'),
  holdTime: field(8, 'uint64'),
  gateway: field(9, 'bytes'),
  signature: field(10, 'bytes'),
} as const;

/** `packet_router_packet_ack_v1`: SHA-256 of the last payload that the router took. */
export const PACKET_ACK = { payloadHash: field(1, 'bytes') } as const;

/** `window_v1`: where and when a downlink is to be sent; `timestamp` in µs of the concentrator. */
export const WINDOW = {
  timestamp: field(1, 'uint64'),
  frequency: field(2, 'uint32'),
  datarate: field(3, 'int32'),
  immediate: field(4, 'bool'),
} as const;

/** `packet_router_packet_down_v1`; its windows are messages of the layout `WINDOW`, empty where there is none. */
export const PACKET_DOWN = {
  payload: field(1, 'bytes'),
  rx1: field(2, 'bytes'),
  rx2: field(3, 'bytes'),
} as const;

/** `gateway_region_params_req_v1`. */
export const REGION_PARAMS_REQUEST = {
  region: field(1, 'int32'),
  address: field(2, 'bytes'),
  signature: field(3, 'bytes'),
} as const;

/**
 * `lora_beacon_report_req_v1`; `txPower` in whole dBm, `timestamp` in ns. `tmst` stands behind the signature on the
 * wire, and is signed all the same.
 */
export const BEACON_REPORT = {
  gateway: field(2, 'bytes'),
  localEntropy: field(3, 'bytes'),
  remoteEntropy: field(4, 'bytes'),
  payload: field(5, 'bytes'),
  frequency: field(6, 'uint64'),
  channel: field(7, 'int32'),
  datarate: field(8, 'int32'),
  txPower: field(9, 'int32'),
  timestamp: field(10, 'uint64'),
  signature: field(11, 'bytes'),
  tmst: field(12, 'uint32'),
} as const;

/** `lora_witness_report_req_v1`; `signal` in dBm × 10 as zig-zag, `snr` in dB × 10 as a plain varint. */
export const WITNESS_REPORT = {
  gateway: field(2, 'bytes'),
  payload: field(3, 'bytes'),
  timestamp: field(4, 'uint64'),
  tmst: field(5, 'uint32'),
  signal: field(6, 'sint32'),
  snr: field(7, 'int32'),
  frequency: field(8, 'uint64'),
  datarate: field(10, 'int32'),
  signature: field(11, 'bytes'),
} as const;

/** The messages that carry a signature over themselves. */
export const SIGNED = {
  register: REGISTER,
  sessionInit: SESSION_INIT,
  packetUp: PACKET_UP,
  regionParamsRequest: REGION_PARAMS_REQUEST,
  beaconReport: BEACON_REPORT,
  witnessReport: WITNESS_REPORT,
} as const;

/** Any layout with a signature of its own. */
export type SignedLayout = Layout & {
  readonly signature: { readonly number: number; readonly type: 'bytes' };
};

const NO_SIGNATURE = new Uint8Array(0);

/** What is signed: the canonical encoding without the signature. No hash before it, no prefix (Helium's rule). */
export const signedBytes = <L extends SignedLayout>(layout: L, message: Message<L>): Uint8Array =>
  encode(layout, { ...message, signature: NO_SIGNATURE });

/** Whether a message ends with its signature, so that this can be put behind what was signed. */
const endsSigned = (layout: SignedLayout): boolean => {
  for (const name in layout) if ((layout[name]?.number ?? 0) > layout.signature.number) return false;
  return true;
};

/** The message with its signature, encoded. */
export const encodeSigned = <L extends SignedLayout>(
  layout: L,
  message: Message<L>,
  sign: (bytes: Uint8Array) => Uint8Array,
): Uint8Array => {
  const signed = signedBytes(layout, message);
  const signature = sign(signed);
  return endsSigned(layout) && signature.length > 0
    ? concatBytes(signed, encodeBytes(layout.signature.number, signature))
    : encode(layout, { ...message, signature });
};

/** `envelope_up_v1` of the packet router: field numbers by what is inside. */
export const ENVELOPE_UP = { register: 1, packet: 2, sessionInit: 3 } as const;
/** `envelope_down_v1`. */
export const ENVELOPE_DOWN = { packet: 1, sessionOffer: 2, packetAck: 3 } as const;
/** `lora_stream_request_v1` of the coverage service. */
export const STREAM_REQUEST = { beaconReport: 1, witnessReport: 2, sessionInit: 3 } as const;

/** One message to the packet router, in its envelope. */
export const encodeUp = (kind: keyof typeof ENVELOPE_UP, message: Uint8Array): Uint8Array =>
  encodeChoice(ENVELOPE_UP[kind], message);
