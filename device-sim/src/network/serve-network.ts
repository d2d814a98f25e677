import { createServer, type IncomingMessage, type Server } from 'node:http';
import { keyText, outpostWire } from '@outpost/gateway';
import { asciiBytes, fail, fault, ok, type Result, toHex } from '@outpost/schemas/words';
import { type Answer, readBody, write } from './http-exchange.ts';
import { type CoreOptions, type NetworkCore, openNetworkCore, refusalAnswer } from './network-core.ts';

export interface NetworkOptions extends CoreOptions {
  /** `http://127.0.0.1:35100`; port 0 takes any free one. */
  readonly listen: URL;
  /** For a whole request to come in; who is slower is cut off. */
  readonly requestDeadlineMs?: number;
}

/** Counts for people and tests, as `GET /v1/status` gives them. */
export interface NetworkStatus {
  readonly name: string;
  readonly key: string;
  readonly requests: number;
  readonly settled: number;
  readonly readings: number;
  readonly repeated: number;
  readonly again: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly keyRecords: number;
  /** Everything that stands in a chain, also from before the start. */
  readonly attestations: number;
  readonly streams: readonly {
    readonly stream: string;
    readonly deviceKey: string;
    readonly epoch: string;
    readonly counter: number;
  }[];
}

export interface ServedNetwork extends AsyncDisposable {
  /** Where gateways send to: the address without a path. */
  readonly url: string;
  readonly publicKey: Uint8Array;
  status(): NetworkStatus;
}

const CONNECTIONS_MAX = 64;
const REQUEST_DEADLINE_MS = 30_000;
/** Longer than gateways wait between two deliveries. */
const KEEP_ALIVE_MS = 65_000;
const STATUS_PATH = '/v1/status';

const statusOf = (name: string, core: NetworkCore): NetworkStatus => {
  const { tally, memory } = core;
  return {
    name,
    key: keyText(core.publicKey),
    requests: core.requests,
    settled: tally.settled,
    readings: tally.readings,
    repeated: tally.repeated,
    again: tally.again,
    refused: Object.fromEntries(tally.refused),
    keyRecords: memory.keys.size,
    attestations: memory.chains.size,
    streams: memory.chains.streams.map(({ stream, deviceKey, head }) => ({
      stream,
      deviceKey: keyText(deviceKey),
      epoch: toHex(head.epoch),
      counter: head.counter,
    })),
  };
};

const statusAnswer = (status: NetworkStatus): Answer => ({
  status: 200,
  contentType: 'application/json',
  body: asciiBytes(JSON.stringify(status)),
});

const route = async (
  request: IncomingMessage,
  core: NetworkCore,
  name: string,
  signal: AbortSignal,
): Promise<Answer> => {
  const { method, url = '/' } = request;
  const path = url.split('?')[0];
  if (path === STATUS_PATH && method === 'GET') return statusAnswer(statusOf(name, core));
  if (path !== outpostWire.DELIVERY_PATH && path !== STATUS_PATH) {
    return refusalAnswer(404, 'not-found', `Attestations go to ${outpostWire.DELIVERY_PATH}.`);
  }
  if (path === STATUS_PATH || method !== 'POST')
    return refusalAnswer(405, 'method', 'POST attestations, GET the status.');
  if (request.headers['content-type'] !== outpostWire.DELIVERY_TYPE) {
    return refusalAnswer(415, 'content-type', `A delivery is ${outpostWire.DELIVERY_TYPE}.`, { last: true });
  }
  return await core.answer(await readBody(request, outpostWire.REQUEST_MAX_BYTES), signal);
};

const listen = (server: Server, url: URL): Promise<Result<number>> =>
  new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === 'EADDRINUSE'
          ? 'another program listens there already; choose another port.'
          : undefined;
      const words = taken ?? `cannot listen there (${error.code ?? error.message}).`;
      resolve(fail(fault('misconfigured', 'sim.listen', url.origin, words)));
    });
    server.listen({ host, port: Number(url.port === '' ? '80' : url.port) }, () => {
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** The receiving end of the network `outpost` on a real socket: verifies, remembers, signs receipts. */
export const serveNetwork = async (options: NetworkOptions): Promise<Result<ServedNetwork>> => {
  const { listen: at, name, requestDeadlineMs = REQUEST_DEADLINE_MS } = options;
  if (at.protocol !== 'http:') {
    return fail(
      fault(
        'misconfigured',
        'sim.listen',
        at.href,
        'is no address to listen on; write http://127.0.0.1:35100.',
      ),
    );
  }
  const core = await openNetworkCore(options);
  if (!core.ok) return core;
  const stop = new AbortController();
  const server = createServer(
    {
      requestTimeout: requestDeadlineMs,
      headersTimeout: requestDeadlineMs,
      connectionsCheckingInterval: Math.ceil(requestDeadlineMs / 10),
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      response.on('error', () => response.destroy());
      route(request, core.value, name, stop.signal).then(
        (answer) => write(response, answer),
        // The sender left, or we are closing, or the disk is full: nobody is owed an answer that is not true.
        () => response.destroy(),
      );
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, at);
  if (!port.ok) {
    await core.value[Symbol.asyncDispose]();
    return port;
  }
  return ok({
    url: `http://${at.hostname}:${port.value}`,
    publicKey: core.value.publicKey,
    status: () => statusOf(name, core.value),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await close(server);
      await core.value[Symbol.asyncDispose]();
    },
  });
};
