import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { concatBytes, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { errorCode } from '../store/whole-file.ts';

/** An answer that is made while it is read: no faster, and no longer than its reader goes on reading. */
export interface StreamReply {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request is answered with. */
export type Reply =
  | {
      readonly status: number;
      readonly type: string;
      readonly body: string | Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | StreamReply
  /** An answer that goes on: whoever gets it writes and ends it. */
  | { readonly open: (response: ServerResponse) => void };

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of the session cookie. */
  readonly token: string | undefined;
  /** Of `Authorization: Bearer`. */
  readonly bearer: string | undefined;
  /** IP address of whoever is on the other end of the socket. */
  readonly caller: string;
  /** Named in lower case. */
  header(name: string): string | undefined;
  /** JSON. */
  body(maxBytes?: number): Promise<Result<unknown>>;
}

const BODY_MAX_BYTES = 64 * 1024;
const CONNECTIONS_MAX = 256;
const HEADERS_MAX_BYTES = 8 * 1024;

/** How long anybody may take. Who is slower is let go, so that slow ones cannot use up all connections. */
export interface Patience {
  /** For the head of a request, and for all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Without a byte in either direction: who does not read; longer than any answer takes to be made. */
  readonly stalledMs: number;
  /** How often it is looked after. */
  readonly everyMs: number;
}

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 20_000, stalledMs: 120_000, everyMs: 5_000 };

export const COOKIE = 'outpost';

/** No frame, no script but our own files, nothing from elsewhere. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export const json = (
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
  headers,
});

export const refusal = (status: number, words: string): Reply => json({ error: words }, status);

/** The status that says what kind of fault it is. */
export const replyToFault = ({ kind, words }: Fault): Reply =>
  refusal(
    kind === 'malformed' ? 400 : kind === 'untrusted' ? 401 : kind === 'unreachable' ? 503 : 403,
    words,
  );

const malformed = (words: string) => fail(fault('malformed', 'page.body', 'request', words));

const readBody = async (request: IncomingMessage, maxBytes = BODY_MAX_BYTES): Promise<Result<unknown>> => {
  const tooLong = () => malformed(`this request has ${maxBytes} bytes at most.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLong();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Who sends too much is told so, on the connection that they send it on.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return tooLong();
    chunks.push(chunk);
  }
  try {
    return ok(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(concatBytes(...chunks))) as unknown,
    );
  } catch {
    return malformed('this is no JSON.');
  }
};

const cookieOf = (header: string | undefined): string | undefined =>
  header
    ?.split(';')
    .map((each) => each.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];

const hostOf = (authority: string | undefined): string =>
  (authority ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();

/**
 * A page of somebody else whose name was made to point here must not be answered (DNS rebinding): only addresses and the
 * box's own names are.
 */
const isOurs = (host: string, names: readonly string[]): boolean =>
  host === 'localhost' || isIP(host) !== 0 || names.includes(host);

/** A change is asked for by our own page: same origin, JSON, and a header that no form can set. */
const isFromPage = ({ headers }: IncomingMessage): boolean => {
  const { origin, host } = headers;
  const isSameOrigin = origin === undefined || origin === `http://${host}`;
  return isSameOrigin && headers['x-outpost'] === '1' && headers['content-type'] === 'application/json';
};

const stream = async (
  response: ServerResponse,
  { stream: chunks, type, headers }: StreamReply,
  isHead: boolean,
): Promise<void> => {
  response.writeHead(200, { ...HEADERS, 'content-type': type, ...headers });
  if (isHead) {
    response.end();
    return;
  }
  try {
    await pipeline(Readable.from(chunks, { objectMode: false }), response);
  } catch (error) {
    // What fails in the making cuts the answer, so that nobody takes it for whole; a reader who goes away is no failure.
    response.destroy();
    if (errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
};

const answer = async (response: ServerResponse, reply: Reply, isHead: boolean): Promise<void> => {
  if ('open' in reply) {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    reply.open(response);
    return;
  }
  if ('stream' in reply) {
    await stream(response, reply, isHead);
    return;
  }
  const { status, type, body, headers } = reply;
  response.writeHead(status, { ...HEADERS, 'content-type': type, ...headers });
  response.end(isHead ? undefined : body);
};

const reached = async (
  request: IncomingMessage,
  names: readonly string[],
  respond: (asked: Asked) => Promise<Reply>,
): Promise<Reply> => {
  const { method = 'GET', headers, socket } = request;
  if (!isOurs(hostOf(headers.host), names)) return refusal(421, 'this box does not go by that name.');
  if (method !== 'GET' && method !== 'HEAD' && !isFromPage(request)) {
    return refusal(403, 'only the page of this box may ask for that.');
  }
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://box')) return refusal(400, 'that is no address.');
  const { pathname, searchParams } = new URL(target, 'http://box');
  return await respond({
    method: method === 'HEAD' ? 'GET' : method,
    path: pathname,
    query: searchParams,
    token: cookieOf(headers.cookie),
    bearer: /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1],
    caller: socket.remoteAddress ?? '',
    header: (name) => headers[name]?.toString(),
    body: (maxBytes) => readBody(request, maxBytes),
  });
};

export interface HttpParts {
  /** Names besides addresses that the box answers to, in lower case. */
  readonly names: readonly string[];
  respond(asked: Asked): Promise<Reply>;
  /** Told of a Bug; the caller sees only that there was one. */
  failed(error: unknown): void;
  readonly patience?: Patience;
}

/** A server with a limit on everything; not listening yet. */
export const createHttp = ({ names, respond, failed, patience = PATIENCE }: HttpParts): Server => {
  const server = createServer(
    {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: patience.everyMs,
      maxHeaderSize: HEADERS_MAX_BYTES,
    },
    (request, response) => {
      const isHead = request.method === 'HEAD';
      reached(request, names, respond)
        .catch((error: unknown) => {
          failed(error);
          return refusal(500, 'this program failed at it; its log says more.');
        })
        .then((reply) => {
          // What is left of a body that nobody wants is not waited for.
          if (!request.complete) response.setHeader('connection', 'close');
          return answer(response, reply, isHead);
        })
        .catch((error: unknown) => {
          failed(error);
          request.destroy();
        });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.timeout = patience.stalledMs;
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  return server;
};
