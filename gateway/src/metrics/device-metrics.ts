import { undecided } from '@outpost/firmware-bridge';
import type { DeviceView } from '../control/status.ts';
import { type Metric, sumOf } from './metric.ts';

/** A device as its numbers are asked for. */
export interface DeviceNow {
  readonly view: Pick<DeviceView, 'name' | 'connected' | 'lastReadingAt' | 'tally'>;
  readonly nowMs: number;
  /** Its attestations that wait, over all networks. */
  readonly unsent: number;
}

const counter = (name: string, help: string, of: (view: DeviceNow['view']) => number): Metric<DeviceNow> => ({
  name,
  kind: 'counter',
  help,
  of: ({ view }) => of(view),
});

/** Items: received = observed + control + quarantined + dropped + undecided. */
export const DEVICE_METRICS: readonly Metric<DeviceNow>[] = [
  {
    name: 'connected',
    kind: 'gauge',
    help: '1 while the port is open.',
    of: ({ view }) => (view.connected ? 1 : 0),
  },
  {
    name: 'last_reading_age_s',
    kind: 'gauge',
    help: 'Seconds since the last reading; absent before the first one.',
    of: ({ view, nowMs }) =>
      view.lastReadingAt === undefined
        ? undefined
        : Math.max(0, (nowMs - Date.parse(view.lastReadingAt)) / 1_000),
  },
  {
    name: 'unsent',
    kind: 'gauge',
    help: 'Its attestations that wait for a network, each for every network that it waits for.',
    of: ({ unsent }) => unsent,
  },
  counter('received_bytes', 'Bytes that arrived.', ({ tally }) => tally.bytes),
  counter('discarded_bytes', 'Bytes that belong to no frame.', ({ tally }) => tally.bytesDiscarded),
  counter('items', 'Items that arrived in frames.', ({ tally }) => tally.items),
  counter('items_observed', 'Items that became readings.', ({ tally }) => tally.observed),
  counter('items_control', 'Items that served the dialogue itself.', ({ tally }) => tally.control),
  counter('items_quarantined', 'Items that made no sense.', ({ tally }) => tally.quarantined),
  counter('items_dropped', 'Items that were fine and not wanted.', ({ tally }) => sumOf(tally.dropped)),
  {
    name: 'items_undecided',
    kind: 'gauge',
    help: 'Items whose fate a later one decides.',
    of: ({ view }) => undecided(view.tally),
  },
  counter('commands', 'Commands that were sent.', ({ tally }) => tally.commands),
  counter('connects', 'Times that the port was opened.', ({ tally }) => tally.connects),
  counter('port_losses', 'What the port lost before anybody read it.', ({ tally }) => sumOf(tally.port)),
];
