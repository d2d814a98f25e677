import type { Adapter } from '@outpost/firmware-bridge';
import type { Config, DeviceConfig, NetworkConfig } from '@outpost/schemas/config';
import {
  type Clock,
  type DeviceName,
  type Fault,
  type Result,
  sentence,
  streamId,
  toHex,
} from '@outpost/schemas/words';
import type { Broker } from '../broker/broker.ts';
import type { DeviceView, NetworkView, StoreView } from '../control/status.ts';
import { networkDirectory } from '../data-directory.ts';
import type { DeliverParts } from '../deliver/attempt.ts';
import { type Deliver, openDeliver } from '../deliver/deliver.ts';
import { type LiveParts, openLive } from '../deliver/live.ts';
import { platformHash } from '../hash.ts';
import type { Offset } from '../journal/contract.ts';
import type { Log } from '../log.ts';
import type { AnyNetwork } from '../networks/contract.ts';
import { openNetwork } from '../networks/index.ts';
import type { Latest } from '../page/latest.ts';
import { happeningEntry } from '../record/entry.ts';
import { openRecorder } from '../record/recorder.ts';
import { hasSigned } from '../record/signed.ts';
import type { RecordTally } from '../record/tally.ts';
import type { Point } from '../store/point.ts';
import type { StoreTally } from '../store/tally.ts';
import type { Supervised } from '../supervise.ts';
import { newSuspects } from '../suspects.ts';
import { together } from '../together.ts';
import { runTrips } from '../trips/trips.ts';
import { authenticationOf, rememberedOf, runDevice, schemesOf, zonesOf } from './device.ts';
import { chainsAt } from './history.ts';
import { deliverReader, type OpenContext, type Opened } from './open.ts';
import { newDoubts, runStoreTask, storeDied } from './store.ts';
import { openTarget, type Target } from './store-target.ts';

/** One part of the gateway that runs beside the others, under its own supervision. */
export interface Task extends Supervised {
  readonly name: string;
  /** Where true, a Bug in it ends the program, which is then started anew: without it the others do harm. */
  readonly vital?: boolean;
  /** At a clean stop: brings out what stands before `end`, if that is possible at once; true where nothing is left. */
  finish?(end: Offset, signal: AbortSignal): Promise<boolean>;
}

/** Bytes of a frame that are shown to people. */
const SHOWN_BYTES_MAX = 32;

/** Says in the journal that something was given up, and gives the same sentence back. */
const tellSetAside = async (
  { journal, run: { clock } }: Pick<Opened, 'journal' | 'run'>,
  device: string,
  words: string | undefined,
): Promise<string | undefined> => {
  if (words === undefined) return undefined;
  await journal.append([happeningEntry({ device, what: 'set-aside', words, wall: clock.wall() })], 'now');
  return words;
};

export interface DeviceContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Pick<Config, 'privacy'>;
  readonly broker?: Broker | undefined;
  readonly latest?: Latest | undefined;
}

export const deviceTask = (
  { clock, log, config: { privacy }, broker, latest }: DeviceContext,
  opened: Opened,
  { config, adapter }: { readonly config: DeviceConfig; readonly adapter: Adapter },
  view: DeviceView,
  tally: RecordTally,
): Task => {
  const { journal, reason, run, room } = opened;
  const device = config.name as DeviceName;
  const suspects = newSuspects<Uint8Array>(toHex);
  const privacyZones = zonesOf(privacy);
  const guard = { at: suspects.at, isSetAside: suspects.isGivenUp };
  const authenticated = authenticationOf(config, adapter, broker);
  const schemes = schemesOf(config.name, broker);
  const refusing = (why: Fault | undefined): void => {
    view.refusing = why === undefined ? '' : sentence(why);
    log.line('warning', why === undefined ? `${device}: readings are kept again.` : sentence(why));
  };
  const recorder = openRecorder({
    device,
    lane: adapter.lane,
    authenticated,
    reason,
    journal,
    run,
    tally,
    admit: room.admit,
    refusing,
  });
  opened.recorders.set(streamId(device, adapter.lane), recorder);
  return {
    name: `device ${device}`,
    async run(signal) {
      const remembered = rememberedOf(opened, device);
      const orders = opened.orders.deskOf(device);
      const ended = await runDevice(
        {
          config,
          adapter,
          device,
          clock,
          journal,
          recorder,
          guard,
          privacyZones,
          view,
          log,
          latest,
          remembered,
          schemes,
          orders,
          trust: () => run.trust(),
        },
        signal,
      );
      if (ended === undefined) return;
      log.fault(ended);
      view.status = { phase: 'ended', words: sentence(ended), facts: { code: ended.code } };
    },
    async died(why) {
      view.status = { phase: 'failed', words: `this program failed at it: ${why}`, facts: {} };
      const raw = suspects.died();
      if (raw === undefined) return undefined;
      // What may say where the box is, is shown to nobody.
      const shown = adapter.bearsPosition ? '' : ` ${toHex(raw.subarray(0, SHOWN_BYTES_MAX))}`;
      const words = `the ${raw.length} bytes${shown} are quarantined unread from now on, after the third failure at them: ${why}`;
      return await tellSetAside(opened, device, words);
    },
  };
};

