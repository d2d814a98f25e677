import { type Fault, fault } from '@outpost/schemas/words';

interface Failure {
  readonly kind: 'unreachable' | 'refused' | 'misconfigured';
  readonly code: string;
  readonly words: string;
}

const NO_SUCH_HOST: Failure = {
  kind: 'unreachable',
  code: 'no-such-host',
  words: 'that name has no address; check its spelling and the DNS.',
};
const TIMEOUT: Failure = {
  kind: 'unreachable',
  code: 'timeout',
  words: 'the broker does not answer; is it on and in reach?',
};
const TOO_LONG: Failure = {
  kind: 'unreachable',
  code: 'packet-too-long',
  words: 'the broker sends a packet that is longer than is taken here.',
};
const BROKEN_OFF: Failure = {
  kind: 'unreachable',
  code: 'reset',
  words: 'the broker broke the connection off.',
};
const CREDENTIALS: Failure = {
  kind: 'refused',
  code: 'not-authorised',
  words: 'the broker refuses this user name, password or certificate; check the credentials file.',
};
const CLIENT_ID: Failure = {
  kind: 'refused',
  code: 'client-id',
  words: 'the broker refuses this client id; give another one.',
};
const VERSION: Failure = {
  kind: 'refused',
  code: 'version',
  words: 'the broker does not speak this version of MQTT; say 3.1.1 or 5.',
};
const BUSY: Failure = {
  kind: 'unreachable',
  code: 'unavailable',
  words: 'the broker says that it is not available now.',
};
const UNTRUSTED: Failure = {
  kind: 'unreachable',
  code: 'certificate',
  words: "the broker's certificate is not signed by a known authority or is for another name; give its CA.",
};

/** The `code` of the error by which a connection ends whose next packet is too long. */
export const PACKET_TOO_LONG = 'PACKET_TOO_LONG';

/**
 * By error code of Node.js, CONNACK return code of 3.1.1 (§3.2.2.3: 1 to 5) and reason code of 5 (§3.2.2.2: from
 * 128): the two ranges do not meet.
 */
const failures: ReadonlyMap<unknown, Failure> = new Map<unknown, Failure>([
  [
    'ECONNREFUSED',
    { kind: 'unreachable', code: 'refused', words: 'no broker listens there; is the port right?' },
  ],
  ['ENOTFOUND', NO_SUCH_HOST],
  ['EAI_AGAIN', NO_SUCH_HOST],
  [
    'EHOSTUNREACH',
    { kind: 'unreachable', code: 'no-route', words: 'no way there; is this box on that network?' },
  ],
  [
    'ENETUNREACH',
    { kind: 'unreachable', code: 'no-route', words: 'no way there; is this box on that network?' },
  ],
  ['ETIMEDOUT', TIMEOUT],
  ['ECONNRESET', BROKEN_OFF],
  ['EPIPE', BROKEN_OFF],
  [PACKET_TOO_LONG, TOO_LONG],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['ERR_TLS_CERT_ALTNAME_INVALID', UNTRUSTED],
  ['CERT_HAS_EXPIRED', UNTRUSTED],
  [1, VERSION],
  [2, CLIENT_ID],
  [3, BUSY],
  [4, CREDENTIALS],
  [5, CREDENTIALS],
  [132, VERSION],
  [133, CLIENT_ID],
  [134, CREDENTIALS],
  [135, CREDENTIALS],
  [136, BUSY],
  [137, BUSY],
  [138, CREDENTIALS],
  [140, CREDENTIALS],
  [151, BUSY],
]);

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

export const mqttFault = (kind: Fault['kind'], code: string, where: string, words: string): Fault =>
  fault(kind, `mqtt.${code}`, where, words);

/** What an error of a connection means. Its own text is not shown: it may repeat what was configured. */
export const faultOfError = (error: unknown, where: string): Fault => {
  const code = codeOf(error);
  const known = failures.get(code);
  if (known !== undefined) return mqttFault(known.kind, known.code, where, known.words);
  const shown = typeof code === 'string' || typeof code === 'number' ? ` (${code})` : '';
  return mqttFault('unreachable', 'failed', where, `the connection to the broker failed${shown}.`);
};

export const timedOut = (where: string): Fault => mqttFault(TIMEOUT.kind, TIMEOUT.code, where, TIMEOUT.words);

export const hungUp = (where: string): Fault =>
  mqttFault('unreachable', 'closed', where, 'the broker closed the connection.');
