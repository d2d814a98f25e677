import { sha256 } from '@outpost/schemas/evidence';
import { asciiBytes, NS_PER_MS, type WallNs } from '@outpost/schemas/words';
import { base64Url } from './base64-url.ts';

// DIMO's CloudEvent: structured JSON of CloudEvents 1.0 with members of DIMO's own. The bytes of `data` are signed as
// they stand, so an event is put together as text and never parsed and written again on its way.

/** Headers are refused where any text in them has another character. */
export const HEADER_TEXT = /^[a-zA-Z0-9\-_/,. :]+$/;
/** Everything of an event but its data, as JSON. */
export const HEADER_MAX_BYTES = 8_192;
/** Larger events are stored apart by the server; none of ours is to be. */
export const EVENT_MAX_BYTES = 1_048_576;
export const EVENT_TYPE = 'application/json';
/** How far ahead of the server's clock a moment may be. */
export const SKEW_MAX_MS = 300_000;
export const REASON_MAX_BYTES = 512;

export type EventType =
  | 'dimo.status'
  | 'dimo.fingerprint'
  | 'dimo.events'
  | 'dimo.attestation'
  | 'dimo.tombstone';

export interface Header {
  readonly type: EventType;
  /** 0x and 40 digits: the connection's licence, or who attests. */
  readonly source: string;
  /** The DID that the data is about. */
  readonly subject: string;
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
  readonly dataversion: string;
  /** The DID of what made it. */
  readonly producer: string;
  readonly tags?: readonly string[];
}

/** An event whose data is signed. */
export interface SignedEvent {
  readonly header: Header;
  /** The JSON text of `data`. */
  readonly data: string;
  /** 0x and 130 digits. */
  readonly signature: string;
}

const NS_DIGITS = 9;

/** RFC 3339 in UTC, to the millisecond, or to the nanosecond where `exact`. */
export const timeText = (wall: WallNs, exact = false): string => {
  const ms = wall / NS_PER_MS - (wall < 0n && wall % NS_PER_MS !== 0n ? 1n : 0n);
  const text = new Date(Number(ms)).toISOString();
  if (!exact) return text;
  const nanoseconds = String(((wall % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return `${text.slice(0, -4)}${nanoseconds.padStart(NS_DIGITS, '0')}Z`;
};

/** `mantissa` × 10^−`decimals` as the shortest JSON number that is exactly that. */
export const decimalText = (mantissa: number, decimals: number): string => {
  if (decimals === 0 || mantissa === 0) return String(mantissa);
  const digits = String(Math.abs(mantissa)).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return `${mantissa < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
};

/** The DID of a token of a contract (an ERC-721). */
export const tokenDid = (chainId: number, contract: string, token: number | bigint): string =>
  `did:erc721:${chainId}:${contract}:${token}`;

/** The DID of an address. */
export const addressDid = (chainId: number, address: string): string => `did:ethr:${chainId}:${address}`;

/** The members of a header that nothing on the way may change, one a line. */
const boundText = ({ source, subject, id, time, dataversion, producer, tags = [] }: Header): string =>
  ['dimo header 1', source, subject, id, time, dataversion, producer, ...tags].join('\n');

const BOUND_BYTES = 16;

/**
 * What ties `data` to its header. DIMO's signature covers `data` alone, so that the same data could be posted again
 * under another subject or time; with the first 16 bytes of the header's SHA-256 among the data it cannot. The type is
 * not in it: DIMO derives it from the data, and stores one message under several.
 */
export const headerMark = (header: Header): string =>
  base64Url(sha256(asciiBytes(boundText(header))).subarray(0, BOUND_BYTES));

/** The members in the order that DIMO itself writes them, data last. */
export const eventText = ({ header, data, signature }: SignedEvent): string => {
  const { type, source, subject, id, time, dataversion, producer, tags } = header;
  const members = JSON.stringify({
    specversion: '1.0',
    type,
    source,
    subject,
    id,
    time,
    dataversion,
    producer,
    signature,
    ...(tags === undefined ? {} : { tags }),
  });
  return `${members.slice(0, -1)},"data":${data}}`;
};

/** What DIMO would refuse of a header, as the end of a sentence; undefined where nothing. */
export const headerObjection = (header: Header): string | undefined => {
  const texts = Object.entries(header).filter(([name]) => name !== 'tags');
  const bad = texts.find(([, text]) => !HEADER_TEXT.test(String(text)));
  if (bad !== undefined) return `its ${bad[0]} holds a character that DIMO refuses`;
  const bytes = JSON.stringify(header).length;
  return bytes > HEADER_MAX_BYTES
    ? `its header has ${bytes} bytes, and ${HEADER_MAX_BYTES} are allowed`
    : undefined;
};
