import { randomBytes, randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BeaconRegion, beaconRegionOf } from '@outpost/schemas/radio';
import { type Fault, ok, type Result, toHex } from '@outpost/schemas/words';
import type { NetworkContext } from '../contract.ts';
import { gatewayKey, gatewaysWithKeys, type HeliumSigner, signerOf } from '../helium/gateway-keys.ts';
import { createRegionWatch, type RegionWatch } from '../helium/region-watch.ts';
import { regionName } from '../helium/regions.ts';
import type { BeaconBook } from './beacon-book.ts';
import { runBeacons } from './beacons.ts';
import { askEntropy } from './entropy.ts';
import { createLine, type Line } from './line.ts';
import { createService, type Service } from './service.ts';
import type { Beaconer, CoverageSettings } from './settings.ts';

const RANDOM_RANGE = 2 ** 32;
const LISTENERS_MAX = 8_192;
/** Payloads that a gateway heard lately; more copies of them are not reported (helium/gateway-rs, beaconer.rs). */
const HEARD_MAX = 15;

const random = (): number => randomInt(RANDOM_RANGE) / RANDOM_RANGE;

/** A gateway of this box, as the coverage services know it. */
export interface CoverageGateway {
  readonly line: Line;
  /** Its public key, binary form. */
  readonly key: Uint8Array;
  /** The channels of its region; undefined where neither the configuration service nor anybody else has published them. */
  readonly plan: BeaconRegion | undefined;
  /** Whether another reading than this one has brought that payload lately. */
  isRepeated(payload: Uint8Array, reading: string): boolean;
}

export interface CoverageGateways {
  readonly ingest: Service;
  /** Makes it where it is not there yet; undefined where there are too many. A fault is that it can have no key. */
  find(eui: string): Promise<Result<CoverageGateway>> | undefined;
  run(signal: AbortSignal): Promise<void>;
}

const createHeard = (): CoverageGateway['isRepeated'] => {
  const heard = new Map<string, string>();
  return (payload, reading) => {
    const name = toHex(payload);
    const first = heard.get(name) ?? reading;
    heard.delete(name);
    heard.set(name, first);
    const [oldest] = heard.size > HEARD_MAX ? heard.keys() : [];
    if (oldest !== undefined) heard.delete(oldest);
    return first !== reading;
  };
};

/** What runs for one gateway. */
interface Part {
  run(signal: AbortSignal): Promise<void>;
}

interface Made {
  readonly gateway: CoverageGateway;
  readonly parts: readonly Part[];
}

/** One sentence of what is not there, for the status; empty where nothing is wrong. */
const noteOf = (services: readonly Service[]): string => {
  const words = services.flatMap((each) => each.words ?? []);
  return words.length === 0 ? '' : `${words.join('; ')}; asked again by itself.`;
};

const ofGateway = (why: Fault, eui: string): Fault => ({ ...why, where: `${why.where}, gateway ${eui}` });

interface Services {
  readonly ingest: Service;
  readonly entropy: Service;
  readonly config: Service;
}

interface World {
  readonly settings: CoverageSettings;
  readonly context: NetworkContext;
  readonly book: BeaconBook;
  readonly services: Services;
}

const servicesOf = (settings: CoverageSettings, { clock, note }: NetworkContext): Services => {
  const changed = (): void => note?.(noteOf(Object.values(services)));
  const serviceOf = (name: string, { host }: URL): Service =>
    createService({ clock, name, host, random, changed });
  const services: Services = {
    ingest: serviceOf('ingest', settings.ingest),
    entropy: serviceOf('entropy', settings.entropy),
    config: serviceOf('configuration', settings.config),
  };
  return services;
};

const watchOf = async (
  { settings, context, services }: World,
  eui: string,
  signer: HeliumSigner,
): Promise<RegionWatch> => {
  const { config, configKey: pinned, region } = settings;
  const { clock, directory, alarm } = context;
  let told = '';
  const watch = createRegionWatch({
    ...{ clock, config, pinned, region, signer, directory, eui, random },
    // That it is away is for the status; what it says wrongly is for a person, once.
    alarm: (why) => {
      if (why.kind === 'unreachable') services.config.gone(why);
      else if (why.words !== told) {
        told = why.words;
        alarm(ofGateway(why, eui));
      }
    },
  });
  // Without it the answer is not kept, and the next start asks again.
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(() => undefined);
  await watch.recall();
  return watch;
};

