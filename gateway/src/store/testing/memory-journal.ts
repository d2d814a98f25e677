import type { Offset } from '../../journal/contract.ts';
import type { SourceBatch } from '../intake.ts';
import type { StoreRecord } from '../records.ts';
import type { StateKeeper, StoreState } from '../state.ts';
import { decodeState, encodeState } from '../state.ts';

/** A journal that tests append to, with one reader's position; it survives the reader. */
export interface MemoryJournal {
  readonly records: StoreRecord[];
  position: Offset;
  readonly commits: Offset[];
  append(...records: readonly StoreRecord[]): void;
  /** Batches from the position on; ends at the end where `ends`, else waits for more. */
  follow(batchMax: number, ends: boolean, signal: AbortSignal): AsyncIterable<SourceBatch>;
  commit(end: Offset): Promise<void>;
  readonly state: StateKeeper;
  /** Batches handed out in all. */
  handedOut: number;
}

export const memoryJournal = (): MemoryJournal => {
  let wake: () => void = () => undefined;
  let saved: string | undefined;

  async function* follow(
    batchMax: number,
    ends: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<SourceBatch, void, undefined> {
    let at = Number(journal.position);
    while (!signal.aborted) {
      const records = journal.records.slice(at, at + batchMax);
      if (records.length > 0) {
        at += records.length;
        journal.handedOut += 1;
        yield { records, end: BigInt(at) as Offset };
        continue;
      }
      if (ends) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  const journal: MemoryJournal = {
    records: [],
    position: 0n as Offset,
    commits: [],
    handedOut: 0,
    append(...records) {
      journal.records.push(...records);
      wake();
    },
    follow,
    async commit(end) {
      journal.position = end;
      journal.commits.push(end);
    },
    state: {
      async load() {
        return saved === undefined ? undefined : decodeState(saved);
      },
      async save(state: StoreState) {
        saved = encodeState(state);
      },
    },
  };
  return journal;
};
