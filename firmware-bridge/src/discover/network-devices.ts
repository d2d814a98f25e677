import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundNetwork } from './found.ts';
import type { Guess } from './usb-ids.ts';

/** Addresses at which dongles wait when one joins their own Wi-Fi, with the maker's factory settings. */
export interface KnownDongle {
  readonly host: string;
  readonly port: number;
  readonly couldBe: Guess;
  readonly name: string;
}

export const knownDongles: readonly KnownDongle[] = [
  { host: '192.168.0.10', port: 35_000, couldBe: 'obd-dongle', name: 'ELM327 Wi-Fi dongle' },
  { host: '192.168.4.1', port: 35_000, couldBe: 'obd-dongle', name: 'ELM327 Wi-Fi dongle' },
  { host: '192.168.4.1', port: 3_333, couldBe: 'obd-dongle', name: 'ESP32 dongle' },
  { host: '192.168.80.1', port: 3_333, couldBe: 'obd-dongle', name: 'WiCAN' },
  { host: '192.168.80.1', port: 35_000, couldBe: 'obd-dongle', name: 'WiCAN Pro' },
];

/** More neighbours than this are no list that a person reads. */
const NEIGHBOURS_MAX = 64;

/** An address of this machine in its network: `192.168.0.23/24`. */
export type OwnAddress = string;

export interface NetworkPlaces {
  readonly proc: string;
  readonly own: readonly OwnAddress[];
  readonly littleEndian: boolean;
  /** Whether a TCP connection can be had; it is closed at once and nothing is written. */
  answers(host: string, port: number): Promise<boolean>;
}

/** An IPv4 address as a number; undefined for anything else. */
export const ipv4 = (text: string): number | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((whole, part) => whole * 256 + Number(part), 0);
};

/** Whether `host` is another machine in the network of `own`. */
export const isNeighbour = (host: string, own: OwnAddress): boolean => {
  const [address = '', bits = ''] = own.split('/');
  const mine = ipv4(address);
  const other = ipv4(host);
  if (mine === undefined || other === undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return mine !== other && Math.floor(mine / size) === Math.floor(other / size);
};

const rows = async (file: string): Promise<readonly (readonly string[])[]> => {
  try {
    const [, ...lines] = (await readFile(file, 'latin1')).split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
};

/** Complete entries of /proc/net/arp, address to MAC. */
const readNeighbours = async (proc: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const [host = '', , flags, mac = ''] of await rows(join(proc, 'net', 'arp'))) {
    if (ipv4(host) !== undefined && Number(flags) !== 0 && found.size < NEIGHBOURS_MAX) found.set(host, mac);
  }
  return found;
};

/** Default gateways of /proc/net/route, which prints addresses in the machine's own byte order. */
const readGateways = async (proc: string, littleEndian: boolean): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [, destination, gateway = ''] of await rows(join(proc, 'net', 'route'))) {
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/i.test(gateway) || gateway === '00000000') continue;
    const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16));
    found.push((littleEndian ? bytes.reverse() : bytes).join('.'));
  }
  return found;
};

const dongleAt = (known: KnownDongle, mac: string | undefined): FoundNetwork => ({
  kind: 'network',
  address: `tcp://${known.host}:${known.port}`,
  host: known.host,
  mac,
  certainty: 'possible',
  couldBe: [known.couldBe],
  words: `${known.host}:${known.port}: accepts a connection like a dongle of this kind: ${known.name}.`,
});

const seenAt = (host: string, mac: string | undefined, isGateway: boolean): FoundNetwork => ({
  kind: 'network',
  address: undefined,
  host,
  mac,
  certainty: 'seen',
  couldBe: [],
  words: `${host}: ${isGateway ? 'the default gateway' : 'a neighbour'}${mac === undefined ? '' : ` (${mac})`}, not contacted.`,
});

/**
 * Machines that could be dongles. Known factory addresses are tried by opening a connection, and only those inside
 * a network of this machine; everybody else is listed from the kernel's tables and hears nothing from us.
 */
export const networkDevices = async (places: NetworkPlaces): Promise<readonly FoundNetwork[]> => {
  const neighbours = await readNeighbours(places.proc);
  const gateways = await readGateways(places.proc, places.littleEndian);
  const near = knownDongles.filter(({ host }) => places.own.some((own) => isNeighbour(host, own)));
  const answered = await Promise.all(near.map(({ host, port }) => places.answers(host, port)));
  const dongles = near
    .filter((_, index) => answered[index] === true)
    .map((known) => dongleAt(known, neighbours.get(known.host)));
  const listed = new Set(dongles.map(({ host }) => host));
  const others = [...new Set([...gateways, ...neighbours.keys()])].filter((host) => !listed.has(host));
  return [...dongles, ...others.map((host) => seenAt(host, neighbours.get(host), gateways.includes(host)))];
};
