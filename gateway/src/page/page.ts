import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { PageConfig } from '@outpost/schemas/config';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Log } from '../log.ts';
import type { SelfNow } from '../metrics/index.ts';
import type { BoxControls } from '../settings/box-controls.ts';
import { writeWhole } from '../store/whole-file.ts';
import { wordsOf } from '../supervise.ts';
import type { EvidenceParts } from './api/evidence.ts';
import type { LedgerParts } from './api/ledger.ts';
import type { PlacesParts } from './api/places.ts';
import { pageFiles } from './files.ts';
import { createHttp } from './http.ts';
import type { Latest } from './latest.ts';
import { createLive } from './live.ts';
import { createSessions } from './logins.ts';
import { openOwner } from './owner.ts';
import { createRoutes } from './routes.ts';

const TOKEN_BYTES = 24;

/** What the API shows of the running gateway. */
export interface PageParts extends EvidenceParts, LedgerParts, PlacesParts {
  readonly config: PageConfig;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly latest: Latest;
  status(): string;
  now(): SelfNow;
  readonly box: BoxControls | undefined;
  /** Gives an order to a device, as `outpost order` does: a request and an outcome in JSON. */
  order(request: string): Promise<Result<string>>;
}

/** The page's server, listening. */
export interface Page {
  readonly url: string;
  /** Tells open pages what changes, until the signal aborts; then the server ends too. */
  run(signal: AbortSignal): Promise<void>;
}

/** A scraper's secret, in a file that the owner gives to it. */
const tokenIn = async (path: string): Promise<string> => {
  const before = await readFile(path, 'utf8').catch(() => '');
  if (before.trim() !== '') return before.trim();
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await writeWhole(path, `${token}\n`);
  return token;
};

const listen = (
  server: ReturnType<typeof createHttp>,
  { address, port }: PageConfig,
): Promise<Result<AddressInfo>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === 'EADDRINUSE' ? 'another program has it; name another page.port' : error.message;
      resolve(
        fail(
          fault('misconfigured', 'page.listen', `http://${address}:${port}`, `cannot be served: ${taken}.`),
        ),
      );
    });
    server.listen({ host: address, port }, () => resolve(ok(server.address() as AddressInfo)));
  });

const urlOf = ({ address, family, port }: AddressInfo): string =>
  family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;

/** Serves the page and its API as configured. A fault is why it cannot. */
export const openPage = async (parts: PageParts): Promise<Result<Page>> => {
  const { config, dataDirectory, clock, log, latest, status } = parts;
  const owner = await openOwner(dataDirectory);
  if (!owner.ok) return owner;
  let url = '';
  const live = createLive({
    clock,
    latest,
    status,
    urgent: () => parts.box?.attached.version ?? 0,
  });
  const respond = createRoutes({
    ...parts,
    owner: owner.value,
    claimed: () => log.line('notice', `page: ${url}, claimed`),
    // Who came in before the gateway was started anew is still who it was.
    sessions: parts.box?.sessions ?? createSessions(),
    live,
    files: await pageFiles(),
    metricsToken: await tokenIn(join(dataDirectory, 'page', 'metrics-token.txt')),
  });
  const name = hostname().toLowerCase();
  const server = createHttp({
    names: [name, `${name}.local`, ...config.names.map((each) => each.toLowerCase())],
    respond,
    failed: (error) => log.line('error', `page: ${wordsOf(error)}`),
  });
  const bound = await listen(server, config);
  if (!bound.ok) return bound;
  url = urlOf(bound.value);
  const { claimCode } = owner.value;
  log.line(
    'notice',
    claimCode === undefined ? `page: ${url}` : `page: ${url}, claim it with the code ${claimCode}`,
  );
  return ok({
    url,
    run: async (signal) => {
      try {
        await live.run(signal);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    },
  });
};
