import { dimoWire } from '@outpost/gateway';
import { isVin } from '@outpost/schemas/vehicle';

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
  /** JSON text as it stands. */
  readonly data: string | undefined;
  readonly dataBase64: string | undefined;
  /** Everything but the data, as JSON. */
  readonly headerBytes: number;
  /** Every text of the header, extras among them. */
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

const MEMBERS = [
  'id',
  'source',
  'subject',
  'producer',
  'type',
  'time',
  'datacontenttype',
  'signature',
] as const;

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : [];
};

const isBase64 = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);

/** Reads the JSON; a member of the header that is no text, or data given twice, is refused. */
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
  const { data: _, data_base64: dataBase64, specversion: __, ...header } = members;
  if (data !== undefined && dataBase64 !== undefined) return { refused: 'both data and data_base64 are set' };
  if (dataBase64 !== undefined && !isBase64(dataBase64)) return { refused: 'data_base64 is no base64' };
  const wrong = MEMBERS.find((name) => header[name] !== undefined && typeof header[name] !== 'string');
  if (wrong !== undefined) return { refused: `${wrong} is no text` };
  const at = (name: (typeof MEMBERS)[number]): string => (header[name] as string | undefined) ?? '';
  if (at('time') !== '' && momentOf(at('time')) === undefined) return { refused: 'time is not in RFC 3339' };
  return {
    id: at('id'),
    source: at('source'),
    subject: at('subject'),
    producer: at('producer'),
    type: at('type'),
    time: at('time'),
    datacontenttype: at('datacontenttype'),
    signature: at('signature'),
    data,
    dataBase64,
    headerBytes: new TextEncoder().encode(JSON.stringify({ ...header, specversion: '1.0' })).length,
    texts: Object.values(header).flatMap(textsIn),
  };
};

const CONTENT_TYPES = ['application/json', 'image/png', 'image/jpeg', 'application/pdf'];

/** What both ports ask of every header. */
export const headerRefusal = (event: ReadEvent): Refusal | undefined => {
  if (event.texts.some((text) => text !== '' && !dimoWire.HEADER_TEXT.test(text)))
    return { refused: 'a header has invalid characters' };
  if (event.headerBytes > dimoWire.HEADER_MAX_BYTES)
    return { refused: `the header exceeds ${dimoWire.HEADER_MAX_BYTES} bytes` };
  if (event.dataBase64 !== undefined) {
    return CONTENT_TYPES.includes(event.datacontenttype)
      ? undefined
      : { refused: 'datacontenttype of data_base64 is not supported' };
  }
  return event.datacontenttype === '' || event.datacontenttype === 'application/json'
    ? undefined
    : { refused: 'datacontenttype of data must be application/json' };
};

/** A DID with its address in the capitals of EIP-55. */
export interface Did {
  readonly text: string;
  readonly kind: 'erc721' | 'ethr' | 'erc20';
  readonly chain: number;
  readonly address: string;
}

const FORMS =
  /^did:(?:(erc721):(\d{1,20}):(0x[0-9a-fA-F]{40}):(\d{1,78})|(ethr|erc20):(\d{1,20}):(0x[0-9a-fA-F]{40}))$/;
const LEGACY = /^did:nft:(\d{1,20}):(0x[0-9a-fA-F]{40})_(\d{1,78})$/;

/** Undefined where it is no DID; the old form of the status port only where `legacy`. */
export const didOf = (given: string, legacy: boolean): Did | undefined => {
  const old = legacy ? LEGACY.exec(given) : null;
  const text = old === null ? given : `did:erc721:${old[1]}:${old[2]}:${old[3]}`;
  const match = FORMS.exec(text);
  const address = dimoWire.checksummed(match?.[3] ?? match?.[7] ?? '');
  if (match === null || address === undefined) return undefined;
  const kind = (match[1] ?? match[5]) as Did['kind'];
  const chain = match[2] ?? match[6] ?? '';
  const token = match[4] === undefined ? '' : `:${match[4]}`;
  return { text: `did:${kind}:${chain}:${address}${token}`, kind, chain: Number(chain), address };
};

/** What DIMO takes for a vehicle's number: a VIN, or a chassis number as Japan has them. */
export const isVehicleNumber = (text: string): boolean => isVin(text) || /^[A-Z0-9]{2,8}-\d{6,7}$/.test(text);
