import type { ManualClock } from '@outpost/schemas/testing';
import { breath } from './client-rig.ts';

/** A clock that knows when the next sleeper wakes. */
export interface HoppingClock extends ManualClock {
  /** To the next moment at which anything happens, unless it is so already when nothing is on its way any more. */
  hop(isSo?: () => boolean): Promise<void>;
  /** Real moments that each wait for a socket gets before time passes all the same, because nobody will answer. */
  patience: number;
}

/** The deadlines by which the client waits for what is on a socket (a connection, an offer, a PING, an answer). */
const DEADLINES_MS: ReadonlySet<number> = new Set([5_000, 10_000]);
export const PATIENCE = 200;
/** Where nobody answers, and that is what is looked at. */
export const IMPATIENCE = 5;

interface Due {
  readonly at: bigint;
  patience: number;
}

const isWriting = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));

export const hopping = (clock: ManualClock): HoppingClock => {
  const dues = new Set<Due>();
  /** 0 where nobody sleeps: then something is still about to. */
  const nextMs = (): number => {
    const [first, ...others] = [...dues].map(({ at }) => at);
    if (first === undefined) return 0;
    const next = others.reduce((least, at) => (at < least ? at : least), first);
    return Math.max(0, Number(next - clock.mono()) / 1e6);
  };
  const isBusy = (): boolean => {
    const waits = [...dues].filter(({ patience }) => patience > 0);
    for (const each of waits) each.patience -= 1;
    return waits.length > 0 || isWriting();
  };
  const hopper: HoppingClock = {
    ...clock,
    patience: PATIENCE,
    get sleeping() {
      return clock.sleeping;
    },
    sleep: async (ms, signal) => {
      const at = clock.mono() + BigInt(Math.round(ms * 1e6));
      const due = { at, patience: DEADLINES_MS.has(ms) ? hopper.patience : 0 };
      dues.add(due);
      await clock.sleep(ms, signal).finally(() => dues.delete(due));
    },
    async hop(isSo = () => false) {
      await breath();
      for (let tries = 0; tries < PATIENCE && isBusy(); tries += 1) await breath();
      if (!isSo()) await clock.advance(nextMs());
    },
  };
  return hopper;
};
