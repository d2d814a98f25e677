import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type Fault, ok, type Result, type StreamId, sentence, type WallNs } from '@outpost/schemas/words';
import type { NetworkContext, NetworkLink } from '../contract.ts';
import { createDepartures, type Departures } from './departures.ts';
import { createDownlinks, type DownlinkTally } from './downlinks.ts';
import type { PacketDown } from './envelope.ts';
import { gatewayKey, signerOf } from './gateway-keys.ts';
import { createLink, type Link } from './link.ts';
import type { RegionParams } from './region-params.ts';
import { createRegionWatch, type RegionWatch } from './region-watch.ts';
import type { HeliumSettings } from './settings.ts';
import { createTrunk, type Trunk } from './trunk.ts';

const RANDOM_RANGE = 2 ** 32;
/** Sleeps and sessions of all gateways that end with the network. */
const LISTENERS_MAX = 8_192;

/** A gateway of this box, as Helium knows it. */
export interface Gateway {
  readonly link: Link;
  readonly watch: RegionWatch;
  /** Its public key, binary form. */
  readonly key: Uint8Array;
  readonly tally: {
    /** Packets that are known to be there. */
    sent: number;
    /** When the last of them was heard. */
    heardAt: WallNs | undefined;
  };
}

/** The gateways of this box, each with its key, its way to the router, and what it may send with. */
export interface Gateways {
  readonly downlinks: DownlinkTally;
  /** How each of them stands, for its owner. */
  readonly links: readonly NetworkLink[];
  isAnyUp(): boolean;
  readonly isRunning: boolean;
  /** One that is there already. */
  known(eui: string, stream: StreamId): Gateway | undefined;
  /** Makes it where it is not there yet; undefined where there are too many. A fault is that it can have no key. */
  find(eui: string, stream: StreamId): Promise<Result<Gateway>> | undefined;
  /** Keeps their sessions until the signal aborts; everything has ended then. */
  run(signal: AbortSignal): Promise<void>;
}

const linkOf = (name: string, { link, tally }: Gateway): NetworkLink => ({
  name,
  get state() {
    if (link.isUp()) return 'registered';
    if (link.isNew()) return 'connecting';
    return link.why().kind === 'unreachable' ? 'away' : 'refused';
  },
  get words() {
    return link.isUp() || link.isNew() ? '' : sentence(link.why());
  },
  get sent() {
    return tally.sent;
  },
  get lastHeardAt() {
    return tally.heardAt === undefined
      ? undefined
      : new Date(Number(tally.heardAt / 1_000_000n)).toISOString();
  },
});

const isAnyUp = (gateways: Iterable<Gateway>): boolean => {
  for (const { link } of gateways) if (link.isUp()) return true;
  return false;
};

const deviceOfStream = (stream: StreamId | undefined): string | undefined => stream?.split('/', 1)[0];

type Received = (packet: PacketDown, params: RegionParams | undefined) => void;

/** What all gateways go by together. */
interface Shared {
  readonly settings: HeliumSettings;
  readonly ca: string | undefined;
  readonly context: NetworkContext;
  readonly trunk: Trunk;
  readonly departures: Departures;
}

const makeGateway = async (
  eui: string,
  { settings, ca, context: { clock, directory, alarm }, trunk, departures }: Shared,
  received: Received,
): Promise<Result<Gateway>> => {
  const pair = await gatewayKey(directory, eui);
  if (!pair.ok) return pair;
  const common = {
    clock,
    signer: signerOf(pair.value),
    random: (): number => randomInt(RANDOM_RANGE) / RANDOM_RANGE,
    alarm: (why: Fault): void => alarm({ ...why, where: `${why.where}, gateway ${eui}` }),
  };
  const { config, configKey: pinned, region, router, ackEveryS, rotateAfterMs } = settings;
  const watch = createRegionWatch({ ...common, config, ca, pinned, region, directory, eui });
  await watch.recall();
  const link = createLink({
    ...common,
    where: router.host,
    trunk,
    departures,
    ackEveryS,
    rotateAfterMs,
    received: (packet) => received(packet, watch.params),
  });
  return ok({ link, watch, key: common.signer.key, tally: { sent: 0, heardAt: undefined } });
};

/** `ca` are the authorities that are believed for `https:`, in PEM, where not those of the system. */
export const createGateways = (
  settings: HeliumSettings,
  ca: string | undefined,
  context: NetworkContext,
): Gateways => {
  /** At most `gatewaysMax`, and never fewer again. */
  const gateways = new Map<string, Promise<Result<Gateway>>>();
  const made = new Map<string, Gateway>();
  const links: NetworkLink[] = [];
  const heardBy = new Map<string, StreamId>();
  /** What has run since the beginning of `run`: two for each gateway. */
  const parts = new Set<Promise<void>>();
  let running: AbortSignal | undefined;
  let failed: (error: unknown) => void = () => undefined;

  const downlinks = createDownlinks({
    name: settings.name,
    where: `network ${settings.name}`,
    order: context.order,
    deviceOf: (eui) => deviceOfStream(heardBy.get(eui)),
    alarm: context.alarm,
  });

  const { clock } = context;
  const { router, rotateAfterMs } = settings;
  const shared: Shared = {
    settings,
    ca,
    context,
    trunk: createTrunk({ clock, router, ca, freshMs: rotateAfterMs / 2 }),
    departures: createDepartures(clock, (error) => failed(error)),
  };

  const start = ({ link, watch }: Gateway, signal: AbortSignal): void => {
    for (const part of [link, watch]) {
      const ending = part.run(signal).catch((error: unknown) => {
        if (!signal.aborted) failed(error);
      });
      parts.add(ending);
    }
  };

  const make = async (eui: string): Promise<Result<Gateway>> => {
    const gateway = await makeGateway(eui, shared, (packet, params) => {
      downlinks.take(eui, packet, params).catch(failed);
    });
    // What could not be read or written may be by the next packet.
    if (!gateway.ok) gateways.delete(eui);
    else {
      made.set(eui, gateway.value);
      links.push(linkOf(eui, gateway.value));
      if (running?.aborted === false) start(gateway.value, running);
    }
    return gateway;
  };

  return {
    downlinks: downlinks.tally,
    links,
    isAnyUp: () => isAnyUp(made.values()),
    get isRunning() {
      return running?.aborted === false;
    },
    known: (eui, stream) => {
      const gateway = made.get(eui);
      if (gateway !== undefined) heardBy.set(eui, stream);
      return gateway;
    },
    find: (eui, stream) => {
      const known = gateways.get(eui);
      if (known === undefined && gateways.size >= settings.gatewaysMax) return undefined;
      heardBy.set(eui, stream);
      const found = known ?? make(eui);
      gateways.set(eui, found);
      return found;
    },
    async run(signal) {
      const ending = new AbortController();
      const both = AbortSignal.any([signal, ending.signal]);
      const over = new Promise<never>((_, reject) => {
        failed = reject;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      signal.throwIfAborted();
      setMaxListeners(LISTENERS_MAX, both);
      running = both;
      for (const gateway of made.values()) start(gateway, both);
      try {
        await over;
      } finally {
        ending.abort(new Error('the network ends'));
        await Promise.allSettled(parts);
        parts.clear();
      }
    },
  };
};
