import { type Hash, type Receipt, readAttestation } from '@outpost/schemas/evidence';
import { type Clock, type Fault, type StreamId, sentence } from '@outpost/schemas/words';
import type { NetworkView } from '../control/status.ts';
import type { Entry, Journal, Kept, Offset } from '../journal/contract.ts';
import type { Delivery, Network, Outcome } from '../networks/contract.ts';
import {
  type Attested,
  KIND,
  originOfKind,
  readAttested,
  type SettlementKind,
  settlementEntry,
} from '../record/entry.ts';
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
/** Without anything to settle the cursor need not be fresh: it only spares reading again. */
const IDLE_COMMIT_ENTRIES = 65_536;

/** An attestation of the journal and what has become of it. */
interface Waiting {
  readonly item: Delivery;
  readonly bytes: number;
}

const leavesOf = async (journal: Journal, stream: number, { from, to }: Attested): Promise<Uint8Array[]> => {
  const leaves: Uint8Array[] = [];
  for await (const entry of journal.read(from, to)) {
    if (entry.stream === stream && originOfKind(entry.kind) !== undefined) leaves.push(entry.bytes);
  }
  return leaves;
};

/** What an attestation entry asks to be delivered; undefined where the entry does not read (damaged). */
const waitingOf = async (parts: DeliverParts, entry: Kept): Promise<Waiting | undefined> => {
  const attested = readAttested(entry.bytes);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  if (!attested.ok || !attestation.ok) return undefined;
  const { statement } = attestation.value;
  // Another stream may have taken the same number within the range in an earlier run; the size tells.
  const leaves = (await leavesOf(parts.journal, entry.stream, attested.value)).slice(-statement.size);
  const { stream, deviceKey, origin, keyKind } = statement;
  const item = {
    hash: parts.hash(attested.value.bytes),
    attestation: attested.value.bytes,
    leaves,
    stream,
    deviceKey,
    origin,
    keyKind,
  };
  return { item, bytes: leaves.reduce((sum, leaf) => sum + leaf.length, item.attestation.length) };
};

const settlement = (
  parts: DeliverParts,
  item: { readonly stream: StreamId; readonly hash: Uint8Array },
  kind: SettlementKind,
  words: { readonly code: string; readonly words: string; readonly receipt?: Receipt | undefined },
): Entry =>
  settlementEntry({
    network: parts.network.name,
    stream: item.stream,
    attestation: item.hash,
    kind,
    code: words.code,
    words: words.words,
    receipt: words.receipt?.bytes,
    wall: parts.clock.wall(),
  });

/** The journal entry of an outcome that ends the matter; undefined where it does not. */
const entryOf = (parts: DeliverParts, item: Delivery, outcome: Outcome): Entry | undefined => {
  switch (outcome.kind) {
    case 'settled':
      return settlement(parts, item, 'settled', { code: '', words: '', receipt: outcome.receipt });
    case 'refused':
      return settlement(parts, item, 'refused', outcome);
    case 'expired':
      return settlement(parts, item, 'expired', { code: 'expired', words: 'too old for this network' });
    case 'unknown':
      return settlement(parts, item, 'unknown', { code: 'unknown', words: outcome.words });
    case 'kept':
      return undefined;
  }
};

const count = (view: NetworkView, kind: Exclude<Outcome['kind'], 'kept'>): void => {
  view[kind] += 1;
  view.pending -= 1;
};

/** Keeps a settlement until the disk takes it: what a network said is never forgotten for want of space. */
const keepSettlements = async (
  parts: DeliverParts,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<void> => {
  if (entries.length === 0) return;
  for (;;) {
    const kept = await parts.journal.append(entries, 'now');
    if (kept.ok) return;
    parts.view.words = sentence(kept.fault);
    await parts.clock.sleep(RETRY_MS_MAX / 60, signal);
  }
};

interface Attempt {
  readonly left: readonly Waiting[];
  readonly retryAfterMs: number;
  readonly fault: Fault | undefined;
}

/** One call to the network; what it left open is returned for the next. */
const attempt = async (
  parts: DeliverParts,
  waiting: readonly Waiting[],
  signal: AbortSignal,
): Promise<Attempt> => {
  const { network, view } = parts;
  let bytes = 0;
  const fitting = waiting.slice(0, network.itemsMax).filter((each, index) => {
    bytes += each.bytes;
    return index === 0 || bytes <= network.bytesMax;
  });
  const outcomes = await network.deliver(
    fitting.map(({ item }) => item),
    signal,
  );
  const open: Waiting[] = [];
  const entries: Entry[] = [];
  let retry: { readonly afterMs: number; readonly fault: Fault } | undefined;
  for (const [index, each] of fitting.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined)
      throw new Error(`network ${network.name} answered for ${outcomes.length} of ${fitting.length}`);
    const entry = entryOf(parts, each.item, outcome);
    if (outcome.kind === 'kept') {
      open.push(each);
      retry ??= { afterMs: outcome.retryAfterMs, fault: outcome.fault };
    } else {
      count(view, outcome.kind);
      if (outcome.kind === 'refused') view.refusal = `last refusal: ${outcome.code}, ${outcome.words}`;
    }
    if (entry !== undefined) entries.push(entry);
  }
  await keepSettlements(parts, entries, signal);
  const left = [...open, ...waiting.slice(fitting.length)];
  return { left, retryAfterMs: retry?.afterMs ?? 0, fault: retry?.fault };
};

/** Delivers until nothing of `waiting` is open; resolves only then. */
const settleAll = async (
  parts: DeliverParts,
  waiting: readonly Waiting[],
  signal: AbortSignal,
): Promise<void> => {
  const { view, clock } = parts;
  let left = waiting;
  let waitMs = RETRY_MS_MIN;
  while (left.length > 0) {
    const before = left.length;
    const result = await attempt(parts, left, signal);
    left = result.left;
    if (result.fault === undefined) {
      waitMs = RETRY_MS_MIN;
      view.words = view.refusal;
      continue;
    }
    view.words = sentence(result.fault);
    waitMs = left.length < before ? RETRY_MS_MIN : Math.min(waitMs * 2, RETRY_MS_MAX);
    await clock.sleep(Math.max(waitMs, result.retryAfterMs), signal);
  }
};

/** A follower that brings durable attestations to one network and its verdicts back into the journal. */
export const runDeliver = async (parts: DeliverParts, signal: AbortSignal): Promise<void> => {
  const { journal, reader, view } = parts;
  let uncommitted = 0;
  const commit = async (end: Offset): Promise<void> => {
    uncommitted = 0;
    await journal.commit(reader, end);
  };
  for await (const { entries, end } of journal.follow(reader, FOLLOW, signal)) {
    const waiting: Waiting[] = [];
    for (const entry of entries) {
      if (entry.kind !== KIND.attestation) continue;
      const found = await waitingOf(parts, entry);
      if (found === undefined) continue;
      if (withheldBecause(found.item, parts.acceptSimulated) === undefined) waiting.push(found);
      else view.withheld += 1;
    }
    view.pending += waiting.length;
    await settleAll(parts, waiting, signal);
    uncommitted += entries.length;
    if (waiting.length > 0 || uncommitted >= IDLE_COMMIT_ENTRIES) await commit(end);
  }
};
