import type { Adapter } from '@outpost/firmware-bridge';
import type { Config } from '@outpost/schemas/config';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type Broker, openBroker } from '../broker/broker.ts';
import { isBrokerAddress } from '../broker/inlets.ts';
import { serveControl } from '../control/socket.ts';
import { type StoreView, statusJson } from '../control/status.ts';
import { takeOrder } from '../control/take-order.ts';
import { makeDataDirectory } from '../data-directory.ts';
import type { Offset } from '../journal/contract.ts';
import { ledgerApart } from '../ledger/apart.ts';
import { measureLoopDelay, selfPoints } from '../metrics/index.ts';
import type { AnyNetwork } from '../networks/contract.ts';
import { createLatest } from '../page/latest.ts';
import { newRecordTally } from '../record/tally.ts';
import { newStoreTally } from '../store/tally.ts';
import { bugTrace, newTaskState, supervise, wordsOf } from '../supervise.ts';
import { checkDevice, newDeviceView } from './device.ts';
import { type OpenContext, type Opened, openParts } from './open.ts';
import { pageTask } from './page.ts';
import type { Target } from './store-target.ts';
import {
  brokerTask,
  deliverTask,
  deviceTask,
  networkOf,
  newNetworkView,
  storeTask,
  type Task,
  tripsTask,
} from './tasks.ts';
import { type Parts, selfNow, statusOf } from './view.ts';

const SUPERVISION = { backoffMs: 500, backoffMsMax: 30_000 };
/** What a clean stop may take to sign and keep what is open. */
const SIGN_MS = 10_000;
/** What it may take after that to bring it to the networks; what they do not take in this time goes at the next start. */
const FINISH_MS = 3_000;

/** How each device is spoken to, in the order of the configuration. */
export const checkDevices = async (config: Config): Promise<Result<readonly Adapter[]>> => {
  const adapters: Adapter[] = [];
  for (const device of config.devices) {
    const checked = await checkDevice(device);
    if (!checked.ok) return checked;
    adapters.push(checked.value.adapter);
  }
  const twice = config.devices.find(
    ({ port }, at) => !isBrokerAddress(port) && config.devices.findIndex((each) => each.port === port) !== at,
  );
  return twice === undefined
    ? ok(adapters)
    : fail(
        fault(
          'misconfigured',
          'device.port',
          `device ${twice.name}`,
          `${twice.port} is another device's port too.`,
        ),
      );
};

/** Opens all networks, or none and the first fault. */
const openNetworks = async (parts: Parts, opened: Opened): Promise<Result<readonly AnyNetwork[]>> => {
  const networks: AnyNetwork[] = [];
  for (const [at, config] of parts.context.config.networks.entries()) {
    const view = parts.networks[at];
    if (view === undefined) throw new Error('each network has a view');
    const network = await networkOf(config, opened, parts.context, view);
    if (!network.ok) {
      for (const each of networks) await each[Symbol.asyncDispose]();
      return network;
    }
    networks.push(network.value);
  }
  return ok(networks);
};

type TakeOrder = ReturnType<typeof takeOrder>;

const pagesOf = (parts: Parts, opened: Opened, order: TakeOrder): readonly Task[] => {
  const { context, latest } = parts;
  const { page, dataDirectory } = context.config;
  if (page === null || latest === undefined) return [];
  const status = (): string => statusJson(statusOf(parts, opened));
  const now = () => selfNow(parts, opened);
  const { journal, ring, chains } = opened;
  const evidence = { journal, keyRecords: () => ring.records(), heads: () => chains.heads };
  const { clock, log, box, config } = context;
  const ledger = ledgerApart(dataDirectory, config.networks, clock);
  const shown = { latest, status, now, box, order, ledger, ...evidence };
  return [pageTask({ config: page, dataDirectory, clock, log, ...shown })];
};

const tasksOf = (
  parts: Parts,
  opened: Opened,
  adapters: readonly Adapter[],
  networks: readonly AnyNetwork[],
  broker: Broker | undefined,
  order: TakeOrder,
): readonly Task[] => {
  const { context, record, store, storeTally } = parts;
  const { config, clock, log } = context;
  const devices = config.devices.flatMap((device, at) => {
    const [adapter, view] = [adapters[at], parts.devices[at]];
    return adapter === undefined || view === undefined
      ? []
      : [
          deviceTask(
            { ...context, broker, latest: parts.latest },
            opened,
            { config: device, adapter },
            view,
            record,
          ),
        ];
  });
  const delivers = networks.flatMap((network, at) => {
    const [each, view] = [config.networks[at], parts.networks[at]];
    return each === undefined || view === undefined ? [] : [deliverTask(clock, opened, each, network, view)];
  });
  const found = (target: Target): void => {
    parts.target = target;
    log.line(
      'notice',
      `points go to ${target.url}, database ${config.store?.database ?? ''}: ${target.words}`,
    );
  };
  const storing = {
    context,
    opened,
    tally: storeTally,
    view: store,
    selfPoints: () => selfPoints(clock.wall(), selfNow(parts, opened)),
  };
  const stores = config.store === null ? [] : [storeTask(storing, found)];
  const brokers = broker === undefined ? [] : [brokerTask(broker)];
  const pages = pagesOf(parts, opened, order);
  const attest: Task = { name: 'attest', vital: true, run: opened.attest.run };
  return [attest, ...delivers, ...stores, ...devices, ...brokers, ...pages, tripsTask(clock, opened)];
};

/**
 * Runs all until the signal aborts. A Bug in a vital one, and a journal that cannot be written any more, are handed to
 * `broken`, which is expected to abort it.
 */
