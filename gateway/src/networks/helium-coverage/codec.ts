import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { SESSION_OFFER, STREAM_REQUEST } from '../helium/codec.ts';
import { readChoice } from '../helium/envelope.ts';
import { decode, encode, encodeChoice, type Field } from '../helium/wire.ts';

// Field numbers and types: helium/proto, src/service (PoC LoRa, PoC entropy). Apache-2.0.

const field = <T extends Field['type']>(number: number, type: T): { number: number; type: T } => ({
  number,
  type,
});

/** Beacon and witness reports behind a session, both ways at once. */
export const STREAM_PATH = '/helium.poc_lora.poc_lora/stream_requests';
/** One report a call, signed by the gateway's own key; older gateways use it. */
export const SUBMIT_BEACON_PATH = '/helium.poc_lora.poc_lora/submit_lora_beacon';
export const SUBMIT_WITNESS_PATH = '/helium.poc_lora.poc_lora/submit_lora_witness';
export const ENTROPY_PATH = '/helium.poc_entropy.poc_entropy/entropy';

/** `lora_stream_response_v1`: field numbers by what is inside. */
export const STREAM_RESPONSE = { offer: 1 } as const;

/** `lora_beacon_report_resp_v1` and `lora_witness_report_resp_v1`: the server's milliseconds as text. */
export const REPORT_ANSWER = { id: field(1, 'bytes') } as const;

/** `entropy_report_v1`; `timestamp` in s. */
export const ENTROPY_REPORT = {
  data: field(1, 'bytes'),
  timestamp: field(2, 'uint64'),
  version: field(3, 'uint32'),
} as const;

/** `entropy_req_v1` has no field. */
export const ENTROPY_REQUEST = new Uint8Array(0);

/** One message to the ingest service, in its envelope (`lora_stream_request_v1`). */
export const encodeRequest = (kind: keyof typeof STREAM_REQUEST, message: Uint8Array): Uint8Array =>
  encodeChoice(STREAM_REQUEST[kind], message);

const REQUESTS: ReadonlyMap<number, keyof typeof STREAM_REQUEST> = new Map(
  (Object.keys(STREAM_REQUEST) as (keyof typeof STREAM_REQUEST)[]).map((kind) => [
    STREAM_REQUEST[kind],
    kind,
  ]),
);
const REQUEST_NUMBERS: ReadonlySet<number> = new Set(REQUESTS.keys());
const RESPONSE_NUMBERS: ReadonlySet<number> = new Set(Object.values(STREAM_RESPONSE));

export interface StreamRequest {
  readonly kind: keyof typeof STREAM_REQUEST;
  readonly message: Uint8Array;
}

/** What a gateway says to the ingest service; undefined where it is nothing or bent. */
export const readRequest = (bytes: Uint8Array): StreamRequest | undefined => {
  const choice = readChoice(bytes, REQUEST_NUMBERS);
  if (choice === 'none' || choice === 'bent') return undefined;
  const kind = REQUESTS.get(choice.number);
  return kind === undefined ? undefined : { kind, message: choice.bytes };
};

export const encodeOffer = (nonce: Uint8Array): Uint8Array =>
  encodeChoice(STREAM_RESPONSE.offer, encode(SESSION_OFFER, { nonce }));

const bent = (words: string): Result<never> =>
  fail(fault('malformed', 'helium.wire', 'Helium’s coverage services', words));

/** The nonce of an offer, undefined for what is newer than this. A fault is `malformed`. */
export const readOffer = (bytes: Uint8Array): Result<Uint8Array | undefined> => {
  const choice = readChoice(bytes, RESPONSE_NUMBERS);
  if (choice === 'none') return ok(undefined);
  if (choice === 'bent') return bent('An answer of the ingest service cannot be read to its end.');
  const offer = decode(SESSION_OFFER, choice.bytes);
  return offer.ok ? ok(offer.value.nonce) : offer;
};
