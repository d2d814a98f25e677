import {
  ADAPTER_NAMES,
  type Adapter,
  checkAddress,
  type DeviceEvent,
  type DeviceStatus,
  type InputGuard,
  loadAdapter,
  newTally,
  type OrderDesk,
  type PortScheme,
  portSchemes,
  type Remembered,
  readDevice,
} from '@outpost/firmware-bridge';
import type { DeviceConfig, PrivacyConfig } from '@outpost/schemas/config';
import type { PrivacyZone } from '@outpost/schemas/privacy';
import {
  type Authentication,
  type Clock,
  type DeviceName,
  type Fault,
  fail,
  fault,
  isDeviceName,
  ok,
  type Result,
  sentence,
  type TimeTrust,
} from '@outpost/schemas/words';
import type { Broker } from '../broker/broker.ts';
import { brokerAddress, isBrokerAddress } from '../broker/inlets.ts';
import type { DeviceView } from '../control/status.ts';
import type { Journal } from '../journal/contract.ts';
import type { Log } from '../log.ts';
import type { Latest } from '../page/latest.ts';
import type { Chains } from '../record/chains.ts';
import { happeningEntry, keptTextEntry } from '../record/entry.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Run } from '../record/stream-writer.ts';
import { tellHappenings } from './happenings.ts';

/** What stations must show at our own server, over TLS alone: a word that anybody can hear shows nothing. */
const authenticationAtLns = ({ searchParams }: URL): Authentication => {
  if (!searchParams.has('cert')) return 'none';
  if (searchParams.has('ca')) return 'mtls';
  return searchParams.has('authorization') ? 'password' : 'none';
};

/** A cable is hard to tap; whoever is on the same network can answer for a Wi-Fi dongle. */
export const authenticationOf = (
  { name, port }: DeviceConfig,
  { authenticates }: Adapter,
  broker: Broker | undefined,
): Authentication => {
  if (authenticates !== undefined) return authenticates;
  if (broker !== undefined && isBrokerAddress(port)) return broker.authenticationOf(name as DeviceName);
  if (port.startsWith('lns:')) return authenticationAtLns(new URL(port));
  return port.startsWith('serial:') ? 'wired' : 'none';
};

/** What addresses mean for one device: `broker:` is its own place at the broker, where there is one. */
export const schemesOf = (name: string, broker: Broker | undefined): readonly PortScheme[] => [
  ...portSchemes,
  broker?.scheme(name as DeviceName) ?? brokerAddress,
];

/** A device whose settings hold, and how it is spoken to. */
export interface CheckedDevice {
  readonly name: DeviceName;
  readonly adapter: Adapter;
}

/** Checks everything about a device that can be checked without it; a fault is `misconfigured`. */
export const checkDevice = async (config: DeviceConfig): Promise<Result<CheckedDevice>> => {
  const { name, adapter, port, options } = config;
  const where = `device ${name}`;
  const wrong = (code: string, words: string) => fail(fault('misconfigured', code, where, words));
  if (!isDeviceName(name)) return wrong('device.name', 'is no name for a device.');
  const known = (await loadAdapter(adapter))?.adapter;
  if (known === undefined) {
    return wrong(
      'device.adapter',
      `there is no adapter "${adapter}"; there are ${ADAPTER_NAMES.join(', ')}.`,
    );
  }
  const address = checkAddress(port, schemesOf(name, undefined));
  if (!address.ok) return address;
  const checked = await known.check(options);
  return checked.ok ? ok({ name, adapter: known }) : checked;
};

/** Zones as they are compared: whole numbers of 10^−7 degrees. */
export const zonesOf = ({ zones }: PrivacyConfig): readonly PrivacyZone[] =>
  zones.map(({ name, latitude, longitude, radiusM }) => ({
    name,
    latitude: Math.round(latitude * 1e7),
    longitude: Math.round(longitude * 1e7),
    radiusM,
  }));

export const newDeviceView = ({ name, adapter, port }: DeviceConfig): DeviceView => ({
  name,
  adapter,
  port,
  connected: false,
  remark: '',
  status: { phase: 'starting', words: 'not asked yet.', facts: {} },
  lastReadingAt: undefined,
  refusing: '',
  happenings: [],
  happened: new Map(),
  untold: 0,
  tally: newTally(),
});

