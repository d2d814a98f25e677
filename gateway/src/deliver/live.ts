import { setMaxListeners } from 'node:events';
import { elapsedMs, type MonoNs, sentence } from '@outpost/schemas/words';
import type { NetworkView } from '../control/status.ts';
import type { Batch, Journal, Kept, Offset } from '../journal/contract.ts';
import type { LiveDelivery, LiveNetwork } from '../networks/contract.ts';
import { isTooOld } from '../networks/too-old.ts';
import { asideEntry } from '../record/entry.ts';
import { intentsEntry } from '../record/live-entry.ts';
import { type ReadingsSource, readingsAt, type StreamReadings } from '../trips/stream-readings.ts';
import type { Deliver } from './deliver.ts';
import { type KeepParts, keepAll } from './keep-all.ts';
import { leftOfReadings } from './left.ts';
import { deliveryOf } from './live-delivery.ts';
import { type Keeping, newKeeping } from './live-keeping.ts';
import { type LiveEnded, type LiveWaiting, passOnce } from './live-pass.ts';
import { DONE_MAX, type Memory, newMemory, passed, standingOf } from './memory.ts';

export interface LiveParts extends KeepParts, ReadingsSource {
  readonly journal: Journal;
  readonly network: LiveNetwork;
  /** The journal reader of this network; its cursor moves only over what has ended. */
  readonly reader: string;
  readonly acceptSimulated: boolean;
  readonly view: NetworkView;
}

const FOLLOW = { entriesMax: 2_048, bytesMax: 1 << 20 };
const RETRY_MS_MIN = 250;
/** A network that is back waits no longer than this for what is kept for it. */
const RETRY_MS_MAX = 5_000;
/** The saved position spares reading again at the next start; what has ended since is in the journal too. */
const COMMIT_MS = 30_000;
const ASIDE_RAW_MAX_BYTES = 4_096;
/** Whoever else listens to the signal of the task. */
const LISTENERS_BESIDE = 64;

/** Readings are known by their place. */
export type LiveMemory = Memory<Offset>;

const isWithheld = ({ acceptSimulated }: LiveParts, { keyKind, origin }: LiveDelivery): boolean =>
  !acceptSimulated && (keyKind === 'demo' || origin !== 'live');

const isExpired = ({ clock, network }: LiveParts, delivery: LiveDelivery): boolean =>
  isTooOld(delivery, network.expiresAfterMs, clock.wall());

interface Running {
  readonly parts: LiveParts;
  readonly memory: LiveMemory;
  readonly readings: StreamReadings;
  readonly keeping: Keeping;
  readonly signal: AbortSignal;
  /** Only for as long as the network takes it. */
  readonly once: boolean;
}

/** What this program cannot deliver without dying goes into quarantine, and the network's cursor past it. */
const giveUp = async ({ parts, keeping, signal }: Running, { offset, bytes }: Kept): Promise<void> => {
  const { network, clock, view } = parts;
  const words = `this program failed again and again at the reading at journal offset ${offset}, so it is not sent.`;
  const raw = bytes.subarray(0, ASIDE_RAW_MAX_BYTES);
  const aside = { device: network.name, mono: clock.mono(), code: 'network.dead-letter', words, raw };
  await keepAll(parts, [asideEntry(aside)], 'now', signal);
  view.pending += 1;
  await keeping.put([{ offset, outcome: { kind: 'unknown', words } }], signal);
};

const DOUBT = 'the program ended while it was being sent; whether it arrived is not known.';

/** What of a batch is to be sent; whatever ends without being sent ends here. */
const sort = async (running: Running, entries: readonly Kept[]): Promise<LiveWaiting[]> => {
  const { parts, memory, readings, keeping, signal } = running;
  const { network, view } = parts;
  const waiting: LiveWaiting[] = [];
  const ended: LiveEnded[] = [];
  for (const entry of entries) {
    const placed = readings.take(entry);
    const { offset } = entry;
    if (offset > memory.reached) memory.reached = offset;
    if (placed === undefined || memory.done.has(offset)) continue;
    if (memory.suspects.isGivenUp(offset)) {
      await giveUp(running, entry);
      continue;
    }
    memory.suspects.at(offset);
    const delivery = deliveryOf(placed);
    const isWanted = network.wants(delivery);
    memory.suspects.at(undefined);
    if (!isWanted) continue;
    if (isWithheld(parts, delivery)) {
      view.withheld += 1;
      memory.done.add(offset);
      continue;
    }
    const standing = await standingOf(memory, offset, offset);
    if (standing === 'ended') continue;
    view.pending += 1;
    if (standing === 'doubtful') ended.push({ offset, outcome: { kind: 'unknown', words: DOUBT } });
    else if (isExpired(parts, delivery)) ended.push({ offset, outcome: { kind: 'expired' } });
    else waiting.push({ offset, delivery });
  }
  await keeping.put(ended, signal);
  return waiting;
};

/** As many as are begun together. */
const portion = (
  { parts: { network }, memory }: Running,
  waiting: readonly LiveWaiting[],
): readonly LiveWaiting[] => {
  const [first] = waiting;
  if (first !== undefined && first.offset < memory.aloneTo) return [first];
  return network.takesOnce ? waiting.slice(0, network.windowMax) : waiting;
};

