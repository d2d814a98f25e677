import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { dimoWire, type KeyAndCertificate } from '@outpost/gateway';
import { asciiBytes, type Clock, toHex } from '@outpost/schemas/words';
import { type Answer, readBody } from '../network/http-exchange.ts';
import { faultAt, type NetworkFaults } from '../network/network-faults.ts';
import type { Authority, Told } from './authority.ts';
import type { Bucket } from './bucket.ts';
import { type Judgement, judgeAttestation, judgeStatus, type Rules } from './judge.ts';
import type { Shelf } from './shelf.ts';

export interface DimoNodeOptions {
  readonly node: dimoWire.NodeKind;
  readonly chain: dimoWire.Chain;
  readonly host: string;
  /** For status, attestations, and login with authority; 0 takes any free one. */
  readonly ports: readonly [status: number, attestations: number, login: number];
  readonly root: KeyAndCertificate;
  readonly clock: Clock;
  /** `refuse` is a 400 whose events are stored all the same, `busy` a 503; both by number or by time. */
  readonly faults?: NetworkFaults;
  readonly bodyMaxBytes?: number;
  /** Whether compressed bodies are taken; nobody outside knows it of the real one. */
  readonly gzip?: boolean;
  /** Requests of one sender; 429 for what is more. As many as come where undefined. */
  readonly perSecondMax?: number;
  readonly tokenSeconds?: number;
  readonly certificateDays?: number;
}

export interface DimoNodeStatus {
  readonly node: dimoWire.NodeKind;
  readonly requests: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly stored: number;
  readonly signals: number;
  readonly repeated: number;
  readonly dropped: number;
  readonly logins: number;
  readonly certificates: number;
}

/** DIN's own limit. */
const BODY_MAX_BYTES = 32 * 1024 * 1024;

const unzip = promisify<Uint8Array, Uint8Array>(gunzip);

const textAnswer = (status: number, words: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: new TextEncoder().encode(words),
  headers,
});

const toldAnswer = ({ status, body }: Told): Answer => ({
  status,
  contentType: 'application/json',
  body: asciiBytes(JSON.stringify(body)),
});

/** What the three ports have in common. */
export interface Node {
  readonly options: DimoNodeOptions;
  readonly authority: Authority;
  readonly shelf: Shelf;
  /** Undefined where there is no limit. */
  readonly bucket: Bucket | undefined;
  readonly startedMs: number;
  nowMs(): number;
  requests: number;
  dropped: number;
  readonly answers: Map<string, number>;
}

const rulesOf = ({ options: { node, chain }, nowMs }: Node): Rules => ({
  node,
  chain,
  nowMs: nowMs(),
  newId: () => toHex(randomBytes(14)).slice(0, 27),
});

/** The body as text; an answer where it is too large. */
const textOf = async ({ options }: Node, request: IncomingMessage): Promise<string | Answer> => {
  const body = await readBody(request, options.bodyMaxBytes ?? BODY_MAX_BYTES);
  if (body === undefined) return { ...textAnswer(413, 'payload too large'), last: true };
  const isZipped = request.headers['content-encoding'] === 'gzip' && options.gzip === true;
  const plain = isZipped ? await unzip(body).catch(() => body) : body;
  return new TextDecoder().decode(plain);
};

const answerOf = (node: Node, { status, words, stored, dropped }: Judgement, isRefused: boolean): Answer => {
  node.shelf.put(stored, node.nowMs());
  node.dropped += dropped.length;
  return isRefused
    ? textAnswer(400, 'failed to process cloudevent: the fault script says so')
    : textAnswer(status, words);
};

/** Judges one event by the fault script first; what is stored is stored, however the answer fares. */
const ingest = async (
  node: Node,
  request: IncomingMessage,
  judge: (text: string) => Judgement,
  signal: AbortSignal,
): Promise<Answer> => {
  const { faults = [], clock } = node.options;
  node.requests += 1;
  const moment = { number: node.requests, elapsedMs: node.nowMs() - node.startedMs };
  const busy = faultAt(faults, 'busy', moment);
  const text = await textOf(node, request);
  if (typeof text !== 'string') return text;
  if (busy !== undefined) {
    const { retryAfterS = node.options.node === 'din' ? 5 : undefined } = busy;
    const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
    return textAnswer(503, 'ingest temporarily unavailable', headers);
  }
  const slow = faultAt(faults, 'slow', moment);
  if (slow !== undefined) await clock.sleep(slow.delayMs, signal);
  const answer = answerOf(node, judge(text), faultAt(faults, 'refuse', moment) !== undefined);
  return faultAt(faults, 'cut', moment) === undefined
    ? answer
    : { ...answer, body: asciiBytes('cut here'), cut: true };
};

const commonName = (request: IncomingMessage): string | undefined => {
  const socket = request.socket as TLSSocket;
  if (!socket.authorized) return undefined;
  const { CN } = socket.getPeerCertificate().subject ?? {};
  return dimoWire.checksummed(typeof CN === 'string' ? CN : '');
};

export type Route = (request: IncomingMessage, signal: AbortSignal) => Promise<Answer>;

const wrongDoor = ({ method, url }: IncomingMessage): Answer | undefined => {
  if (url !== '/') return textAnswer(404, 'not found');
  return method === 'POST' ? undefined : textAnswer(405, 'method not allowed');
};

const isTooFast = ({ bucket, nowMs }: Node, who: string): boolean =>
  bucket !== undefined && !bucket(who, nowMs());

export const statusRoute =
  (node: Node): Route =>
  async (request, signal) => {
    const wrong = wrongDoor(request);
    if (wrong !== undefined) return wrong;
    const source = commonName(request);
    if (source === undefined) return { ...textAnswer(401, 'missing client identity'), last: true };
    if (isTooFast(node, source)) return textAnswer(429, 'rate limit exceeded');
    return await ingest(node, request, (text) => judgeStatus(text, source, rulesOf(node)), signal);
  };

export const attestationRoute =
  (node: Node): Route =>
  async (request, signal) => {
    const wrong = wrongDoor(request);
    if (wrong !== undefined) return wrong;
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const holder = token === undefined ? undefined : node.authority.holderOf(token);
    if (holder === undefined) return { ...textAnswer(401, 'missing client identity'), last: true };
    if (isTooFast(node, request.socket.remoteAddress ?? '')) return textAnswer(429, 'rate limit exceeded');
    return await ingest(node, request, (text) => judgeAttestation(text, holder, rulesOf(node)), signal);
  };

const FORM_MAX_BYTES = 65_536;

export const loginRoute =
  ({ authority }: Node, status: () => DimoNodeStatus): Route =>
  async (request) => {
    const { method, url } = request;
    if (method === 'GET' && url === '/v1/status') return toldAnswer({ status: 200, body: status() });
    if (method !== 'POST') return textAnswer(405, 'method not allowed');
    const body = (await readBody(request, FORM_MAX_BYTES)) ?? new Uint8Array(0);
    const form = (): URLSearchParams => new URLSearchParams(new TextDecoder().decode(body));
    if (url === '/auth/web3/generate_challenge') return toldAnswer(authority.challenge(form()));
    if (url === '/auth/web3/submit_challenge') return toldAnswer(authority.submit(form()));
    return url === '/1.0/sign' ? toldAnswer(await authority.sign(body)) : textAnswer(404, 'not found');
  };
