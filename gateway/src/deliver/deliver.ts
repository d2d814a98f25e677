import type { Hash } from '@outpost/schemas/evidence';
import { type Clock, type Fault, sentence, toHex } from '@outpost/schemas/words';
import type { NetworkView } from '../control/status.ts';
import type { Entry, Journal, Kept, Offset } from '../journal/contract.ts';
import type { Network, Outcome } from '../networks/contract.ts';
import { asideEntry, KIND } from '../record/entry.ts';
import { intentsEntry } from '../record/live-entry.ts';
import { together } from '../together.ts';
import { keepAll } from './keep-all.ts';
import { leftOfAttestations } from './left.ts';
import { type Memory as AnyMemory, newMemory, passed, standingOf } from './memory.ts';
import { entryOf } from './outcome.ts';
import { newUnsent, type Unsent } from './unsent.ts';
import { type Waiting, waitingOf } from './waiting.ts';
import { withheldBecause } from './withhold.ts';

export interface DeliverParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly hash: Hash;
  readonly network: Network;
  /** The journal reader of this network; its cursor moves only over what is settled. */
  readonly reader: string;
  readonly acceptSimulated: boolean;
  readonly view: NetworkView;
}

const FOLLOW = { entriesMax: 2_048, bytesMax: 1 << 20 };
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 60_000;
/** Quarantine keeps the beginning of what could not be delivered; all of it stays in the journal's archive. */
const ASIDE_RAW_MAX_BYTES = 4_096;
/** Without anything to settle the cursor need not be fresh: it only spares reading again. */
const IDLE_COMMIT_ENTRIES = 65_536;

/** Attestations are known by the hex of their hash. */
type Memory = AnyMemory<string> & { readonly unsent: Unsent };

interface Attempt {
  readonly left: readonly Waiting[];
  readonly retryAfterMs: number;
  readonly fault: Fault | undefined;
}

/** As many of what waits as one call takes, at least one. */
const fitting = ({ itemsMax, bytesMax }: Network, { aloneTo }: Memory, waiting: readonly Waiting[]) => {
  const alone = waiting[0] !== undefined && waiting[0].offset < aloneTo;
  let bytes = 0;
  const end = waiting.slice(0, alone ? 1 : itemsMax).findIndex((each, index) => {
    bytes += each.bytes;
    return index > 0 && bytes > bytesMax;
  });
  return waiting.slice(0, end < 0 ? (alone ? 1 : itemsMax) : end);
};

/** Writes down, before it is done, what is about to be sent to a network that must not get it twice. */
const intend = async (
  parts: DeliverParts,
  { intended }: Memory,
  sent: readonly Waiting[],
  signal: AbortSignal,
): Promise<void> => {
  const places = sent.map(({ offset }) => offset).filter((offset) => !intended.has(offset));
  if (places.length === 0) return;
  const entry = intentsEntry({ network: parts.network.name, readings: places });
  await keepAll(parts, [entry], 'now', signal);
  for (const place of places) intended.add(place);
};

const send = async (
  parts: DeliverParts,
  memory: Memory,
  sent: readonly Waiting[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const { network } = parts;
  if (network.takesOnce === true) await intend(parts, memory, sent, signal);
  memory.suspects.at(sent.length === 1 ? sent[0]?.offset : undefined);
  const items = sent.map(({ item }) => item);
  try {
    const outcomes = await network.deliver(items, signal);
    if (outcomes.length !== sent.length)
      throw new Error(`network ${network.name} answered for ${outcomes.length} of ${sent.length}`);
    memory.suspects.at(undefined);
    return outcomes;
  } catch (error) {
    // What died while it sent may have sent.
    if (network.takesOnce === true) for (const { offset } of sent) memory.doubtful.add(offset);
    throw error;
  }
};

/** It is over for this network, whichever way. */
const end = ({ done, unsent }: Memory, entry: Kept): void => {
  done.add(entry.offset);
  unsent.ended(entry);
};

/** One call to the network; what it left open is returned for the next. */
const attempt = async (
  parts: DeliverParts,
  memory: Memory,
  waiting: readonly Waiting[],
  signal: AbortSignal,
): Promise<Attempt> => {
  const { network, view } = parts;
  const sent = fitting(network, memory, waiting);
  const outcomes = await send(parts, memory, sent, signal);
  const open: Waiting[] = [];
  const settled: Kept[] = [];
  const entries: Entry[] = [];
  let retry: { readonly afterMs: number; readonly fault: Fault } | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    const each = sent[index] as Waiting;
    const entry = entryOf(parts, each.item, outcome);
    if (outcome.kind === 'kept') {
      open.push(each);
      retry ??= { afterMs: outcome.retryAfterMs, fault: outcome.fault };
    } else {
      view[outcome.kind] += 1;
      settled.push(each.entry);
      if (outcome.kind === 'refused') view.refusal = `last refusal: ${outcome.code}, ${outcome.words}`;
    }
    if (entry !== undefined) entries.push(entry);
  }
  await keepAll(parts, entries, 'now', signal);
  for (const entry of settled) end(memory, entry);
  const left = [...open, ...waiting.slice(sent.length)];
  return { left, retryAfterMs: retry?.afterMs ?? 0, fault: retry?.fault };
};

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
