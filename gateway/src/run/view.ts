import { elapsedMs, type MonoNs, type WallNs } from '@outpost/schemas/words';
import type { BrokerView } from '../broker/broker.ts';
import type { DeviceView, NetworkView, Status, StoreView } from '../control/status.ts';
import { keyText } from '../keys/index.ts';
import type { LoopDelay, SelfNow } from '../metrics/index.ts';
import type { Latest } from '../page/latest.ts';
import type { RecordTally } from '../record/tally.ts';
import type { StoreTally } from '../store/tally.ts';
import type { TaskState } from '../supervise.ts';
import { VERSION } from '../version.ts';
import type { OpenContext, Opened } from './open.ts';
import type { Target } from './store-target.ts';
import { showStore } from './tasks.ts';

/** What the parts of a running gateway report into, and its status is made from. */
export interface Parts {
  readonly context: OpenContext;
  readonly startedAt: MonoNs;
  readonly startedWall: WallNs;
  readonly devices: readonly DeviceView[];
  readonly networks: readonly NetworkView[];
  readonly record: RecordTally;
  readonly store: StoreView;
  readonly storeTally: StoreTally;
  readonly loopDelay: LoopDelay;
  readonly tasks: TaskState[];
  readonly broker: BrokerView | undefined;
  /** For open pages; undefined where no page is served. */
  readonly latest: Latest | undefined;
  target: Target | undefined;
}

const MIB = 1 << 20;

export const statusOf = (parts: Parts, { journal, ring, run, attestTally, orders }: Opened): Status => {
  const { config, clock } = parts.context;
  const nowMs = Number(clock.wall() / 1_000_000n);
  const names = parts.devices.map(({ name }) => name);
  const stats = journal.stats();
  const { diskBytes, capBytes } = journal.room();
  showStore(parts.store, parts.storeTally, parts.target);
  return {
    version: VERSION,
    pid: process.pid,
    at: new Date(nowMs).toISOString(),
    startedAt: new Date(Number(parts.startedWall / 1_000_000n)).toISOString(),
    upSeconds: Math.floor(elapsedMs(parts.startedAt, clock.mono()) / 1_000),
    rssMebibytes: Math.round(process.memoryUsage.rss() / MIB),
    dataDirectory: config.dataDirectory,
    gatewayKey: keyText(ring.gateway().publicKey),
    keyKind: ring.kind,
    clockTrust: run.trust(),
    devices: parts.devices,
    attached: parts.context.box?.attached.lines ?? [],
    hears: Object.fromEntries(names.map((name) => [name, parts.latest?.hears(name, nowMs) ?? []])),
    downlinks: Object.fromEntries(names.map((name) => [name, orders.downlinksOf(name)])),
    broker: parts.broker,
    record: parts.record,
    journal: {
      start: String(journal.start),
      end: String(journal.end),
      bytes: stats.bytes,
      segments: stats.segments,
      roomBytes: Math.min(diskBytes ?? capBytes, capBytes),
      damaged: stats.damages,
      unread: Object.fromEntries(stats.readers.map(({ name, behindBytes }) => [name, behindBytes])),
    },
    attest: attestTally,
    store: parts.store,
    networks: parts.networks,
    tasks: parts.tasks,
  };
};

/** The gateway's own numbers at this moment. */
export const selfNow = (parts: Parts, opened: Opened): SelfNow => {
  const { devices, networks, loopDelay, startedAt, record, storeTally, context } = parts;
  const { journal, run, attestTally, tripsTally } = opened;
  const now = context.clock.mono();
  const nowMs = Number(context.clock.wall() / 1_000_000n);
  return {
    gateway: {
      startedAt,
      now,
      rssBytes: process.memoryUsage.rss(),
      loopDelay,
      trust: run.trust(),
      record,
      journal: journal.stats(),
      room: journal.room(),
      attest: attestTally,
      trips: tripsTally,
      store: storeTally,
      networks,
    },
    devices: devices.map((view) => ({
      view,
      nowMs,
      unsent: networks.reduce((sum, { unsent }) => sum + (unsent[view.name] ?? 0), 0),
    })),
    networks: networks.map((view) => ({ view, now })),
  };
};
