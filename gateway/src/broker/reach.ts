import { isIP } from 'node:net';
import type { Enrolled } from './enrol.ts';
import type { Enrolment } from './enrolment.ts';

/** Where a device finds the broker. */
export interface Reach {
  /** `mqtts://gateway.local:8883`; undefined where no broker is configured. */
  readonly url: string | undefined;
  /** What stands in the device's way; empty where nothing does. */
  readonly words: string;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where the broker listens for devices. */
export interface Places {
  readonly tls: Place | null;
  readonly tcp: Place | null;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
/** An address that stands for all of the box's own. */
const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';
const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** The listener that serves a device best: encrypted before plain, reachable before not. */
export const reachOf = (places: Places | null, hostname: string, withTls: boolean): Reach => {
  if (places === null) {
    return { url: undefined, words: 'No broker is configured; add "broker": {} to the configuration.' };
  }
  const at = (scheme: string, { host, port }: Place): string =>
    `${scheme}://${urlHost(isEverywhere(host) ? `${hostname}.local` : host)}:${port}`;
  if (places.tls !== null) return { url: at('mqtts', places.tls), words: '' };
  if (withTls) {
    return {
      url: undefined,
      words: 'Certificates need TLS; add "tls": {} to "broker" in the configuration.',
    };
  }
  if (places.tcp === null) return { url: undefined, words: 'The broker listens neither at TCP nor at TLS.' };
  const words = isLoopback(places.tcp.host)
    ? 'The broker listens at loopback alone; for devices on the network add "tls": {} to "broker".'
    : 'The password crosses the network unencrypted; better add "tls": {} to "broker".';
  return { url: at('mqtt', places.tcp), words };
};

/** The places of a broker that runs, by the addresses that it says it listens at. */
export const placesOf = (addresses: readonly string[]): Places => {
  const at = (scheme: string): Place | null => {
    const address = addresses.find((each) => each.startsWith(`${scheme}://`));
    if (address === undefined) return null;
    const { hostname, port } = new URL(address);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  };
  return { tls: at('mqtts'), tcp: at('mqtt') };
};

/** What a phone or a set-up page can read from a QR code. */
export const enrolmentUrl = ({ enrolment, password }: Enrolled, { url }: Reach): string | undefined => {
  if (url === undefined || password === undefined) return undefined;
  const { name, clientId, topics } = enrolment;
  const [scheme, rest] = url.split('://');
  const query = new URLSearchParams({ client: clientId ?? '', topic: topics[0] ?? '' });
  return `${scheme}://${name}:${password}@${rest}?${query}`;
};

/** An enrolment without what a password is checked by. */
export const forScripts = ({ name, proof, clientId, topics, reads }: Enrolment) => ({
  name,
  proof: proof.kind === 'password' ? { kind: proof.kind } : proof,
  clientId,
  topics,
  reads,
});
