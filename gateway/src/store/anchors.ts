import {
  type ClockAnchor,
  type MonoNs,
  monoAfterMs,
  type StreamId,
  type TimeTrust,
  type WallNs,
  wallAt,
} from '@outpost/schemas/words';
import type { EpochHex, StoreRecord, StreamRecord } from './records.ts';

/** What a stream's anchors have said so far, as the journal tells it. */
export interface StreamClock {
  readonly epoch: EpochHex;
  /** The anchor in force; undefined only where the journal no longer holds the epoch's beginning. */
  readonly anchor: ClockAnchor | undefined;
  /** The last one of this epoch that could be believed. */
  readonly trusted: ClockAnchor | undefined;
}

/** Never changed in place, so that the clocks at an earlier place of the journal can be kept beside the present. */
export type Clocks = ReadonlyMap<StreamId, StreamClock>;

/** A record with its wall-clock time; `wall` is undefined where no anchor of its epoch is known at all. */
export interface Dated {
  readonly record: StoreRecord;
  readonly wall: WallNs | undefined;
  readonly trust: TimeTrust;
}

export interface DatingLimits {
  /** How long after a reading a trusted anchor may come and still date it, on the monotonic clock. */
  readonly waitMsMax: number;
  /** Records that may wait, over all streams; one more releases the oldest with what is known of its time. */
  readonly waitingMax: number;
}

export const DATING_LIMITS: DatingLimits = { waitMsMax: 600_000, waitingMax: 20_000 };

/** Streams whose clocks are remembered: 64 devices with two lanes, twice. The one unheard of for longest goes. */
export const STREAMS_MAX = 256;

export interface Dating {
  clocks(): Clocks;
  waiting(): number;
  /** Number of the oldest record that waits. */
  firstWaiting(): number | undefined;
  /**
   * Takes the next record of the journal, `number` counting them and `now` being when it was read; gives those whose
   * time is settled by it, itself included.
   */
  accept(record: StoreRecord, number: number, now: MonoNs): readonly Dated[];
  /** Gives up waiting for records read before `then`; for a journal in which nothing happens any more. */
  release(then: MonoNs): readonly Dated[];
}

interface Waiter {
  readonly record: StreamRecord;
  readonly number: number;
  readonly readAt: MonoNs;
  /** Undefined for an epoch's opening until its first anchor. */
  readonly mono: MonoNs | undefined;
  /** The anchor in force at its place. */
  readonly under: ClockAnchor | undefined;
}

const dateBy = (anchor: ClockAnchor | undefined, record: StreamRecord, mono: MonoNs | undefined): Dated => ({
  record,
  wall: anchor === undefined ? undefined : wallAt(anchor, mono ?? anchor.mono),
  trust: anchor?.trust ?? 'none',
});

const asKnown = ({ under, record, mono }: Waiter): Dated => dateBy(under, record, mono);

const withClock = (clocks: Clocks, stream: StreamId, clock: StreamClock): Clocks => {
  const next = new Map(clocks);
  next.delete(stream);
  next.set(stream, clock);
  const oldest = next.size > STREAMS_MAX ? next.keys().next().value : undefined;
  if (oldest !== undefined) next.delete(oldest);
  return next;
};

/** Queues of waiting records, one for each stream, with their number over all. */
const waitingRoom = () => {
  const queues = new Map<StreamId, Waiter[]>();
  let total = 0;

  const take = (stream: StreamId, count: number): readonly Waiter[] => {
    const queue = queues.get(stream);
    if (queue === undefined || count === 0) return [];
    const taken = queue.splice(0, count);
    if (queue.length === 0) queues.delete(stream);
    total -= taken.length;
    return taken;
  };
  const takeWhile = (stream: StreamId, holds: (waiter: Waiter) => boolean): readonly Waiter[] => {
    const queue = queues.get(stream) ?? [];
    const end = queue.findIndex((waiter) => !holds(waiter));
    return take(stream, end < 0 ? queue.length : end);
  };
  const oldest = (): { stream: StreamId; number: number } | undefined => {
    let first: { stream: StreamId; number: number } | undefined;
    for (const [stream, [head]] of queues) {
      if (head !== undefined && (first === undefined || head.number < first.number)) {
        first = { stream, number: head.number };
      }
    }
    return first;
  };
  return {
    total: () => total,
    oldest,
    takeWhile,
    streams: () => [...queues.keys()],
    add(stream: StreamId, waiter: Waiter): void {
      const queue = queues.get(stream);
      if (queue === undefined) queues.set(stream, [waiter]);
      else queue.push(waiter);
      total += 1;
    },
    takeOldest(): readonly Waiter[] {
      const first = oldest();
      return first === undefined ? [] : take(first.stream, 1);
    },
    replace(stream: StreamId, by: (waiter: Waiter) => Waiter): void {
      const queue = queues.get(stream);
      if (queue !== undefined) queues.set(stream, queue.map(by));
    },
  };
};

