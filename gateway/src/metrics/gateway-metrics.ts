import { elapsedMs, type MonoNs, type TimeTrust } from '@outpost/schemas/words';
import type { AttestTally } from '../attest/attest.ts';
import type { NetworkView } from '../control/status.ts';
import type { JournalRoom, JournalStats } from '../journal/state.ts';
import type { RecordTally } from '../record/tally.ts';
import type { StoreTally } from '../store/tally.ts';
import type { TripsTally } from '../trips/trips.ts';
import type { LoopDelay } from './loop-delay.ts';
import { type Metric, sumOf } from './metric.ts';

/** The box as its numbers are asked for. */
export interface GatewayNow {
  readonly startedAt: MonoNs;
  readonly now: MonoNs;
  readonly rssBytes: number;
  readonly loopDelay: LoopDelay;
  readonly trust: TimeTrust;
  readonly record: RecordTally;
  readonly journal: JournalStats;
  readonly room: JournalRoom;
  readonly attest: AttestTally;
  readonly trips: TripsTally;
  readonly store: StoreTally;
  readonly networks: readonly Pick<NetworkView, 'settled' | 'refused' | 'pending'>[];
}

const MIB = 1 << 20;

type Of = (box: GatewayNow) => number | undefined;
const metric =
  (kind: 'counter' | 'gauge') =>
  (name: string, help: string, of: Of): Metric<GatewayNow> => ({ name, kind, help, of });
const counter = metric('counter');
const gauge = metric('gauge');

const sum = ({ networks }: GatewayNow, of: 'settled' | 'refused' | 'pending'): number =>
  networks.reduce((all, each) => all + each[of], 0);

/**
 * Readings: made = kept + refused + waiting. Records for InfluxDB: read = stored + dead-lettered + pending. Each is
 * shown beside the other terms, so that a dashboard can say whether it holds.
 */
export const GATEWAY_METRICS: readonly Metric<GatewayNow>[] = [
  gauge(
    'up_s',
    'Seconds since the program began.',
    ({ startedAt, now }) => elapsedMs(startedAt, now) / 1_000,
  ),
  gauge('rss_mebibytes', 'Memory of the program.', ({ rssBytes }) => rssBytes / MIB),
  gauge(
    'loop_delay_p99_ms',
    'How late the event loop was in the slowest 1 % of the last minute.',
    ({ loopDelay }) => loopDelay.p99Ms(),
  ),
  gauge('clock_trusted', '1 while the clock of the machine can be believed.', ({ trust }) =>
    trust === 'none' ? 0 : 1,
  ),
  counter('readings_made', 'Readings that devices gave.', ({ record }) => record.made),
  counter('readings_kept', 'Readings in the journal.', ({ record }) => record.kept),
  counter('readings_refused', 'Readings that were not kept.', ({ record }) => sumOf(record.refused)),
  gauge('readings_waiting', 'Readings on their way to the disk.', ({ record }) => record.waiting),
  counter('readings_quarantined', 'What made no sense, kept aside.', ({ record }) => record.quarantined),
  gauge('journal_bytes', 'The journal on the disk.', ({ journal }) => journal.bytes),
  gauge(
    'journal_pending_bytes',
    'Entries that wait for their commit.',
    ({ journal }) => journal.pendingBytes,
  ),
  gauge('journal_unread_bytes', 'What the follower that is furthest behind has to read.', ({ journal }) =>
    Math.max(0, ...journal.readers.map(({ behindBytes }) => behindBytes)),
  ),
  gauge('journal_room_bytes', 'What readings may still take.', ({ room: { diskBytes, capBytes } }) =>
    Math.min(diskBytes ?? capBytes, capBytes),
  ),
  counter('journal_written_bytes', 'Bytes written to the card.', ({ journal }) => journal.writtenBytes),
  counter('journal_commits', 'Groups of entries that were kept together.', ({ journal }) => journal.commits),
  counter(
    'journal_syncs',
    'Times that the card was made to keep what it had.',
    ({ journal }) => journal.syncs,
  ),
  counter('journal_damages', 'Damaged stretches that were stepped over.', ({ journal }) => journal.damages),
  counter('attestations', 'Attestations that were signed.', ({ attest }) => attest.attestations),
  counter('attestations_settled', 'Attestations that networks took.', (box) => sum(box, 'settled')),
  counter('attestations_refused', 'Attestations that networks refused.', (box) => sum(box, 'refused')),
  gauge('attestations_pending', 'Attestations that wait for a network.', (box) => sum(box, 'pending')),
  counter('trips_recorded', 'Trips that were recorded.', ({ trips }) => trips.recorded),
  counter('trips_unrecorded', 'Trips that could not be recorded.', ({ trips }) => trips.unrecorded),
  counter('points_read', 'Records of the journal that points are made of.', ({ store }) => store.read),
  counter('points_stored', 'Records in InfluxDB.', ({ store }) => store.stored),
  counter('points_dead_lettered', 'Records that InfluxDB would not take.', ({ store }) => store.deadLettered),
  gauge('points_pending', 'Records on their way to InfluxDB.', ({ store }) => store.pending + store.waiting),
  counter('store_retries', 'Writes to InfluxDB that were done again.', ({ store }) => store.retries),
];
