import { dimoWire } from '@outpost/gateway';
import { asciiBytes, fromHex } from '@outpost/schemas/words';
import {
  addressOf,
  didOf,
  headerRefusal,
  isRefusal,
  isVehicleNumber,
  momentOf,
  type ReadEvent,
  type Refusal,
  readEvent,
} from './event.ts';
import { decodeEvents, decodeSignals, payloadOf, type StoredEvent, type StoredSignal } from './signals.ts';

export interface Rules {
  readonly node: dimoWire.NodeKind;
  readonly chain: dimoWire.Chain;
  readonly nowMs: number;
  /** For an event that has none. */
  newId(): string;
}

/** One event as it is stored; the same message may be stored under several types. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly producer: string;
  readonly time: string;
  readonly signals: readonly StoredSignal[];
  readonly events: readonly StoredEvent[];
  readonly vin?: string;
  readonly voids?: string;
  /** The whole message as it came. */
  readonly text: string;
}

export interface Judgement {
  readonly status: 200 | 400;
  readonly words: string;
  readonly stored: readonly Stored[];
  /** What the decoder behind the log drops without telling the sender. */
  readonly dropped: readonly string[];
}

const refuse = ({ refused }: Refusal, step: 'convert to' | 'process' = 'convert to'): Judgement => ({
  status: 400,
  words: `failed to ${step} cloudevent: ${refused}`,
  stored: [],
  dropped: [],
});

const timeOf = (event: ReadEvent, { nowMs }: Rules): string =>
  event.time === '' ? new Date(nowMs).toISOString() : event.time;

/**
 * Subject and producer as they are stored. The newer node refuses what is not the DID of a token, an address among
 * them; the older one warns and stores it as it came.
 */
const partiesOf = (event: ReadEvent, { node }: Rules) => {
  const given = { subject: event.subject === '' ? event.producer : event.subject, producer: event.producer };
  const [subject, producer] = [didOf(given.subject, 'erc721', 'nft'), didOf(given.producer, 'erc721', 'nft')];
  if (node === 'din' && (subject === undefined || producer === undefined))
    return { refused: 'subject and producer must be DIDs of tokens' };
  return {
    subject: subject?.text ?? given.subject,
    producer: (subject === undefined ? undefined : producer?.text) ?? given.producer,
    vehicle: subject,
  };
};

/**
 * What the status port answers. Signatures are not looked at, as DIMO does not; the envelope's type is not either,
 * because the default module derives it from the data. The older node decodes before it answers, so that what cannot
 * be decoded is a 400 with the rest stored; the newer one answers first.
 */
export const judgeStatus = (text: string, source: string, rules: Rules): Judgement => {
  const event = readEvent(text);
  if (isRefusal(event)) return refuse(event);
  const payload = payloadOf(event.data) ?? { vin: undefined, signals: [], events: [] };
  const types = [
    ...(payload.vin === undefined ? [] : ['dimo.fingerprint']),
    ...(payload.signals.length === 0 ? [] : ['dimo.status']),
    ...(payload.events.length === 0 ? [] : ['dimo.events']),
  ];
  const header = headerRefusal(event, false);
  if (header !== undefined) return refuse(header);
  if (types.length === 0) return refuse({ refused: 'type dimo.unknown is not allowed' });
  const parties = partiesOf(event, rules);
  if (isRefusal(parties)) return refuse(parties);
  const { subject, producer, vehicle } = parties;
  const isVehicle = vehicle?.chain === rules.chain.id && vehicle.address === rules.chain.vehicle;
  const none = { good: [], errors: [] };
  const signals = isVehicle ? decodeSignals(payload.signals, rules.nowMs, rules.node === 'din') : none;
  const events = decodeEvents(payload.events);
  const base = {
    id: event.id === '' ? rules.newId() : event.id,
    source,
    subject,
    producer,
    time: timeOf(event, rules),
  };
  const stored = types
    .filter((type) => type !== 'dimo.fingerprint' || isVehicleNumber(payload.vin ?? ''))
    .map(
      (type): Stored => ({
        ...base,
        type,
        signals: type === 'dimo.status' ? signals.good : [],
        events: type === 'dimo.events' ? events.good : [],
        ...(type === 'dimo.fingerprint' && payload.vin !== undefined ? { vin: payload.vin } : {}),
        text,
      }),
    );
  const errors = [...signals.errors, ...events.errors];
  if (errors.length === 0 || rules.node === 'din') return { status: 200, words: '', stored, dropped: errors };
  return { status: 400, words: `failed to process cloudevent: ${errors.join('; ')}`, stored, dropped: [] };
};

