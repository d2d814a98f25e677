import type { Journal, Kept, Offset } from '../journal/contract.ts';

/** What lies between two places is passed over where it is no more than this; else reading begins anew. */
const NEAR_BYTES = 1n << 18n;

/** Reads single entries again, one window of the journal at a time; cheap where places come in order. */
export interface Trail {
  /** Undefined where nothing that reads stands there any more. */
  at(place: Offset): Promise<Kept | undefined>;
  close(): Promise<void>;
}

export const newTrail = (journal: Pick<Journal, 'read' | 'end'>): Trail => {
  let entries: AsyncIterator<Kept> | undefined;
  let next = 0n;
  let last: Kept | undefined;

  const close = async (): Promise<void> => {
    await entries?.return?.();
    entries = undefined;
  };

  return {
    close,
    async at(place) {
      if (last?.offset === place) return last;
      if (entries === undefined || place < next || place - next > NEAR_BYTES) {
        await close();
        entries = journal.read(place, journal.end)[Symbol.asyncIterator]();
      }
      for (;;) {
        const step = await entries.next();
        if (step.done === true) return undefined;
        const entry = step.value;
        last = entry;
        next = entry.next;
        if (entry.offset === place) return entry;
        // Damaged, or deleted behind our back.
        if (entry.offset > place) return undefined;
      }
    },
  };
};
