import type { Padding } from '../can/isotp.ts';

/** How one control unit's answer looks, apart from its values. An undefined field agrees with anything. */
export interface Trait {
  readonly ecu: number;
  readonly bytes: number | undefined;
  /** How a single frame is filled up. */
  readonly padding: Padding | undefined;
  /** How the last of several frames is filled up, which some control units do in another way. */
  readonly longPadding: Padding | undefined;
}

/** How a whole reply looks: one trait for each control unit, by ascending address. */
export type Shape = readonly Trait[];

/**
 * What is known about the replies to one request. Who answers, with how many bytes and how padded, is the same each
 * time; a reply that looks different has a damaged header or length that nothing in the line itself would show.
 */
export interface Learner {
  readonly expected: Shape | undefined;
  readonly candidate: Shape | undefined;
  /** Replies in a row that looked like the candidate. */
  readonly seen: number;
}

/**
 * So many replies in a row that look alike become the expectation. Damage would have to repeat itself exactly to pass
 * for a habit, and a control unit that fell asleep is accepted after this many requests.
 */
export const LEARN_AFTER = 5;

export const newLearner = (expected: Shape | undefined): Learner => ({
  expected,
  candidate: undefined,
  seen: 0,
});

const agree = <T>(a: T | undefined, b: T | undefined): boolean =>
  a === undefined || b === undefined || a === b;

/** Whether two replies look alike. `excused` control units said no this time and need not be there. */
export const shapesAgree = (expected: Shape, seen: Shape, excused: ReadonlySet<number>): boolean => {
  const present = expected.filter(({ ecu }) => !excused.has(ecu));
  return (
    present.length === seen.length &&
    present.every((trait, index) => {
      const other = seen[index];
      return (
        other?.ecu === trait.ecu &&
        agree(trait.bytes, other.bytes) &&
        agree(trait.padding, other.padding) &&
        agree(trait.longPadding, other.longPadding)
      );
    })
  );
};

/** The same, with what the expectation left open filled in. */
const filled = (expected: Shape, seen: Shape): Shape =>
  expected.map((trait) => {
    const other = seen.find(({ ecu }) => ecu === trait.ecu);
    return {
      ecu: trait.ecu,
      bytes: trait.bytes ?? other?.bytes,
      padding: trait.padding ?? other?.padding,
      longPadding: trait.longPadding ?? other?.longPadding,
    };
  });

export interface Considered {
  readonly learner: Learner;
  /** `unconfirmed`: nothing speaks against it, but a part of the expectation is only now known. */
  readonly verdict: 'believed' | 'unconfirmed' | 'other';
}

const isFirstLong = (expected: Shape, seen: Shape): boolean =>
  seen.some(
    ({ ecu, longPadding }) =>
      longPadding !== undefined && expected.find((trait) => trait.ecu === ecu)?.longPadding === undefined,
  );

/** Compares a reply with what is known, and learns from it. */
export const consider = (learner: Learner, seen: Shape, excused: ReadonlySet<number>): Considered => {
  const { expected, candidate } = learner;
  if (expected !== undefined && shapesAgree(expected, seen, excused)) {
    const verdict = isFirstLong(expected, seen) ? 'unconfirmed' : 'believed';
    return { learner: newLearner(filled(expected, seen)), verdict };
  }
  const again = candidate !== undefined && shapesAgree(candidate, seen, new Set());
  const times = again ? learner.seen + 1 : 1;
  if (times >= LEARN_AFTER) return { learner: newLearner(seen), verdict: 'believed' };
  const verdict = expected === undefined ? 'unconfirmed' : 'other';
  return { learner: { expected, candidate: seen, seen: times }, verdict };
};