export interface DeviceTask {
  readonly config: DeviceConfig;
  readonly adapter: Adapter;
  readonly device: DeviceName;
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'append'>;
  readonly recorder: Recorder;
  /** Counts at which of the device's inputs this program fails. */
  readonly guard: InputGuard;
  readonly privacyZones: readonly PrivacyZone[];
  readonly view: DeviceView;
  readonly log: Log;
  readonly latest?: Latest | undefined;
  readonly schemes: readonly PortScheme[];
  /** What an earlier run of the dialogue asked to be kept. */
  readonly remembered: Remembered | undefined;
  readonly orders: OrderDesk;
  /** How far the box's own clock can be believed. */
  trust(): TimeTrust;
}

/** What the journal holds for a device, and how long ago that was, by clocks that can be believed. */
export const rememberedOf = (
  { chains, run }: { readonly chains: Chains; readonly run: Run },
  device: DeviceName,
): Remembered | undefined => {
  const kept = chains.kept.get(device);
  if (kept === undefined) return undefined;
  const agedMs = Number(run.clock.wall() - kept.wall) / 1e6;
  return { text: kept.text, agedMs: run.trust() === 'none' ? 0 : Math.max(0, agedMs) };
};

/** Tells people, in the log and in the journal, that a device came or went. */
const tell = async (
  { device, clock, journal, log }: DeviceTask,
  what: string,
  words: string,
): Promise<void> => {
  log.line('notice', `${device} ${what}: ${words}`);
  // At once: what the device says next waits behind it, and so may whoever sent that.
  await journal.append([happeningEntry({ device, what, words, wall: clock.wall() })], 'now');
};

const take = async (task: DeviceTask, event: DeviceEvent): Promise<void> => {
  const { view, recorder, clock, latest } = task;
  switch (event.kind) {
    case 'observed':
      if (event.observed.readings.length > 0) {
        const atMs = Number(clock.wall() / 1_000_000n);
        view.lastReadingAt = new Date(atMs).toISOString();
        latest?.take(task.device, event.observed.readings, atMs);
      }
      await recorder.observe(event.observed);
      return;
    case 'connected':
      view.connected = true;
      view.remark = event.remark ?? '';
      await tell(
        task,
        'connected',
        event.remark === undefined ? event.where : `${event.where}. ${event.remark}`,
      );
      return;
    case 'disconnected':
      view.connected = false;
      await recorder.gap('disconnected');
      await tell(task, 'disconnected', sentence(event.fault));
      return;
  }
};

/** Reads one device until the signal aborts, or returns the fault that nothing can be done about. */
export const runDevice = async (task: DeviceTask, signal: AbortSignal): Promise<Fault | undefined> => {
  const { config, adapter, device, clock, guard, privacyZones, view, journal } = task;
  const { remembered, schemes, orders } = task;
  const { port: address, options } = config;
  let keeping: Promise<unknown> = Promise.resolve();
  const report = ({ keep, ...status }: DeviceStatus): void => {
    view.status = status;
    if (keep === undefined) return;
    const entry = keptTextEntry({ device, text: keep, wall: clock.wall() });
    // A text that is not kept costs a look at the car; a journal that fails says so where readings are recorded.
    keeping = keeping.then(() => journal.append([entry], 'soon')).catch(() => undefined);
  };
  const happenings = tellHappenings(task);
  const { tally } = view;
  const events = readDevice({
    adapter,
    address,
    options,
    device,
    clock,
    signal,
    tally,
    guard,
    privacyZones,
    remembered,
    orders,
    report,
    happened: happenings.happened,
    trust: () => task.trust(),
    schemes,
  });
  try {
    for (;;) {
      const next = await events.next();
      if (next.done === true) return next.value;
      await take(task, next.value).catch((error: unknown) => {
        // The dialogue runs ahead: whatever it works on now has no part in this.
        guard.at(undefined);
        throw error;
      });
    }
  } finally {
    await keeping;
    await happenings.told();
    view.connected = false;
    // Where taking an event failed, the port must not stay open behind the next attempt.
    await events.return({ kind: 'unreachable', code: 'device.stopped', where: address, words: 'stopped.' });
  }
};
