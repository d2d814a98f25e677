import { concatBytes, fail, fault, ok, type Result, toHex } from '@outpost/schemas/words';

/** Identifiers of the six datagrams (PROTOCOL.md of the packet forwarder §3 and §5). */
export const ID = {
  pushData: 0x00,
  pushAck: 0x01,
  pullData: 0x02,
  pullResp: 0x03,
  pullAck: 0x04,
  txAck: 0x05,
} as const;

/** Version, token, identifier. */
export const HEAD_BYTES = 4;
const EUI_AT = HEAD_BYTES;
/** What gateways send begins with this many bytes: the head and their EUI-64. */
export const GATEWAY_HEAD_BYTES = 12;

/** The longest datagram that is read: the most that UDP over IPv4 can carry is 65,507. */
export const DATAGRAM_MAX_BYTES = 65_536;

export type Version = 1 | 2;

/** The first four bytes of each datagram. */
export interface Head {
  readonly version: Version;
  /** Drawn by the one who asks and repeated by the one who answers; bytes 1 and 2, big-endian. */
  readonly token: number;
  readonly id: number;
}

/** Who says it: the head of a datagram of a gateway. */
export interface From {
  readonly version: Version;
  readonly token: number;
  /** EUI-64, 16 digits of lower-case hex. */
  readonly eui: string;
}

export const malformed = (
  code: string,
  words: string,
): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('malformed', `gwmp.${code}`, 'gwmp', words));

export const readHead = (bytes: Uint8Array): Result<Head> => {
  const [version, high, low, id] = bytes;
  if (version === undefined || high === undefined || low === undefined || id === undefined)
    return malformed('short', 'a datagram is shorter than its head of 4 bytes.');
  if (bytes.length > DATAGRAM_MAX_BYTES) return malformed('long', 'a datagram is longer than 64 KiB.');
  if (version !== 1 && version !== 2)
    return malformed('version', `a datagram is of version ${version}; 1 and 2 are known.`);
  return ok({ version, token: (high << 8) | low, id });
};

export const writeHead = ({ version, token, id }: Head): Uint8Array =>
  Uint8Array.of(version, token >>> 8, token & 0xff, id);

export const euiOf = (bytes: Uint8Array): string => toHex(bytes.subarray(EUI_AT, GATEWAY_HEAD_BYTES));

/** A datagram without its EUI: 16 digits become 8 bytes. */
export const euiBytes = (eui: string): Uint8Array =>
  Uint8Array.from({ length: 8 }, (_, i) => Number.parseInt(eui.slice(2 * i, 2 * i + 2), 16));

/** A datagram of a gateway: its head and what follows. */
export const gatewayDatagram = ({ version, token, eui }: From, id: number, body?: Uint8Array): Uint8Array => {
  const parts = [writeHead({ version, token, id }), euiBytes(eui)];
  return body === undefined ? concatBytes(...parts) : concatBytes(...parts, body);
};

/** Some forwarders send the end of the string with it (helium/semtech-udp strips it too). */
export const withoutTail = (bytes: Uint8Array, from: number): Uint8Array => {
  let end = bytes.length;
  while (end > from && (bytes[end - 1] === 0 || bytes[end - 1] === 0x0a || bytes[end - 1] === 0x20)) end -= 1;
  return bytes.subarray(from, end);
};
