import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';

/** The local address of a socket, as `bind` gave it. */
export interface BoundAddress {
  readonly address: string;
  readonly port: number;
}

const hexWord = (bytes: readonly number[]): string =>
  [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

/** The 16 bytes of an IPv6 address without a zone. */
const bytesOfIpv6 = (address: string): readonly number[] => {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const front = groups(head);
  const back = groups(tail ?? '');
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(zeros).fill('0'), ...back].flatMap((group) => {
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 0xff];
  });
};

/**
 * An address as the tables below `/proc/net` write it: each 32-bit word in the byte order of the machine, which is
 * little-endian wherever this program runs (Linux, `net/ipv4/udp.c`, `udp4_format_sock`).
 */
export const procAddress = ({ address, port }: BoundAddress): string => {
  const bytes = isIPv6(address) ? bytesOfIpv6(address) : address.split('.').map(Number);
  let words = '';
  for (let i = 0; i < bytes.length; i += 4) words += hexWord(bytes.slice(i, i + 4));
  return `${words}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
};

/**
 * How many datagrams the kernel dropped for the socket bound there since it was opened, because its receive buffer was
 * full: the last column of the socket's row. Undefined where the table has no such row.
 */
export const dropsIn = (table: string, bound: BoundAddress): number | undefined => {
  const local = procAddress(bound);
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] !== local) continue;
    const drops = Number(columns.at(-1));
    return Number.isSafeInteger(drops) ? drops : undefined;
  }
  return undefined;
};

/** The same, read now; undefined where this system does not say. */
export const readKernelDrops = async (bound: BoundAddress): Promise<number | undefined> => {
  const table = isIPv6(bound.address) ? '/proc/net/udp6' : '/proc/net/udp';
  try {
    return dropsIn(await readFile(table, 'latin1'), bound);
  } catch {
    return undefined;
  }
};
