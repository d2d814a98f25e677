import { elapsedMs, type MonoNs, type WallNs } from '@outpost/schemas/words';
import type { BrokerView } from '../broker/broker.ts';
import type { DeviceView, NetworkView, Status, StoreView } from '../control/status.ts';
import { keyText } from '../keys/index.ts';
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
  readonly tasks: TaskState[];
  readonly broker: BrokerView | undefined;
  target: Target | undefined;
}

const MIB = 1 << 20;

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, each) => sum + each, 0);

export const statusOf = (parts: Parts, { journal, ring, run, attestTally }: Opened): Status => {
  const { config, clock } = parts.context;
  const stats = journal.stats();
  const { diskBytes, capBytes } = journal.room();
  showStore(parts.store, parts.storeTally, parts.target);
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: new Date(Number(parts.startedWall / 1_000_000n)).toISOString(),
    upSeconds: Math.floor(elapsedMs(parts.startedAt, clock.mono()) / 1_000),
    rssMebibytes: Math.round(process.memoryUsage.rss() / MIB),
    dataDirectory: config.dataDirectory,
    gatewayKey: keyText(ring.gateway().publicKey),
    keyKind: ring.kind,
    clockTrust: run.trust(),
    devices: parts.devices,
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

/** The gateway's own numbers, as InfluxDB gets them with the readings. */
export const selfNumbers = (
  { record, storeTally, networks }: Parts,
  { journal, attestTally, tripsTally }: Opened,
): Readonly<Record<string, number>> => {
  const stats = journal.stats();
  const sum = (of: 'settled' | 'refused' | 'pending'): number =>
    networks.reduce((all, each) => all + each[of], 0);
  return {
    rss_mebibytes: process.memoryUsage.rss() / MIB,
    readings_made: record.made,
    readings_kept: record.kept,
    readings_refused: total(record.refused),
    readings_quarantined: record.quarantined,
    journal_bytes: stats.bytes,
    journal_written_bytes: stats.writtenBytes,
    journal_syncs: stats.syncs,
    attestations: attestTally.attestations,
    trips_recorded: tripsTally.recorded,
    trips_unrecorded: tripsTally.unrecorded,
    attestations_settled: sum('settled'),
    attestations_refused: sum('refused'),
    attestations_pending: sum('pending'),
    points_stored: storeTally.stored,
    points_dead_lettered: storeTally.deadLettered,
  };
};
