import { isIP } from 'node:net';
import type { BrokerConfig } from '@outpost/schemas/config';
import type { Enrolled, Enrolment } from '../broker/index.ts';

/** Where a device finds the broker. */
export interface Reach {
  /** `mqtts://gateway.local:8883`; undefined where no broker is configured. */
  readonly url: string | undefined;
  /** What stands in the device's way; empty where nothing does. */
  readonly words: string;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
/** An address that stands for all of the box's own. */
const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';
const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** The listener that serves a device best: encrypted before plain, reachable before not. */
export const reachOf = (broker: BrokerConfig | null, hostname: string, withTls: boolean): Reach => {
  if (broker === null) {
    return { url: undefined, words: 'No broker is configured; add "broker": {} to the configuration.' };
  }
  const at = (scheme: string, { host, port }: { readonly host: string; readonly port: number }): string =>
    `${scheme}://${urlHost(isEverywhere(host) ? `${hostname}.local` : host)}:${port}`;
  if (broker.tls !== null) return { url: at('mqtts', broker.tls), words: '' };
  if (withTls) {
    return {
      url: undefined,
      words: 'Certificates need TLS; add "tls": {} to "broker" in the configuration.',
    };
  }
  if (broker.tcp === null) return { url: undefined, words: 'The broker listens neither at TCP nor at TLS.' };
  const words = isLoopback(broker.tcp.host)
    ? 'The broker listens at loopback alone; for devices on the network add "tls": {} to "broker".'
    : 'The password crosses the network unencrypted; better add "tls": {} to "broker".';
  return { url: at('mqtt', broker.tcp), words };
};

/** What a phone or a set-up page can read from a QR code. */
export const enrolmentUrl = ({ enrolment, password }: Enrolled, { url }: Reach): string | undefined => {
  if (url === undefined || password === undefined) return undefined;
  const { name, clientId, topics } = enrolment;
  const [scheme, rest] = url.split('://');
  const query = new URLSearchParams({ client: clientId ?? '', topic: topics[0] ?? '' });
  return `${scheme}://${name}:${password}@${rest}?${query}`;
};

const row = (name: string, value: string): string => `${name.padEnd(12)}${value}`;

const proofWords = ({ proof }: Enrolment): string =>
  proof.kind === 'password' ? 'password' : `certificate, key ${proof.keyHash.slice(0, 16)}…`;

export const enrolmentLines = (enrolment: Enrolment): readonly string[] => {
  const { name, clientId, topics, reads } = enrolment;
  return [
    row('Device', name),
    row('Proof', proofWords(enrolment)),
    row('Client ID', clientId ?? 'any'),
    row('Topics', topics.length === 0 ? 'none' : topics.join(', ')),
    ...(reads.length === 0 ? [] : [row('Reads', reads.join(', '))]),
  ];
};

/** What to type into a device, secret included: shown once. */
export const enrolledLines = (
  enrolled: Enrolled,
  reach: Reach,
  files: readonly string[],
): readonly string[] => {
  const { enrolment, password } = enrolled;
  const { name, clientId, topics, reads } = enrolment;
  return [
    row('Server', reach.url ?? '-'),
    ...(password === undefined ? files.map((file) => row('File', file)) : []),
    row('User', name),
    ...(password === undefined ? [] : [row('Password', `${password}   (shown this once)`)]),
    row('Client ID', clientId ?? 'any'),
    ...topics.map((topic) => row('Topic', topic)),
    ...reads.map((topic) => row('Reads', topic)),
    ...(reach.words === '' ? [] : ['', reach.words]),
    ...(topics.length === 0
      ? []
      : ['', `In the configuration its device has the name "${name}" and the port "broker:".`]),
  ];
};

export const listLines = (enrolments: readonly Enrolment[]): readonly string[] =>
  enrolments.length === 0
    ? ['No device is enrolled; begin with `outpost devices add NAME`.']
    : enrolments.map(
        (each) => `${each.name.padEnd(33)}${each.proof.kind.padEnd(13)}${each.topics.join(', ')}`,
      );

export const forScripts = ({ name, proof, clientId, topics, reads }: Enrolment): object => ({
  name,
  proof: proof.kind === 'password' ? { kind: proof.kind } : proof,
  clientId,
  topics,
  reads,
});