const beaconsOf = (
  { settings, context: { clock, order, alarm }, book, services: { entropy, config } }: World,
  beaconer: Beaconer,
  watch: RegionWatch,
): Part => ({
  run: (signal) =>
    runBeacons(
      {
        ...{ clock, beaconer, watch, book, order, random, alarm },
        name: settings.name,
        forwarderGainDbi: settings.forwarderGainDbi,
        randomBytes: (count) => Uint8Array.from(randomBytes(count)),
        ask: async (nowS, during) => {
          if (watch.answeredAt !== undefined) config.here();
          if (!entropy.mayAsk) return undefined;
          await entropy.turn(during);
          return await askEntropy({ clock, entropy: settings.entropy, service: entropy }, nowS, during);
        },
      },
      signal,
    ),
});

const makeGateway = async (world: World, eui: string): Promise<Result<Made>> => {
  const { settings, context, services } = world;
  const { clock, directory, alarm } = context;
  const keys = join(dirname(directory), settings.keysOf);
  const pair = await gatewayKey(keys, eui);
  if (!pair.ok) return pair;
  const signer = signerOf(pair.value);
  const line = createLine({
    ...{ clock, ingest: settings.ingest, service: services.ingest, signer, random },
    alarm: (why) => alarm(ofGateway(why, eui)),
  });
  const beaconer = settings.beaconers.find(({ gateway }) => gateway === eui);
  const watch = beaconer === undefined ? undefined : await watchOf(world, eui, signer);
  const published = beaconRegionOf(regionName(settings.region) ?? '');
  const gateway: CoverageGateway = {
    line,
    key: signer.key,
    isRepeated: createHeard(),
    get plan() {
      return watch?.params?.plan ?? (published.ok ? published.value : undefined);
    },
  };
  const sending =
    beaconer === undefined || watch === undefined ? [] : [watch, beaconsOf(world, beaconer, watch)];
  return ok({ gateway, parts: [line, ...sending] });
};

export const createCoverageGateways = (
  settings: CoverageSettings,
  context: NetworkContext,
  book: BeaconBook,
): CoverageGateways => {
  const { alarm, directory } = context;
  const gateways = new Map<string, Promise<Result<CoverageGateway>>>();
  const made: Made[] = [];
  const running = new Set<Promise<void>>();
  const services = servicesOf(settings, context);
  const world: World = { settings, context, book, services };
  let signalNow: AbortSignal | undefined;
  let failed: (error: unknown) => void = () => undefined;

  const start = ({ parts }: Made, signal: AbortSignal): void => {
    for (const part of parts)
      running.add(
        part.run(signal).catch((error: unknown) => {
          if (!signal.aborted) failed(error);
        }),
      );
  };

  const make = async (eui: string): Promise<Result<CoverageGateway>> => {
    const one = await makeGateway(world, eui);
    // What could not be read or written may be by the next report.
    if (!one.ok) {
      gateways.delete(eui);
      return one;
    }
    made.push(one.value);
    if (signalNow?.aborted === false) start(one.value, signalNow);
    return ok(one.value.gateway);
  };

  const find = (eui: string): Promise<Result<CoverageGateway>> | undefined => {
    const known = gateways.get(eui);
    if (known === undefined && gateways.size >= settings.gatewaysMax) return undefined;
    const found = known ?? make(eui);
    gateways.set(eui, found);
    return found;
  };

  /** Those that were here before have their sessions before they hear anything. */
  const findKnown = async (): Promise<void> => {
    const known = await gatewaysWithKeys(join(dirname(directory), settings.keysOf));
    for (const eui of new Set([...settings.beaconers.map(({ gateway }) => gateway), ...known])) {
      const found = await find(eui);
      if (found?.ok === false) alarm(found.fault);
    }
  };

  return {
    ingest: services.ingest,
    find,
    async run(signal) {
      const ending = new AbortController();
      const both = AbortSignal.any([signal, ending.signal]);
      const over = new Promise<never>((_, reject) => {
        failed = reject;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      over.catch(() => undefined);
      signal.throwIfAborted();
      setMaxListeners(LISTENERS_MAX, both);
      signalNow = both;
      for (const each of made) start(each, both);
      try {
        await book.recall();
        await findKnown();
        await over;
      } finally {
        ending.abort(new Error('the network ends'));
        await Promise.allSettled(running);
        running.clear();
      }
    },
  };
};

/** Why a report waits; what is wrong with the service itself the status says already. */
export const whyDown = ({ ingest }: CoverageGateways, { line }: CoverageGateway): string =>
  ingest.away === undefined ? line.why.words : 'reports wait for it.';
