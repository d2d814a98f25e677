import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import type { Committer } from './committer.ts';
import type { Entry, Kept, Offset, Urgency } from './contract.ts';
import { brokenDisk, diskFull, isNoSpace } from './errors.ts';
import { encodedBytes } from './records.ts';

export interface WriterParts {
  readonly directory: string;
  readonly clock: Clock;
  readonly committer: Committer;
  readonly commitEveryMs: number;
  /** What one commit carries; more in one append is a bug of the caller. */
  readonly commitBytesMax: number;
  /** Why an append may not join the ones that wait; undefined where it may. */
  admit(bytes: number, pendingBytes: number, urgency: Urgency): Fault | undefined;
  /** A write found the disk full; so many appends were refused for it. */
  ranOut(appends: number): void;
  /** Nothing can be written any more. */
  broken(error: unknown): void;
  /** After each durable commit, before anybody else is told. */
  committed(bytes: number, kept: readonly Kept[]): void;
}

/** The queue in front of the disk. */
export interface Writer {
  readonly pendingBytes: number;
  /** At least one entry. */
  append(entries: readonly Entry[], urgency: Urgency): Promise<Result<Offset>>;
  /** Commits what waits, then no more. */
  close(): Promise<void>;
}

interface Pending {
  readonly entries: readonly Entry[];
  readonly bytes: number;
  readonly urgency: Urgency;
  readonly since: MonoNs;
  settle(result: Result<Offset>): void;
  reject(error: unknown): void;
}

const KIND_MAX = 255;
const STREAM_MAX = 65_535;

const check = (entries: readonly Entry[], bytes: number, bytesMax: number): void => {
  if (bytes > bytesMax) {
    throw new RangeError(`An append of ${bytes} bytes is more than the ${bytesMax} that one may have.`);
  }
  for (const { kind, stream } of entries) {
    const fits =
      Number.isInteger(kind) && kind >= 1 && kind <= KIND_MAX && Number.isInteger(stream) && stream >= 0;
    if (!fits || stream > STREAM_MAX) throw new RangeError(`No entry has kind ${kind} and stream ${stream}.`);
  }
};

/** What waits for the disk, oldest first. */
const newQueue = () => {
  let waiting: Pending[] = [];
  let bytes = 0;
  let urgent = 0;

  const taken = (batch: readonly Pending[]): readonly Pending[] => {
    for (const each of batch) {
      bytes -= each.bytes;
      if (each.urgency !== 'soon') urgent -= 1;
    }
    return batch;
  };

  return {
    get bytes() {
      return bytes;
    },
    get urgent() {
      return urgent > 0;
    },
    get oldest() {
      return waiting[0];
    },
    push(pending: Pending) {
      waiting.push(pending);
      bytes += pending.bytes;
      if (pending.urgency !== 'soon') urgent += 1;
    },
    /** As many as one commit carries, at least one. */
    take(bytesMax: number): readonly Pending[] {
      let count = 0;
      let sum = 0;
      for (const each of waiting) {
        sum += each.bytes;
        if (count > 0 && sum > bytesMax) break;
        count += 1;
      }
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      return taken(batch);
    },
    takeAll(): readonly Pending[] {
      const batch = waiting;
      waiting = [];
      return taken(batch);
    },
  };
};

export const newWriter = (parts: WriterParts): Writer => {
  const { clock, committer } = parts;
  const queue = newQueue();
  const stopping = new AbortController();
  let pumping: Promise<void> | undefined;
  let timing: Promise<void> | undefined;
  let broken: { readonly error: unknown } | undefined;

  const commit = async (batch: readonly Pending[]): Promise<void> => {
    try {
      const kept = await committer.commit(batch.map(({ entries }) => entries));
      parts.committed(
        batch.reduce((sum, { bytes }) => sum + bytes, 0),
        kept,
      );
      let first = 0;
      for (const { entries, settle } of batch) {
        settle(ok(kept[first]?.offset as Offset));
        first += entries.length;
      }
    } catch (error) {
      // Everybody who waits gets the same answer, so that nothing is kept that stood behind what was not.
      const all = [...batch, ...queue.takeAll()];
      if (isNoSpace(error)) {
        parts.ranOut(all.length);
        for (const { settle } of all) settle(fail(diskFull(parts.directory, undefined)));
        return;
      }
      broken = { error: brokenDisk(parts.directory, error) };
      for (const { reject } of all) reject(broken.error);
      parts.broken(broken.error);
    }
  };

  const isDue = (): boolean => {
    const { oldest } = queue;
    if (oldest === undefined) return false;
    if (queue.urgent || stopping.signal.aborted || queue.bytes >= parts.commitBytesMax) return true;
    return elapsedMs(oldest.since, clock.mono()) >= parts.commitEveryMs;
  };

  /** One commit after the other for as long as something is due; what comes meanwhile joins the next one. */
  const pump = async (): Promise<void> => {
    // What is appended in the same turn of the event loop goes into the same commit.
    await Promise.resolve();
    while (isDue()) await commit(queue.take(parts.commitBytesMax));
  };

  const start = (): void => {
    if (pumping !== undefined || !isDue()) {
      wait();
      return;
    }
    pumping = pump().finally(() => {
      pumping = undefined;
      start();
    });
  };

  /** Sleeps until the oldest that waits is due. */
  const sleep = async (oldest: Pending): Promise<void> => {
    const leftMs = parts.commitEveryMs - elapsedMs(oldest.since, clock.mono());
    await clock.sleep(Math.max(0, leftMs), stopping.signal).catch(() => undefined);
  };

  const wait = (): void => {
    const { oldest } = queue;
    if (oldest === undefined || pumping !== undefined || stopping.signal.aborted) return;
    timing ??= sleep(oldest).then(() => {
      timing = undefined;
      start();
    });
  };

  return {
    get pendingBytes() {
      return queue.bytes;
    },
    append(entries, urgency) {
      if (broken !== undefined) return Promise.reject(broken.error);
      if (stopping.signal.aborted) return Promise.reject(new Error('The journal is closed.'));
      const bytes = encodedBytes(entries);
      check(entries, bytes, parts.commitBytesMax);
      const fault = parts.admit(bytes, queue.bytes, urgency);
      if (fault !== undefined) return Promise.resolve(fail(fault));
      return new Promise((settle, reject) => {
        queue.push({ entries, bytes, urgency, since: clock.mono(), settle, reject });
        start();
      });
    },
    async close() {
      stopping.abort();
      start();
      await pumping;
      await timing;
      await committer.close(broken === undefined ? 'finished' : 'broken');
    },
  };
};
