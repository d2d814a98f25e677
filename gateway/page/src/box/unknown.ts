import type { Status } from '../../../src/control/status.ts';

/** How the broker counts those whom it does not let in because nobody told it who they are. */
const UNKNOWN = ['anonymous-refused', 'password-refused', 'certificate-refused'] as const;

const countsOf = ({ broker }: Pick<Status, 'broker'>): Readonly<Record<string, number>> =>
  // In JSON a map of counts is a plain object.
  (broker?.tally.counts ?? {}) as unknown as Readonly<Record<string, number>>;

/** Attempts to speak to the broker by somebody whom the box does not know, since it was started. */
export const unknownCount = (status: Pick<Status, 'broker'>): number =>
  UNKNOWN.reduce((sum, name) => sum + (countsOf(status)[name] ?? 0), 0);