const runTasks = async (
  parts: Parts,
  tasks: readonly Task[],
  broken: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { clock, log } = parts.context;
  const run = async (task: Task): Promise<void> => {
    const state = newTaskState(task.name);
    parts.tasks.push(state);
    if (task.vital !== true) return await supervise(state, task, { clock, log, signal, ...SUPERVISION });
    state.state = 'running';
    await task.run(signal);
    state.state = 'ended';
  };
  const orBroken = (error: unknown): void => {
    if (!signal.aborted) broken(error);
  };
  await Promise.all(tasks.map((task) => run(task).catch(orBroken)));
};

/** Brings what is signed to those networks that answer at once. */
const finish = async (tasks: readonly Task[], end: Offset, { clock, log }: OpenContext): Promise<void> => {
  const stopping = new AbortController();
  const late = clock.sleep(FINISH_MS, stopping.signal).then(
    () => stopping.abort(new Error('it took too long')),
    () => undefined,
  );
  const each = async ({ name, finish: bring }: Task): Promise<void> => {
    const done = await bring?.(end, stopping.signal).catch(() => false);
    if (done === false) log.line('notice', `${name}: what it has not taken yet goes at the next start.`);
  };
  await Promise.all(tasks.map(each));
  stopping.abort(new Error('all is done'));
  await late;
};

/** Signs what is open, delivers what can be, and closes everything, within a stated time. */
const close = async (
  opened: Opened,
  networks: readonly AnyNetwork[],
  tasks: readonly Task[],
  context: OpenContext,
): Promise<void> => {
  const { journal, attest } = opened;
  try {
    await attest.catchUp(journal.end, AbortSignal.timeout(SIGN_MS));
    await finish(tasks, journal.end, context);
  } catch (error) {
    context.log.line('warning', `what is not signed yet will be at the next start: ${wordsOf(error)}`);
  }
  for (const network of networks) await network[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
};

const noStore = (config: Config): StoreView => ({
  state: config.store === null ? 'off' : 'starting',
  words: config.store === null ? 'the configuration says store: null' : 'looking for InfluxDB',
  url: undefined,
  database: config.store?.database,
  made: 0,
  stored: 0,
  deadLettered: 0,
  waiting: 0,
  rollup: '',
});

const newParts = (context: OpenContext, broker: Broker | undefined): Parts => {
  const { config, clock } = context;
  return {
    context,
    startedAt: clock.mono(),
    startedWall: clock.wall(),
    devices: config.devices.map(newDeviceView),
    networks: config.networks.map(newNetworkView),
    record: newRecordTally(),
    store: noStore(config),
    storeTally: newStoreTally(),
    loopDelay: measureLoopDelay(clock.mono),
    tasks: [],
    broker: broker?.view,
    latest: config.page === null ? undefined : createLatest(),
    target: undefined,
  };
};

/** What the configuration says of a broker; undefined where it wants none. */
const brokerOf = async (context: OpenContext): Promise<Result<Broker | undefined>> => {
  const { config, clock, log, lab } = context;
  if (config.broker === null) return ok(undefined);
  const made = await makeDataDirectory(config.dataDirectory);
  if (!made.ok) return made;
  return await openBroker({ config: config.broker, dataDirectory: config.dataDirectory, clock, log, lab });
};

/** Orders that people give; those of networks are in their own log lines. */
const takeOrders = ({ context }: Parts, { orders }: Opened, adapters: readonly Adapter[]) => {
  const { config, log } = context;
  return takeOrder({
    takers: config.devices.map(({ name }, at) => ({ name, takes: adapters[at]?.takes ?? [] })),
    give: orders.give,
    told: (device, { kind }, outcome) => {
      const how = outcome.kind === 'done' ? 'done' : `refused, ${outcome.code}`;
      log.line('notice', `${device}: order ${kind}: ${how}: ${outcome.words}`);
    },
  });
};

/**
 * The whole program on one page: opens journal and keys, signs what was left, then runs devices, attest, store and
 * networks side by side until the signal aborts. A fault is why it could not begin. Throws what makes it useless to go
 * on: a Bug outside of adapters, networks and the store, or a disk that fails; a new start finds all that was kept.
 */
export const runGateway = async (context: OpenContext): Promise<Result<void>> => {
  const { config, log } = context;
  const adapters = await checkDevices(config);
  if (!adapters.ok) return adapters;
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  let bug: { readonly error: unknown } | undefined;
  const broken = (error: unknown): void => {
    bug ??= { error };
    log.line('error', `the gateway ends: ${wordsOf(error)}${bugTrace(error)}`);
    ending.abort(error);
  };
  const broker = await brokerOf(context);
  if (!broker.ok) return broker;
  const parts = newParts(context, broker.value);
  const opening = await openParts({ ...context, signal }, broken);
  if (!opening.ok) return opening;
  const opened = opening.value;
  const networks = await openNetworks(parts, opened);
  const order = takeOrders(parts, opened, adapters.value);
  const routes = {
    shows: { '/status': () => statusJson(statusOf(parts, opened)) },
    takes: { '/order': order },
  };
  const control = networks.ok ? await serveControl(config.dataDirectory, routes, signal) : networks;
  const tasks =
    networks.ok && control.ok
      ? tasksOf(parts, opened, adapters.value, networks.value, broker.value, order)
      : [];
  if (tasks.length > 0) {
    log.line('notice', `running; ${config.devices.length} devices, ${config.networks.length} networks.`);
    await runTasks(parts, tasks, broken, signal);
    log.line('notice', 'stopping; what is open is signed and delivered.');
  }
  await close(opened, networks.ok ? networks.value : [], tasks, context);
  parts.loopDelay.stop();
  if (tasks.length > 0) log.line('notice', 'stopped; what was acknowledged is on the disk.');
  if (bug !== undefined) throw bug.error;
  return control;
};
