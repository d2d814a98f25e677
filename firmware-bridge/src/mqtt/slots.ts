/** How entering ended: `full` where as many wait already as there are places. */
export type Entered = 'in' | 'full' | 'ended';

/** A bounded number of places, and a line of at most as many that wait for one, served in order. */
export interface Slots {
  enter(then: (entered: Entered) => void): void;
  leave(): void;
  /** Nobody gets in any more; whoever waits is told so. */
  end(): void;
}

export const createSlots = (places: number): Slots => {
  let taken = 0;
  let ended = false;
  let waiting: ((entered: Entered) => void)[] = [];
  return {
    enter: (then) => {
      if (ended) then('ended');
      else if (taken < places) {
        taken += 1;
        then('in');
      } else if (waiting.length < places) waiting.push(then);
      else then('full');
    },
    leave: () => {
      const next = ended ? undefined : waiting.shift();
      if (next === undefined) taken -= 1;
      else next('in');
    },
    end: () => {
      ended = true;
      const left = waiting;
      waiting = [];
      for (const then of left) then('ended');
    },
  };
};
