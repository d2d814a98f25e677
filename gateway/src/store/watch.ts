import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

/** Published by node:http when the head of a response has arrived, before the caller sees it. */
const RESPONSE = 'http.client.response.finish';

export interface Watch {
  /** Of the response; 0 until one came. */
  status(): number;
  /** What the server wrote into `X-Influxdb-Error`, which the client throws away on 5xx. */
  words(): string;
  /** Resolves when the connection ended in the middle of a response, which the client never notices. */
  readonly cut: Promise<void>;
  close(): void;
}

/** Looks on at the one call that goes through `agent`. */
export const watchResponse = (agent: Agent): Watch => {
  let status = 0;
  let words = '';
  let onCut: () => void = () => undefined;
  const cut = new Promise<void>((resolve) => {
    onCut = resolve;
  });
  const look = (message: unknown): void => {
    const { request, response } = message as {
      readonly request: ClientRequest & { readonly agent?: Agent };
      readonly response: IncomingMessage;
    };
    if (request.agent !== agent) return;
    status = response.statusCode ?? 0;
    words = [response.headers['x-influxdb-error'] ?? ''].flat().join(' ');
    response.once('close', () => {
      if (!response.complete) onCut();
    });
  };
  subscribe(RESPONSE, look);
  return {
    status: () => status,
    words: () => words,
    cut,
    close: () => {
      unsubscribe(RESPONSE, look);
    },
  };
};
