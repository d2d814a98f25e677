import {
  ENTROPY_PATH,
  STREAM_PATH,
  SUBMIT_BEACON_PATH,
  SUBMIT_WITNESS_PATH,
} from '@outpost/gateway/helium-coverage';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { createEntropyCore, type EntropyCore } from './entropy-core.ts';
import { type CallHandling, type GrpcServer, type ServerCall, serveGrpc } from './grpc-server.ts';
import { createIngestCore, type IngestCore, type ReportKind, SESSION_MS } from './ingest-core.ts';
import type { IngestReport } from './ingest-words.ts';

/** What can go wrong with one of the services; changed while it runs. */
export interface ServiceFaults {
  /** New connections are cut at once. */
  isAway: boolean;
  /** What comes is thrown away; the connection stays. */
  hangs: boolean;
  /** What it says comes so late. */
  delayMs: number;
  /** It does not know the method any more. */
  isForgotten: boolean;
}

export interface CoverageService {
  readonly url: string;
  readonly faults: ServiceFaults;
  readonly server: GrpcServer;
  /** Connections that were tried, those that were cut included. */
  readonly tried: number;
}

/** Helium's ingest and entropy services as they were, each on a port of its own. */
export interface ServedCoverage extends AsyncDisposable {
  readonly ingest: CoverageService & { readonly core: IngestCore };
  readonly entropy: CoverageService & { readonly core: EntropyCore };
}

export interface CoverageOptions {
  readonly clock: Clock;
  readonly ingest: URL;
  readonly entropy: URL;
  /** How long a session lives; 30 minutes on the real one. */
  readonly sessionMs?: number;
  taken?(report: IngestReport): void;
}

type Open = (call: ServerCall, later: (act: () => void) => void) => CallHandling | undefined;

const serveOne = async (listen: URL, clock: Clock, open: Open): Promise<CoverageService> => {
  const faults: ServiceFaults = { isAway: false, hangs: false, delayMs: 0, isForgotten: false };
  let tried = 0;
  const later = (act: () => void): void => {
    if (faults.delayMs === 0) act();
    else clock.sleep(faults.delayMs, new AbortController().signal).then(act, () => undefined);
  };
  const server = await serveGrpc({
    host: listen.hostname,
    port: Number(listen.port),
    open: (call) => {
      if (faults.hangs) return { received: () => undefined };
      return faults.isForgotten ? undefined : open(call, later);
    },
    accepts: () => {
      tried += 1;
      return !faults.isAway;
    },
    listens: () => !faults.hangs,
  });
  return {
    url: `http://${listen.hostname}:${server.port}`,
    faults,
    server,
    get tried() {
      return tried;
    },
  };
};

const openIngest =
  (core: IngestCore): Open =>
  (call, later) => {
    if (call.path === STREAM_PATH)
      return core.open({
        send: (message) => later(() => call.send(message)),
        end: () => later(() => call.end()),
      });
    const kinds: Readonly<Record<string, ReportKind>> = {
      [SUBMIT_BEACON_PATH]: 'beaconReport',
      [SUBMIT_WITNESS_PATH]: 'witnessReport',
    };
    const kind = kinds[call.path];
    if (kind === undefined) return undefined;
    return {
      received: (message) => {
        const answer = core.submit(kind, message);
        if (answer instanceof Uint8Array) call.send(answer);
        call.end(answer instanceof Uint8Array ? undefined : answer);
      },
    };
  };

const openEntropy =
  (core: EntropyCore): Open =>
  (call, later) =>
    call.path !== ENTROPY_PATH
      ? undefined
      : {
          received: () =>
            later(() => {
              call.send(core.answer());
              call.end();
            }),
        };

/** Listens until it is disposed of; a fault is that an address cannot be listened on. */
export const serveCoverage = async (options: CoverageOptions): Promise<Result<ServedCoverage>> => {
  const { clock, sessionMs = SESSION_MS } = options;
  const core = createIngestCore({ clock, sessionMs, taken: (report) => options.taken?.(report) });
  const entropies = createEntropyCore(clock);
  const servers: GrpcServer[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  };
  try {
    const ingest = await serveOne(options.ingest, clock, openIngest(core));
    servers.push(ingest.server);
    const entropy = await serveOne(options.entropy, clock, openEntropy(entropies));
    servers.push(entropy.server);
    return ok({
      ingest: Object.assign(ingest, { core }),
      entropy: Object.assign(entropy, { core: entropies }),
      [Symbol.asyncDispose]: end,
    });
  } catch (error) {
    await end();
    const words = `cannot be listened on: ${(error as Error).message}.`;
    return fail(fault('misconfigured', 'sim.listen', options.ingest.host, words));
  }
};
