import type { Config } from '@outpost/schemas/config';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { serveControl } from '../control/socket.ts';
import { type StoreView, statusJson } from '../control/status.ts';
import type { Log } from '../log.ts';
import type { Network } from '../networks/contract.ts';
import { newRecordTally } from '../record/tally.ts';
import { newStoreTally } from '../store/tally.ts';
import { supervise, type TaskState } from '../supervise.ts';
import { checkDevice, newDeviceView } from './device.ts';
import { type OpenContext, type Opened, openParts } from './open.ts';
import type { Target } from './store.ts';
import { deliverTask, deviceTask, networkOf, newNetworkView, storeTask, type Task } from './tasks.ts';
import { type Parts, selfNumbers, statusOf } from './view.ts';

const SUPERVISION = { backoffMs: 500, backoffMsMax: 30_000, deathsMax: 3 };
/** What a clean stop may take to sign and keep what is open. */
const STOP_MS = 10_000;

const checkDevices = (config: Config): Result<void> => {
  for (const device of config.devices) {
    const checked = checkDevice(device);
    if (!checked.ok) return checked;
  }
  const twice = config.devices.find(
    ({ port }, at) => config.devices.findIndex((each) => each.port === port) !== at,
  );
  return twice === undefined
    ? ok(undefined)
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
const openNetworks = (parts: Parts, opened: Opened): Result<readonly Network[]> => {
  const networks: Network[] = [];
  for (const [at, config] of parts.context.config.networks.entries()) {
    const view = parts.networks[at];
    if (view === undefined) throw new Error('each network has a view');
    const network = networkOf(config, opened, parts.context, view);
    if (!network.ok) return network;
    networks.push(network.value);
  }
  return ok(networks);
};

const tasksOf = (parts: Parts, opened: Opened, networks: readonly Network[]): readonly Task[] => {
  const { context, record, store, storeTally } = parts;
  const { config, clock, log } = context;
  const devices = config.devices.flatMap((device, at) => {
    const view = parts.devices[at];
    return view === undefined ? [] : [deviceTask({ clock, log }, opened, device, view, record)];
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
    selfNumbers: () => selfNumbers(parts, opened),
  };
  const stores = config.store === null ? [] : [storeTask(storing, found)];
  return [{ name: 'attest', run: (signal) => opened.attest.run(signal) }, ...delivers, ...stores, ...devices];
};

const runTasks = async (parts: Parts, tasks: readonly Task[]): Promise<void> => {
  const { clock, log, signal } = parts.context;
  await Promise.all(
    tasks.map(({ name, run }) => {
      const state: TaskState = { name, state: 'waiting', restarts: 0, lastWords: '' };
      parts.tasks.push(state);
      return supervise(state, run, { clock, log, signal, ...SUPERVISION });
    }),
  );
};

/** Signs what is open and closes everything, within a stated time. */
const close = async (opened: Opened, networks: readonly Network[], log: Log): Promise<void> => {
  try {
    await opened.attest.catchUp(opened.journal.end, AbortSignal.timeout(STOP_MS));
  } catch (error) {
    log.line('warning', `what is not signed yet will be at the next start: ${(error as Error).message}`);
  }
  for (const network of networks) await network[Symbol.asyncDispose]();
  await opened.journal[Symbol.asyncDispose]();
};

const noStore = (config: Config): StoreView => ({
  state: config.store === null ? 'off' : 'starting',
  words: config.store === null ? 'the configuration says store: null' : 'looking for InfluxDB',
  url: undefined,
  database: config.store?.database,
  stored: 0,
  deadLettered: 0,
  waiting: 0,
});

/**
 * The whole program on one page: opens journal and keys, signs what was left, then runs devices, attest, store and
 * networks side by side until the signal aborts. A fault is why it could not begin.
 */
export const runGateway = async (context: OpenContext): Promise<Result<void>> => {
  const { config, log, signal } = context;
  const checked = checkDevices(config);
  if (!checked.ok) return checked;
  const parts: Parts = {
    context,
    startedAt: context.clock.mono(),
    startedWall: context.clock.wall(),
    devices: config.devices.map(newDeviceView),
    networks: config.networks.map(newNetworkView),
    record: newRecordTally(),
    store: noStore(config),
    storeTally: newStoreTally(),
    tasks: [],
    target: undefined,
  };
  const opening = await openParts(context);
  if (!opening.ok) return opening;
  const opened = opening.value;
  const networks = openNetworks(parts, opened);
  const control = networks.ok
    ? await serveControl(
        config.dataDirectory,
        { '/status': () => statusJson(statusOf(parts, opened)) },
        signal,
      )
    : networks;
  if (networks.ok && control.ok) {
    log.line('notice', `running; ${config.devices.length} devices, ${config.networks.length} networks.`);
    await runTasks(parts, tasksOf(parts, opened, networks.value));
  }
  await close(opened, networks.ok ? networks.value : [], log);
  return control;
};
