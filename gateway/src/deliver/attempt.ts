import type { Hash } from '@outpost/schemas/evidence';
import type { Clock, Fault } from '@outpost/schemas/words';
import type { NetworkView } from '../control/status.ts';
import type { Entry, Journal, Kept } from '../journal/contract.ts';
import type { Network, Outcome } from '../networks/contract.ts';
import { intentsEntry } from '../record/live-entry.ts';
import { keepAll } from './keep-all.ts';
import type { Memory as AnyMemory } from './memory.ts';
import { entryOf } from './outcome.ts';
import type { Unsent } from './unsent.ts';
import type { Waiting } from './waiting.ts';

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

/** Attestations are known by the hex of their hash. */
export type Memory = AnyMemory<string> & { readonly unsent: Unsent };

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
export const end = ({ done, unsent }: Memory, entry: Kept): void => {
  done.add(entry.offset);
  unsent.ended(entry);
};

/** One call to the network; what it left open is returned for the next. */
export const attempt = async (
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
