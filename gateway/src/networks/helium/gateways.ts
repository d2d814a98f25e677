import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type Fault, ok, type Result, type StreamId } from '@outpost/schemas/words';
import type { NetworkContext } from '../contract.ts';
import { createDownlinks, type DownlinkTally } from './downlinks.ts';
import type { PacketDown } from './envelope.ts';
import { gatewayKey, signerOf } from './gateway-keys.ts';
import { createLink, type Link } from './link.ts';
import type { RegionParams } from './region-params.ts';
import { createRegionWatch, type RegionWatch } from './region-watch.ts';
import type { HeliumSettings } from './settings.ts';

const RANDOM_RANGE = 2 ** 32;
/** Sleeps and sessions of all gateways that end with the network. */
const LISTENERS_MAX = 8_192;

/** A gateway of this box, as Helium knows it. */
export interface Gateway {
  readonly link: Link;
  readonly watch: RegionWatch;
  /** Its public key, binary form. */
  readonly key: Uint8Array;
}

/** The gateways of this box, each with its key, its way to the router, and what it may send with. */
export interface Gateways {
  readonly downlinks: DownlinkTally;
  isAnyUp(): boolean;
  readonly isRunning: boolean;
  /** Makes it where it is not there yet; undefined where there are too many. A fault is that it can have no key. */
  find(eui: string, stream: StreamId): Promise<Result<Gateway>> | undefined;
  /** Keeps their sessions until the signal aborts; everything has ended then. */
  run(signal: AbortSignal): Promise<void>;
}

const deviceOfStream = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

type Received = (packet: PacketDown, params: RegionParams | undefined) => void;

const makeGateway = async (
  eui: string,
  settings: HeliumSettings,
  { clock, directory, alarm }: NetworkContext,
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
  const watch = createRegionWatch({ ...common, config, pinned, region, directory, eui });
  await watch.recall();
  const link = createLink({
    ...common,
    router,
    ackEveryS,
    rotateAfterMs,
    received: (packet) => received(packet, watch.params),
  });
  return ok({ link, watch, key: common.signer.key });
};

export const createGateways = (settings: HeliumSettings, context: NetworkContext): Gateways => {
  /** At most `gatewaysMax`, and never fewer again. */
  const gateways = new Map<string, Promise<Result<Gateway>>>();
  const made: Gateway[] = [];
  const devices = new Map<string, string>();
  /** What has run since the beginning of `run`: two for each gateway. */
  const parts = new Set<Promise<void>>();
  let running: AbortSignal | undefined;
  let failed: (error: unknown) => void = () => undefined;

  const downlinks = createDownlinks({
    name: settings.name,
    where: `network ${settings.name}`,
    order: context.order,
    deviceOf: (eui) => devices.get(eui),
    alarm: context.alarm,
  });

  const start = ({ link, watch }: Gateway, signal: AbortSignal): void => {
    for (const part of [link, watch]) {
      const ending = part.run(signal).catch((error: unknown) => {
        if (!signal.aborted) failed(error);
      });
      parts.add(ending);
    }
  };

  const make = async (eui: string): Promise<Result<Gateway>> => {
    const gateway = await makeGateway(eui, settings, context, (packet, params) => {
      downlinks.take(eui, packet, params).catch(failed);
    });
    // What could not be read or written may be by the next packet.
    if (!gateway.ok) gateways.delete(eui);
    else {
      made.push(gateway.value);
      if (running?.aborted === false) start(gateway.value, running);
    }
    return gateway;
  };

  return {
    downlinks: downlinks.tally,
    isAnyUp: () => made.some(({ link }) => link.isUp),
    get isRunning() {
      return running?.aborted === false;
    },
    find: (eui, stream) => {
      const known = gateways.get(eui);
      if (known === undefined && gateways.size >= settings.gatewaysMax) return undefined;
      devices.set(eui, deviceOfStream(stream));
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
      for (const gateway of made) start(gateway, both);
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
