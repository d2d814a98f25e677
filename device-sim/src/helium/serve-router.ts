import { REGION_PARAMS_PATH, ROUTE_PATH } from '@outpost/gateway/helium';
import { type Clock, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type ConfigCore, createConfigCore } from './config-core.ts';
import { type CallHandling, type GrpcServer, type ServerCall, serveGrpc } from './grpc-server.ts';
import { createRouterCore, type RouterCore, STREAM_MS } from './router-core.ts';
import type { TakenPacket } from './router-words.ts';

/** What can go wrong with Helium's servers; changed while they run. */
export interface HeliumFaults {
  /** New connections are cut at once. */
  isAway: boolean;
  /** Registrations end the stream. */
  refuses: boolean;
  /** Everything that comes is thrown away, and nothing is answered; the connection stays. */
  hangs: boolean;
  /** Whatever the router says comes so late. */
  delayMs: number;
}

export interface HeliumOptions {
  readonly listen: URL;
  readonly clock: Clock;
  /** How long a stream lives; 35 minutes on the real one. */
  readonly streamMs?: number;
  /** Speaks TLS with it, key and certificate in PEM. */
  readonly tls?: { readonly key: string; readonly certificate: string } | undefined;
  /** How many streams may be open on one connection. */
  readonly streamsMax?: number | undefined;
  taken?(packet: TakenPacket): void;
}

/** Helium's packet router and configuration service on one port. */
export interface ServedHelium extends AsyncDisposable {
  readonly url: string;
  readonly router: RouterCore;
  readonly config: ConfigCore;
  readonly faults: HeliumFaults;
  readonly server: GrpcServer;
}

const later = (clock: Clock, faults: HeliumFaults, act: () => void): void => {
  if (faults.delayMs === 0) act();
  else clock.sleep(faults.delayMs, new AbortController().signal).then(act, () => undefined);
};

const routeCall = (
  call: ServerCall,
  router: RouterCore,
  faults: HeliumFaults,
  clock: Clock,
): CallHandling => {
  if (faults.refuses) {
    return { received: () => call.end() };
  }
  const stream = router.open({
    send: (envelope) => later(clock, faults, () => call.send(envelope)),
    end: () => later(clock, faults, () => call.end()),
  });
  return stream;
};

const regionCall = (call: ServerCall, config: ConfigCore): CallHandling => ({
  received: (message) => {
    const answer = config.answer(message);
    if (!(answer instanceof Uint8Array)) {
      call.end(answer);
      return;
    }
    call.send(answer);
    call.end();
  },
});

/** Listens until it is disposed of; a fault is that the address cannot be listened on. */
export const serveHelium = async (options: HeliumOptions): Promise<Result<ServedHelium>> => {
  const { listen, clock } = options;
  const faults: HeliumFaults = { isAway: false, refuses: false, hangs: false, delayMs: 0 };
  const taken = (packet: TakenPacket): void => options.taken?.(packet);
  const router = createRouterCore({ clock, streamMs: options.streamMs ?? STREAM_MS, taken });
  const config = createConfigCore(clock);
  const open = (call: ServerCall): CallHandling | undefined => {
    if (call.path === ROUTE_PATH) return routeCall(call, router, faults, clock);
    return call.path === REGION_PARAMS_PATH ? regionCall(call, config) : undefined;
  };
  try {
    const server = await serveGrpc({
      host: listen.hostname,
      port: Number(listen.port),
      tls: options.tls,
      streamsMax: options.streamsMax,
      open,
      accepts: () => !faults.isAway,
      listens: () => !faults.hangs,
    });
    return ok({
      url: `${options.tls === undefined ? 'http' : 'https'}://${listen.hostname}:${server.port}`,
      router,
      config,
      faults,
      server,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    });
  } catch (error) {
    const words = `cannot be listened on: ${(error as Error).message}.`;
    return fail(fault('misconfigured', 'sim.listen', listen.host, words));
  }
};
