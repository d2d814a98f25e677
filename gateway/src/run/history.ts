import { decodeLeaf } from '@outpost/schemas/evidence';
import { type StreamId, toHex } from '@outpost/schemas/words';
import type { Journal, JournalState, Offset } from '../journal/index.ts';
import { applyEntry, type Chain, type Chains, decodeChains, newChains } from '../record/chains.ts';
import { originOfKind } from '../record/entry.ts';
import type { Clocks, StreamClock } from '../store/anchors.ts';

type Readable = Pick<Journal & JournalState, 'contextAt' | 'read' | 'start'>;

const contextChains = async (journal: Readable, offset: Offset): Promise<Chains> => {
  const context = await journal.contextAt(offset);
  const known = context === undefined ? undefined : decodeChains(context.bytes);
  return known !== undefined && known.asOf >= journal.start ? known : newChains(journal.start);
};

/**
 * What the entries before `offset` say of streams: from the header of the segment that holds it, and from the entries
 * since. Where that header is damaged the journal is read from its start.
 */
export const chainsAt = async (journal: Readable, offset: Offset): Promise<Chains> => {
  const chains = await contextChains(journal, offset);
  for await (const entry of journal.read(chains.asOf, offset)) applyEntry(chains, entry);
  return chains;
};

const clockOf = ({ opened: { epoch }, anchor }: Chain): StreamClock => ({
  epoch: toHex(epoch),
  anchor,
  trusted: anchor?.trust === 'none' ? undefined : anchor,
});

/**
 * What the entries before `offset` say of each stream's clock. A chain knows the anchor that its last attestation
 * states, so reading begins where the first chain of the segment's header is not attested any more.
 */
export const clocksAt = async (journal: Readable, offset: Offset): Promise<Clocks> => {
  const chains = await contextChains(journal, offset);
  const clocks = new Map<StreamId, StreamClock>();
  let from = chains.asOf;
  // Of several epochs of one stream the latest counts: its readings begin where those of the one before end.
  for (const chain of [...chains.open.values()].sort((a, b) => Number(a.attestedTo - b.attestedTo))) {
    clocks.set(chain.opened.stream, clockOf(chain));
    if (chain.attestedTo < from) from = chain.attestedTo;
  }
  for await (const entry of journal.read(from < journal.start ? journal.start : from, offset)) {
    applyEntry(chains, entry);
    const chain = chains.open.get(entry.stream);
    if (chain === undefined || entry.offset < chain.attestedTo || originOfKind(entry.kind) === undefined)
      continue;
    const leaf = decodeLeaf(entry.bytes);
    if (!leaf.ok || leaf.value.body.kind !== 'anchor') continue;
    const { anchor } = leaf.value.body;
    const { stream, epoch } = chain.opened;
    const before = clocks.get(stream);
    const trusted = before?.epoch === toHex(epoch) ? before.trusted : undefined;
    clocks.set(stream, { epoch: toHex(epoch), anchor, trusted: anchor.trust === 'none' ? trusted : anchor });
  }
  return clocks;
};
