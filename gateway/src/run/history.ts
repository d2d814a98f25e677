import type { Journal, JournalState, Offset } from '../journal/index.ts';
import { applyEntry, type Chains, decodeChains, newChains } from '../record/chains.ts';

/**
 * What the entries before `offset` say of streams: from the header of the segment that holds it, and from the entries
 * since. Where that header is damaged the journal is read from its start.
 */
export const chainsAt = async (
  journal: Pick<Journal & JournalState, 'contextAt' | 'read' | 'start'>,
  offset: Offset,
): Promise<Chains> => {
  const context = await journal.contextAt(offset);
  const known = context === undefined ? undefined : decodeChains(context.bytes);
  const chains = known !== undefined && known.asOf >= journal.start ? known : newChains(journal.start);
  for await (const entry of journal.read(chains.asOf, offset)) applyEntry(chains, entry);
  return chains;
};