/**
 * Finds the wall-clock time of each record from the clock anchors of its stream's epoch, from journalled bytes alone:
 * the same journal gives the same times at every replay, wherever reading begins and however it is cut into batches.
 *
 * A reading under an anchor that can be believed is dated by it. One under an anchor of trust `none` is dated by the
 * last trusted anchor of its epoch, or waits for the next one: until that comes, until `waitMsMax` have passed on the
 * epoch's own monotonic clock, or until the epoch ends; then it keeps the time it has, and its trust says so.
 */
export const openDating = (limits: DatingLimits, known: Clocks): Dating => {
  let clocks = known;
  const room = waitingRoom();

  const clockOf = ({ stream, epoch }: StreamRecord, out: Dated[]): StreamClock => {
    const clock = clocks.get(stream);
    if (clock?.epoch === epoch) return clock;
    out.push(...room.takeWhile(stream, () => true).map(asKnown));
    const fresh: StreamClock = { epoch, anchor: undefined, trusted: undefined };
    clocks = withClock(clocks, stream, fresh);
    return fresh;
  };

  /** Those for which nothing after `mono` could be an anchor soon enough. */
  const expire = (stream: StreamId, mono: MonoNs, out: Dated[]): void => {
    const late = room.takeWhile(
      stream,
      (waiter) => waiter.mono !== undefined && monoAfterMs(waiter.mono, limits.waitMsMax) < mono,
    );
    out.push(...late.map(asKnown));
  };

  const anchored = (stream: StreamId, clock: StreamClock, anchor: ClockAnchor, out: Dated[]): StreamClock => {
    const trusted = anchor.trust === 'none' ? clock.trusted : anchor;
    const next: StreamClock = { epoch: clock.epoch, anchor, trusted };
    clocks = withClock(clocks, stream, next);
    expire(stream, anchor.mono, out);
    room.replace(stream, (waiter) => ({
      ...waiter,
      mono: waiter.mono ?? anchor.mono,
      under: waiter.under ?? anchor,
    }));
    if (trusted !== undefined) {
      out.push(
        ...room.takeWhile(stream, () => true).map((waiter) => dateBy(trusted, waiter.record, waiter.mono)),
      );
    }
    return next;
  };

  const place = (record: StreamRecord, number: number, readAt: MonoNs, out: Dated[]): void => {
    const { stream } = record;
    let clock = clockOf(record, out);
    const body = record.kind === 'reading' ? record.body : undefined;
    if (body?.kind === 'anchor') clock = anchored(stream, clock, body.anchor, out);
    const mono = record.kind === 'epoch-opened' ? undefined : record.mono;
    if (mono !== undefined) expire(stream, mono, out);
    const under = record.kind === 'attestation' ? record.anchor : clock.anchor;
    const by = under !== undefined && under.trust !== 'none' ? under : clock.trusted;
    if (by !== undefined) out.push(dateBy(by, record, mono));
    else room.add(stream, { record, number, readAt, mono, under });
    while (room.total() > limits.waitingMax) out.push(...room.takeOldest().map(asKnown));
  };

  /** What nearly every reading is: nobody waits, and its stream's clock is known and believed. */
  const knownAlready = (record: StreamRecord): Dated | undefined => {
    if (record.kind !== 'reading' || record.body.kind === 'anchor') return undefined;
    const clock = clocks.get(record.stream);
    const { anchor } = clock ?? {};
    return clock?.epoch === record.epoch && anchor !== undefined && anchor.trust !== 'none'
      ? dateBy(anchor, record, record.mono)
      : undefined;
  };

  return {
    clocks: () => clocks,
    waiting: room.total,
    firstWaiting: () => room.oldest()?.number,
    accept(record, number, now) {
      if (record.kind === 'receipt' || record.kind === 'deliveries' || record.kind === 'event') {
        return [{ record, wall: record.wall, trust: 'none' }];
      }
      // A batch that was signed after its stream had moved on says its time itself.
      if (record.kind === 'attestation' && clocks.get(record.stream)?.epoch !== record.epoch) {
        return [dateBy(record.anchor, record, record.mono)];
      }
      const known = room.total() === 0 ? knownAlready(record) : undefined;
      if (known !== undefined) return [known];
      const out: Dated[] = [];
      place(record, number, now, out);
      return out;
    },
    release(then) {
      return room
        .streams()
        .flatMap((stream) => room.takeWhile(stream, ({ readAt }) => readAt < then))
        .map(asKnown);
    },
  };
};