/** Without the broker its devices are away and everything else goes on. */
export const brokerTask = (broker: Broker): Task => ({
  name: 'broker',
  run: broker.run,
  died: async (why) => {
    broker.view.words = `this program failed at it: ${why}`;
    return undefined;
  },
});

/** Records trips beside the readings that they are made of. */
export const tripsTask = (clock: Clock, { journal, recorders, tripsTally }: Opened): Task => ({
  name: 'trips',
  run: (signal) =>
    runTrips(
      {
        journal,
        clock,
        tally: tripsTally,
        streams: recorders,
        chainsAt: (offset) => chainsAt(journal, offset),
      },
      signal,
    ),
});

export const newNetworkView = ({ name, network, url }: NetworkConfig): NetworkView => ({
  name,
  kind: network,
  url,
  settled: 0,
  refused: 0,
  expired: 0,
  unknown: 0,
  withheld: 0,
  pending: 0,
  unsent: {},
  waitingSince: undefined,
  words: '',
  refusal: '',
});

/** Opens a network as configured; touches nothing outside but the files that its settings name. */
export const networkOf = async (
  config: NetworkConfig,
  opened: Opened,
  { clock, log, config: { dataDirectory } }: OpenContext,
  view: NetworkView,
): Promise<Result<AnyNetwork>> => {
  const network = await openNetwork(config.network, config, {
    clock,
    directory: networkDirectory(dataDirectory, config.name),
    keyRecords: () => opened.ring.records(),
    signed: (stream, head) => hasSigned(opened.journal, stream, head),
    order: opened.orders.give,
    alarm(fault) {
      log.fault(fault);
      view.words = sentence(fault);
    },
    note(words) {
      view.note = words;
    },
  });
  if (network.ok && network.value.follows === 'readings' && network.value.links !== undefined)
    view.links = network.value.links;
  return network;
};

/** What takes attestations waits for them; what takes readings has a connection of its own to keep besides. */
const followerOf = (network: AnyNetwork, parts: Omit<DeliverParts & LiveParts, 'network'>): Deliver => {
  const follower =
    network.follows === 'attestations' ? openDeliver({ ...parts, network }) : openLive({ ...parts, network });
  const keepConnected = network.run?.bind(network);
  if (keepConnected === undefined) return follower;
  return { ...follower, run: (signal) => together(signal, follower.run, keepConnected) };
};

export const deliverTask = (
  clock: Clock,
  opened: Opened,
  config: NetworkConfig,
  network: AnyNetwork,
  view: NetworkView,
): Task => {
  const { journal } = opened;
  const deliver = followerOf(network, {
    journal,
    clock,
    hash: platformHash,
    reader: deliverReader(config.name),
    acceptSimulated: config.acceptSimulated,
    view,
    chainsAt: (offset) => chainsAt(journal, offset),
  });
  return {
    name: `network ${config.name}`,
    run: deliver.run,
    finish: deliver.finish,
    async died(why) {
      view.words = `this program failed at it: ${why}`;
      return await tellSetAside(opened, '', deliver.died());
    },
  };
};

export interface StoreTaskParts {
  readonly context: OpenContext;
  readonly opened: Opened;
  readonly tally: StoreTally;
  readonly view: StoreView;
  selfPoints(): readonly Point[];
}

const LOOK_AGAIN_MS = 60_000;

/** Brings the view's words in line with what the follower and its InfluxDB are doing. */
export const showStore = (view: StoreView, tally: StoreTally, target: Target | undefined): void => {
  view.made = tally.read;
  view.stored = tally.stored;
  view.deadLettered = tally.deadLettered;
  view.waiting = tally.pending + tally.waiting;
  if (target === undefined) return;
  view.url = target.url;
  view.rollup = tally.rollupFault === undefined ? '' : sentence(tally.rollupFault);
  const { fault } = tally;
  view.state = fault === undefined ? 'writing' : 'waiting';
  view.words = fault === undefined ? [target.words, ...tally.notes].join('; ') : sentence(fault);
};

/** Finds an InfluxDB, again and again where there is none, and follows the journal into it. */
export const storeTask = (
  { context, opened, tally, view, selfPoints }: StoreTaskParts,
  found: (target: Target) => void,
): Task => {
  const doubts = newDoubts();
  return {
    name: 'store',
    async run(signal) {
      const { config, clock, log } = context;
      if (config.store === null) return;
      const parts = { config: config.store, dataDirectory: config.dataDirectory, clock, log };
      for (;;) {
        const target = await openTarget(parts, signal);
        if (target.ok) {
          found(target.value);
          const { journal } = opened;
          const task = { context: parts, target: target.value, journal, tally, doubts, selfPoints };
          return await runStoreTask(task, signal);
        }
        view.state = 'none';
        view.words = sentence(target.fault);
        log.fault(target.fault);
        await clock.sleep(LOOK_AGAIN_MS, signal);
      }
    },
    died: () => tellSetAside(opened, '', storeDied(doubts, tally)),
  };
};
