import { readingsSettledEntry } from '../record/live-entry.ts';
import { keepAll } from './keep-all.ts';
import type { LiveMemory, LiveParts } from './live.ts';
import type { LiveEnded } from './live-pass.ts';

/** Entries on their way to the disk, each with the ends of one pass, before the next pass waits for them. */
const KEEPING_MAX = 16;

/** Ends that are written down in order; the readings behind them may still be read again after a power cut. */
export interface Keeping {
  put(ended: readonly LiveEnded[], signal: AbortSignal): Promise<void>;
  /** Resolves once all of them are on the disk. */
  kept(): Promise<void>;
}

export const newKeeping = (parts: LiveParts, memory: LiveMemory): Keeping => {
  const { network, clock, view } = parts;
  let last: Promise<void> = Promise.resolve();
  let open = 0;
  return {
    async put(ended, signal) {
      if (ended.length === 0) return;
      for (const { offset, outcome } of ended) {
        view[outcome.kind] += 1;
        view.pending -= 1;
        memory.done.add(offset);
        memory.doubtful.delete(offset);
        memory.intended.delete(offset);
        if (outcome.kind === 'refused') view.refusal = `last refusal: ${outcome.code}, ${outcome.words}`;
      }
      const others = ended.flatMap(({ offset: reading, outcome }) => {
        if (outcome.kind === 'settled') return [];
        const { kind } = outcome;
        const words = outcome.kind === 'expired' ? 'too old for this network' : outcome.words;
        return [{ reading, kind, code: outcome.kind === 'refused' ? outcome.code : kind, words }];
      });
      const settled = ended.flatMap(({ offset: reading, outcome }) =>
        outcome.kind === 'settled' ? [{ reading, reward: outcome.reward }] : [],
      );
      const entry = readingsSettledEntry({ network: network.name, wall: clock.wall(), settled, others });
      open += 1;
      last = last.then(async () => {
        await keepAll(parts, [entry], 'soon', signal);
        open -= 1;
      });
      // Whoever waits for `last` next is told; until then nobody is.
      last.catch(() => undefined);
      if (open >= KEEPING_MAX) await last;
    },
    kept: () => last,
  };
};
