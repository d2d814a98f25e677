import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { concatBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Longer socket paths than this do not fit a sockaddr_un (unix(7): 108 bytes with the closing NUL). */
const PATH_MAX_BYTES = 107;
const ANSWER_MAX_BYTES = 1 << 20;
const ASKED_MAX_BYTES = 64 * 1024;

export const controlPath = (dataDirectory: string): string => join(dataDirectory, 'control.sock');

const unreachable = (where: string, words: string) =>
  fail(fault('unreachable', 'control.away', where, words));

/** What can be asked: each answers with JSON. */
export interface ControlRoutes {
  /** By GET. */
  readonly shows: Readonly<Record<string, () => string>>;
  /** By POST, with a body of at most 64 KiB; a fault is the fault of whoever wrote that. Rejects only with a Bug. */
  readonly takes: Readonly<Record<string, (body: string) => Promise<Result<string>>>>;
}

/** Undefined where it is too long. */
const bodyOf = async (asked: IncomingMessage): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of asked as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > ASKED_MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(concatBytes(...chunks));
};

interface Answer {
  readonly status: number;
  readonly json: string;
}

const wrong = (status: number, why: string): Answer => ({ status, json: JSON.stringify({ error: why }) });

const answerTo = async (asked: IncomingMessage, { shows, takes }: ControlRoutes): Promise<Answer> => {
  const { method, url = '' } = asked;
  const show = method === 'GET' ? shows[url] : undefined;
  if (show !== undefined) return { status: 200, json: show() };
  const take = method === 'POST' ? takes[url] : undefined;
  if (take === undefined) return { status: 404, json: '{}' };
  const body = await bodyOf(asked);
  if (body === undefined) return wrong(413, `takes ${ASKED_MAX_BYTES} bytes at most`);
  const taken = await take(body);
  return taken.ok ? { status: 200, json: taken.value } : wrong(400, taken.fault.words);
};

/**
 * Serves the status and takes orders on a Unix socket that only the gateway's own user can open: file permissions are
 * the authentication, and no port is open.
 */
export const serveControl = (
  dataDirectory: string,
  routes: ControlRoutes,
  signal: AbortSignal,
): Promise<Result<void>> =>
  new Promise((resolve) => {
    const path = controlPath(dataDirectory);
    if (new TextEncoder().encode(path).length > PATH_MAX_BYTES) {
      const words = `the path of the data directory is too long for a socket (${PATH_MAX_BYTES} bytes in all); move it up.`;
      resolve(fail(fault('misconfigured', 'control.path', path, words)));
      return;
    }
    const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (asked, answer) => {
      answerTo(asked, routes)
        .catch((error: unknown) => wrong(500, error instanceof Error ? error.message : String(error)))
        .then(({ status, json }) => {
          answer.writeHead(status, { 'content-type': 'application/json' });
          answer.end(json);
        })
        .catch(() => asked.destroy());
    });
    server.maxConnections = 16;
    // The lock on the data directory says that no other gateway owns a socket that is left there.
    rmSync(path, { force: true });
    server.once('error', (error) => resolve(unreachable(path, `cannot serve the status: ${error.message}.`)));
    const end = (): void => {
      server.close();
      server.closeAllConnections();
      rmSync(path, { force: true });
    };
    server.listen(path, () => {
      chmodSync(path, 0o600);
      // Told to stop while it was still starting: no other sign will come.
      if (signal.aborted) end();
      resolve(ok(undefined));
    });
    signal.addEventListener('abort', end, { once: true });
  });

/** What the gateway says of a request that it does not take. */
const refusalOf = (path: string, status: number | undefined, text: string) => {
  const error = /^\{"error":(".*")\}$/s.exec(text)?.[1];
  return error === undefined
    ? unreachable(path, `answered ${status}.`)
    : fail(fault('refused', 'control.refused', path, JSON.parse(error) as string));
};

/** Asks a running gateway, or gives it `body`; `unreachable` where none runs on that data directory. */
export const askControl = (
  dataDirectory: string,
  route: string,
  timeoutMs: number,
  body?: string,
): Promise<Result<string>> =>
  new Promise((resolve) => {
    const path = controlPath(dataDirectory);
    const method = body === undefined ? 'GET' : 'POST';
    // A connection of its own: one that is kept for later may be to a gateway that has ended since.
    const agent = false;
    const asked = request({ socketPath: path, path: route, method, agent, timeout: timeoutMs }, (answer) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes <= ANSWER_MAX_BYTES) chunks.push(chunk);
        else asked.destroy(new Error('the answer is too long'));
      });
      answer.on('error', (error) => resolve(unreachable(path, `${error.message}.`)));
      answer.on('end', () => {
        const text = chunks.map((chunk) => new TextDecoder().decode(chunk)).join('');
        resolve(answer.statusCode === 200 ? ok(text) : refusalOf(path, answer.statusCode, text));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    asked.on('error', (error: NodeJS.ErrnoException) => {
      const away = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      const words =
        error.code === 'EACCES'
          ? 'this user may not ask; use the gateway’s user or sudo.'
          : `${error.message}.`;
      resolve(
        unreachable(
          path,
          away ? 'no gateway runs on this data directory; start one with `outpost run`.' : words,
        ),
      );
    });
    asked.end(body);
  });
