import { dimoWire } from '@outpost/gateway';
import { isVin } from '@outpost/schemas/vehicle';
import { asciiBytes } from '@outpost/schemas/words';

/** A CloudEvent as an ingest reads it, before anything is judged. */
export interface ReadEvent {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly producer: string;
  readonly type: string;
  /** As it was sent; empty where it was not. */
  readonly time: string;
  readonly datacontenttype: string;
  readonly signature: string;
  /** JSON text as it stands, or what the base64 holds. */
  readonly data: string | undefined;
  readonly dataBase64: string | undefined;
  /** Everything but the data, as JSON. */
  readonly headerBytes: number;
  /** The texts of the header whose characters are looked at. */
  readonly texts: readonly string[];
}

/** Why something is refused. */
export interface Refusal {
  readonly refused: string;
}

export const isRefusal = (value: object): value is Refusal => 'refused' in value;

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds of a moment in RFC 3339; undefined where it is none. */
export const momentOf = (text: unknown): number | undefined => {
  if (typeof text !== 'string' || !RFC3339.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
};

/** What may stand in a header is looked at in these alone; what else is at the top is kept as it is. */
const CHECKED = [
  'id',
  'type',
  'subject',
  'producer',
  'datacontenttype',
  'dataschema',
  'dataversion',
] as const;

/** Any is as long as another. */
const ADDRESS = `0x${'0'.repeat(40)}`;

const isBase64 = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);

/** Of the header as it is stored, with what is not there filled in, and an address for its source. */
const headerBytesOf = (header: Readonly<Record<string, unknown>>): number => {
  const filled = { specversion: '1.0', datacontenttype: 'application/json', ...header, source: ADDRESS };
  return new TextEncoder().encode(JSON.stringify(filled)).length;
};

/** Reads the JSON; a time that is none, or data given twice, is refused. A text that is no text counts as not there. */
export const readEvent = (text: string): ReadEvent | Refusal => {
  let members: Readonly<Record<string, unknown>>;
  try {
    members = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return { refused: 'it is no JSON' };
  }
  if (typeof members !== 'object' || members === null || Array.isArray(members))
    return { refused: 'it is no JSON object' };
  const data = dimoWire.rawMember(text, 'data');
  const { data: _, data_base64: base64 = '', specversion: __, ...header } = members;
  if (data !== undefined && base64 !== '') return { refused: 'both data and data_base64 are set' };
  if (!isBase64(base64)) return { refused: 'data_base64 is no base64' };
  const { time } = header;
  if (time !== undefined && momentOf(time) === undefined) return { refused: 'time is not in RFC 3339' };
  const at = (name: string): string => (typeof header[name] === 'string' ? header[name] : '');
  return {
    id: at('id'),
    source: at('source'),
    subject: at('subject'),
    producer: at('producer'),
    type: at('type'),
    time: at('time'),
    datacontenttype: at('datacontenttype'),
    signature: at('signature'),
    data: base64 === '' ? data : new TextDecoder().decode(asciiBytes(atob(base64))),
    dataBase64: base64 === '' ? undefined : base64,
    headerBytes: headerBytesOf(header),
    texts: CHECKED.map(at),
  };
};

const CONTENT_TYPES = ['application/json', 'image/png', 'image/jpeg', 'application/pdf'];

/** What both ports ask of every header; the status port takes data as base64 for JSON all the same. */
export const headerRefusal = (event: ReadEvent, takesBase64: boolean): Refusal | undefined => {
  if (event.texts.some((text) => text !== '' && !dimoWire.HEADER_TEXT.test(text)))
    return { refused: 'a header has invalid characters' };
  if (event.headerBytes > dimoWire.HEADER_MAX_BYTES)
    return { refused: `the header exceeds ${dimoWire.HEADER_MAX_BYTES} bytes` };
  if (takesBase64 && event.dataBase64 !== undefined) {
    return CONTENT_TYPES.includes(event.datacontenttype)
      ? undefined
      : { refused: 'datacontenttype of data_base64 is not supported' };
  }
  return event.datacontenttype === '' || event.datacontenttype === 'application/json'
    ? undefined
    : { refused: 'datacontenttype of data must be application/json' };
};

/** Forms of a DID: of a token, of an account, and the token's old form, which is written anew. */
export type DidForm = 'erc721' | 'ethr' | 'nft';

/** A DID with its address in the capitals of EIP-55. */
export interface Did {
  readonly text: string;
  readonly form: Exclude<DidForm, 'nft'>;
  readonly chain: number;
  readonly address: string;
}

const FORMS: Readonly<Record<DidForm, RegExp>> = {
  erc721: /^did:erc721:(\d{1,19}):((?:0[xX])?[0-9a-fA-F]{40}):(\d{1,78})$/,
  ethr: /^did:ethr:(\d{1,19}):((?:0[xX])?[0-9a-fA-F]{40})$/,
  nft: /^did:nft:(\d{1,19}):((?:0[xX])?[0-9a-fA-F]{40})_(\d{1,78})$/,
};

/** An address with or without its 0x, in the capitals of EIP-55; undefined where it is none. */
export const addressOf = (text: string): string | undefined =>
  dimoWire.checksummed(`0x${text.replace(/^0[xX]/, '')}`);

/** Undefined where it is a DID of none of these forms. */
export const didOf = (given: string, ...forms: readonly DidForm[]): Did | undefined => {
  for (const form of forms) {
    const [, chain = '', contract = '', token = ''] = FORMS[form].exec(given) ?? [];
    const address = addressOf(contract);
    if (address === undefined) continue;
    const tail = token === '' ? '' : `:${BigInt(token)}`;
    const kind = form === 'ethr' ? 'ethr' : 'erc721';
    return {
      text: `did:${kind}:${BigInt(chain)}:${address}${tail}`,
      form: kind,
      chain: Number(chain),
      address,
    };
  }
  return undefined;
};

/** What DIMO takes for a vehicle's number: a VIN, or a chassis number as Japan has them. */
export const isVehicleNumber = (text: string): boolean => isVin(text) || /^[A-Z0-9]{2,8}-\d{6,7}$/.test(text);
