import { randomBytes } from 'node:crypto';
import { loadAdapter, newTally, readDevice, systemClock, type Tally } from '@outpost/firmware-bridge';
import {
  type Journal,
  newRecordTally,
  nodeDisk,
  openJournal,
  openRecorder,
  platformHash,
} from '@outpost/gateway';
import { pidByNumber } from '@outpost/schemas/vehicle';
import type { DeviceName, Epoch } from '@outpost/schemas/words';
import { modelOf } from '../devices/elm327/testing.ts';
import { type Found, newAudit } from './audit.ts';
import { type DonglePort, donglePort } from './dongle-port.ts';
import { type DrivenClock, drivenClock } from './driven-clock.ts';

/** Live values of one signal each, which the engine alone answers. */
const POLLED = ['04', '0B', '0C', '0E', '0F', '10', '11', '2F', '33', '43', '46', '5C'];
const EVERY_MS = 200;
const READER = 'store';

export interface ObdDayOptions {
  readonly hours: number;
  readonly seed: number;
  /** An empty folder on a real disk. */
  readonly directory: string;
  /** Told that so many simulated hours are over. */
  passed?(hours: number): void;
}

export interface ObdDay {
  readonly hours: number;
  /** Lines and prompts that left the dongle. */
  readonly printed: number;
  /** Of them by the adapter's own count, and what became of them. */
  readonly items: number;
  readonly observed: number;
  readonly control: number;
  readonly quarantined: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Readings that were made, and kept by the recorder's own count. */
  readonly made: number;
  readonly kept: number;
  readonly refused: number;
  readonly journal: Omit<Found, 'bySignal'>;
  /** Lines that the dongle printed and that are neither accounted for nor, where observed, on the disk. */
  readonly lost: number;
  /** Readings a second of the signal that came least often, and of the one that came most often. */
  readonly leastPerSecond: number;
  readonly mostPerSecond: number;
  readonly connects: number;
  readonly unreadBytesMost: number;
}

