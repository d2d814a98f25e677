import type { DeviceConfig, NetworkConfig } from '@outpost/schemas/config';
import { type Clock, type DeviceName, type Fault, type Result, sentence } from '@outpost/schemas/words';
import type { DeviceView, NetworkView, StoreView } from '../control/status.ts';
import { runDeliver } from '../deliver/deliver.ts';
import { platformHash } from '../hash.ts';
import type { Log } from '../log.ts';
import type { Network } from '../networks/contract.ts';
import { openNetwork } from '../networks/index.ts';
import { openRecorder } from '../record/recorder.ts';
import { hasSigned } from '../record/signed.ts';
import type { RecordTally } from '../record/tally.ts';
import type { Point } from '../store/point.ts';
import { selfPoint } from '../store/points.ts';
import type { StoreTally } from '../store/tally.ts';
import { authenticationOf, runDevice } from './device.ts';
import { deliverReader, type OpenContext, type Opened } from './open.ts';
import { openTarget, runStoreTask, type Target } from './store.ts';

/** One part of the gateway that runs beside the others, under its own supervision. */
export interface Task {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

export const deviceTask = (
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  { journal, reason, run, room }: Opened,
  config: DeviceConfig,
  view: DeviceView,
  tally: RecordTally,
): Task => {
  const device = config.name as DeviceName;
  const authenticated = authenticationOf(config.port);
  const refusing = (why: Fault | undefined): void => {
    view.refusing = why === undefined ? '' : sentence(why);
    log.line('warning', why === undefined ? `${device}: readings are kept again.` : sentence(why));
  };
  const recorder = openRecorder({
    device,
    lane: 'telemetry',
    authenticated,
    reason,
    journal,
    run,
    tally,
    admit: room.admit,
    refusing,
  });
  return {
    name: `device ${device}`,
    async run(signal) {
      const ended = await runDevice({ config, device, clock, journal, recorder, view, log }, signal);
      if (ended === undefined) return;
      log.fault(ended);
      view.status = { phase: 'ended', words: sentence(ended), facts: { code: ended.code } };
    },
  };
};

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
  words: '',
  refusal: '',
});

/** Opens a network as configured; touches nothing outside. */
export const networkOf = (
  config: NetworkConfig,
  opened: Opened,
  { clock, log }: OpenContext,
  view: NetworkView,
): Result<Network> =>
  openNetwork(config.network, config, {
    clock,
    keyRecords: () => opened.ring.records(),
    signed: (stream, head) => hasSigned(opened.journal, stream, head),
    alarm(fault) {
      log.fault(fault);
      view.words = sentence(fault);
    },
  });

export const deliverTask = (
  clock: Clock,
  { journal }: Opened,
  config: NetworkConfig,
  network: Network,
  view: NetworkView,
): Task => ({
  name: `network ${config.name}`,
  run: (signal) =>
    runDeliver(
      {
        journal,
        clock,
        hash: platformHash,
        network,
        reader: deliverReader(config.name),
        acceptSimulated: config.acceptSimulated,
        view,
      },
      signal,
    ),
});

export interface StoreTaskParts {
  readonly context: OpenContext;
  readonly opened: Opened;
  readonly tally: StoreTally;
  readonly view: StoreView;
  selfNumbers(): Readonly<Record<string, number>>;
}

const LOOK_AGAIN_MS = 60_000;

/** Brings the view's words in line with what the follower and its InfluxDB are doing. */
export const showStore = (view: StoreView, tally: StoreTally, target: Target | undefined): void => {
  view.stored = tally.stored;
  view.deadLettered = tally.deadLettered;
  view.waiting = tally.pending + tally.waiting;
  if (target === undefined) return;
  view.url = target.url;
  const problem = tally.fault ?? tally.rollupFault;
  view.state = problem === undefined ? 'writing' : 'waiting';
  view.words = problem === undefined ? [target.words, ...tally.notes].join('; ') : sentence(problem);
};

/** Finds an InfluxDB, again and again where there is none, and follows the journal into it. */
export const storeTask = (
  { context, opened, tally, view, selfNumbers }: StoreTaskParts,
  found: (target: Target) => void,
): Task => ({
  name: 'store',
  async run(signal) {
    const { config, clock, log } = context;
    if (config.store === null) return;
    const parts = { config: config.store, dataDirectory: config.dataDirectory, clock, log };
    const selfPoints = (): readonly Point[] => [selfPoint(clock.wall(), selfNumbers())];
    for (;;) {
      const target = await openTarget(parts, signal);
      if (target.ok) {
        found(target.value);
        return await runStoreTask(
          { context: parts, target: target.value, journal: opened.journal, tally, selfPoints },
          signal,
        );
      }
      view.state = 'none';
      view.words = sentence(target.fault);
      log.fault(target.fault);
      await clock.sleep(LOOK_AGAIN_MS, signal);
    }
  },
});