/** Writes down, before it is done, what is about to be sent. */
const intend = async ({ parts, memory, signal }: Running, waiting: readonly LiveWaiting[]): Promise<void> => {
  const readings = waiting.map(({ offset }) => offset).filter((offset) => !memory.intended.has(offset));
  if (readings.length === 0) return;
  await keepAll(parts, [intentsEntry({ network: parts.network.name, readings })], 'now', signal);
  for (const offset of readings) memory.intended.add(offset);
};

/** One pass; what is still open comes back. */
const pass = async (running: Running, waiting: readonly LiveWaiting[]) => {
  const { parts, memory, keeping, signal } = running;
  const { network } = parts;
  const now = portion(running, waiting);
  if (network.takesOnce) await intend(running, now);
  memory.suspects.at(now.length === 1 ? now[0]?.offset : undefined);
  const passed = await passOnce(network, now, network.windowMax, signal);
  // What has ended beside a Bug has ended.
  await keeping.put(passed.ended, signal);
  if (passed.failed !== undefined) {
    // What died while it sent may have sent.
    if (network.takesOnce) for (const offset of passed.failed.at) memory.doubtful.add(offset);
    throw passed.failed.error;
  }
  memory.suspects.at(undefined);
  return { ...passed, left: [...passed.left, ...waiting.slice(now.length)] };
};

/** Delivers until nothing of `waiting` is open; false where it must be `once` and the network did not take all. */
const settleAll = async (running: Running, waiting: readonly LiveWaiting[]): Promise<boolean> => {
  const { parts, keeping, signal, once } = running;
  const { view, clock } = parts;
  let left = waiting;
  let waitMs = RETRY_MS_MIN;
  while (left.length > 0) {
    const before = left.length;
    const passed = await pass(running, left);
    left = passed.left;
    if (passed.fault === undefined) {
      view.words = view.refusal;
      waitMs = RETRY_MS_MIN;
      continue;
    }
    view.words = sentence(passed.fault);
    if (once) return false;
    waitMs = left.length < before ? RETRY_MS_MIN : Math.min(waitMs * 2, RETRY_MS_MAX);
    await clock.sleep(Math.max(waitMs, passed.retryAfterMs), signal);
    const old = left.filter(({ delivery }) => isExpired(parts, delivery));
    await keeping.put(
      old.map(({ offset }) => ({ offset, outcome: { kind: 'expired' } })),
      signal,
    );
    left = left.filter((each) => !old.includes(each));
  }
  return true;
};

/**
 * A follower that brings each reading that a network wants to it, in order, and writes down how each ended. After a
 * start nothing is sent again whose end is on the disk; the ends of the last second may not be. A network that must not
 * get a reading twice hears of it only after that intention is on the disk, and an intention without an end is `unknown`.
 */
export const openLive = (parts: LiveParts): Deliver => {
  const { journal, reader, network, clock, view } = parts;
  const memory = newMemory({
    journal,
    reader,
    takesOnce: network.takesOnce,
    read: (entry) => leftOfReadings(network.name, entry),
  });
  const keeping = newKeeping(parts, memory);

  const begin = async (signal: AbortSignal, once: boolean): Promise<Running> => {
    // Each delivery that is under way may listen for the end.
    setMaxListeners(network.windowMax + LISTENERS_BESIDE, signal);
    const saved = journal.position(reader);
    const readings = await readingsAt(parts, saved < journal.start ? journal.start : saved);
    view.pending = 0;
    return { parts, memory, readings, keeping, signal, once };
  };

  const commit = async (end: Offset): Promise<void> => {
    await keeping.kept();
    await journal.commit(reader, end);
    passed(memory, end);
  };

  const isDue = (since: MonoNs): boolean =>
    elapsedMs(since, clock.mono()) >= COMMIT_MS || memory.done.size >= DONE_MAX;

  return {
    async run(signal) {
      const running = await begin(signal, false);
      let committedAt = clock.mono();
      const take = async ({ entries, end }: Batch): Promise<void> => {
        await settleAll(running, await sort(running, entries));
        if (!isDue(committedAt)) return;
        committedAt = clock.mono();
        await commit(end);
      };
      for await (const batch of journal.follow(reader, FOLLOW, signal)) await take(batch);
    },
    async finish(end, signal) {
      const running = await begin(signal, true);
      let some: Kept[] = [];
      const bring = async (): Promise<boolean> => await settleAll(running, await sort(running, some));
      for await (const entry of journal.read(journal.position(reader), end)) {
        signal.throwIfAborted();
        some.push(entry);
        if (some.length < FOLLOW.entriesMax) continue;
        if (!(await bring())) return false;
        some = [];
        await commit(entry.next);
      }
      if (!(await bring())) return false;
      await commit(end);
      return true;
    },
    died() {
      memory.aloneTo = (memory.reached + 1n) as Offset;
      const place = memory.suspects.died();
      return place === undefined
        ? undefined
        : `the reading at journal offset ${place} is set aside after the third failure at it; the rest is delivered.`;
    },
  };
};
