import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { Peer } from '../port.ts';

/** Where stations ask for their settings (CUPS). */
export const UPDATE_PATH = '/update-info';

/** A question has some hundred bytes. */
const QUESTION_MAX_BYTES = 8_192;
const OPEN_MAX = 64;
/** A question that nobody answers: the station asks again a minute later. */
const ANSWER_WITHIN_MS = 10_000;

/** Questions by POST that wait for their answer, each by the address that it came from. */
export interface Updates {
  /** Reads the question and hands it on; refuses it where there are too many or it is too long. */
  take(
    request: IncomingMessage,
    response: ServerResponse,
    peer: Peer,
    asked: (body: Uint8Array) => void,
  ): void;
  /** False where nobody waits there. */
  answer(to: Peer, bytes: Uint8Array): boolean;
}

const keyOf = ({ address, port }: Peer): string => `${address} ${port}`;

export const createUpdates = (clock: Clock, signal: AbortSignal): Updates => {
  const open = new Map<string, { end(status: number, bytes: Uint8Array): void }>();

  const wait = (key: string, response: ServerResponse): void => {
    const late = abortScope(signal);
    const end = (status: number, bytes: Uint8Array): void => {
      if (!open.delete(key)) return;
      late.release();
      late.abort();
      response.writeHead(status, {
        'content-type': 'application/octet-stream',
        'content-length': bytes.length,
      });
      response.end(bytes);
    };
    open.set(key, { end });
    const silent = (): void => end(503, new Uint8Array());
    response.on('close', silent);
    clock.sleep(ANSWER_WITHIN_MS, late.signal).then(silent, silent);
  };

  return {
    take: (request, response, peer, asked) => {
      const key = keyOf(peer);
      if (open.size >= OPEN_MAX || open.has(key)) {
        response.writeHead(503).end();
        return;
      }
      const chunks: Buffer[] = [];
      let length = 0;
      request.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= QUESTION_MAX_BYTES) chunks.push(chunk);
        else request.destroy();
      });
      // A connection that breaks off is answered by nobody.
      request.on('error', () => undefined);
      request.on('end', () => {
        wait(key, response);
        const whole = Buffer.concat(chunks);
        asked(new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength));
      });
    },
    answer: (to, bytes) => {
      const question = open.get(keyOf(to));
      question?.end(200, bytes);
      return question !== undefined;
    },
  };
};
