import { dimoWire } from '@outpost/gateway';
import { asciiBytes, fromHex } from '@outpost/schemas/words';
import {
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

/** Subject and producer as they are stored; the newer node refuses what is no DID, the older one stores it. */
const partiesOf = (event: ReadEvent, { node }: Rules, legacy: boolean) => {
  const given = { subject: event.subject === '' ? event.producer : event.subject, producer: event.producer };
  const [subject, producer] = [didOf(given.subject, legacy), didOf(given.producer, legacy)];
  if (node === 'din' && (subject === undefined || (given.producer !== '' && producer === undefined)))
    return { refused: 'subject or producer is no DID' };
  return {
    subject: subject?.text ?? given.subject,
    producer: producer?.text ?? given.producer,
    vehicle: subject,
  };
};

/**
 * What the status port answers. Signatures are not looked at, as DIMO does not; the envelope's type is not either,
 * because the default module derives it from the data. The older node decodes before it answers, so that an error in
 * one signal is a 400 with the others stored; the newer one answers first.
 */
export const judgeStatus = (text: string, source: string, rules: Rules): Judgement => {
  const event = readEvent(text);
  if (isRefusal(event)) return refuse(event);
  const payload = event.dataBase64 === undefined ? payloadOf(event.data) : undefined;
  if (payload === undefined) return refuse({ refused: 'data is not what the default module takes' });
  const types = [
    ...(payload.vin === undefined ? [] : ['dimo.fingerprint']),
    ...(payload.signals.length === 0 ? [] : ['dimo.status']),
    ...(payload.events.length === 0 ? [] : ['dimo.events']),
  ];
  if (types.length === 0) return refuse({ refused: 'type dimo.unknown is not allowed' });
  const header = headerRefusal(event);
  if (header !== undefined) return refuse(header);
  const parties = partiesOf(event, rules, true);
  if (isRefusal(parties)) return refuse(parties);
  const { subject, producer, vehicle } = parties;
  const isVehicle =
    vehicle?.kind === 'erc721' && vehicle.chain === rules.chain.id && vehicle.address === rules.chain.vehicle;
  const none = { good: [], errors: [] };
  const signals = isVehicle ? decodeSignals(payload.signals, rules.nowMs, rules.node === 'din') : none;
  const events = isVehicle ? decodeEvents(payload.events) : none;
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
const signedBytes = (event: ReadEvent, { node }: Rules): Uint8Array => {
  if (event.data !== undefined) return new TextEncoder().encode(event.data);
  const text = event.dataBase64 ?? '';
  return node === 'din' ? asciiBytes(text) : asciiBytes(atob(text));
};

const tombstoneRefusal = (event: ReadEvent): Refusal | undefined => {
  if (event.type !== 'dimo.tombstone') return undefined;
  const { voidsId, reason } = (JSON.parse(event.data ?? '{}') ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof voidsId !== 'string' || voidsId === '') return { refused: 'a tombstone needs voidsId' };
  const bytes = new TextEncoder().encode(typeof reason === 'string' ? reason : '').length;
  return bytes > dimoWire.REASON_MAX_BYTES ? { refused: 'the reason of a tombstone is too long' } : undefined;
};

const attestationRefusal = (
  event: ReadEvent,
  source: string | undefined,
  rules: Rules,
): Refusal | undefined => {
  if (!ATTESTED.test(event.type)) return { refused: `type ${event.type} is not allowed` };
  if (event.data === undefined && event.dataBase64 === undefined) return { refused: 'there is no data' };
  const header = headerRefusal(event);
  if (header !== undefined) return header;
  if (source === undefined) return { refused: 'source is no address' };
  if (didOf(event.subject, false) === undefined) return { refused: 'subject is no DID' };
  if (event.time !== '' && (momentOf(event.time) ?? 0) > rules.nowMs + dimoWire.SKEW_MAX_MS)
    return { refused: 'time is in the future' };
  const signature = fromHex(event.signature.replace(/^0x/, ''));
  const signer =
    signature === undefined
      ? undefined
      : dimoWire.signerOf(dimoWire.erc191Digest(signedBytes(event, rules)), signature);
  // No chain is asked here whether the source is a contract that would vouch for it.
  if (signer !== source) return { refused: 'the signature is not of the source' };
  return tombstoneRefusal(event);
};

/** What the attestation port answers. @param holder the address of the token that it was posted with. */
export const judgeAttestation = (text: string, holder: string, rules: Rules): Judgement => {
  const event = readEvent(text);
  if (isRefusal(event)) return refuse(event);
  const source = dimoWire.checksummed(event.source === '' ? holder : event.source);
  const refusal = attestationRefusal(event, source, rules);
  if (refusal !== undefined) return refuse(refusal);
  const parties = partiesOf(event, rules, false);
  if (isRefusal(parties)) return refuse(parties);
  const { subject, producer } = parties;
  const voids =
    event.type === 'dimo.tombstone'
      ? (JSON.parse(event.data ?? '{}') as { voidsId: string }).voidsId
      : undefined;
  const stored: Stored = {
    type: event.type,
    id: event.id === '' ? rules.newId() : event.id,
    source: source ?? '',
    subject,
    producer,
    time: timeOf(event, rules),
    signals: [],
    events: [],
    ...(voids === undefined ? {} : { voids }),
    text,
  };
  return { status: 200, words: '', stored: [stored], dropped: [] };
};
