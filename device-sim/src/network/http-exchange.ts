import type { IncomingMessage, ServerResponse } from 'node:http';
import { concatBytes } from '@outpost/schemas/words';

/** An answer before it is written. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Half of it is written, then the connection is cut. */
  readonly cut?: boolean;
  /** The connection cannot be used for another request. */
  readonly last?: boolean;
}

/** The whole body; undefined as soon as it is longer than allowed, with the rest thrown away as it comes. */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      request.resume();
      resolve(undefined);
      return;
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        chunks.length = 0;
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(concatBytes(...chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the connection ended within the request')));
  });

export const write = (response: ServerResponse, answer: Answer): void => {
  const { status, contentType, body, headers = {}, cut = false, last = false } = answer;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': body.length,
    ...(last ? { connection: 'close' } : {}),
    ...headers,
  });
  if (!cut) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
};
