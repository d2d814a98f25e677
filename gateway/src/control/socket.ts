import { chmodSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Longer socket paths than this do not fit a sockaddr_un (unix(7): 108 bytes with the closing NUL). */
const PATH_MAX_BYTES = 107;
const ANSWER_MAX_BYTES = 1 << 20;

export const controlPath = (dataDirectory: string): string => join(dataDirectory, 'control.sock');

const unreachable = (where: string, words: string) =>
  fail(fault('unreachable', 'control.away', where, words));

/**
 * Serves the status on a Unix socket that only the gateway's own user can open: file permissions are the
 * authentication, and no port is open.
 */
export const serveControl = (
  dataDirectory: string,
  routes: Readonly<Record<string, () => string>>,
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
      const route = asked.method === 'GET' ? routes[asked.url ?? ''] : undefined;
      answer.writeHead(route === undefined ? 404 : 200, { 'content-type': 'application/json' });
      answer.end(route === undefined ? '{}' : route());
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

/** Asks a running gateway; `unreachable` where none runs on that data directory. */
export const askControl = (
  dataDirectory: string,
  route: string,
  timeoutMs: number,
): Promise<Result<string>> =>
  new Promise((resolve) => {
    const path = controlPath(dataDirectory);
    const asked = request({ socketPath: path, path: route, timeout: timeoutMs }, (answer) => {
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
        resolve(answer.statusCode === 200 ? ok(text) : unreachable(path, `answered ${answer.statusCode}.`));
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
    asked.end();
  });