const openLine = async (directory: string, clock: DrivenClock) => {
  const opened = await openJournal({
    directory,
    // The disk is a real one: how fast it syncs is a matter of real time.
    disk: nodeDisk(systemClock()),
    clock,
    readers: [READER],
    context: () => new Uint8Array(0),
    bytesMax: 512 * 2 ** 20,
    archiveDays: 1,
    archiveBytesMax: 32 * 2 ** 20,
    freeBytesMin: 0,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

/** Entries between two commits of the reader's cursor: some ten seconds, the pace of the real store. */
const COMMIT_AFTER = 600;

/** Reads what is durable as a follower does, until the signal aborts. */
const follow = async (
  journal: Journal,
  audit: ReturnType<typeof newAudit>,
  signal: AbortSignal,
): Promise<void> => {
  let uncommitted = 0;
  try {
    const limits = { entriesMax: 1_024, bytesMax: 256 * 1_024 };
    for await (const { entries, end } of journal.follow(READER, limits, signal)) {
      for (const entry of entries) audit.take(entry);
      uncommitted += entries.length;
      if (uncommitted < COMMIT_AFTER) continue;
      uncommitted = 0;
      await journal.commit(READER, end);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const recorderOf = (journal: Journal, clock: DrivenClock, tally: ReturnType<typeof newRecordTally>) => {
  const key = new Uint8Array(32).fill(1);
  let numbers = 0;
  return openRecorder({
    device: 'car' as DeviceName,
    lane: 'telemetry',
    authenticated: 'none',
    reason: 'started',
    journal,
    tally,
    admit: () => undefined,
    run: {
      clock,
      software: 'outpost soak',
      hash: platformHash,
      trust: () => 'ntp',
      keys: () => ({ gatewayKey: key, deviceKey: key, keyKind: 'file', saltSecret: key }),
      parent: () => undefined,
      newEpoch: () => new Uint8Array(randomBytes(16)) as Epoch,
      nextNumber: () => {
        numbers += 1;
        return numbers;
      },
    },
  });
};

/** Takes everything that the dongle says to the recorder, until it is pulled out. */
const read = async (
  { scheme }: DonglePort,
  recorder: ReturnType<typeof openRecorder>,
  tally: Tally,
  clock: DrivenClock,
  signal: AbortSignal,
): Promise<void> => {
  const adapter = (await loadAdapter('elm327'))?.adapter;
  if (adapter === undefined) throw new Error('the adapter is part of this program');
  const poll = POLLED.map((pid) => ({ pid, everyMs: EVERY_MS }));
  const events = readDevice({
    adapter,
    address: 'simulated:dongle',
    schemes: [scheme],
    options: { poll, requestsPerSecondMax: 20 },
    device: 'car' as DeviceName,
    clock,
    signal,
    tally,
    report: () => undefined,
  });
  for await (const event of events) {
    if (event.kind === 'observed') await recorder.observe(event.observed);
    if (event.kind === 'disconnected') return;
  }
};

/** More readings than this on their way to the disk, and simulated time waits for it. */
const WAITING_MAX = 2_000;
const HOUR_MS = 3_600_000;
const LATER_MS = 1_000;

/** Runs everything that is due, in its order, up to a moment. */
const drive = async (
  clock: DrivenClock,
  port: DonglePort,
  toMs: number,
  waiting: () => number,
  signal: AbortSignal,
): Promise<void> => {
  while (clock.nowMs() < toMs) {
    signal.throwIfAborted();
    clock.moveTo(Math.min(toMs, clock.dueMs(), port.dueMs()));
    port.pass();
    await clock.settle();
    while (waiting() > WAITING_MAX) await systemClock().sleep(1, signal);
  }
};

const reportOf = (
  hours: number,
  port: DonglePort,
  tally: Tally,
  record: ReturnType<typeof newRecordTally>,
  { bySignal, ...journal }: Found,
): ObdDay => {
  const sum = (counts: Iterable<number>): number => [...counts].reduce((all, each) => all + each, 0);
  const { items, observed, control, quarantined } = tally;
  const rates = POLLED.map((pid) => {
    const signal = pidByNumber(Number.parseInt(pid, 16))?.fields[0]?.signal ?? -1;
    return (bySignal.get(signal) ?? 0) / (hours * 3_600);
  });
  const accounted = observed + control + quarantined + sum(tally.dropped.values());
  return {
    hours,
    printed: port.printed,
    items,
    observed,
    control,
    quarantined,
    dropped: Object.fromEntries(tally.dropped),
    made: record.made,
    kept: record.kept,
    refused: sum(record.refused.values()),
    journal,
    lost: Math.abs(port.printed - accounted) + Math.abs(observed - journal.lines),
    leastPerSecond: Math.min(...rates),
    mostPerSecond: Math.max(...rates),
    connects: tally.connects,
    unreadBytesMost: port.unreadBytesMost,
  };
};

/** Reads a driving car for so many simulated hours, 12 signals five times a second, into a journal on the disk. */
export const obdDay = async ({ hours, seed, directory, passed }: ObdDayOptions): Promise<ObdDay> => {
  const clock = drivenClock();
  const stopping = new AbortController();
  const { signal } = stopping;
  const port = donglePort(modelOf({ profile: 'stn', vehicle: 'petrol-automatic', seed }), clock);
  const [tally, record, audit] = [newTally(), newRecordTally(), newAudit()];
  await using journal = await openLine(directory, clock);
  const failed = (error: unknown): void => stopping.abort(error);
  const following = follow(journal, audit, signal).catch(failed);
  const reading = read(port, recorderOf(journal, clock, record), tally, clock, signal).catch(failed);
  const waiting = (): number => record.waiting;
  try {
    for (let hour = 0; hour < hours; hour += 1) {
      const to = Math.min(hours, hour + 1);
      await drive(clock, port, to * HOUR_MS, waiting, signal);
      passed?.(to);
    }
    port.unplug();
    await reading;
    // The last commit is due within its second, and takes real time.
    await drive(clock, port, clock.nowMs() + 2 * LATER_MS, waiting, signal);
    while (record.waiting > 0 || audit.found.readings < record.kept) await systemClock().sleep(1, signal);
  } finally {
    stopping.abort(new Error('the run is over'));
    await following;
  }
  return reportOf(hours, port, tally, record, audit.found);
};

/** Nothing is lost, nothing is out of order, and it came as often as it was wanted. */
export const isWhole = ({ lost, printed, items, kept, made, refused, journal, ...day }: ObdDay): boolean =>
  lost === 0 &&
  printed === items &&
  made === kept + refused &&
  refused === 0 &&
  kept === journal.readings &&
  day.quarantined === journal.quarantined &&
  journal.unreadable + journal.outOfSequence + journal.backInTime === 0 &&
  journal.epochs === 1 &&
  day.connects === 1 &&
  day.leastPerSecond >= 1_000 / EVERY_MS - 0.05;
