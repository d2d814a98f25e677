import type { NetworkView } from '../control/status.ts';
import type { FollowOptions, Journal, Kept, Offset } from '../journal/contract.ts';
import { attestationOf } from '../record/extract.ts';

export interface UnsentParts {
  readonly journal: Pick<Journal, 'follow'>;
  readonly reader: string;
  readonly view: Pick<NetworkView, 'pending' | 'unsent'>;
}

/**
 * Counts what stands signed in the journal and has not ended with a network, by device, also what delivery has not come
 * to yet: while a network is away that is nearly all of it.
 */
export interface Unsent {
  /** Counts ahead of delivery until the signal aborts; goes on where it was. */
  run(signal: AbortSignal): Promise<void>;
  /** It has ended, or is withheld; each is told once. */
  ended(entry: Kept): void;
}

const FOLLOW: FollowOptions = { entriesMax: 2_048, bytesMax: 1 << 20 };

const deviceOf = (entry: Kept): string | undefined => attestationOf(entry)?.statement.stream.split('/')[0];

export const newUnsent = ({ journal, reader, view }: UnsentParts): Unsent => {
  let countedTo = 0n as Offset;
  /** Ended before they were counted: as many as delivery may be ahead. */
  const early = new Set<Offset>();

  const add = (device: string, more: number): void => {
    view.pending += more;
    const left = (view.unsent[device] ?? 0) + more;
    if (left === 0) delete view.unsent[device];
    else view.unsent[device] = left;
  };

  const countIn = (entry: Kept): void => {
    if (entry.offset < countedTo || early.delete(entry.offset)) return;
    const device = deviceOf(entry);
    if (device !== undefined) add(device, 1);
  };

  return {
    async run(signal) {
      for await (const { entries, end } of journal.follow(reader, FOLLOW, signal)) {
        for (const entry of entries) countIn(entry);
        if (end > countedTo) countedTo = end;
      }
    },
    ended(entry) {
      const device = deviceOf(entry);
      if (device === undefined) return;
      if (entry.offset < countedTo) add(device, -1);
      else early.add(entry.offset);
    },
  };
};