const ATTESTED = /^dimo\.(attestation|tombstone|raw\..+|document\..+)$/;

/** The bytes that an attestation's signature is over; of base64 the two nodes disagree. */
const signedBytes = ({ data, dataBase64 }: ReadEvent, { node }: Rules): Uint8Array => {
  if (dataBase64 === undefined) return new TextEncoder().encode(data ?? '');
  return node === 'din' ? asciiBytes(dataBase64) : asciiBytes(atob(dataBase64));
};

const tombstoneOf = ({ data }: ReadEvent): { readonly voids: string } | Refusal => {
  let members: Readonly<Record<string, unknown>>;
  try {
    members = (JSON.parse(data ?? '') ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return { refused: 'a tombstone needs data' };
  }
  const { voidsId, reason = '' } = members;
  if (typeof voidsId !== 'string' || voidsId === '') return { refused: 'a tombstone needs voidsId' };
  if (!dimoWire.HEADER_TEXT.test(voidsId)) return { refused: 'voidsId has invalid characters' };
  if (typeof reason !== 'string') return { refused: 'the reason of a tombstone is no text' };
  const bytes = new TextEncoder().encode(reason).length;
  return bytes > dimoWire.REASON_MAX_BYTES
    ? { refused: 'the reason of a tombstone is too long' }
    : { voids: voidsId };
};

const attestationRefusal = (
  event: ReadEvent,
  source: string | undefined,
  rules: Rules,
): Refusal | undefined => {
  if (event.time !== '' && (momentOf(event.time) ?? 0) > rules.nowMs + dimoWire.SKEW_MAX_MS)
    return { refused: 'time is in the future' };
  if (didOf(event.subject, 'erc721', 'ethr') === undefined) return { refused: 'subject is no DID' };
  if (source === undefined) return { refused: 'source is no address' };
  const header = headerRefusal(event, true);
  if (header !== undefined) return header;
  if (event.type !== '' && !ATTESTED.test(event.type))
    return { refused: `type ${event.type} is not allowed` };
  const signature = fromHex(event.signature.replace(/^0x/, ''));
  const signer =
    signature === undefined
      ? undefined
      : dimoWire.signerOf(dimoWire.erc191Digest(signedBytes(event, rules)), signature);
  // No chain is asked here whether the source is a contract that would vouch for it.
  return signer === source ? undefined : { refused: 'the signature is not of the source' };
};

/** What the attestation port answers. @param holder the address of the token that it was posted with. */
export const judgeAttestation = (text: string, holder: string, rules: Rules): Judgement => {
  const event = readEvent(text);
  if (isRefusal(event)) return refuse(event);
  const source = addressOf(event.source === '' ? holder : event.source);
  const refusal = attestationRefusal(event, source, rules);
  if (refusal !== undefined) return refuse(refusal);
  const grave = event.type === 'dimo.tombstone' ? tombstoneOf(event) : {};
  if (isRefusal(grave)) return refuse(grave);
  const stored: Stored = {
    type: event.type === '' ? 'dimo.attestation' : event.type,
    id: event.id === '' ? rules.newId() : event.id,
    source: source ?? '',
    subject: didOf(event.subject, 'erc721', 'ethr')?.text ?? '',
    // Nothing looks at who is said to have made it.
    producer: event.producer,
    time: timeOf(event, rules),
    signals: [],
    events: [],
    ...grave,
    text,
  };
  return { status: 200, words: '', stored: [stored], dropped: [] };
};
