import type { ServerResponse } from 'node:http';
import type { Clock } from '@outpost/schemas/words';
import type { Latest } from './latest.ts';

const EVERY_MS = 200;
/** Every so many turns the status goes out too. */
const STATUS_TURNS = 10;
export const LISTENERS_MAX = 32;
/** A page that has not read so much is let go: it comes back by itself, and nothing piles up here for it. */
const UNREAD_MAX_BYTES = 512 * 1024;

/** Pages that are told what changes, as it changes (server-sent events, WHATWG HTML §9.2). */
export interface Live {
  /** False where there are as many as may be. */
  join(response: ServerResponse): boolean;
  run(signal: AbortSignal): Promise<void>;
  readonly listeners: number;
}

export interface LiveParts {
  readonly clock: Clock;
  readonly latest: Latest;
  /** JSON. */
  status(): string;
  /** Changes with what of the status somebody waits for: it then goes out at once. */
  urgent?(): number;
}

export const createLive = ({ clock, latest, status, urgent = () => 0 }: LiveParts): Live => {
  /** Each with the version that it has seen. */
  const listeners = new Map<ServerResponse, number>();
  let arrived: () => void = () => undefined;

  const say = (response: ServerResponse, event: string, data: string): void => {
    if (response.writableLength > UNREAD_MAX_BYTES) {
      listeners.delete(response);
      response.destroy();
      return;
    }
    response.write(`event: ${event}\ndata: ${data}\n\n`);
  };

  const tell = (): void => {
    const texts = new Map<number, string | undefined>();
    for (const [response, seen] of listeners) {
      if (!texts.has(seen)) {
        const changed = latest.since(seen);
        texts.set(seen, changed.values.length === 0 ? undefined : JSON.stringify(changed));
        texts.set(-1, String(changed.version));
      }
      const text = texts.get(seen);
      if (text === undefined) continue;
      listeners.set(response, Number(texts.get(-1)));
      say(response, 'values', text);
    }
  };

  const someone = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      arrived = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });

  return {
    get listeners() {
      return listeners.size;
    },
    join: (response) => {
      if (listeners.size >= LISTENERS_MAX) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('retry: 3000\n\n');
      listeners.set(response, 0);
      response.on('close', () => listeners.delete(response));
      response.on('error', () => listeners.delete(response));
      say(response, 'status', status());
      arrived();
      return true;
    },
    run: async (signal) => {
      try {
        let told = urgent();
        for (let turn = 1; ; turn += 1) {
          while (listeners.size === 0) {
            await someone(signal);
            signal.throwIfAborted();
          }
          await clock.sleep(EVERY_MS, signal);
          tell();
          if (turn % STATUS_TURNS !== 0 && told === urgent()) continue;
          told = urgent();
          const text = status();
          for (const response of listeners.keys()) say(response, 'status', text);
        }
      } finally {
        for (const response of listeners.keys()) response.end();
      }
    },
  };
};
