import { type Clock, sentence } from '@outpost/schemas/words';
import type { Entry, Journal, Urgency } from '../journal/contract.ts';

/** How often a full disk is asked again. */
const FULL_RETRY_MS = 1_000;

export interface KeepParts {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly view: { words: string };
}

/** Keeps entries until the disk takes them: what a network said is never forgotten for want of space. */
export const keepAll = async (
  { journal, clock, view }: KeepParts,
  entries: readonly Entry[],
  urgency: Urgency,
  signal: AbortSignal,
): Promise<void> => {
  if (entries.length === 0) return;
  for (;;) {
    const kept = await journal.append(entries, urgency);
    if (kept.ok) return;
    view.words = sentence(kept.fault);
    await clock.sleep(FULL_RETRY_MS, signal);
  }
};
