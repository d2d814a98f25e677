import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import {
  type Clock,
  concatBytes,
  type Fault,
  fail,
  fault,
  NS_PER_MS,
  ok,
  type Result,
} from '@outpost/schemas/words';

export interface Reply {
  readonly status: number;
  /** Without parameters, in small letters. */
  readonly contentType: string;
  /** What `Retry-After` asks for, at most an hour; undefined where it asks for nothing. */
  readonly retryAfterMs: number | undefined;
  readonly body: Uint8Array;
}

/** PEM. Without `ca`, the authorities that the machine trusts; `cert` and `key` where the other side wants to know us. */
export interface PostTls {
  readonly ca?: Uint8Array;
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
}

export interface PostOptions {
  readonly url: URL;
  readonly clock: Clock;
  /** What the codes of its faults begin with: the kind of network. */
  readonly code: string;
  readonly contentType: string;
  readonly tls?: PostTls | undefined;
  /** From dialling to the last byte of the answer; besides, every 16 bytes of the request have a millisecond. */
  readonly deadlineMs: number;
  readonly answerMaxBytes: number;
}

/** `headers` are of this request alone, in small letters. */
export type Post = (
  body: Uint8Array,
  signal: AbortSignal,
  headers?: Readonly<Record<string, string>>,
) => Promise<Result<Reply>>;

export interface Poster extends AsyncDisposable {
  readonly post: Post;
}

const RETRY_AFTER_MAX_MS = 3_600_000;
/** 16 kB/s: a line that is slower than this is no line. */
const SLOWEST_BYTES_PER_MS = 16;

const retryAfterMs = (text: string | undefined, clock: Clock): number | undefined => {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : undefined;
  const until = seconds ?? Date.parse(text) - Number(clock.wall() / NS_PER_MS);
  return Number.isFinite(until) ? Math.min(Math.max(until, 0), RETRY_AFTER_MAX_MS) : undefined;
};

/** Certificates that are not to be believed; everything else that goes wrong on the way may heal by itself. */
const isCertificateFault = (code: string): boolean =>
  code.startsWith('CERT_') ||
  code.startsWith('ERR_TLS_CERT') ||
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|HOSTNAME_MISMATCH)$/.test(
    code,
  );

const faultOf = (kind: string, where: string, error: Error): Fault => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (isCertificateFault(code)) {
    return fault('untrusted', `${kind}.tls`, where, `its certificate is not to be believed (${code}).`);
  }
  const words = code === '' ? error.message : `${error.message} (${code})`;
  return fault('unreachable', `${kind}.unreachable`, where, `the network cannot be reached: ${words}.`);
};

const readBody = (answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    answer.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > maxBytes) answer.destroy(new Error(`its answer is longer than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    answer.once('end', () => resolve(concatBytes(...chunks)));
    answer.once('error', reject);
    answer.once('close', () => reject(new Error('the connection ended within the answer')));
  });

/** One request over the agent; rejects with whatever went wrong on the way. */
const exchange = (
  { url, clock, contentType, answerMaxBytes }: PostOptions,
  agent: PlainAgent | TlsAgent,
  body: Uint8Array,
  signal: AbortSignal,
  own: Readonly<Record<string, string>>,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const headers = { ...own, 'content-type': contentType, 'content-length': body.length };
    const options = { method: 'POST', agent, headers, signal };
    const request = url.protocol === 'https:' ? secureRequest(url, options) : plainRequest(url, options);
    request.once('error', reject);
    request.once('response', (answer) => {
      readBody(answer, answerMaxBytes).then((received) => {
        const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
        resolve({
          status: answer.statusCode ?? 0,
          contentType: type.trim().toLowerCase(),
          retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock),
          body: received,
        });
      }, reject);
    });
    request.end(body);
  });

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

const pem = ({ ca, cert, key }: PostTls = {}): { ca?: string; cert?: string; key?: string } => {
  const found = { ca: text(ca), cert: text(cert), key: text(key) };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};

/**
 * Posts to one address over at most one connection, kept open between requests. Built on node:http because the
 * platform's fetch takes 28 MB of memory for its first request, ten times as much, and bounds no answer. The
 * server's certificate is always checked, whatever the environment says.
 */
export const openPoster = (options: PostOptions): Poster => {
  const { url, clock, code, tls } = options;
  const where = url.origin + url.pathname;
  const connections = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 };
  const agent =
    url.protocol === 'https:'
      ? new TlsAgent({ ...connections, ...pem(tls), rejectUnauthorized: true, minVersion: 'TLSv1.2' })
      : new PlainAgent(connections);

  const post: Post = async (body, signal, headers = {}) => {
    signal.throwIfAborted();
    const finished = new AbortController();
    // Not AbortSignal.any: what it ties to a signal that lives as long as the program stays in memory with it.
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    const deadlineMs = options.deadlineMs + Math.ceil(body.length / SLOWEST_BYTES_PER_MS);
    signal.addEventListener('abort', abort, { once: true });
    const deadline = clock.sleep(deadlineMs, finished.signal).then(abort, () => undefined);
    try {
      return ok(await exchange(options, agent, body, stop.signal, headers));
    } catch (error) {
      signal.throwIfAborted();
      const late = stop.signal.aborted ? new Error(`no whole answer within ${deadlineMs} ms`) : undefined;
      return fail(faultOf(code, where, late ?? (error instanceof Error ? error : new Error(String(error)))));
    } finally {
      signal.removeEventListener('abort', abort);
      finished.abort();
      await deadline;
    }
  };

  return {
    post,
    [Symbol.asyncDispose]: () => {
      agent.destroy();
      return Promise.resolve();
    },
  };
};
