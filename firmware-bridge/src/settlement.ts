import type { Arrival } from './port.ts';

/**
 * An arrival whose sender waits for an answer. It is held once for each of its items that is undecided, and once for
 * each Observed that nobody has answered; when nothing holds it any more, it is settled.
 */
export interface Ticket {
  held: number;
  refused: boolean;
  settle(outcome: 'kept' | 'refused'): void;
}

/** Undefined where nobody waits. Comes with one hold, of whoever reads the arrival's items. */
export const ticketFor = (arrival: Arrival): Ticket | undefined =>
  arrival.settle === undefined
    ? undefined
    : { held: 1, refused: false, settle: (outcome) => arrival.settle?.(outcome) };

/** One hold more. */
export const hold = (ticket: Ticket | undefined): void => {
  if (ticket !== undefined) ticket.held += 1;
};

/** One hold less. */
export const release = (ticket: Ticket | undefined, outcome: 'kept' | 'refused'): void => {
  if (ticket === undefined) return;
  if (outcome === 'refused') ticket.refused = true;
  ticket.held -= 1;
  if (ticket.held === 0) ticket.settle(ticket.refused ? 'refused' : 'kept');
};

interface Run {
  readonly ticket: Ticket | undefined;
  items: number;
}

/** The tickets of the items that a session was shown and has not decided, oldest first: that is how they are decided. */
export interface Shown {
  push(ticket: Ticket | undefined): void;
  /** Takes those of the oldest items; each comes with the hold that the item had. */
  decided(items: number): readonly Ticket[];
  /** What is left can no longer be decided. */
  end(): void;
}

const NONE: readonly Ticket[] = [];

export const trackShown = (): Shown => {
  const runs: Run[] = [];

  const take = (items: number): readonly Ticket[] => {
    let tickets: Ticket[] | undefined;
    for (let left = items; left > 0; ) {
      const run = runs[0];
      if (run === undefined) break;
      const taken = Math.min(left, run.items);
      left -= taken;
      run.items -= taken;
      if (run.items === 0) runs.shift();
      if (run.ticket === undefined) continue;
      tickets ??= [];
      for (let i = 0; i < taken; i += 1) tickets.push(run.ticket);
    }
    return tickets ?? NONE;
  };

  return {
    push: (ticket) => {
      const last = runs.at(-1);
      if (last !== undefined && last.ticket === ticket) last.items += 1;
      else runs.push({ ticket, items: 1 });
    },
    decided: take,
    end: () => {
      for (const { ticket, items } of runs.splice(0)) {
        for (let i = 0; i < items; i += 1) release(ticket, 'refused');
      }
    },
  };
};
