import { sentence, toHex } from '@outpost/schemas/words';
import type { Kept, Offset } from '../journal/contract.ts';
import { asideEntry, KIND } from '../record/entry.ts';
import { together } from '../together.ts';
import { attempt, type DeliverParts, end, type Memory } from './attempt.ts';
import { keepAll } from './keep-all.ts';
import { leftOfAttestations } from './left.ts';
import { newMemory, passed, standingOf } from './memory.ts';
import { entryOf } from './outcome.ts';
import { newUnsent } from './unsent.ts';
import { type Waiting, waitingOf } from './waiting.ts';
import { withheldBecause } from './withhold.ts';

const FOLLOW = { entriesMax: 2_048, bytesMax: 1 << 20 };
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 60_000;
/** Quarantine keeps the beginning of what could not be delivered; all of it stays in the journal's archive. */
const ASIDE_RAW_MAX_BYTES = 4_096;
/** Without anything to settle the cursor need not be fresh: it only spares reading again. */
const IDLE_COMMIT_ENTRIES = 65_536;

/** Delivers until nothing of `waiting` is open; where it must be `once`, only for as long as the network takes it. */
const settleAll = async (
  parts: DeliverParts,
  memory: Memory,
  waiting: readonly Waiting[],
  once: boolean,
  signal: AbortSignal,
): Promise<boolean> => {
  const { view, clock } = parts;
  let left = waiting;
  let waitMs = RETRY_MS_MIN;
  if (left.length > 0) view.waitingSince ??= clock.mono();
  while (left.length > 0) {
    const before = left.length;
    const result = await attempt(parts, memory, left, signal);
    left = result.left;
    if (left.length < before) view.waitingSince = left.length === 0 ? undefined : clock.mono();
    if (result.fault === undefined) {
      waitMs = RETRY_MS_MIN;
      view.words = view.refusal;
      continue;
    }
    view.words = sentence(result.fault);
    if (once) return false;
    waitMs = left.length < before ? RETRY_MS_MIN : Math.min(waitMs * 2, RETRY_MS_MAX);
    await clock.sleep(Math.max(waitMs, result.retryAfterMs), signal);
  }
  return true;
};

/** What this program cannot deliver without dying goes into quarantine, and the network's cursor past it. */
const giveUp = async (parts: DeliverParts, { offset, bytes }: Kept, signal: AbortSignal): Promise<void> => {
  const { network, clock, view } = parts;
  const words = `this program failed again and again at the attestation at journal offset ${offset}, so it is not sent.`;
  const raw = bytes.subarray(0, ASIDE_RAW_MAX_BYTES);
  await keepAll(
    parts,
    [asideEntry({ device: network.name, mono: clock.mono(), code: 'network.dead-letter', words, raw })],
    'now',
    signal,
  );
  view.unknown += 1;
  view.refusal = words;
};

const DOUBT = 'the program ended while it was being sent; whether it arrived is not known.';

/** What may have been sent to a network that must not get it twice is not sent again. */
const doubt = async (
  parts: DeliverParts,
  memory: Memory,
  { item, entry: signed }: Waiting,
  signal: AbortSignal,
): Promise<void> => {
  const entry = entryOf(parts, item, { kind: 'unknown', words: DOUBT });
  await keepAll(parts, entry === undefined ? [] : [entry], 'now', signal);
  parts.view.unknown += 1;
  end(memory, signed);
};

/** Delivers what is to be delivered of `entries`; false where it must be `once` and the network did not take all. */
const deliverEntries = async (
  parts: DeliverParts,
  memory: Memory,
  entries: readonly Kept[],
  once: boolean,
  signal: AbortSignal,
): Promise<boolean> => {
  const { view } = parts;
  const { suspects, done } = memory;
  const waiting: Waiting[] = [];
  for (const entry of entries) {
    if (entry.offset > memory.reached) memory.reached = entry.offset;
    if (entry.kind !== KIND.attestation || done.has(entry.offset)) continue;
    if (suspects.isGivenUp(entry.offset)) {
      await giveUp(parts, entry, signal);
      end(memory, entry);
      continue;
    }
    suspects.at(entry.offset);
    const found = await waitingOf(parts, entry);
    suspects.at(undefined);
    if (found === undefined) continue;
    const standing = await standingOf(memory, entry.offset, toHex(found.item.hash));
    if (standing === 'ended') {
      memory.unsent.ended(entry);
      continue;
    }
    if (withheldBecause(found.item, parts.acceptSimulated) !== undefined) {
      view.withheld += 1;
      end(memory, entry);
    } else if (standing === 'doubtful') await doubt(parts, memory, found, signal);
    else waiting.push(found);
  }
  return settleAll(parts, memory, waiting, once, signal);
};

/** A follower that brings durable attestations to one network and its verdicts back into the journal. */
export interface Deliver {
  run(signal: AbortSignal): Promise<void>;
  /** Delivers what stands before `end`, for as long as the network takes it; true where nothing is left. */
  finish(end: Offset, signal: AbortSignal): Promise<boolean>;
  /** Told that `run` threw; gives one sentence where it steps around something from now on. */
  died(): string | undefined;
}

export const openDeliver = (parts: DeliverParts): Deliver => {
  const { journal, reader, network } = parts;
  const remembered = newMemory({
    journal,
    reader,
    takesOnce: network.takesOnce === true,
    read: (entry) => leftOfAttestations(network.name, entry),
  });
  const memory: Memory = { ...remembered, unsent: newUnsent(parts) };

  const commit = async (end: Offset): Promise<void> => {
    await journal.commit(reader, end);
    passed(memory, end);
  };

  const follow = async (signal: AbortSignal): Promise<void> => {
    let uncommitted = 0;
    for await (const { entries, end: to } of journal.follow(reader, FOLLOW, signal)) {
      const attestations = entries.filter(({ kind }) => kind === KIND.attestation).length;
      await deliverEntries(parts, memory, entries, false, signal);
      uncommitted += entries.length;
      if (attestations === 0 && uncommitted < IDLE_COMMIT_ENTRIES) continue;
      uncommitted = 0;
      await commit(to);
    }
  };

  return {
    run: (signal) => together(signal, follow, memory.unsent.run),
    async finish(end, signal) {
      let some: Kept[] = [];
      for await (const entry of journal.read(journal.position(reader), end)) {
        signal.throwIfAborted();
        if (entry.kind !== KIND.attestation) continue;
        some.push(entry);
        if (some.length < network.itemsMax) continue;
        if (!(await deliverEntries(parts, memory, some, true, signal))) return false;
        some = [];
        await commit(entry.next);
      }
      if (!(await deliverEntries(parts, memory, some, true, signal))) return false;
      await commit(end);
      return true;
    },
    died() {
      memory.aloneTo = (memory.reached + 1n) as Offset;
      const place = memory.suspects.died();
      return place === undefined
        ? undefined
        : `the attestation at journal offset ${place} is set aside after the third failure at it; the rest is delivered.`;
    },
  };
};
